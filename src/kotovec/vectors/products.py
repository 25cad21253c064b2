"""The product of all vectors with one: NumPy's for small matrices, several threads for large ones."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

from kotovec.vectors.lookup import Matrix

_LARGE = 1 << 23  # numbers; below, NumPy is done before Numba is imported
_SHARE = 1 << 21  # numbers per thread at least


def products(vectors: Matrix, query: Matrix) -> Matrix:
    """(n,) products of the rows of `vectors` (n, size) with `query` (size,).

    Where the matrix does not fit the caches its reading is all that counts, and two threads read twice as fast as
    NumPy's one.
    """
    rows = _whole_rows(vectors) if vectors.size >= _LARGE else None
    if rows is None:
        product: Matrix = np.dot(vectors, query)
        return product
    from kotovec.kernels.products import multiply_rows

    out, numbers = np.empty(len(vectors), np.float32), np.ascontiguousarray(query, np.float32)
    n_threads = max(1, min(os.cpu_count() or 1, vectors.size // _SHARE))
    bounds = np.linspace(0, len(vectors), n_threads + 1).astype(np.int64).tolist()
    with ThreadPoolExecutor(n_threads) as pool:
        for _ in pool.map(lambda i: multiply_rows(rows, numbers, bounds[i], bounds[i + 1], out), range(n_threads)):
            pass
    return out


def _whole_rows(vectors: Matrix) -> NDArray[np.float32] | None:
    """The same rows with whatever pads them, contiguous as the kernel wants it; None where they are no such rows.

    The padding of the last row may lie outside of the memory, so nobody may read it.
    """
    step, item = vectors.strides
    if vectors.dtype != np.float32 or item != 4 or step % 4 or step < 4 * vectors.shape[1]:
        return None
    return np.lib.stride_tricks.as_strided(vectors, (len(vectors), step // 4), (step, 4), writeable=False)
