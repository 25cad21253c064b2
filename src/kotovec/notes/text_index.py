"""Texts against one of them, or against a few words: TF-IDF and BM25 over postings."""

from __future__ import annotations

from functools import cached_property
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from kotovec.notes.postings import Ints, Postings
from kotovec.notes.weighting import SUBLINEAR, bm25_rarity, inverse_frequency, saturated

Floats: TypeAlias = NDArray[Any]
Counts: TypeAlias = NDArray[Any]


class TextIndex:
    """Postings with what TF-IDF and BM25 need of the whole; computed when it is first asked for."""

    def __init__(self, postings: Postings, lengths: NDArray[Any]) -> None:
        """`lengths`: (n_texts,) how many terms each text has."""
        self.postings = postings
        self.n_texts = len(lengths)
        self.idf = inverse_frequency(postings.sizes(), self.n_texts)
        self.bm25_rarity = bm25_rarity(postings.sizes(), self.n_texts)
        lengths = lengths.astype(np.float32)
        self._relative_lengths = lengths / max(float(lengths.mean()) if len(lengths) else 1.0, 1e-9)

    @cached_property
    def _norms(self) -> Floats:
        values = SUBLINEAR[self.postings.counts] * np.repeat(self.idf, self.postings.sizes())
        norms = np.sqrt(np.bincount(self.postings.notes, values * values, self.n_texts))
        return np.where(norms == 0, 1, norms)

    def cosine(self, terms: Ints, counts: Counts) -> Floats:
        """(n_texts,) 0 to 1: of TF-IDF vectors, with a text of these terms, each given once, with its count."""
        weights = SUBLINEAR[counts] * self.idf[terms]
        places, sizes = self.postings.places(terms)
        products = np.repeat(weights * self.idf[terms], sizes) * SUBLINEAR[self.postings.counts[places]]
        own = float(np.linalg.norm(weights)) or 1.0
        return np.bincount(self.postings.notes[places], products, self.n_texts) / (own * self._norms)

    def bm25(self, terms: Ints, weights: Floats) -> Floats:
        """(n_texts,) from 0: of each text, for these terms, each given once, which count as much as their weights."""
        places, sizes = self.postings.places(terms)
        notes = self.postings.notes[places]
        gains = saturated(self.postings.counts[places], self._relative_lengths[notes])
        values = np.repeat(weights * self.bm25_rarity[terms], sizes) * gains
        return np.bincount(notes, values, self.n_texts).astype(np.float64, copy=False)
