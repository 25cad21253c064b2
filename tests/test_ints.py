"""Every operation on whole numbers against NumPy, called from inside a kernel."""

from __future__ import annotations

import numpy as np
import pytest
from numba import types
from numpy.typing import NDArray

from kotovec.kernels import ints
from kotovec.kernels.jit import kernel

LONGS, INTS = types.int64[::1], types.int32[::1]


def numbers(n: int, seed: int = 1) -> NDArray[np.int64]:
    return np.random.default_rng(seed).integers(-(2**40), 2**40, n)


@kernel(types.void(LONGS, LONGS, types.int64, types.int64, LONGS))
def apply_each(a, b, first, step, out):
    x, y = ints.load(a, 1), ints.load(b, 1)
    ints.store(out, 0, ints.add(x, y))
    ints.store(out, 8, ints.sub(x, y))
    ints.store(out, 16, ints.minimum(x, y))
    ints.store(out, 24, ints.halve(x))
    ints.store(out, 32, ints.spread(first))
    ints.store(out, 40, ints.steps(first, step))
    ints.store(out, 48, ints.select(ints.less(x, y), ints.spread(1), ints.spread(0)))
    ints.store(out, 56, ints.select(ints.equal(x, y), ints.spread(1), ints.spread(0)))
    ints.store(out, 64, ints.select(ints.both(ints.less(x, y), ints.less(x, ints.spread(0))), x, y))
    ints.store(out, 72, ints.maximum(x, y))
    ints.store_pairs(out, 81, x, y)
    out[98], out[99] = ints.minimum(first, step), ints.maximum(first, step)


def test_operations_are_those_of_numpy() -> None:
    a, b, out = numbers(9), numbers(9, 2), np.zeros(100, np.int64)
    a[3] = b[3]
    apply_each(a, b, -5, 2**35, out)
    x, y = a[1:], b[1:]
    expected = [x + y, x - y, np.minimum(x, y), x // 2, np.full(8, -5), -5 + 2**35 * np.arange(8)]
    expected += [x < y, x == y, np.where((x < y) & (x < 0), x, y), np.maximum(x, y)]
    np.testing.assert_array_equal(out[:80].reshape(10, 8), expected)
    assert 0 < (x < y).sum() < 8
    np.testing.assert_array_equal(out[80:], [0, *np.stack([x, y], axis=1).flat, 0, -5, 2**35])


@kernel(types.void(LONGS, INTS, LONGS, LONGS))
def look_up(longs, shorts, places, out):
    at = ints.load(places, 0)
    ints.store(out, 0, ints.gather(longs, at))
    ints.store(out, 8, ints.gather(longs, ints.add(at, ints.spread(3))))
    ints.store(out, 16, ints.gather(shorts, at))
    ints.store(out, 24, ints.gather(shorts, ints.add(at, ints.spread(-1))))


def test_elements_are_looked_up_at_any_places() -> None:
    places, longs = np.array([5, 1, 1, 16, 9, 2, 3, 11]), numbers(20)
    shorts, out = np.arange(-10, 10, dtype=np.int32), np.zeros(32, np.int64)
    look_up(longs, shorts, places, out)
    expected = [longs[places], longs[places + 3], shorts[places], shorts[places - 1]]
    np.testing.assert_array_equal(out.reshape(4, 8), expected)


@kernel(types.int64(LONGS, LONGS, LONGS))
def take(marks, values, out):
    mask = ints.less(ints.spread(0), ints.load(marks, 0))
    ints.store(out, 0, ints.compress(mask, ints.load(values, 0)))
    return ints.count(mask)


@pytest.mark.parametrize("marked", [0, 1, 0b10000000, 0b01101001, 0b11111110, 0b11111111])
def test_what_a_mask_takes_comes_first_and_zeros_behind_it(marked: int) -> None:
    marks, values, out = np.array([marked >> i & 1 for i in range(8)]), numbers(8), np.full(8, 7)
    n = take(marks, values, out)
    assert n == marks.sum()
    np.testing.assert_array_equal(out, [*values[marks == 1], *[0] * (8 - n)])


def test_the_types_have_names_that_error_texts_show() -> None:
    assert (str(ints.int64x8), str(ints.mask8)) == ("int64x8", "mask8")
