"""The highest scores so far, kept in order while words are looked at one after the other."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from kotovec.kernels.jit import inline


@inline
def insert(
    best: NDArray[np.float32], ids: NDArray[np.int64], query: int, score: np.float32, word_id: int
) -> np.float32:
    """Put a score, higher than the last of its row (falling), in its place behind equal ones; gives the new last."""
    last = best.shape[1] - 1
    place = last
    while place > 0 and best[query, place - 1] < score:
        best[query, place], ids[query, place] = best[query, place - 1], ids[query, place - 1]
        place -= 1
    best[query, place], ids[query, place] = score, word_id
    new_last: np.float32 = best[query, last]
    return new_last
