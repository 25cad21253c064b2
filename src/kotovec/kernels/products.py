"""The product of a matrix with one vector, for several threads: it takes as long as memory needs to be read."""

from __future__ import annotations

import numpy as np
from numba import types
from numpy.typing import NDArray

from kotovec.kernels.jit import kernel

_ROWS = types.Array(types.float32, 2, "C", readonly=True)
_QUERY = types.Array(types.float32, 1, "C", readonly=True)
_OUT = types.Array(types.float32, 1, "C")


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
