"""The products of all vectors with one: NumPy's for small matrices, several threads for large ones."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from kotovec.vectors.lookup import Matrix
from kotovec.vectors.scan import best_of, scan

_LARGE = 1 << 23  # numbers; below, NumPy is done before Numba is imported
_COPIED = 1 << 20  # numbers with padding between rows, as a trained model has them, where Numba is there already
_BLOCK = 1 << 20  # numbers that a thread takes at once; 4 MB are read in 0.1 ms
_MOST = 256  # neighbours; of more, all scores are sorted


def products(vectors: Matrix, query: Matrix) -> Matrix:
    """(n,) products of the rows of `vectors` (n, size) with `query` (size,).

    Where the matrix does not fit the caches its reading is all that counts, and two threads read faster than
    NumPy's one.
    """
    rows = _rows_for_kernel(vectors)
    if rows is None:
        product: Matrix = np.dot(vectors, query)
        return product
    from kotovec.kernels.products import multiply_rows

    out, numbers, step = np.empty(len(vectors), np.float32), np.ascontiguousarray(query, np.float32), _step(vectors)

    def work(starts: Iterator[int]) -> None:
        for first in starts:
            multiply_rows(rows, numbers, first, min(first + step, len(rows)), out)

    scan(len(rows), step, work)
    return out


def nearest_rows(
    vectors: Matrix, query: Matrix, scale: NDArray[np.float32], n: int
) -> tuple[NDArray[np.int64], NDArray[np.float32]] | None:
    """Ids and scores of the at most `n` rows whose product with `query` times `scale` (n_rows,) is highest.

    In one pass that writes nothing; NaN in `scale` hides a row. None where NumPy does it as well.
    """
    rows = _rows_for_kernel(vectors) if n <= _MOST else None
    if rows is None:
        return None
    from kotovec.kernels.products import find_nearest

    numbers, step = np.ascontiguousarray(query, np.float32), _step(vectors)

    def work(starts: Iterator[int]) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        ids, best = np.full((1, n), -1), np.full((1, n), -np.inf, np.float32)
        for first in starts:
            find_nearest(rows, numbers, scale, first, min(first + step, len(rows)), best, ids)
        return ids, best

    ids, best = best_of(scan(len(rows), step, work), n)
    return ids[ids >= 0], best[ids >= 0]


def _step(vectors: Matrix) -> int:
    return max(1, _BLOCK // int(vectors.shape[1]))


def _rows_for_kernel(vectors: Matrix) -> NDArray[np.float32] | None:
    """The rows as the kernel wants them; None where NumPy is as fast. It is not where it has to copy them all first."""
    copied = not vectors.flags.c_contiguous and "numba" in sys.modules
    return _whole_rows(vectors) if vectors.size >= (_COPIED if copied else _LARGE) else None


def _whole_rows(vectors: Matrix) -> NDArray[np.float32] | None:
    """The same rows with whatever pads them, contiguous as the kernel wants it; None where they are no such rows.

    The padding of the last row may lie outside of the memory, so nobody may read it.
    """
    step, item = vectors.strides
    if vectors.dtype != np.float32 or item != 4 or step % 4 or step < 4 * vectors.shape[1]:
        return None
    return np.lib.stride_tricks.as_strided(vectors, (len(vectors), step // 4), (step, 4), writeable=False)
