"""Memory and time, before a run."""

from __future__ import annotations

import numpy as np
import pytest

from kotovec.training.config import TrainConfig
from kotovec.training.estimate import estimate
from kotovec.training.weights import Weights
from test_trainer import corpus_of


@pytest.fixture(scope="module")
def corpus():
    return corpus_of(20_000)


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("vector_size", [1, 16, 100, 300])
def test_the_matrices_take_what_they_will_take(corpus, vector_size: int, threads: int) -> None:
    weights = Weights.initial(len(corpus.vocabulary), vector_size, seed=1, threads=threads)
    found = estimate(corpus, TrainConfig(vector_size=vector_size, epochs=1, threads=threads))
    n_bytes = weights.inputs.flat.nbytes + (0 if weights.are_mirrored else weights.outputs.flat.nbytes)
    assert found.matrix_bytes == n_bytes


def test_memory_grows_with_threads_and_not_with_epochs(corpus) -> None:
    one, more, longer = (
        estimate(corpus, TrainConfig(vector_size=8, threads=threads, epochs=epochs))
        for threads, epochs in ((1, 1), (4, 1), (1, 9))
    )
    assert more.scratch_bytes == 4 * one.scratch_bytes
    assert longer.memory_bytes == one.memory_bytes
    assert one.memory_bytes >= one.matrix_bytes + one.scratch_bytes > 0
    assert one.corpus_bytes == corpus.ids.nbytes


def test_time_is_tokens_times_epochs_by_the_measured_rate(corpus) -> None:
    found = estimate(corpus, TrainConfig(vector_size=8, epochs=7))
    assert found.words_per_second > 0
    assert found.train_seconds == pytest.approx(7 * corpus.n_tokens / found.words_per_second)


def test_the_corpus_is_left_as_it_was(corpus) -> None:
    before = corpus.ids.copy()
    estimate(corpus, TrainConfig(vector_size=8))
    np.testing.assert_array_equal(corpus.ids, before)
