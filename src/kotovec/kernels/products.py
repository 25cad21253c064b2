"""The products of a matrix with one vector, all or the highest: they take as long as memory needs to be read.

Where rows lie apart, as those that several threads have trained (training/weights.py), a processor fetches what is
between them too, unless it is told early what is wanted: 3.0 ms without, 2.2 with (68,000 x 100; side by side 1.6).
"""

from __future__ import annotations

import numpy as np
from numba import types
from numpy.typing import NDArray

from kotovec.kernels.best import insert
from kotovec.kernels.jit import inline, kernel
from kotovec.kernels.simd import LINE
from kotovec.kernels.windows import prefetch_row

_ROWS = types.Array(types.float32, 2, "C", readonly=True)
_QUERY = types.Array(types.float32, 1, "C", readonly=True)
_OUT = types.Array(types.float32, 1, "C")
_BEST = types.Array(types.float32, 2, "C")
_IDS = types.Array(types.int64, 2, "C")
_AHEAD = 8  # rows


@inline
def ask_ahead(flat, step, i, size):
    """Ask for a row that comes soon after row i, if rows lie apart."""
    if step > size + LINE:
        prefetch_row(flat, (i + _AHEAD) * step, size)


@inline
def product_of(rows, query, i):
    """That of a row with the query."""
    total = np.float32(0)
    for k in range(len(query)):
        total += rows[i, k] * query[k]
    return total


@kernel(types.void(_ROWS, _QUERY, types.int64, types.int64, _OUT))
def multiply_rows(
    rows: NDArray[np.float32], query: NDArray[np.float32], first: int, last: int, out: NDArray[np.float32]
) -> None:
    """Write the products of rows first to last - 1 with `query` to `out[first:last]`.

    Of each row only the first len(query) numbers are read.
    """
    flat, step, size = rows.reshape(-1), rows.shape[1], len(query)
    for i in range(first, last):
        ask_ahead(flat, step, i, size)
        out[i] = product_of(rows, query, i)


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
    flat, step, size = rows.reshape(-1), rows.shape[1], len(query)
    for i in range(first, last):
        ask_ahead(flat, step, i, size)
        score = product_of(rows, query, i) * scale[i]
        if score > threshold:
            threshold = insert(best, ids, 0, score, i)
