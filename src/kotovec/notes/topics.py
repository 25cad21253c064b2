"""What notes have in common in meaning, by the vectors of their words."""

from __future__ import annotations

from functools import cached_property
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from kotovec.notes.arrays import VaultArrays
from kotovec.notes.best import top

Floats: TypeAlias = NDArray[Any]

_WELL_KNOWN, _LARGE = 4, 50  # in a vault of 50 notes and more, only words of 4 notes and more have vectors to rely on
_NEAR, _DEVIATIONS = 0.45, 4.0  # "chart ~ visualization" is 4.8 deviations above the mean, "goal ~ find" 3.5
_SAMPLED, _FEW = 512, 100  # words that are compared; fewer than the last say nothing about the usual cosine


class Topics:
    """The vectors of a vault's words, notes and names, of length 1, or 0 where nothing is known."""

    def __init__(self, arrays: VaultArrays) -> None:
        self._arrays = arrays

    @cached_property
    def words(self) -> Floats:
        """(n_words, size) Of the first terms of the arrays."""
        return unit(self._arrays.word_vectors.astype(np.float32))

    @cached_property
    def notes(self) -> Floats:
        """(n_notes, size) Of the texts, without what all notes have in common."""
        vectors = unit(self._arrays.note_vectors.astype(np.float32))
        if not vectors.size:
            return np.zeros((self._arrays.n_notes, self.words.shape[1]), np.float32)
        return unit(vectors - vectors.mean(axis=0))

    @cached_property
    def names(self) -> Floats:
        """(n_notes, size) Of the terms of all names of each note, each term once."""
        table, words = self._arrays.names, self.words
        sums = np.zeros((self._arrays.n_notes, words.shape[1]), np.float32)
        pairs = np.unique(table.notes[table.term_owners].astype(np.int64) * (len(self._arrays.terms) + 1) + table.terms)
        notes, terms = np.divmod(pairs, len(self._arrays.terms) + 1)
        known = terms < len(words)
        np.add.at(sums, notes[known], words[terms[known]])
        return unit(sums)

    @cached_property
    def well_known(self) -> NDArray[np.bool_]:
        """(n_words,) Words of so many notes that their vectors can be relied on; in a small vault, all of them."""
        fewest = _WELL_KNOWN if self._arrays.n_notes >= _LARGE else 1
        known: NDArray[np.bool_] = self._arrays.text.sizes()[: len(self.words)] >= fewest
        return known

    @cached_property
    def near(self) -> float:
        """The least cosine of words that are called near: far above that of any two well-known words of this vault.

        The less text there is, the higher are the cosines of words that have nothing to do with each other.
        """
        words = np.flatnonzero(self.well_known)
        sample = self.words[words[np.linspace(0, len(words) - 1, min(_SAMPLED, len(words))).astype(np.int64)]]
        if len(sample) < _FEW:
            return _NEAR
        cosines = np.einsum("ik,jk->ij", sample, sample)[np.triu_indices(len(sample), 1)]
        return max(_NEAR, float(cosines.mean() + _DEVIATIONS * cosines.std()))

    def nearest(self, term: int, n: int) -> list[tuple[int, float]]:
        """The n words nearest to one, and their cosines, the nearest first, of equal ones the more frequent.

        None without a vector.
        """
        words = self.words
        if term >= len(words) or n >= len(words):
            return []
        cosines = products(words, words[term])
        cosines[term] = -1
        return [(word, float(cosines[word])) for word in top(cosines, n).tolist()]

    def of_note(self, note: int) -> Floats:
        """(n_notes,) -1 to 1: how near each note's name is to what this note is about; zeros without vectors."""
        return products(self.names, self.notes[note])


def products(matrix: Floats, vector: Floats) -> Floats:
    """(n_rows,) Dot products, on this thread alone: BLAS would start others, which costs more than it brings here."""
    result: Floats = np.einsum("ij,j->i", matrix, vector)
    return result


def unit(vectors: Floats) -> Floats:
    """Each row at length 1; rows of zeros stay."""
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors / np.where(norms == 0, 1, norms)
