"""The walk over a chunk, and all that skip-gram and CBOW share, against the twin in reference.py."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from kernel_case import KERNELS, Case, assert_agrees_with_twin, random_ids
from kotovec.kernels.arguments import Arguments
from kotovec.kernels.rng import stream_key
from kotovec.kernels.scores import count_groups, first_target
from kotovec.kernels.state import BATCH, CENTRES, OWNERS, PER_OWNER, WIDEST, group_width

pytestmark = pytest.mark.parametrize("architecture", ["skipgram", "cbow"])

NEGATIVES = [1, 5, 16]  # each compiles for seconds: one group of targets, one group, three of both widths
MORE_NEGATIVES = [2, 3, 4, 6, 7, 8, 9, 10, 15, 17, 20, 23, 24, 33, 63, 64]


@pytest.mark.parametrize("negative", NEGATIVES)
@pytest.mark.parametrize("vector_size", [1, 7, 16, 17, 64, 90, 100, 300])
def test_agrees_with_the_twin_at_every_vector_size(architecture: str, vector_size: int, negative: int) -> None:
    assert_agrees_with_twin(Case(architecture, random_ids(150, 40), 40, vector_size, negative=negative))


@pytest.mark.slow
@pytest.mark.parametrize("negative", MORE_NEGATIVES)
@pytest.mark.parametrize("vector_size", [7, 32])
def test_agrees_with_the_twin_at_every_number_of_noise_words(
    architecture: str, vector_size: int, negative: int
) -> None:
    assert_agrees_with_twin(Case(architecture, random_ids(150, 300), 300, vector_size, negative=negative))
    assert_agrees_with_twin(Case(architecture, random_ids(150, 20), 20, vector_size, negative=negative))


@pytest.mark.parametrize("shrink", [True, False])
@pytest.mark.parametrize("window", [1, 2, 5, 100])
def test_agrees_with_the_twin_at_every_window(architecture: str, window: int, shrink: bool) -> None:
    ids = random_ids(260, 60, sentence=0.01)
    assert_agrees_with_twin(Case(architecture, ids, 60, window=window, shrink=shrink, alpha_start=0.01))


@pytest.mark.parametrize("negative", NEGATIVES)
@pytest.mark.parametrize("n_words", [1, 2, 3])
def test_a_vocabulary_smaller_than_the_noise_trains_like_the_twin(
    architecture: str, n_words: int, negative: int
) -> None:
    plan = assert_agrees_with_twin(Case(architecture, random_ids(100, n_words), n_words, negative=negative))
    assert any(step.noise.count(step.rows[0][0]) for step in plan.steps)


@pytest.mark.parametrize("centres", [1, 2, 3, 4, 7, CENTRES])
def test_a_block_may_have_any_number_of_centres(architecture: str, centres: int) -> None:
    ids = random_ids(300, 500)
    plan = assert_agrees_with_twin(Case(architecture, ids, 500, centres=centres, owners_per_set=centres))
    assert max(len({centre for centre, _ in step.rows}) for step in plan.steps) == centres


@pytest.mark.parametrize("sentence", [0.0, 0.2])
@pytest.mark.parametrize("owners_per_set", [1, 2, 3, 5, 8, OWNERS])
def test_the_rows_of_any_number_of_owners_may_share_noise_words(
    architecture: str, owners_per_set: int, sentence: float
) -> None:
    ids = random_ids(300, 500, sentence=sentence)
    plan = assert_agrees_with_twin(Case(architecture, ids, 500, centres=4, owners_per_set=owners_per_set))
    most = min(owners_per_set, 4) if architecture == "cbow" else PER_OWNER * owners_per_set
    assert max(len(step.rows) for step in plan.steps) == most


def test_pairs_wait_until_a_set_is_full(architecture: str) -> None:
    """So that sets are as large where the ends of sentences cut windows; only the last of a chunk may be smaller."""
    ids = random_ids(400, 300, sentence=0.3)
    plan = assert_agrees_with_twin(Case(architecture, ids, 300, centres=3, owners_per_set=7))
    n_rows = [len(step.rows) for step in plan.steps]
    if architecture == "skipgram":
        assert all(7 <= n <= PER_OWNER * 7 for n in n_rows[:-1])  # fewer than 14 where the number in a window is odd
        assert len(set(n_rows)) > 3
    else:
        assert max(n_rows) == 3


def test_noise_is_drawn_anew_when_both_halves_are_used_up(architecture: str) -> None:
    plan = assert_agrees_with_twin(Case(architecture, random_ids(1500, 700), 700, centres=2))
    assert len(plan.steps) > 4 * BATCH
    assert len({tuple(step.noise) for step in plan.steps}) > 4 * BATCH


def test_a_chunk_sees_the_words_beyond_its_borders(architecture: str) -> None:
    ids = random_ids(100, 500, sentence=0)
    case = Case(architecture, ids, 500, start=40, stop=60, shrink=False)
    plan = assert_agrees_with_twin(case)
    assert plan.words == 20
    contexts = {word for step in plan.steps for _, contexts in step.rows for word in contexts}
    assert {ids[35], ids[64]} <= contexts


@pytest.mark.parametrize("start, stop", [(0, 1), (1, 3), (10, 90), (97, 100)])
def test_agrees_with_the_twin_on_every_part_of_a_corpus(architecture: str, start: int, stop: int) -> None:
    ids = random_ids(100, 30, sentence=0.2)[:100]
    assert_agrees_with_twin(Case(architecture, ids, 30, start=start, stop=min(stop, len(ids))))


@pytest.mark.parametrize("sentence", [0.0, 0.2])
@pytest.mark.parametrize("part_size", [1, 2, 7, 64, 299])
def test_a_chunk_may_have_any_number_of_parts(architecture: str, part_size: int, sentence: float) -> None:
    """All that is drawn goes on from part to part, and so do pairs that wait."""
    ids, settings = random_ids(300, 60, sentence=sentence), {"centres": 8, "owners_per_set": 5, "loss_interval": 3}
    case = Case(architecture, ids, 60, sample=0.05, start=1, part_size=part_size, **settings)
    plan = assert_agrees_with_twin(case)
    n_rows = [len(step.rows) for step in plan.steps]
    assert architecture == "cbow" or all(n >= 5 for n in n_rows[:-1])


def test_sentences_of_one_word_teach_nothing(architecture: str) -> None:
    case = Case(architecture, [3, -1, 5, -1, 3, -1], 8)
    before = case.inputs, case.outputs
    counted = case.run()
    np.testing.assert_array_equal((case.inputs, case.outputs), before)
    assert (counted["words"], counted["kept"], counted["pairs"], counted["measured"]) == (3, 3, 0, 0)


@pytest.mark.parametrize("sentence", [0.7, 0.4, 0.2])
def test_short_sentences_are_trained_like_the_twin(architecture: str, sentence: float) -> None:
    assert_agrees_with_twin(Case(architecture, random_ids(300, 50, sentence=sentence), 50))


@pytest.mark.parametrize("sentence", [0.0, 0.003, 0.01, 0.03])
@pytest.mark.parametrize("start, stop", [(0, 500), (0, 403), (12, 480), (91, 500)])
def test_long_sentences_are_trained_like_the_twin(architecture: str, start: int, stop: int, sentence: float) -> None:
    """Most centres lie far from the ends of sentences, and of the text: those are found in another way."""
    ids = random_ids(520, 300, seed=start + stop, sentence=sentence)[:500]
    settings = {"start": start, "stop": min(stop, len(ids)), "centres": CENTRES, "owners_per_set": 8}
    assert_agrees_with_twin(Case(architecture, ids, 300, window=3, alpha_start=0.02, **settings))


def test_no_window_crosses_the_end_of_a_sentence(architecture: str) -> None:
    case = Case(architecture, [0, 1, 2, -1, 3, 4, 5, -1], 6, window=5, shrink=False)
    plan = assert_agrees_with_twin(case)
    for step in plan.steps:
        for centre, contexts in step.rows:
            assert {word // 3 for word in contexts} == {centre // 3}


def test_the_last_sentence_may_lack_its_end(architecture: str) -> None:
    assert_agrees_with_twin(Case(architecture, [0, 1, 2, -1, 3, 4, 5], 6))


def test_a_word_that_is_context_more_than_once_learns_each_time(architecture: str) -> None:
    ids = [4, 4, 2, 4, 4, -1, 2, 2, 2, -1] * 5
    assert_agrees_with_twin(Case(architecture, ids, 30, shrink=False))


def test_windows_of_different_lengths_are_trained_like_the_twin(architecture: str) -> None:
    ids = [1, 2, -1, 3, 4, 5, 6, -1] * 4
    plan = assert_agrees_with_twin(Case(architecture, ids, 40, shrink=False, centres=4, owners_per_set=5))
    windows = {len(contexts) for step in plan.steps for _, contexts in step.rows}
    assert windows == ({1} if architecture == "skipgram" else {1, 3})


@pytest.mark.parametrize("sample", [1e-3, 1e-2])
def test_subsampled_tokens_are_those_of_the_twin(architecture: str, sample: float) -> None:
    plan = assert_agrees_with_twin(Case(architecture, random_ids(600, 30), 30, sample=sample))
    assert 0 < plan.kept < plan.words


def test_ids_out_of_range_are_skipped_and_counted(architecture: str) -> None:
    ids = random_ids(100, 30)
    ids[5], ids[17], ids[60], ids[99 if len(ids) > 99 else -1] = 30, -2, 2**31 - 1, -(2**31)
    plan = assert_agrees_with_twin(Case(architecture, ids, 30))
    assert plan.bad_ids == 4


def test_rows_of_words_that_do_not_occur_do_not_change(architecture: str) -> None:
    case = Case(architecture, [900, 17, 401, 900, 33, -1], 1000)
    inputs, outputs, plan = case.inputs, case.outputs, case.plan()
    case.run()
    contexts = {word for step in plan.steps for _, contexts in step.rows for word in contexts}
    targets = {word for step in plan.steps for word in [step.rows[0][0], *step.noise]}
    targets |= {centre for step in plan.steps for centre, _ in step.rows}
    changed = {int(word) for word in np.flatnonzero((case.inputs != inputs).any(axis=1))}
    assert changed == contexts == {900, 17, 401, 33}
    assert {int(word) for word in np.flatnonzero((case.outputs != outputs).any(axis=1))} == targets


def test_the_learning_rate_falls_from_the_start_to_the_end_of_the_chunk(architecture: str) -> None:
    case = Case(architecture, random_ids(400, 50), 50, alpha_start=0.1, alpha_stop=0.0, centres=1)
    plan = assert_agrees_with_twin(case)
    assert plan.steps[0].alpha == pytest.approx(0.1, rel=0.05)
    assert plan.steps[-1].alpha == pytest.approx(0.0, abs=0.001)


def test_a_learning_rate_of_zero_changes_nothing(architecture: str) -> None:
    case = Case(architecture, random_ids(100, 30), 30, alpha_start=0.0, alpha_stop=0.0)
    before = case.inputs, case.outputs
    case.run()
    np.testing.assert_array_equal((case.inputs, case.outputs), before)


@pytest.mark.parametrize("loss_interval", [1, 2, 7, 1000])
def test_the_loss_is_that_of_every_nth_block(architecture: str, loss_interval: int) -> None:
    plan = assert_agrees_with_twin(Case(architecture, random_ids(300, 60), 60, loss_interval=loss_interval))
    n_measured = sum(step.measured for step in plan.steps)
    assert n_measured == len(plan.steps) if loss_interval == 1 else 0 < n_measured < len(plan.steps)


def test_measuring_the_loss_does_not_change_what_is_learnt(architecture: str) -> None:
    often, seldom = (Case(architecture, random_ids(200, 30), 30, loss_interval=interval) for interval in (1, 1000))
    often.run(), seldom.run()
    np.testing.assert_array_equal(often.weights.inputs.flat, seldom.weights.inputs.flat)
    np.testing.assert_array_equal(often.weights.outputs.flat, seldom.weights.outputs.flat)


@pytest.mark.parametrize("begins", ["key", "noise_start"])
def test_the_same_key_gives_the_same_bits_and_another_one_others(architecture: str, begins: str) -> None:
    def trained(chunk: int) -> Any:
        case = Case(architecture, random_ids(200, 30), 30, **{begins: np.uint64(stream_key(1, 0, chunk))})
        case.run()
        return case.weights.inputs.flat.tobytes() + case.weights.outputs.flat.tobytes()

    assert trained(0) == trained(0)
    assert trained(0) != trained(1)


def test_a_worker_may_train_chunk_after_chunk_with_the_same_scratch(architecture: str) -> None:
    ids = random_ids(300, 12)
    first, second = (Case(architecture, ids, 12, start=start, stop=start + 100) for start in (0, 100))
    first.run()
    second.scratch = first.scratch
    model, array = second.weights.for_kernels(), np.array(ids, np.int32)
    array.flags.writeable = False
    KERNELS[architecture](5)(Arguments(model, second.tables, second.scratch, second.span, array))
    fresh = Case(architecture, ids, 12, start=100, stop=200)
    fresh.run()
    np.testing.assert_array_equal(second.weights.inputs.flat, fresh.weights.inputs.flat)
    np.testing.assert_array_equal(second.weights.outputs.flat, fresh.weights.outputs.flat)


def test_weights_that_are_not_a_number_show_in_the_loss(architecture: str) -> None:
    case = Case(architecture, random_ids(100, 10), 10)
    case.weights.inputs.rows[3, 2] = np.nan
    assert np.isnan(case.run()["loss"])


@pytest.mark.parametrize("negative", range(1, 65))
def test_groups_of_targets_hold_each_of_them_once(architecture: str, negative: int) -> None:
    fewer = group_width(negative) - 1
    n_groups, n_wide = count_groups.py_func(negative, fewer)
    held = list(range(fewer))  # and the centre word
    for group in range(1, n_groups):
        first = first_target.py_func(group, n_wide, fewer)
        held += range(first, first + fewer + (group < n_wide))
    assert held == list(range(negative))
    assert 1 <= fewer < WIDEST
