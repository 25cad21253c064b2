"""Memory for the kernels: aligned, zero, and no two arrays in the same place."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from kotovec.kernels.memory import aligned_zeros, side_by_side

SIZES = {"one": (3, np.float32), "none": (0, np.int64), "bytes": (65, np.uint8), "many": (700_000, np.float64)}


@pytest.mark.parametrize("size, dtype", SIZES.values())
def test_zeros_are_aligned(size: int, dtype: type[np.generic]) -> None:
    array = aligned_zeros(size, dtype)
    assert (array.shape, array.dtype) == ((size,), dtype)
    assert array.ctypes.data % 64 == 0
    assert not array.any()


def test_arrays_lie_side_by_side_from_the_beginning_of_a_huge_page_on() -> None:
    arrays = side_by_side(**SIZES)
    assert {name: (len(array), array.dtype) for name, array in arrays.items()} == SIZES
    starts = [array.ctypes.data for array in arrays.values()]
    assert starts[0] % (1 << 21) == 0
    assert all(start % 64 == 0 for start in starts)
    assert [then - now for now, then in pairwise(starts)] == [64, 0, 128]
    for number, array in enumerate(arrays.values()):
        assert not array.any()
        array[:] = number + 1
    for number, array in enumerate(arrays.values()):
        assert (array == number + 1).all()


def test_two_blocks_share_no_page() -> None:
    one, other = (side_by_side(x=(10, np.float32))["x"] for _ in range(2))
    assert abs(one.ctypes.data - other.ctypes.data) >= 1 << 21
