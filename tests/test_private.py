"""Private rows: what workers change in their copies is what they would have changed in the shared rows."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from kernel_case import KERNELS, Case
from kotovec.kernels.jit import kernel
from kotovec.kernels.private import EXCHANGES, HOT, HOTTEST, exchange_due, give_back_rows, take_rows, turns_between
from kotovec.kernels.state import Model, Scratch, aligned_zeros, new_scratch
from kotovec.training.config import Architecture, TrainConfig
from kotovec.training.hogwild import _distance
from kotovec.training.schedule import Schedule

IDS = [3, 0, 7, 1, 0, 2, 9, 4, 0, 1, 5, 8, -1, 6, 0, 2, 3, 1, 0, 11, 10, -1] * 20
ROW = 16  # floats


@kernel("void(float32[::1], float32[::1], int64, int64)")
def exchange(matrix: Any, private: Any, n_private: Any, turn: Any) -> None:
    exchange_due(matrix, private, n_private, ROW, turn)


def train_privately(case: Case, n_private: int, turns: int = 1, give_back: bool = True) -> None:
    """Train the chunk as a worker does that has copies of the first rows."""
    model = case.weights.for_kernels()
    longest = case.span.stop - case.span.start + 2 * case.span.margin
    scratch = new_scratch(case.span.window, case.span.negative, model.row_size, longest, n_private)
    take_rows(model, scratch)
    ids = np.array(case.ids, np.int32)
    ids.flags.writeable = False
    for turn in range(turns):
        span = case.span._replace(
            n_private=n_private,
            private_inputs=_distance(scratch.private_inputs, model.inputs),
            private_outputs=_distance(scratch.private_outputs, model.outputs),
            turn=turn,
        )
        KERNELS[case.architecture](case.span.negative)(model, case.tables, scratch, span, ids)
    if give_back:
        give_back_rows(model, scratch)


@pytest.mark.parametrize("architecture", ["skipgram", "cbow"])
@pytest.mark.parametrize("vector_size", [7, 100])
@pytest.mark.parametrize("n_private", [1, 4, 12])
def test_a_worker_alone_learns_the_same_in_its_own_rows(architecture: str, vector_size: int, n_private: int) -> None:
    shared, private = (Case(architecture, IDS, 12, vector_size) for _ in range(2))
    before = shared.inputs
    for _ in range(3):
        shared.run()
    train_privately(private, n_private, turns=3)
    assert np.abs(shared.inputs - before).max(axis=1).min() > 1e-3
    np.testing.assert_allclose(private.inputs, shared.inputs, rtol=1e-4, atol=1e-4)
    np.testing.assert_allclose(private.outputs, shared.outputs, rtol=1e-4, atol=1e-4)


def test_nothing_reaches_the_shared_rows_before_it_is_given_back() -> None:
    case = Case("skipgram", IDS, 12)
    model = case.weights.for_kernels()
    scratch = new_scratch(5, 5, model.row_size, 100, 12)
    take_rows(model, scratch)
    before = case.inputs
    scratch.private_inputs[: model.row_size] += 1  # the copy that is trained on, of word 0
    np.testing.assert_array_equal(case.inputs, before)
    give_back_rows(model, scratch)
    np.testing.assert_allclose(case.inputs[0], before[0] + 1, rtol=1e-6)
    np.testing.assert_array_equal(case.inputs[1:], before[1:])


def test_what_two_workers_have_changed_adds_up() -> None:
    model = Model(aligned_zeros(12 * ROW), aligned_zeros(13 * ROW), ROW, 12)
    scratches = [new_scratch(5, 5, ROW, 100, 12) for _ in range(2)]
    model.inputs[:] = 1
    for scratch in scratches:
        take_rows(model, scratch)
    for scratch, change in zip(scratches, (0.5, 0.25), strict=True):
        scratch.private_inputs[: 12 * ROW] += change
    exchange(model.inputs, scratches[0].private_inputs, 12, 0)
    exchange(model.inputs, scratches[1].private_inputs, 12, 0)
    np.testing.assert_array_equal(model.inputs, 1.75)
    assert [copies(scratch, 12)[0, 0] for scratch in scratches] == [1.5, 1.75]  # the first has not seen the second's
    exchange(model.inputs, scratches[0].private_inputs, 12, 1)
    np.testing.assert_array_equal(model.inputs, 1.75)
    assert copies(scratches[0], 12)[0, 0] == 1.75


def copies(scratch: Scratch, n: int) -> Any:
    return scratch.private_inputs[: n * ROW].reshape(n, ROW)


def exchanged_at(n_private: int, turns: int) -> Any:
    """(turns, n_private) bool: which rows are exchanged at which chunk."""
    matrix, private = aligned_zeros(n_private * ROW), aligned_zeros(2 * n_private * ROW)
    found = np.zeros((turns, n_private), bool)
    for turn in range(turns):
        matrix[:] = turn + 1  # as if another worker had changed all rows
        exchange(matrix, private, n_private, turn)
        found[turn] = private[: n_private * ROW : ROW] == turn + 1
    return found


def test_rows_of_rarer_words_wait_longer_for_their_exchange() -> None:
    found = exchanged_at(n_private=8 * HOT, turns=400)[300:]
    assert found[:, : 2 * HOT].all()
    for tier, interval in ((2, 2), (4, 4)):
        rows = found[:, tier * HOT : 2 * tier * HOT]
        assert rows.sum(axis=1).tolist() == [tier * HOT // interval] * 100
        gaps = [np.diff(np.flatnonzero(row)) for row in rows.T]
        assert {int(gap) for row in gaps for gap in row} == {interval}


def test_every_row_is_exchanged_within_an_eighth_of_the_chunks_so_far() -> None:
    turns = 150
    found = exchanged_at(n_private=16 * HOT + 3, turns=turns)
    assert found[:16].all()
    for row in found.T:
        at = np.flatnonzero(row)
        assert (np.diff(at) <= np.maximum(at[1:] / 8, 1) + 1).all()
        assert turns - at[-1] <= turns / 8 + 1


@pytest.mark.parametrize("architecture", ["skipgram", "cbow"])
def test_the_hottest_rows_are_exchanged_within_a_chunk(architecture: str) -> None:
    """What is in the shared rows after the first chunk came from exchanges while it was trained."""
    n_words = 2 * HOTTEST
    generator = np.random.default_rng(3)
    case = Case(architecture, generator.integers(0, n_words, 8000).tolist(), n_words, centres=8)
    before = case.inputs, case.outputs
    train_privately(case, n_words, give_back=False)
    for matrix, old in zip((case.inputs, case.outputs), before, strict=True):
        changed = (matrix != old).any(axis=1)
        assert changed[:HOTTEST].all()
        assert not changed[HOTTEST:].any()


def test_turns_are_shared_out_among_the_exchanges_of_a_chunk() -> None:
    assert turns_between.py_func(1000 * EXCHANGES) == 1000
    assert turns_between.py_func(3) > 3  # none in a chunk that is over at once


@pytest.mark.parametrize(
    "architecture, threads, n_words, vector_size, n_private",
    [
        ("cbow", 1, 100_000, 100, 0),
        ("cbow", 2, 100_000, 100, 4096),
        ("cbow", 8, 100_000, 100, 4096),
        ("cbow", 9, 100_000, 100, 0),
        ("cbow", 2, 16_000, 100, 1000),
        ("cbow", 2, 7, 100, 0),
        ("cbow", 2, 100_000, 1024, 1024),
        ("skipgram", 2, 100_000, 100, 512),
        ("skipgram", 2, 100_000, 4096, 256),
        ("skipgram", 2, 6_400, 100, 100),
        ("skipgram", 1, 100_000, 100, 0),
    ],
)
def test_rows_are_private_where_a_few_threads_share_many_words(
    architecture: Architecture, threads: int, n_words: int, vector_size: int, n_private: int
) -> None:
    config = TrainConfig(architecture=architecture, threads=threads, vector_size=vector_size)
    assert Schedule(config, 1_000_000).private_rows(n_words) == n_private
