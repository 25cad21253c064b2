"""The highest of many similarities."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

_GROUP = 256


class Neighbor(NamedTuple):
    """A word and its cosine similarity, -1 to 1, higher is closer; unpacks like gensim's pair."""

    word: str
    similarity: float


def highest(scores: NDArray[np.floating[Any]], n: int) -> NDArray[np.int64]:
    """Positions of the `n` highest scores, highest first, equal ones in order; NaN counts as lowest."""
    if n < 1 or not len(scores):
        return np.empty(0, np.int64)
    candidates = _candidates(scores, n)
    values = scores[candidates]
    order = np.argsort(np.where(np.isnan(values), np.inf, -values), kind="stable")
    return candidates[order[:n]]


def _candidates(scores: NDArray[np.floating[Any]], n: int) -> NDArray[np.int64]:
    """Positions, rising, of few more than `n` scores, with the `n` highest among them.

    The nth highest of the maxima of groups is no higher than the nth highest of all scores: a tenth of the time
    of a partition of all of them.
    """
    n_groups = len(scores) // _GROUP
    if n_groups >= 2 * n:
        maxima = scores[: n_groups * _GROUP].reshape(n_groups, _GROUP).max(axis=1)
        threshold = np.partition(maxima, n_groups - n)[n_groups - n]
    elif len(scores) >= 4 * n:
        threshold = np.partition(scores, len(scores) - n)[len(scores) - n]
    else:
        return np.arange(len(scores))
    candidates = np.flatnonzero(scores >= threshold)
    return candidates if n <= len(candidates) <= len(scores) // 2 else np.arange(len(scores))  # NaN, or many are equal
