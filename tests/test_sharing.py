"""Of which rows threads have copies, how often they change them, and what many threads learn together."""

from __future__ import annotations

from itertools import cycle
from typing import Any

import numpy as np
import pytest

from kotovec.corpus.encoded import EncodedCorpus
from kotovec.corpus.vocabulary import Vocabulary
from kotovec.kernels.private import parts_between
from kotovec.kernels.tables import tables
from kotovec.training.compiled import load_kernel
from kotovec.training.config import Architecture, TrainConfig
from kotovec.training.hogwild import Crew, Totals
from kotovec.training.schedule import Schedule
from kotovec.training.sharing import plan_sharing, private_rows
from kotovec.training.trainer import train
from kotovec.training.weights import Weights

N_POSITIONS = 5_000_000


def zipf(n_words: int) -> np.ndarray:
    return np.maximum(10**7 // np.arange(1, n_words + 1), 1)


def plan(n_words: int = 100_000, n_positions: int = N_POSITIONS, **settings: Any) -> tuple[np.ndarray, np.ndarray]:
    sharing = plan_sharing(Schedule(TrainConfig(**{"threads": 2} | settings), n_positions), zipf(n_words))
    return sharing.input_updates, sharing.output_updates


@pytest.mark.parametrize(
    "architecture, threads, n_words, vector_size, n_private",
    [
        ("cbow", 1, 100_000, 100, 0),
        ("cbow", 2, 100_000, 100, 1024),
        ("cbow", 16, 100_000, 100, 1024),
        ("cbow", 2, 1_600, 100, 100),
        ("cbow", 2, 7, 100, 0),
        ("cbow", 8, 100_000, 1024, 504),
        ("skipgram", 2, 100_000, 100, 512),
        ("skipgram", 64, 100_000, 4096, 15),
        ("skipgram", 2, 6_400, 100, 100),
        ("skipgram", 1, 100_000, 100, 0),
    ],
)
def test_rows_are_private_where_threads_share_many_words(
    architecture: Architecture, threads: int, n_words: int, vector_size: int, n_private: int
) -> None:
    config = TrainConfig(architecture=architecture, threads=threads, vector_size=vector_size)
    assert private_rows(Schedule(config, 100_000_000), n_words) == n_private


@pytest.mark.parametrize(
    "architecture, threads, hot",
    [("skipgram", 1, 32), ("skipgram", 2, 32), ("skipgram", 4, 96), ("skipgram", 64, 128), ("cbow", 2, 128)],
)
def test_the_more_threads_there_are_the_more_rows_are_exchanged_at_every_part(
    architecture: Architecture, threads: int, hot: int
) -> None:
    schedule = Schedule(TrainConfig(architecture=architecture, threads=threads), N_POSITIONS)
    assert plan_sharing(schedule, zipf(10_000)).hot == hot


@pytest.mark.parametrize("threads", [2, 8, 64])
def test_no_rows_are_private_where_a_thread_trains_few_parts(threads: int) -> None:
    schedule = Schedule(TrainConfig(threads=threads), 16 * 1024 * threads - 1024)
    assert schedule.parts_per_epoch < 16 * threads
    assert private_rows(schedule, 100_000) == 0


def test_updates_are_counted_as_a_part_brings_them() -> None:
    """Without subsampling: each occurrence is a centre once, and in each window of the window + 1 words around it."""
    counts = zipf(100_000)
    config = TrainConfig(threads=2, sample=0, negative=3, window=4, ns_exponent=1.0)
    schedule = Schedule(config, N_POSITIONS)
    sharing = plan_sharing(schedule, counts)
    n = len(sharing.input_updates)
    occurrences = schedule.part_size * counts[:n] / counts.sum() * parts_between(n, sharing.hot)
    np.testing.assert_allclose(sharing.input_updates, 5 * occurrences, rtol=1e-6)
    np.testing.assert_allclose(sharing.output_updates, 5 * 2 * occurrences, rtol=1e-6)  # as centre and as noise


def test_subsampled_words_are_changed_less_often_and_rarer_ones_wait_longer() -> None:
    kept, thinned = (plan(sample=sample)[0] for sample in (0, 1e-4))
    assert (thinned <= kept).all()
    assert thinned[0] < kept[0] / 10
    assert (kept > 0).all()
    assert kept[70:].max() < 4 * kept[70:].min()  # about equally many between two exchanges


def test_a_window_of_cbow_moves_together() -> None:
    """By the mean of its 6 words, or by their sum; by updates that are divided by 6 or not."""
    (corrected, targets), (historical, _), (added, of_sum) = (
        plan(architecture="cbow", window=5, **settings)
        for settings in ({}, {"cbow_update": "historical"}, {"cbow_mean": False})
    )
    np.testing.assert_allclose(historical, 6 * corrected, rtol=1e-6)
    np.testing.assert_allclose(added, 36 * corrected, rtol=1e-6)
    np.testing.assert_allclose(of_sum, 36 * targets, rtol=1e-6)


def text_with_topics(n_tokens: int = 300_000, n_words: int = 8000, n_topics: int = 50) -> EncodedCorpus:
    """Zipfian words; three in five of each fifty come from one topic."""
    generator = np.random.default_rng(1)
    chances = 1 / np.arange(1, n_words + 1)
    words = generator.choice(n_words, n_tokens, p=chances / chances.sum())
    topics = np.repeat(generator.integers(0, n_topics, n_tokens // 50), 50)
    ids = np.where(generator.random(n_tokens) < 0.6, words - words % n_topics + topics, words)
    counts = np.bincount(ids, minlength=n_words)
    order = np.argsort(-counts, kind="stable")
    vocabulary = Vocabulary([str(word) for word in order], np.maximum(counts[order], 1))
    return EncodedCorpus.from_ids(np.argsort(order)[ids].astype(np.int32), vocabulary)


def loss_in_turn(corpus: EncodedCorpus, config: TrainConfig, sums: bool = False) -> float:
    """Of an epoch by workers that take one part each, one after the other: as threads, and the same on every run."""
    schedule, counts = Schedule(config, len(corpus.ids)), corpus.vocabulary.counts
    schedule.__dict__["parts_per_chunk"] = 1  # the finer, the more like threads
    model = Weights.initial(len(counts), config.vector_size, config.seed).for_kernels()
    sharing, drawn = plan_sharing(schedule, counts), tables(counts, config.sample, config.ns_exponent)
    assert config.threads == 1 or len(sharing.input_updates) > 30
    if sums:
        sharing.input_updates[:] = sharing.output_updates[:] = 0
    crew = Crew(load_kernel(config), model, drawn, corpus.ids, config, schedule, sharing, loss_interval=10)
    workers, totals = cycle([crew.new_worker() for _ in range(config.threads)]), Totals()
    for number in range(schedule.chunks_per_epoch):
        totals.add(next(workers).train(schedule.chunk(0, number)))
    return totals.loss


@pytest.mark.parametrize(
    "architecture, threads, settings",
    [("skipgram", 8, {"window": 20, "alpha": 0.2}), ("cbow", 4, {"window": 10, "alpha": 0.8})],
)
def test_many_threads_learn_what_one_does(architecture: Architecture, threads: int, settings: dict[str, Any]) -> None:
    """At a rate so high that the mere sum of what all have changed overshoots."""
    corpus = text_with_topics()
    alone, config = (TrainConfig(architecture=architecture, threads=n, epochs=1, **settings) for n in (1, threads))
    one, many = (loss_in_turn(corpus, c) for c in (alone, config))
    assert many < 1.05 * one
    assert loss_in_turn(corpus, config, sums=True) > 1.3 * one
    assert train(corpus, config).loss[0] < 1.1 * train(corpus, alone).loss[0]
