"""Every operation of the vector type against NumPy, called from inside a kernel."""

from __future__ import annotations

import numpy as np
from numba import types

from kotovec.kernels import simd, tiles
from kotovec.kernels.jit import kernel
from kotovec.kernels.memory import aligned_zeros
from kotovec.kernels.registers import LANES
from kotovec.kernels.simd import float32s

FLOATS = types.float32[::1]


def numbers(n: int, seed: int = 1) -> np.ndarray:
    out = aligned_zeros(n)
    out[:] = np.random.default_rng(seed).normal(size=n)
    return out


@kernel(types.void(FLOATS, FLOATS, FLOATS, FLOATS))
def apply_each(a, b, c, out):
    x, y, z = simd.load(a, 0), simd.load(b, 0), simd.load(c, 0)
    simd.store(out, 0, simd.add(x, y))
    simd.store(out, LANES, simd.sub(x, y))
    simd.store(out, 2 * LANES, simd.mul(x, y))
    simd.store(out, 3 * LANES, simd.div(x, y))
    simd.store(out, 4 * LANES, simd.minimum(x, y))
    simd.store(out, 5 * LANES, simd.maximum(x, y))
    simd.store(out, 6 * LANES, simd.fma(x, y, z))
    simd.store(out, 7 * LANES, simd.broadcast(a[3]))
    simd.prefetch(a, LANES, tiles.width(1))
    simd.prefetch(a, -(2**40), tiles.width(3))


def applied(a: np.ndarray, b: np.ndarray, c: np.ndarray) -> np.ndarray:
    out = aligned_zeros(8 * LANES)
    apply_each(a, b, c, out)
    return out.reshape(8, LANES)


def test_lane_by_lane_operations_are_those_of_numpy() -> None:
    a, b, c = numbers(LANES), numbers(LANES, 2), numbers(LANES, 3)
    expected = [a + b, a - b, a * b, a / b, np.minimum(a, b), np.maximum(a, b), a * b + c, np.full(LANES, a[3])]
    np.testing.assert_allclose(applied(a, b, c), expected, rtol=1e-6, atol=1e-7)


def test_minimum_and_maximum_take_the_second_where_one_is_no_number() -> None:
    """The sigmoid relies on it: no number becomes the limit."""
    a, b = numbers(LANES), numbers(LANES, 2)
    a[:] = np.nan
    np.testing.assert_array_equal(applied(a, b, b)[4:6], [b, b])


def test_the_type_has_a_name_that_error_texts_show() -> None:
    assert str(float32s) == "float32s"
