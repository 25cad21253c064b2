"""What two notes have in common in words: one number for each note of the vault, for one note or a few words."""

from __future__ import annotations

from functools import cached_property
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from kotovec.notes.arrays import VaultArrays
from kotovec.notes.postings import Ints, Postings
from kotovec.notes.weighting import LOG1P, SUBLINEAR, bm25_rarity, inverse_frequency, rarity, saturated

Floats: TypeAlias = NDArray[Any]


class Lexical:
    """The lexical features of a vault. What is the same for all questions is computed when it is first asked for."""

    def __init__(self, arrays: VaultArrays) -> None:
        self.arrays = arrays
        self.n_notes = arrays.n_notes
        sizes = arrays.text.sizes()
        self.idf = inverse_frequency(sizes, self.n_notes)
        self.rarity = rarity(sizes, self.n_notes)
        self._bm25_rarity = bm25_rarity(sizes, self.n_notes)
        lengths = arrays.lengths.astype(np.float32)
        self._relative_lengths = lengths / max(float(lengths.mean()) if len(lengths) else 1.0, 1e-9)

    @cached_property
    def _norms(self) -> Floats:
        return _norms(self.arrays.text, SUBLINEAR, self.idf, self.n_notes)

    @cached_property
    def _heading_norms(self) -> Floats:
        return _norms(self.arrays.headings, LOG1P, self.rarity, self.n_notes)

    def text(self, terms: Ints, counts: NDArray[Any]) -> tuple[Floats, Floats]:
        """TF-IDF cosine, (n_notes,) 0 to 1, and BM25, (n_notes,) from 0, with a text of these terms, each once."""
        weights = SUBLINEAR[counts]
        places, sizes = self.arrays.text.places(terms)
        notes, found = self.arrays.text.notes[places], self.arrays.text.counts[places]
        cosine = np.repeat(weights * self.idf[terms] ** 2, sizes) * SUBLINEAR[found]
        bm25 = np.repeat(weights * self._bm25_rarity[terms], sizes) * saturated(found, self._relative_lengths[notes])
        own = float(np.linalg.norm(weights * self.idf[terms])) or 1.0
        return (
            np.bincount(notes, cosine, self.n_notes) / (own * self._norms),
            np.bincount(notes, bm25, self.n_notes),
        )

    def headings(self, note: int) -> Floats:
        """(n_notes,) 0 to 1: the cosine of titles, headings and tags with those of this note."""
        terms, counts = self.arrays.headings.row(note)
        weights = LOG1P[counts] * self.rarity[terms]
        places, sizes = self.arrays.headings.places(terms)
        notes = self.arrays.headings.notes[places]
        products = np.repeat(weights * self.rarity[terms], sizes) * LOG1P[self.arrays.headings.counts[places]]
        own = float(np.linalg.norm(weights)) or 1.0
        return np.bincount(notes, products, self.n_notes) / (own * self._heading_norms)

    def names_here(self, terms: Ints) -> Floats:
        """(n_notes,) 0 to 1: how much of the best name of each note is among these terms, by their rarity."""
        here = np.zeros(len(self.arrays.terms), np.float32)
        here[terms] = self.rarity[terms]
        return self._best_name(self._sums(here) / self._name_rarities)

    def names_there(self, note: int) -> Floats:
        """(n_notes,) from 0: how often the terms of this note's names are in each note: mean logarithm, by rarity."""
        table = self.arrays.names
        places = np.flatnonzero(table.notes == note)
        best = np.zeros(self.n_notes)
        for name in places.tolist():
            terms = np.unique(table.terms[table.starts[name] : table.starts[name + 1]]).astype(np.int64)
            found, sizes = self.arrays.text.places(terms)
            values = np.repeat(self.rarity[terms], sizes) * LOG1P[self.arrays.text.counts[found]]
            sums = np.bincount(self.arrays.text.notes[found], values, self.n_notes)
            best = np.maximum(best, sums / max(float(self.rarity[terms].sum()), 1e-9))
        return best

    def mentions(self, note: int | None, terms: Ints, counts: NDArray[Any]) -> Floats:
        """(n_notes,) from 0: whether a whole name of each note stands in this text, how often, and how rare that is."""
        table, phrases = self.arrays.names, self.arrays.phrases
        here = np.zeros(len(self.arrays.terms), np.float32)
        here[terms] = LOG1P[counts]
        found = np.zeros(len(table), np.float32)
        found[self._single] = here[self._single_terms]
        if note is not None:
            places = np.flatnonzero(phrases.notes == note)
            found[phrases.names[places]] = LOG1P[phrases.counts[places]]
        return self._best_name(found * rarity(self._times_mentioned, self.n_notes))

    @cached_property
    def mentioned(self) -> Floats:
        """(n_notes,) from 0: the logarithm of how many other notes have a whole name of each note in their text."""
        return self._best_name(np.log1p(self._times_mentioned))

    @cached_property
    def _times_mentioned(self) -> Floats:
        times = np.bincount(self.arrays.phrases.names, minlength=len(self.arrays.names)).astype(np.float32)
        times[self._single] = np.maximum(self.arrays.text.sizes()[self._single_terms] - 1, 0)
        return times

    @cached_property
    def _single(self) -> Ints:
        return np.flatnonzero(self.arrays.names.sizes == 1)

    @cached_property
    def _single_terms(self) -> NDArray[np.int32]:
        return self.arrays.names.terms[self.arrays.names.starts[self._single]]

    @cached_property
    def _name_rarities(self) -> Floats:
        return np.maximum(self._sums(self.rarity), 1e-9)

    def _sums(self, values: Floats) -> Floats:
        """(n_names,) The sum over the terms of each name."""
        table = self.arrays.names
        return np.add.reduceat(values[table.terms], table.starts[:-1]) if len(table) else np.zeros(0, np.float32)

    def _best_name(self, values: Floats) -> Floats:
        """(n_notes,) From a value, 0 or above, for each name: the largest of each note's names."""
        best = np.zeros(self.n_notes, np.float32)
        np.maximum.at(best, self.arrays.names.notes, values.astype(np.float32))
        return best


def _norms(postings: Postings, table: NDArray[np.float32], weights: Floats, n_notes: int) -> Floats:
    values = table[postings.counts] * np.repeat(weights, postings.sizes())
    norms = np.sqrt(np.bincount(postings.notes, values * values, n_notes))
    return np.where(norms == 0, 1, norms)
