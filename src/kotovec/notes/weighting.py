"""How much an occurrence counts, and how much a term: the weights of TF-IDF and BM25, and what is made of names."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float32]

K1, B = 1.2, 0.75  # BM25: how soon more occurrences count no more, and how much long notes are held back

with np.errstate(divide="ignore"):
    SUBLINEAR: Floats = np.where(np.arange(256) > 0, 1 + np.log(np.arange(256)), 0).astype(np.float32)
LOG1P: Floats = np.log1p(np.arange(256)).astype(np.float32)


def inverse_frequency(sizes: NDArray[Any], n_notes: int) -> Floats:
    """TF-IDF's weight of terms that so many of the notes have: ln((1 + n) / (1 + size)) + 1, as scikit-learn's."""
    return (np.log((1 + n_notes) / (1 + sizes)) + 1).astype(np.float32)


def rarity(sizes: NDArray[Any], n_notes: int) -> Floats:
    """How much it says that a note has what so many have: ln((n + 1) / (size + 1/2)), not below 0."""
    return np.maximum(np.log((n_notes + 1) / (np.asarray(sizes) + 0.5)), 0).astype(np.float32)


def bm25_rarity(sizes: NDArray[Any], n_notes: int) -> Floats:
    """BM25's weight of terms (Robertson and Zaragoza 2009, as Lucene keeps it above 0)."""
    return np.log1p((n_notes - sizes + 0.5) / (sizes + 0.5)).astype(np.float32)


def saturated(counts: NDArray[Any], relative_lengths: NDArray[Any]) -> Floats:
    """BM25's weight of occurrences in texts of so many times the mean length."""
    counts = counts.astype(np.float32)
    result: Floats = counts * (K1 + 1) / (counts + (K1 * (1 - B + B * relative_lengths)).astype(np.float32))
    return result


def standardised(values: NDArray[Any], without: int | None = None) -> Floats:
    """With mean 0 and variance 1 over all places but `without`, which becomes 0; zeros where all are the same."""
    values = values.astype(np.float64)
    if without is not None:
        n = len(values) - 1
        mean = (values.sum() - values[without]) / max(n, 1)
        values = values - mean
        values[without] = 0
        deviation = np.sqrt((values @ values) / max(n, 1))
    else:
        values = values - values.mean() if len(values) else values
        deviation = np.sqrt((values @ values) / max(len(values), 1))
    return (values / deviation if deviation > 1e-9 else np.zeros_like(values)).astype(np.float32)
