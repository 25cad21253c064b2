"""The rational sigmoid and the loss of one label against NumPy in float64."""

from __future__ import annotations

import math

import numpy as np
import pytest

from kotovec.kernels import simd
from kotovec.kernels.jit import kernel
from kotovec.kernels.memory import aligned_zeros
from kotovec.kernels.registers import LANES
from kotovec.kernels.sigmoid import centred_sigmoid, loss_parts


@kernel("void(float32[::1], float32[::1])")
def fill(xs, out):
    for offset in range(0, len(xs), LANES):
        simd.store(out, offset, simd.add(centred_sigmoid(simd.load(xs, offset)), simd.broadcast(np.float32(0.5))))


@kernel("void(float64[::1], float64[::1])")
def fill_loss(xs, out):
    for i in range(len(xs)):
        a, b = loss_parts(xs[i])
        out[i] = a + math.log(b)


def sigmoids(values) -> np.ndarray:
    size = -(-len(values) // LANES) * LANES
    xs, out = aligned_zeros(size), aligned_zeros(size)
    xs[: len(values)] = values
    fill(xs, out)
    return out[: len(values)]


def losses(values) -> np.ndarray:
    out = np.zeros(len(values))
    fill_loss(np.array(values, np.float64), out)
    return out


def test_the_error_is_below_its_bound_everywhere() -> None:
    xs = np.linspace(-20, 20, 1_000_001, dtype=np.float32)
    exact = 1 / (1 + np.exp(-np.clip(xs.astype(np.float64), -14, 14)))
    assert np.abs(sigmoids(xs) - exact).max() < 6e-7


def test_beyond_14_the_result_stays_inside_the_open_interval() -> None:
    found = sigmoids(np.array([-np.inf, -1e30, -14.5, 14.5, 1e30, np.inf], np.float32))
    assert (found[:3] > 0).all() and (found[:3] < 1.5e-6).all()
    assert (found[3:] < 1).all() and (found[3:] > 1 - 1.5e-6).all()


def test_no_number_becomes_a_number() -> None:
    """The gradient hides it, so that a kernel's caller must look at the loss."""
    assert 0 < sigmoids([np.nan])[0] < 1


def test_zero_is_one_half_and_the_rest_is_symmetric_and_rising() -> None:
    xs = np.linspace(0, 14, 5001, dtype=np.float32)
    assert sigmoids([0.0])[0] == 0.5
    np.testing.assert_allclose(sigmoids(xs) + sigmoids(-xs), 1, atol=1e-7)
    assert (np.diff(sigmoids(xs[::50])) >= -1e-6).all()


def test_the_loss_is_that_of_numpy_without_overflow() -> None:
    xs = np.array([-1000, -40, -1, -1e-9, 0, 1e-9, 1, 40, 700, 1000.0])
    np.testing.assert_allclose(losses(xs), np.logaddexp(0, -xs), rtol=1e-14, atol=1e-15)


@pytest.mark.parametrize("score, loss", [(np.nan, np.nan), (-np.inf, np.inf), (np.inf, 0.0)])
def test_the_loss_shows_scores_that_are_not_finite(score: float, loss: float) -> None:
    np.testing.assert_equal(losses([score])[0], loss)
