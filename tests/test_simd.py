"""Every operation of the vector type against NumPy, called from inside a kernel."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest
from numba import types

from kotovec.kernels import simd
from kotovec.kernels.jit import kernel
from kotovec.kernels.simd import LANES, float32x16
from kotovec.kernels.state import aligned_zeros

FLOATS, INTS = types.float32[::1], types.int64[::1]


def numbers(n: int, seed: int = 1) -> np.ndarray:
    out = aligned_zeros(n)
    out[:] = np.random.default_rng(seed).normal(size=n)
    return out


@kernel(types.void(FLOATS, FLOATS, FLOATS, FLOATS))
def apply_each(a, b, c, out):
    x, y, z = simd.load(a, 0), simd.load(b, 0), simd.load(c, 0)
    simd.store(out, 0, simd.add(x, y))
    simd.store(out, 16, simd.sub(x, y))
    simd.store(out, 32, simd.mul(x, y))
    simd.store(out, 48, simd.div(x, y))
    simd.store(out, 64, simd.minimum(x, y))
    simd.store(out, 80, simd.maximum(x, y))
    simd.store(out, 96, simd.fma(x, y, z))
    simd.store(out, 112, simd.broadcast(a[3]))


def test_lane_by_lane_operations_are_those_of_numpy() -> None:
    a, b, c, out = numbers(16), numbers(16, 2), numbers(16, 3), aligned_zeros(128)
    apply_each(a, b, c, out)
    expected = [a + b, a - b, a * b, a / b, np.minimum(a, b), np.maximum(a, b), a * b + c, np.full(16, a[3])]
    np.testing.assert_allclose(out.reshape(8, 16), expected, rtol=1e-6, atol=1e-7)


def test_minimum_and_maximum_take_the_second_where_one_is_no_number() -> None:
    """The sigmoid relies on it: no number becomes the limit."""
    a, b, out = numbers(16), numbers(16, 2), aligned_zeros(128)
    a[:] = np.nan
    apply_each(a, b, b, out)
    np.testing.assert_array_equal(out[64:96], [*b, *b])


@kernel(types.void(FLOATS, INTS, FLOATS))
def read_and_write(matrix, order, out):
    three = simd.offsets(order, 1, (0, 0, 0))
    block = simd.load_rows(matrix, three, 16)
    simd.store_rows(out, (0, 16, 32), 0, block)
    simd.store_rows(out, (64, 64, 48), 0, block)
    simd.store_rows(out, (80, 96), 0, simd.load_scalars(matrix, 5, (0, 0)))
    simd.prefetch_for_write(matrix, 16, simd.width(1))
    simd.prefetch_for_write(matrix, -(2**40), simd.width(3))


def test_rows_are_read_and_written_at_their_offsets() -> None:
    matrix, out = numbers(128), aligned_zeros(112)
    read_and_write(matrix, np.array([7, 32, 0, 96]), out)
    first, second, third = matrix[48:64], matrix[16:32], matrix[112:128]
    np.testing.assert_array_equal(out[:48], [*first, *second, *third])
    np.testing.assert_array_equal(out[48:64], third)
    np.testing.assert_array_equal(out[64:80], second)  # of two equal rows the last one stays
    np.testing.assert_array_equal(out[80:112], [matrix[5]] * 16 + [matrix[6]] * 16)


@pytest.mark.parametrize("size", [16, 48])
@pytest.mark.parametrize(
    "n_rows, abreast, columns",
    [(1, 1, 7), (2, 2, 1), (2, 2, 2), (2, 2, 7), (4, 4, 1), (4, 4, 3), (4, 2, 4), (4, 2, 5), (4, 1, 9)],
)
def test_sums_of_products_stand_in_their_slots(n_rows: int, abreast: int, columns: int, size: int) -> None:
    xs, ys, own = numbers(n_rows * size), numbers(columns * size, 2), numbers(n_rows * size, 3)
    out, slots = aligned_zeros(256), 16 // abreast
    product_kernel(n_rows, abreast, columns)(xs, ys, own, out, np.arange(16) * size, size)
    n = n_rows * slots
    expected = np.zeros((n_rows, slots))
    expected[:, :columns] = xs.reshape(n_rows, size) @ ys.reshape(columns, size).T
    np.testing.assert_allclose(out[:n].reshape(n_rows, slots), expected, atol=1e-5)
    expected[:, columns] = (xs * own).reshape(n_rows, size).sum(axis=1)
    np.testing.assert_allclose(out[64 : 64 + n].reshape(n_rows, slots), expected, atol=1e-5)
    np.testing.assert_array_equal(out[128:144].reshape(abreast, slots), np.eye(slots)[[columns] * abreast])
    shared = own.reshape(n_rows, size)[[i // 2 for i in range(n_rows)]]  # two rows have one owner
    expected[:, columns] = (xs.reshape(n_rows, size) * shared).sum(axis=1)
    np.testing.assert_allclose(out[192 : 192 + n].reshape(n_rows, slots), expected, atol=1e-5)


@cache
def product_kernel(n_rows: int, n_abreast: int, columns: int) -> Any:
    @kernel(types.void(FLOATS, FLOATS, FLOATS, FLOATS, INTS, types.int64))
    def run(xs, ys, own_rows, out, starts, size):
        rows, y_rows = simd.offsets(starts, 0, simd.width(n_rows)), simd.offsets(starts, 0, simd.width(columns))
        half, abreast = simd.offsets(starts, 0, simd.half_as_many(rows)), simd.width(n_abreast)
        sums, own = simd.zero_products(rows, y_rows), simd.zero_products(rows, (0,))
        shared = own
        for offset in range(0, size, LANES):
            x = simd.load_rows(xs, rows, offset)
            sums = simd.fma_outer(x, simd.load_rows(ys, y_rows, offset), sums)
            own = simd.fma_own(x, simd.load_rows(own_rows, rows, offset), own)
            shared = simd.fma_own(x, simd.load_rows(own_rows, half, offset), shared)
        simd.store_sums(out, 0, sums, rows, abreast)
        simd.store_sums(out, 64, simd.append_own(sums, own), rows, abreast)
        simd.store(out, 128, simd.label_behind(abreast, y_rows))
        simd.store_sums(out, 192, simd.append_own(sums, shared), rows, abreast)

    return run


@kernel(types.void(FLOATS, FLOATS, types.float32, FLOATS))
def add_and_scale(xs, ys, factor, out):
    rows = (0, 16, 32)
    sums = simd.add_each(simd.load_rows(xs, rows, 0), simd.load_rows(ys, rows, 0))
    simd.store_rows(out, rows, 0, simd.scale_each(sums, simd.broadcast(factor)))


def test_blocks_are_added_and_scaled_lane_by_lane() -> None:
    xs, ys, out = numbers(48), numbers(48, 2), aligned_zeros(48)
    add_and_scale(xs, ys, np.float32(0.3), out)
    np.testing.assert_array_equal(out, (xs + ys) * np.float32(0.3))


@kernel(types.void(FLOATS, FLOATS, FLOATS, FLOATS))
def update(gradients, x, ys, out):
    rows = (0, 16, 32)
    gs, block = simd.load_scalars(gradients, 1, rows), simd.load_rows(ys, rows, 0)
    simd.store_rows(out, rows, 0, simd.fma_each(gs, simd.load(x, 0), block))
    simd.store(out, 48, simd.fma_sum(gs, block, simd.load(x, 0)))


def test_updates_are_sums_of_products_with_numbers() -> None:
    gradients, x, ys, out = numbers(16), numbers(16, 2), numbers(48, 3), aligned_zeros(64)
    update(gradients, x, ys, out)
    g, y = gradients[1:4], ys.reshape(3, 16)
    np.testing.assert_allclose(out[:48].reshape(3, 16), y + g[:, None] * x, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(out[48:], x + g @ y, rtol=1e-5, atol=1e-6)


def test_the_type_has_a_name_that_error_texts_show() -> None:
    assert str(float32x16) == "float32x16"
