"""Every operation on several vectors against NumPy, called from inside a kernel."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest
from numba import types

from kotovec.kernels import simd, tiles
from kotovec.kernels.jit import kernel
from kotovec.kernels.memory import aligned_zeros
from kotovec.kernels.registers import LANES
from test_simd import numbers

FLOATS, INTS = types.float32[::1], types.int64[::1]
ONE, TWO, THREE = (0,), (0, LANES), (0, LANES, 2 * LANES)


@kernel(types.void(FLOATS, INTS, FLOATS))
def read_and_write(matrix, order, out):
    three = tiles.offsets(order, 1, THREE)
    block = tiles.load_rows(matrix, three, LANES)
    tiles.store_rows(out, THREE, 0, block)
    tiles.store_rows(out, (LANES, LANES, 0), 3 * LANES, block)
    tiles.store_rows(out, TWO, 5 * LANES, tiles.load_scalars(matrix, 5, TWO))
    rows = tiles.in_columns(tiles.offsets(order, 0, TWO), TWO)
    tiles.store_rows(out, (0, LANES, 2 * LANES, 3 * LANES), 7 * LANES, tiles.load_rows(matrix, rows, 0))


def test_rows_are_read_and_written_at_their_offsets() -> None:
    matrix, out = numbers(8 * LANES), aligned_zeros(11 * LANES)
    read_and_write(matrix, LANES * np.array([4, 2, 0, 6]), out)
    rows, found = matrix.reshape(8, LANES), out.reshape(11, LANES)
    np.testing.assert_array_equal(found[:3], rows[[3, 1, 7]])
    np.testing.assert_array_equal(found[3:5], rows[[7, 1]])  # of two equal rows the last one stays
    np.testing.assert_array_equal(found[5:7], np.repeat(matrix[5:7], LANES).reshape(2, LANES))
    np.testing.assert_array_equal(found[7:], rows[[4, 2, 5, 3]])


SHAPES = [(1, 1, 7), (2, 2, 1), (2, 2, 2), (2, 1, 5), (2, 1, 7), (4, 4, 1), (4, 2, 2), (4, 2, 3), (4, 1, 6)]
IN_16_LANES = [(4, 4, 3), (4, 2, 4), (4, 2, 5), (4, 2, 7), (2, 2, 7), (4, 1, 9)]


@pytest.mark.parametrize("size", [LANES, 3 * LANES])
@pytest.mark.parametrize("n_rows, abreast, columns", SHAPES + (IN_16_LANES if LANES == 16 else []))
def test_sums_of_products_stand_in_their_slots(n_rows: int, abreast: int, columns: int, size: int) -> None:
    xs, ys = numbers(n_rows * size), numbers((columns + n_rows) * size, 2)
    slots, rows, targets = LANES // abreast, xs.reshape(n_rows, size), ys.reshape(-1, size)
    found = aligned_zeros(3 * n_rows * LANES)
    product_kernel(n_rows, abreast, columns)(xs, ys, found, np.arange(16) * size, size)
    alone, shared, own = (part[: n_rows * slots].reshape(n_rows, slots) for part in found.reshape(3, -1))
    expected = np.zeros((n_rows, slots))
    expected[:, :columns] = rows @ targets[:columns].T
    np.testing.assert_allclose(alone, expected, atol=1e-5)
    behind = targets[columns:]
    expected[:, columns] = (rows * behind).sum(axis=1)
    np.testing.assert_allclose(own, expected, atol=1e-5)
    expected[:, columns] = (rows * behind[[i // 2 for i in range(n_rows)]]).sum(axis=1)  # two rows have one owner
    np.testing.assert_allclose(shared, expected, atol=1e-5)


@cache
def product_kernel(n_rows: int, n_abreast: int, columns: int) -> Any:
    @kernel(types.void(FLOATS, FLOATS, FLOATS, INTS, types.int64))
    def run(xs, ys, out, starts, size):
        rows, targets = tiles.offsets(starts, 0, tiles.width(n_rows)), tiles.offsets(starts, 0, tiles.width(columns))
        own, abreast = tiles.offsets(starts, columns, tiles.width(n_rows)), tiles.width(n_abreast)
        half = tiles.offsets(starts, columns, tiles.half_as_many(rows))
        alone, with_own = tiles.zero_products(rows, targets), tiles.zero_products(rows, targets + ONE)
        with_half = with_own
        for offset in range(0, size, LANES):
            alone = tiles.fma_rows(xs, rows, ys, targets, None, offset, alone)
            with_half = tiles.fma_rows(xs, rows, ys, targets, half, offset, with_half)
            with_own = tiles.fma_rows(xs, rows, ys, targets, own, offset, with_own)
        tiles.store_sums(out, 0, alone, rows, abreast)
        tiles.store_sums(out, n_rows * LANES, with_half, rows, abreast)
        tiles.store_sums(out, 2 * n_rows * LANES, with_own, rows, abreast)

    return run


@kernel(types.void(FLOATS))
def labels(out):
    simd.store(out, 0, tiles.label_behind(ONE, THREE))
    simd.store(out, LANES, tiles.label_behind(TWO, THREE))


def test_the_label_stands_behind_the_noise_words_of_each_row() -> None:
    out = aligned_zeros(2 * LANES)
    labels(out)
    np.testing.assert_array_equal(np.flatnonzero(out), [3, LANES + 3, LANES + LANES // 2 + 3])
    assert set(out) == {0, 1}


@kernel(types.void(FLOATS, FLOATS, types.float32, FLOATS))
def combine(xs, ys, factor, out):
    x, y, factors = tiles.load_rows(xs, THREE, 0), tiles.load_rows(ys, THREE, 0), simd.broadcast(factor)
    tiles.store_rows(out, THREE, 0, tiles.add_each(x, y))
    tiles.store_rows(out, THREE, 3 * LANES, tiles.scale_each(x, factors))
    tiles.store_rows(out, THREE, 6 * LANES, tiles.fma_each(factors, x, y))
    tiles.add_rows(out, (0, 0), 9 * LANES, tiles.load_rows(xs, TWO, 0))


def test_blocks_are_added_and_scaled_lane_by_lane() -> None:
    xs, ys, out, factor = numbers(3 * LANES), numbers(3 * LANES, 2), aligned_zeros(10 * LANES), np.float32(0.3)
    combine(xs, ys, factor, out)
    added, scaled, both, twice = np.split(out, np.array([3, 6, 9]) * LANES)
    np.testing.assert_array_equal(added, xs + ys)
    np.testing.assert_array_equal(scaled, xs * factor)
    np.testing.assert_allclose(both, xs * factor + ys, rtol=1e-5, atol=1e-6)
    np.testing.assert_array_equal(twice, xs[:LANES] + xs[LANES : 2 * LANES])  # of two equal rows both are added


@kernel(types.void(FLOATS, FLOATS, FLOATS, FLOATS))
def learn(gradients, xs, ys, out):
    rows = tiles.in_columns(THREE, (0, 3 * LANES))
    x, y = tiles.load_rows(xs, TWO, 0), tiles.load_rows(ys, rows, 0)
    sums, totals = tiles.fma_both(gradients, 1, x, y, y, x)
    tiles.store_rows(out, rows, 0, sums)
    tiles.store_rows(out, TWO, 6 * LANES, totals)


def test_what_rows_learn_from_one_another_are_sums_of_products_with_numbers() -> None:
    gradients, xs, ys, out = numbers(LANES), numbers(2 * LANES, 2), numbers(6 * LANES, 3), aligned_zeros(8 * LANES)
    learn(gradients, xs, ys, out)
    g, x, y = gradients[1:4], xs.reshape(2, 1, LANES), ys.reshape(2, 3, LANES)
    sums, totals = out[: 6 * LANES].reshape(2, 3, LANES), out[6 * LANES :].reshape(2, LANES)
    np.testing.assert_allclose(sums, y + g[:, np.newaxis] * x, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(totals, x[:, 0] + g @ y, rtol=1e-5, atol=1e-6)


@kernel(types.void(FLOATS, FLOATS, FLOATS))
def multiply(xs, numbers, out):
    x, y = tiles.load_rows(xs, TWO, 0), tiles.load_scalars(numbers, 0, THREE)
    tiles.store_rows(out, tiles.in_columns(THREE, (0, 3 * LANES)), 0, tiles.fma_outer(x, y, tiles.zero_products(x, y)))


def test_each_vector_is_multiplied_with_each_other() -> None:
    xs, ys, out = numbers(2 * LANES), numbers(LANES, 2), aligned_zeros(6 * LANES)
    multiply(xs, ys, out)
    expected = xs.reshape(2, 1, LANES) * ys[:3, np.newaxis]
    np.testing.assert_allclose(out.reshape(2, 3, LANES), expected, rtol=1e-6)
