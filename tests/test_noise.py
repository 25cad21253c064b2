"""Noise words: against count ** 0.75, how evenly they are spread, and in what company."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numba import types
from numpy.typing import NDArray

import reference
from kernel_case import SPAN
from kotovec.kernels.jit import kernel
from kotovec.kernels.memory import aligned_zeros
from kotovec.kernels.noise import draw_batch, first_point, noise_start, noise_stride, noise_word
from kotovec.kernels.rng import stream_key
from kotovec.kernels.state import BATCH, MODEL, Model
from kotovec.kernels.state import SPAN as SPAN_TYPE
from kotovec.kernels.tables import noise_table

ZIPF = np.array([100_000 // rank for rank in range(1, 2001)])
MILLION = 1_000_000


@kernel("void(uint64[::1], uint64[::1], int64[::1])")
def look_up(noise, points, out):
    for i in range(len(points)):
        out[i] = noise_word(noise, np.uint64(len(noise)), points[i])


@kernel(types.void(MODEL, types.uint64[::1], SPAN_TYPE, types.int64, types.uint64, types.int64[::1]))
def draw_batches(model, noise, span, part, bits, out):
    half, stride, point = BATCH * span.negative, noise_stride(bits, span.negative), first_point(span.noise_start, part)
    for first in range(0, len(out), half):
        point = draw_batch(model, noise, np.int64(0), span, stride, point, out[first:])


@kernel("int64(uint64, int64)")
def stride_of(bits, negative):
    return noise_stride(bits, negative)


def at_random(counts: Any, n: int, ns_exponent: float = 0.75) -> NDArray[np.int64]:
    """(n,) The words of n random points."""
    points = np.random.default_rng(1).integers(0, 2**64, n, np.uint64)
    out = np.zeros(n, np.int64)
    look_up(noise_table(np.asarray(counts), ns_exponent), points, out)
    return out


def drawn(
    counts: Any,
    n_sets: int,
    ns_exponent: float = 0.75,
    negative: int = 5,
    seed: int = 1,
    epoch: int = 0,
    part: int = 0,
) -> NDArray[np.int64]:
    """(n_sets, negative) The words of the first sets of a part."""
    nothing, out = aligned_zeros(0), np.zeros(-(-n_sets // BATCH) * BATCH * negative, np.int64)
    model = Model(nothing, nothing, row_size=1, pitch=1, n_words=len(counts), input_step=1, output_step=1)
    span = SPAN._replace(negative=negative, noise_start=np.uint64(noise_start(seed, epoch)))
    bits = np.uint64(stream_key(seed, epoch, part))
    draw_batches(model, noise_table(np.asarray(counts), ns_exponent), span, part, bits, out)
    return out.reshape(-1, negative)[:n_sets]


@pytest.mark.parametrize("ns_exponent", [0.75, 1.0, 0.0, -0.5])
@pytest.mark.parametrize("counts", [ZIPF, [7], [1, 1], [10**9, 1, 1], [3, 1, 4, 1, 5, 9, 2, 6]])
def test_the_alias_table_stands_for_the_noise_distribution(counts: Any, ns_exponent: float) -> None:
    weights = np.asarray(counts, float) ** ns_exponent
    found = reference.table_distribution(noise_table(np.asarray(counts), ns_exponent))
    np.testing.assert_allclose(found, weights / weights.sum(), atol=1e-9, rtol=1e-5)


@pytest.mark.parametrize("ns_exponent", [0.75, 0.0, 1.0])
def test_random_points_pass_a_chi_squared_test(ns_exponent: float) -> None:
    stats = pytest.importorskip("scipy.stats")
    words = at_random(ZIPF[:300], MILLION, ns_exponent)
    assert stats.chisquare(np.bincount(words, minlength=300), expected(ZIPF[:300], MILLION, ns_exponent)).pvalue > 0.001


def test_the_chi_squared_test_would_notice_another_exponent() -> None:
    stats = pytest.importorskip("scipy.stats")
    words = at_random(ZIPF[:300], MILLION)
    assert stats.chisquare(np.bincount(words, minlength=300), expected(ZIPF[:300], MILLION, 0.74)).pvalue < 1e-6


@pytest.mark.parametrize("ns_exponent", [0.75, 0.0, 1.0])
def test_noise_words_have_their_shares_to_a_thousandth(ns_exponent: float) -> None:
    observed = np.bincount(drawn(ZIPF[:300], MILLION // 5, ns_exponent).ravel(), minlength=300)
    np.testing.assert_allclose(observed, expected(ZIPF[:300], MILLION, ns_exponent), rtol=0.001, atol=5)
    assert np.abs(observed / expected(ZIPF[:300], MILLION, ns_exponent - 0.01) - 1).max() > 0.01


def expected(counts: Any, n: int, ns_exponent: float = 0.75) -> NDArray[np.float64]:
    """How often each word should come in n draws."""
    weights = np.asarray(counts, float) ** ns_exponent
    return n * weights / weights.sum()


@pytest.mark.parametrize("negative", [1, 2, 5, 9, 64])
@pytest.mark.parametrize("counts", [ZIPF, [7], [1, 1]])
def test_noise_words_are_those_of_the_twin(counts: Any, negative: int) -> None:
    for part in (0, 3):
        start, stride = (
            noise_start(1, 0) + part * reference.PART_STEP,
            reference.noise_stride(stream_key(1, 0, part), negative),
        )
        twin = reference.NoiseSets(noise_table(np.asarray(counts), 0.75), negative, start, stride)
        assert drawn(counts, 200, negative=negative, part=part).tolist() == [twin.take(n) for n in range(200)]


def crowding(words: NDArray[np.int64], counts: Any) -> float:
    """Mean square of how far words are from as often as they should be; by chance, about 1."""
    due = expected(counts, words.size)
    return float(np.mean((np.bincount(words.ravel(), minlength=len(counts)) - due) ** 2 / due))


def test_the_words_of_random_points_crowd() -> None:
    assert 0.8 < crowding(at_random(ZIPF, 100_000), ZIPF) < 1.2


@pytest.mark.parametrize("n_sets", [BATCH, 10 * BATCH, 300 * BATCH])
@pytest.mark.parametrize("negative", [1, 5, 20])
def test_words_come_as_often_as_they_should_at_every_length_of_a_part(n_sets: int, negative: int) -> None:
    frequent = ZIPF[:20]  # are due in a short part too
    found = [crowding(drawn(frequent, n_sets, negative=negative, part=part), frequent) for part in range(10)]
    assert np.mean(found) < 0.5


@pytest.mark.parametrize("parts, epochs", [(40, 1), (8, 5), (1, 10)])
def test_words_come_as_often_as_they_should_in_many_parts_and_epochs(parts: int, epochs: int) -> None:
    places = [(epoch, part) for epoch in range(epochs) for part in range(parts)]
    words = [drawn(ZIPF, 20 * BATCH, epoch=epoch, part=part) for epoch, part in places]
    assert crowding(np.concatenate(words), ZIPF) < 0.4


def test_a_word_is_in_the_company_of_nearly_all_others() -> None:
    """In the order of the sequence, the words at one distance before and behind it would always be with it."""
    counts, negative, word = np.ones(200), 5, 120
    sets = np.concatenate([drawn(counts, 10 * BATCH, negative=negative, part=part) for part in range(20)])
    company = sets[(sets == word).any(axis=1)]
    met = np.bincount(company.ravel(), minlength=200)
    met[word] = 0
    assert np.count_nonzero(met) > 150
    assert met.max() < 5 * met.mean()


@pytest.mark.parametrize("negative", range(1, 65))
def test_every_place_of_a_batch_is_dealt_to_once(negative: int) -> None:
    strides = {stride_of(np.uint64(stream_key(1, 0, part)), negative) for part in range(100)}
    n = BATCH * negative
    assert all(len({k * stride % n for k in range(n)}) == n for stride in strides)
    assert len(strides) > 20


def test_another_seed_draws_other_words() -> None:
    assert (drawn(ZIPF, BATCH, seed=1) != drawn(ZIPF, BATCH, seed=2)).any()
