"""The highest of many similarities."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray


class Neighbor(NamedTuple):
    """A word and its cosine similarity, -1 to 1, higher is closer; unpacks like gensim's pair."""

    word: str
    similarity: float


def highest(scores: NDArray[np.floating[Any]], n: int) -> NDArray[np.int64]:
    """Positions of the `n` highest scores, highest first, equal ones in order; NaN counts as lowest."""
    if not 0 < n or not len(scores):
        return np.empty(0, np.int64)
    candidates = np.arange(len(scores))
    if n < len(scores):
        threshold = np.partition(np.nan_to_num(scores, nan=-np.inf), len(scores) - n)[len(scores) - n]
        candidates = np.flatnonzero(scores >= threshold)
        if len(candidates) < n:
            candidates = np.arange(len(scores))
    order = np.argsort(-np.nan_to_num(scores[candidates], nan=-np.inf), kind="stable")
    return candidates[order[:n]]
