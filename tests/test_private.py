"""Private rows: what one worker changes in its copies is what it would have changed in the shared rows."""

from __future__ import annotations

import numpy as np
import pytest

from kernel_case import KERNELS, Case
from kotovec.kernels.state import new_scratch
from kotovec.training.config import TrainConfig
from kotovec.training.hogwild import _distance
from kotovec.training.schedule import Schedule

IDS = [3, 0, 7, 1, 0, 2, 9, 4, 0, 1, 5, 8, -1, 6, 0, 2, 3, 1, 0, 11, 10, -1] * 20


def train_privately(case: Case, n_private: int) -> None:
    """Call the kernel once, as a worker with copies of the first n_private rows would."""
    model = case.weights.for_kernels()
    longest = case.span.stop - case.span.start + 2 * case.span.margin
    scratch = new_scratch(case.span.window, case.span.negative, model.row_size, longest, n_private)
    span = case.span._replace(
        n_private=n_private,
        private_inputs=_distance(scratch.private_inputs, model.inputs),
        private_outputs=_distance(scratch.private_outputs, model.outputs),
    )
    ids = np.array(case.ids, np.int32)
    ids.flags.writeable = False
    KERNELS[case.architecture](case.span.negative)(model, case.tables, scratch, span, ids)


@pytest.mark.parametrize("architecture", ["skipgram", "cbow"])
@pytest.mark.parametrize("vector_size", [7, 100])
@pytest.mark.parametrize("n_private", [1, 4, 12])
def test_a_worker_alone_learns_the_same_in_its_own_rows(architecture: str, vector_size: int, n_private: int) -> None:
    shared, private = (Case(architecture, IDS, 12, vector_size) for _ in range(2))
    before = shared.inputs
    shared.run()
    train_privately(private, n_private)
    assert np.abs(shared.inputs[:n_private] - before[:n_private]).max() > 1e-3
    np.testing.assert_allclose(private.inputs, shared.inputs, rtol=1e-5, atol=1e-5)
    np.testing.assert_allclose(private.outputs, shared.outputs, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize(
    "threads, n_words, n_private",
    [(1, 100_000, 0), (2, 100_000, 512), (8, 100_000, 512), (9, 100_000, 0), (2, 6_400, 100), (2, 63, 0)],
)
def test_rows_are_private_where_a_few_threads_share_many_words(threads: int, n_words: int, n_private: int) -> None:
    assert Schedule(TrainConfig(threads=threads), 1_000_000).private_rows(n_words) == n_private
