"""The highest of many scores, for many queries at once."""

from __future__ import annotations

import numpy as np
from numba import types
from numpy.typing import NDArray

from kotovec.kernels.jit import inline, kernel

_CHUNK = 64  # scores that are compared with the threshold before any is looked at singly


@inline
def _insert(best: NDArray[np.float32], ids: NDArray[np.int64], score: np.float32, word_id: int) -> None:
    """Put a score, higher than the last of `best` (falling), in its place, behind equal ones; the last one goes."""
    place = best.shape[0] - 1
    while place > 0 and best[place - 1] < score:
        best[place], ids[place] = best[place - 1], ids[place - 1]
        place -= 1
    best[place], ids[place] = score, word_id


_FLOATS = types.Array(types.float32, 1, "C", readonly=True)
_ROWS = types.Array(types.float32, 2, "C")
_IDS = types.Array(types.int64, 2, "C")
_OWN = types.Array(types.int64, 1, "C", readonly=True)


@kernel(types.void(_ROWS, types.int64, _FLOATS, types.int64, _OWN, _ROWS, _IDS))
def keep_highest(
    scores: NDArray[np.float32],
    width: int,
    scale: NDArray[np.float32],
    first: int,
    own: NDArray[np.int64],
    best: NDArray[np.float32],
    ids: NDArray[np.int64],
) -> None:
    """Bring `best` and `ids` (both (n_queries, k), the highest first) up to date with scores of more words.

    `scores` ((n_queries, at least width) float32): column j is word id first + j, to be multiplied by
    `scale[first + j]`; a product of NaN is never taken. `own` ((n_queries,)): a word id to pass over, or -1.
    Of equal scores the earlier word stands first.
    """
    last = best.shape[1] - 1
    for query in range(scores.shape[0]):
        threshold = best[query, last]
        for start in range(0, width, _CHUNK):
            stop = min(start + _CHUNK, width)
            n_above = 0
            for j in range(start, stop):  # a sum of comparisons becomes SIMD code, an early exit does not
                n_above += np.int64(scores[query, j] * scale[first + j] > threshold)
            if n_above == 0:
                continue
            for j in range(start, stop):
                score = scores[query, j] * scale[first + j]
                if score > threshold and first + j != own[query]:
                    _insert(best[query], ids[query], score, first + j)
                    threshold = best[query, last]
