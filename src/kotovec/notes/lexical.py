"""What two notes have in common in words: one number for each note of the vault, for one note or a few words."""

from __future__ import annotations

from functools import cached_property
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from kotovec.notes.arrays import VaultArrays
from kotovec.notes.postings import Ints
from kotovec.notes.text_index import TextIndex
from kotovec.notes.weighting import LOG1P, rarity

Floats: TypeAlias = NDArray[Any]


class Lexical:
    """The lexical features of a vault. What is the same for all questions is computed when it is first asked for."""

    def __init__(self, arrays: VaultArrays) -> None:
        self.arrays = arrays
        self.n_notes = arrays.n_notes
        self.text = TextIndex(arrays.text, arrays.lengths)
        self.idf = self.text.idf
        self.rarity = rarity(arrays.text.sizes(), self.n_notes)

    @cached_property
    def _heading_norms(self) -> Floats:
        postings = self.arrays.headings
        values = LOG1P[postings.counts] * np.repeat(self.rarity, postings.sizes())
        norms = np.sqrt(np.bincount(postings.notes, values * values, self.n_notes))
        return np.where(norms == 0, 1, norms)

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

    def names_match(self, terms: Ints, weights: NDArray[Any]) -> Floats:
        """(n_notes,) 0 to 1: how far the best name of each note and these terms are the same, by rarity (F1)."""
        here = np.zeros(len(self.arrays.terms), np.float32)
        here[terms] = self.rarity[terms] * weights
        asked = float((self.rarity[terms] * weights)[weights == 1].sum())
        return self._best_name(np.minimum(2 * self._sums(here) / np.maximum(self._name_rarities + asked, 1e-9), 1))

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

    def rarest_mention(self) -> Floats:
        """(n_notes,) from 0: the rarity of the rarest whole name of another note in each note's text."""
        table, phrases = self.arrays.names, self.arrays.phrases
        rare = rarity(self._times_mentioned, self.n_notes)
        best = np.zeros(self.n_notes, np.float32)
        np.maximum.at(best, phrases.notes, rare[phrases.names])
        places, sizes = self.arrays.text.places(self._single_terms.astype(np.int64))
        notes, values = self.arrays.text.notes[places], np.repeat(rare[self._single], sizes)
        others = notes != np.repeat(table.notes[self._single], sizes)
        np.maximum.at(best, notes[others], values[others])
        return best

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
