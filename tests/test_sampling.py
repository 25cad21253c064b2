"""Subsampling against word2vec.c's formula."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from numba import types

import reference
from kernel_case import SPAN
from kotovec.kernels.jit import kernel
from kotovec.kernels.memory import aligned_zeros
from kotovec.kernels.sampling import subsample
from kotovec.kernels.state import IDS, MODEL, NO_ROW, SCRATCH, TABLES, Model, new_scratch
from kotovec.kernels.state import SPAN as SPAN_TYPE
from kotovec.kernels.tables import keep_probability, keep_table, noise_table, tables

ZIPF = np.array([100_000 // rank for rank in range(1, 2001)])


@kernel(types.void(IDS, SPAN_TYPE, TABLES, MODEL, SCRATCH, types.int64[::1]))
def thin_out(ids, span, tables, model, scratch, out):
    out[0], out[1], out[2], _ = subsample(model, tables, scratch, span, span.start, span.stop, span.key, ids, len(ids))


def kept_of(ids: list[int], counts: Any, sample: float, **span: Any) -> tuple[list[int], int, int]:
    array = np.array(ids, np.int32)
    array.flags.writeable = False
    nothing, out = aligned_zeros(0), np.zeros(3, np.int64)
    model = Model(nothing, nothing, row_size=32, pitch=32, n_words=len(counts), input_step=32, output_step=32)
    scratch = new_scratch(window=1, negative=1, row_size=32, positions=len(ids))
    settings = SPAN._replace(**{"stop": len(ids), "margin": 0} | span)
    thin_out(array, settings, tables(np.asarray(counts), sample, 0.75), model, scratch, out)
    first, stop, n = (int(i) for i in out)
    kept = [int(row) // 32 for row in scratch.rows[:n]]  # NO_ROW // 32 is -1
    assert [int(row) for row in scratch.rows[:n]] == [32 * word if word >= 0 else NO_ROW for word in kept]
    np.testing.assert_array_equal(scratch.owner_rows[:n], scratch.rows[:n])
    assert [int(i) for i in scratch.lefts[:n]] == words_before(kept)
    assert [int(i) for i in scratch.rights[:n]] == words_before(kept[::-1])[::-1]
    return kept, first, stop


def words_before(kept: list[int]) -> list[int]:
    """How many words of its sentence are before each token; none before its end."""
    found, before = [], 0
    for word in kept:
        found.append(0 if word == -1 else before)
        before = 0 if word == -1 else before + 1
    return found


def test_the_probability_to_keep_is_that_of_the_c_program() -> None:
    found = keep_probability(ZIPF, 1e-3)
    np.testing.assert_allclose(found, reference.keep_probability(list(map(int, ZIPF)), 1e-3), rtol=1e-12)


def test_a_word_of_a_tenth_of_the_text_is_kept_by_its_formula() -> None:
    """f = 0.1, t = 0.001: sqrt(0.01) + 0.01."""
    assert keep_probability(np.array([10, 90]), 1e-3)[0] == pytest.approx(0.11)


def test_gensim_keeps_words_with_the_same_probability() -> None:
    pytest.importorskip("gensim")
    from gensim.models import Word2Vec

    model = Word2Vec(min_count=1, sample=1e-3)
    model.build_vocab_from_freq({str(i): int(count) for i, count in enumerate(ZIPF)})
    theirs = [model.wv.get_vecattr(str(i), "sample_int") / 2**32 for i in range(len(ZIPF))]
    np.testing.assert_allclose(keep_probability(ZIPF, 1e-3), theirs, atol=1e-8)


@pytest.mark.parametrize("sample", [0.0, 1.0, 1e9])
def test_a_sample_of_zero_or_one_keeps_everything(sample: float) -> None:
    assert (keep_probability(ZIPF, sample) == 1).all()
    assert list(keep_table(ZIPF, sample)) == [2**32 - 1]


def test_words_that_never_occur_divide_nothing_by_zero() -> None:
    assert list(keep_probability(np.zeros(3, np.int64), 1e-3)) == [0, 0, 0]
    table = noise_table(np.zeros(3, np.int64), 0.75)
    np.testing.assert_allclose(reference.table_distribution(table), [1 / 3] * 3)


def test_the_table_has_entries_for_words_that_can_be_dropped_only() -> None:
    probability, table = keep_probability(ZIPF, 1e-3), keep_table(ZIPF, 1e-3)
    assert 1 < len(table) == np.count_nonzero(probability < 1) + 1
    np.testing.assert_allclose(table / (2**32 - 1), probability[: len(table)], atol=1e-9)


def test_words_in_any_order_are_thinned_by_their_own_count() -> None:
    counts = np.array([5, 90_000, 10, 9_000, 3])
    probability, table = keep_probability(counts, 1e-3), keep_table(counts, 1e-3)
    np.testing.assert_allclose(table / (2**32 - 1), probability, atol=1e-9)


def test_tokens_stay_as_often_as_the_formula_says() -> None:
    counts = np.array([60_000, 30_000, 9_000, 900, 100])
    n = 40_000
    for word, probability in enumerate(keep_probability(counts, 1e-3)):
        stayed = len(kept_of([word] * n, counts, 1e-3)[0])
        assert abs(stayed - n * probability) <= 4 * math.sqrt(n * probability * (1 - probability))


def test_sentence_ends_always_stay() -> None:
    kept, _, _ = kept_of([0, -1] * 500, [1_000_000, 1], 1e-6)
    assert kept.count(-1) == 500
    assert kept.count(0) < 50


def test_margins_are_context_and_cut_at_the_ends_of_the_corpus() -> None:
    ids = list(range(20))
    assert kept_of(ids, [1] * 20, 0.0, start=5, stop=8, margin=3) == (list(range(2, 11)), 3, 6)
    assert kept_of(ids, [1] * 20, 0.0, start=1, stop=8, margin=3) == (list(range(0, 11)), 1, 8)
    assert kept_of(ids, [1] * 20, 0.0, start=18, stop=20, margin=3) == (list(range(15, 20)), 3, 5)
