"""The products of a matrix with one vector, all or the highest: they take as long as memory needs to be read."""

from __future__ import annotations

import numpy as np
from numba import types
from numpy.typing import NDArray

from kotovec.kernels.best import insert
from kotovec.kernels.jit import kernel

_ROWS = types.Array(types.float32, 2, "C", readonly=True)
_QUERY = types.Array(types.float32, 1, "C", readonly=True)
_OUT = types.Array(types.float32, 1, "C")
_BEST = types.Array(types.float32, 2, "C")
_IDS = types.Array(types.int64, 2, "C")


@kernel(types.void(_ROWS, _QUERY, types.int64, types.int64, _OUT))
def multiply_rows(
    rows: NDArray[np.float32], query: NDArray[np.float32], first: int, last: int, out: NDArray[np.float32]
) -> None:
    """Write the products of rows first to last - 1 with `query` to `out[first:last]`.

    Of each row only the first len(query) numbers are read.
    """
    for i in range(first, last):
        total = np.float32(0)
        for k in range(len(query)):
            total += rows[i, k] * query[k]
        out[i] = total


@kernel(types.void(_ROWS, _QUERY, _QUERY, types.int64, types.int64, _BEST, _IDS))
def find_nearest(
    rows: NDArray[np.float32],
    query: NDArray[np.float32],
    scale: NDArray[np.float32],
    first: int,
    last: int,
    best: NDArray[np.float32],
    ids: NDArray[np.int64],
) -> None:
    """Bring `best` and `ids` (both (1, k), the highest first) up to date with the rows first to last - 1.

    A score is the product of a row with `query` times its `scale` (n_rows,); NaN is never taken, so a scale of NaN
    hides a row. Of each row only the first len(query) numbers are read. Of equal scores the earlier stands first.
    """
    threshold = best[0, best.shape[1] - 1]
    for i in range(first, last):
        total = np.float32(0)
        for k in range(len(query)):
            total += rows[i, k] * query[k]
        score = total * scale[i]
        if score > threshold:
            threshold = insert(best, ids, 0, score, i)
