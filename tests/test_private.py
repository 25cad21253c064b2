"""Private rows: what workers change in their copies comes to the shared rows, and not more than they should change."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numba import types

from kernel_case import KERNELS, Case
from kernel_case import SPAN as KERNEL_SPAN
from kotovec.kernels.arguments import Arguments
from kotovec.kernels.jit import kernel
from kotovec.kernels.memory import aligned_zeros
from kotovec.kernels.private import (
    EXCHANGES,
    exchange_due,
    give_back_rows,
    paces,
    parts_between,
    take_rows,
    turns_between,
    weigh_changes,
)
from kotovec.kernels.state import MODEL, SCRATCH, SPAN, Model, Scratch, Sharing, new_scratch
from kotovec.training.hogwild import _distance

IDS = [3, 0, 7, 1, 0, 2, 9, 4, 0, 1, 5, 8, -1, 6, 0, 2, 3, 1, 0, 11, 10, -1] * 20
ROW = 16  # floats
HOT = 24


@kernel(types.void(MODEL, SCRATCH, SPAN, types.int64))
def exchange_rows(model: Any, scratch: Any, span: Any, n_before: Any) -> None:
    exchange_due(model, scratch, span, n_before)


@kernel(types.void(SCRATCH, SPAN))
def weigh(scratch: Any, span: Any) -> None:
    weigh_changes(scratch, span, paces(scratch, span, ROW), 0, span.n_private)


def sharing(n_private: int, inputs: float = 0.0, outputs: float = 0.0) -> Sharing:
    """All rows are changed so many times between two exchanges."""
    updates = Sharing(aligned_zeros(n_private), aligned_zeros(n_private), HOT)
    updates.input_updates[:], updates.output_updates[:] = inputs, outputs
    return updates


def a_model(n_words: int) -> Model:
    return Model(aligned_zeros(n_words * ROW), aligned_zeros(n_words * ROW), ROW, ROW, n_words, ROW, ROW)


def a_worker(model: Model, n_private: int, inputs: float = 0.0, outputs: float = 0.0) -> Scratch:
    scratch = new_scratch(5, 5, ROW, 100, sharing(n_private, inputs, outputs))
    take_rows(model, scratch)
    return scratch


def span_for(scratch: Scratch, n_workers: int, alpha: float = 0.1) -> Any:
    n_private = len(scratch.input_shares)
    return KERNEL_SPAN._replace(n_private=n_private, hot=HOT, n_workers=n_workers, alpha_start=alpha)


def weigh_for(scratch: Scratch, n_workers: int, alpha: float = 0.1) -> None:
    weigh(scratch, span_for(scratch, n_workers, alpha))


def exchange(model: Model, scratch: Scratch, n_before: int, n_workers: int = 2) -> None:
    exchange_rows(model, scratch, span_for(scratch, n_workers), n_before)


def train_privately(case: Case, n_private: int, times: int = 1, give_back: bool = True) -> None:
    """Train the chunk as a worker does that has copies of the first rows; more than once if it is one part."""
    model = case.weights.for_kernels()
    longest = case.span.stop - case.span.start + 2 * case.span.margin
    scratch = new_scratch(case.span.window, case.span.negative, model.row_size, longest, sharing(n_private))
    take_rows(model, scratch)
    ids = np.array(case.ids, np.int32)
    ids.flags.writeable = False
    for time in range(times):
        span = case.span._replace(
            n_private=n_private,
            private_inputs=_distance(scratch.private_inputs, model.inputs),
            private_outputs=_distance(scratch.private_outputs, model.outputs),
            hot=HOT,
            n_before=time,
        )
        KERNELS[case.architecture](case.span.negative)(Arguments(model, case.tables, scratch, span, ids))
    if give_back:
        give_back_rows(model, scratch)


@pytest.mark.parametrize("architecture", ["skipgram", "cbow"])
@pytest.mark.parametrize("vector_size", [7, 100, 128])
@pytest.mark.parametrize("n_private", [1, 4, 12])
def test_a_worker_alone_learns_the_same_in_its_own_rows(architecture: str, vector_size: int, n_private: int) -> None:
    shared, private = (Case(architecture, IDS, 12, vector_size) for _ in range(2))
    before = shared.inputs
    for _ in range(3):
        shared.run()
    train_privately(private, n_private, times=3)
    assert np.abs(shared.inputs - before).max(axis=1).min() > 1e-3
    np.testing.assert_allclose(private.inputs, shared.inputs, rtol=1e-4, atol=1e-4)
    np.testing.assert_allclose(private.outputs, shared.outputs, rtol=1e-4, atol=1e-4)


def test_nothing_reaches_the_shared_rows_before_it_is_given_back() -> None:
    case = Case("skipgram", IDS, 12, vector_size=ROW)
    model = case.weights.for_kernels()
    scratch = a_worker(model, 12)
    weigh_for(scratch, n_workers=2)
    before = case.inputs
    scratch.private_inputs[:ROW] += 1  # the copy that is trained on, of word 0
    np.testing.assert_array_equal(case.inputs, before)
    give_back_rows(model, scratch)
    np.testing.assert_allclose(case.inputs[0], before[0] + 1, rtol=1e-6)
    np.testing.assert_array_equal(case.inputs[1:], before[1:])


def test_what_two_workers_have_changed_a_little_adds_up() -> None:
    model = a_model(12)
    model.inputs[:] = 1
    scratches = [a_worker(model, 12) for _ in range(2)]
    for scratch, change in zip(scratches, (0.5, 0.25), strict=True):
        scratch.private_inputs[: 12 * ROW] += change
        exchange(model, scratch, 0)
    np.testing.assert_array_equal(model.inputs, 1.75)
    assert [copies(scratch, 12)[0, 0] for scratch in scratches] == [1.5, 1.75]  # the first has not seen the second's
    exchange(model, scratches[0], 1)
    np.testing.assert_array_equal(model.inputs, 1.75)
    assert copies(scratches[0], 12)[0, 0] == 1.75


@pytest.mark.parametrize("n_workers", [2, 8, 64])
@pytest.mark.parametrize("way", ["exchanged", "given back"])
def test_workers_that_all_reach_one_place_bring_the_shared_row_near_it_and_not_beyond(n_workers: int, way: str) -> None:
    model, goal = a_model(12), 3.0
    model.inputs[:] = model.outputs[:] = 1
    scratches = [a_worker(model, 12, inputs=1e9, outputs=1e9) for _ in range(n_workers)]
    for scratch in scratches:
        weigh_for(scratch, n_workers)
        scratch.private_inputs[: 12 * ROW] = scratch.private_outputs[: 12 * ROW] = goal
    for scratch in scratches:
        if way == "exchanged":
            exchange(model, scratch, 0, n_workers)
        else:
            give_back_rows(model, scratch)
    for matrix in (model.inputs, model.outputs):
        np.testing.assert_allclose(matrix, goal, rtol=1e-5)


@pytest.mark.parametrize("n_workers", [2, 8])
def test_the_share_is_what_workers_one_after_the_other_would_have_gone(n_workers: int) -> None:
    """Against 1 - (1 - c) ** (T * K) of the way for K updates of each of T workers, with c the rate times curvature."""
    model, alpha = a_model(12), 0.1
    model.inputs[:] = model.outputs[:] = 0.5  # squared length 16 / 4
    for n_updates in (0.1, 1.0, 3.0, 10.0, 100.0, 1000.0):
        scratch = a_worker(model, 12, outputs=n_updates)
        weigh_for(scratch, n_workers, alpha)
        c = alpha * 0.2 * 4
        alone, together = (1 - (1 - c) ** (n * n_updates) for n in (1, n_workers))
        assert scratch.output_shares[5] * n_workers * alone == pytest.approx(together, rel=0.12)
        np.testing.assert_array_equal(scratch.input_shares, 1)


def test_long_vectors_and_a_high_rate_settle_sooner() -> None:
    def share(length: float, alpha: float) -> float:
        model = a_model(200)
        model.inputs[:] = length / ROW**0.5
        scratch = a_worker(model, 200, outputs=10)
        weigh_for(scratch, n_workers=4, alpha=alpha)
        return float(scratch.output_shares[0])

    assert 1 == share(0.0, 0.1) > share(1.0, 0.1) > share(3.0, 0.1) > 0.25
    assert share(1.0, 0.01) > share(1.0, 0.1)
    assert share(1.0, 0.4) == pytest.approx(share(2.0, 0.1))


def copies(scratch: Scratch, n: int) -> Any:
    return scratch.private_inputs[: n * ROW].reshape(n, ROW)


def exchanged_at(n_private: int, n_parts: int) -> Any:
    """(n_parts, n_private) bool: which rows are exchanged at which part."""
    model = a_model(n_private)
    scratch = a_worker(model, n_private)
    found = np.zeros((n_parts, n_private), bool)
    for part in range(n_parts):
        model.inputs[:] = part + 1  # as if another worker had changed all rows
        exchange(model, scratch, part)
        found[part] = scratch.private_inputs[: n_private * ROW : ROW] == part + 1
    return found


def test_rows_of_rarer_words_wait_longer_for_their_exchange() -> None:
    found = exchanged_at(n_private=8 * HOT, n_parts=400)[300:]
    assert found[:, : 2 * HOT].all()
    for tier, interval in ((2, 2), (4, 4)):
        rows = found[:, tier * HOT : 2 * tier * HOT]
        assert rows.sum(axis=1).tolist() == [tier * HOT // interval] * 100
        gaps = [np.diff(np.flatnonzero(row)) for row in rows.T]
        assert {int(gap) for row in gaps for gap in row} == {interval}


def test_the_time_between_exchanges_is_told_as_it_is() -> None:
    n_private = 8 * HOT
    found = exchanged_at(n_private, n_parts=400)[300:]
    told = parts_between(n_private, HOT)
    np.testing.assert_allclose(1 / told[HOT // 2 :], found[:, HOT // 2 :].mean(axis=0), rtol=0.05)
    assert (told[: HOT // 2] == 1 / EXCHANGES).all()


def test_every_row_is_exchanged_within_half_of_the_parts_so_far() -> None:
    n_parts = 150
    found = exchanged_at(n_private=16 * HOT + 3, n_parts=n_parts)
    assert found[:4].all()
    for row in found.T:
        at = np.flatnonzero(row)
        assert (np.diff(at) <= np.maximum(at[1:] / 2, 1) + 1).all()
        assert n_parts - at[-1] <= n_parts / 2 + 1


def test_shares_are_known_from_the_first_part_on_and_follow_the_rate_at_each_exchange() -> None:
    n_private = 16 * HOT
    model = a_model(n_private)
    model.inputs[:] = model.outputs[:] = 0.5
    scratch = a_worker(model, n_private, inputs=10, outputs=10)
    exchange_rows(model, scratch, span_for(scratch, 2, alpha=0.1), 0)
    first = scratch.output_shares.copy()
    assert (0.5 < first).all() and (first < 1).all()
    exchange_rows(model, scratch, span_for(scratch, 2, alpha=0.05), 1000)
    later = scratch.output_shares > first
    assert later[: 2 * HOT].all()
    assert later.sum() == 5 * HOT  # the hot rows, and as many of each doubling


@pytest.mark.parametrize("architecture", ["skipgram", "cbow"])
def test_the_hottest_rows_are_exchanged_within_a_part(architecture: str) -> None:
    """What is in the shared rows after the first part came from exchanges while it was trained."""
    n_words = 2 * HOT
    generator = np.random.default_rng(3)
    case = Case(architecture, generator.integers(0, n_words, 8000).tolist(), n_words, centres=8)
    before = case.inputs, case.outputs
    train_privately(case, n_words, give_back=False)
    for matrix, old in zip((case.inputs, case.outputs), before, strict=True):
        changed = (matrix != old).any(axis=1)
        assert changed[: HOT // 2].all()
        assert not changed[HOT // 2 :].any()


@pytest.mark.parametrize("architecture", ["skipgram", "cbow"])
def test_rows_are_exchanged_at_every_part_of_a_chunk(architecture: str) -> None:
    n_words = 2 * HOT
    generator = np.random.default_rng(3)
    ids = generator.integers(0, n_words, 8000).tolist()
    case = Case(architecture, ids, n_words, centres=8, part_size=4000)
    before = case.inputs, case.outputs
    train_privately(case, n_words, give_back=False)
    for matrix, old in zip((case.inputs, case.outputs), before, strict=True):
        assert (matrix != old).any(axis=1).all()


def test_turns_are_shared_out_among_the_exchanges_of_a_part() -> None:
    assert turns_between.py_func(1000 * EXCHANGES) == 1000
    assert turns_between.py_func(3) > 3  # none in a part that is over at once
