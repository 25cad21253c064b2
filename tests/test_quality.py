"""Proofs that the vectors are good: what lies behind a made-up text is found again, as well as by other programs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import word2vec_c
from kotovec import EncodedCorpus, TrainConfig, Vocabulary, train
from kotovec.training.config import good_alpha

pytestmark = pytest.mark.slow

Sentences = list[list[int]]
N_GROUPS, PER_GROUP, N_COMMON = 30, 12, 40
N_WORDS = N_GROUPS * PER_GROUP + N_COMMON


def topics(n: int, seed: int = 1) -> Sentences:
    """Half of each sentence is about one topic, half are words that stand everywhere: words of a topic meet."""
    generator = np.random.default_rng(seed)
    out = []
    for _ in range(n):
        topic = generator.integers(N_GROUPS)
        words = topic * PER_GROUP + np.minimum(generator.geometric(0.2, 12) - 1, PER_GROUP - 1)
        common = N_GROUPS * PER_GROUP + np.minimum(generator.geometric(0.1, 12) - 1, N_COMMON - 1)
        out.append([int(word) for word in np.where(generator.random(12) < 0.5, words, common)])
    return out


def classes(n: int, seed: int = 1) -> Sentences:
    """Each sentence is a word of class k, one of k + 1 and so on: words of a class never meet, but others do."""
    generator = np.random.default_rng(seed)
    out = []
    for _ in range(n):
        order = (generator.integers(N_GROUPS) + np.arange(8)) % N_GROUPS
        out.append([int(word) for word in order * PER_GROUP + generator.integers(PER_GROUP, size=8)])
    return out


def purity(vectors: Any) -> float:
    """The share of the five nearest neighbours that are of the same topic or class."""
    rows = np.asarray(vectors, np.float64)[: N_GROUPS * PER_GROUP]
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    similarity = rows @ rows.T
    np.fill_diagonal(similarity, -2)
    nearest = np.argsort(-similarity, axis=1)[:, :5]
    return float((nearest // PER_GROUP == np.arange(len(rows))[:, None] // PER_GROUP).mean())


def corpus_of(sentences: Sentences) -> EncodedCorpus:
    ids = np.array([i for sentence in sentences for i in (*sentence, -1)])
    counts = np.bincount(ids[ids >= 0], minlength=N_WORDS)
    return EncodedCorpus.from_ids(ids, Vocabulary([str(i) for i in range(N_WORDS)], np.maximum(counts, 1)))


def ours(sentences: Sentences, **settings: Any) -> float:
    config = TrainConfig(**{"vector_size": 50, "epochs": 10, "sample": 0} | settings)
    if "alpha" not in settings:
        config = replace(config, alpha=good_alpha(config.architecture, config.cbow_mean, config.cbow_update))
    return purity(train(corpus_of(sentences), config).input_vectors)


def gensims(sentences: Sentences, **settings: Any) -> float:
    from gensim.models import Word2Vec

    text = [[str(word) for word in sentence] for sentence in sentences]
    model = Word2Vec(text, **{"vector_size": 50, "epochs": 10, "sample": 0, "min_count": 1, "workers": 1} | settings)
    return purity([model.wv[str(i)] if str(i) in model.wv else np.ones(50) for i in range(N_WORDS)])


MADE = pytest.mark.parametrize("make", [topics, classes])


@MADE
@pytest.mark.parametrize("threads", [1, 2, 4])
@pytest.mark.parametrize(
    "settings",
    [
        {"architecture": "skipgram"},
        {"architecture": "cbow", "cbow_update": "historical"},
        {"architecture": "cbow", "cbow_update": "corrected"},
        {"architecture": "cbow", "cbow_update": "corrected", "cbow_mean": False},
    ],
)
def test_groups_of_words_are_found_again(make: Callable[..., Sentences], settings: Any, threads: int) -> None:
    assert ours(make(15_000), threads=threads, **settings) > 0.9


@MADE
@pytest.mark.parametrize("n", [1500, 4000])
@pytest.mark.parametrize(
    "settings",
    [
        {"architecture": "skipgram"},
        {"architecture": "cbow"},
        {"architecture": "cbow", "cbow_update": "historical", "alpha": 0.025},
    ],
)
def test_vectors_are_not_worse_than_gensims(make: Callable[..., Sentences], settings: Any, n: int) -> None:
    pytest.importorskip("gensim")
    sentences = make(n)
    seeds = (1, 2, 3)
    found = [ours(sentences, seed=seed, **settings) for seed in seeds]
    expected = [gensims(sentences, sg=int(settings["architecture"] == "skipgram"), seed=seed) for seed in seeds]
    print(make.__name__, settings, n, found, expected)
    assert np.mean(found) > np.mean(expected) - 0.05


@MADE
def test_vectors_are_not_worse_than_those_of_a_plain_program(make: Callable[..., Sentences]) -> None:
    sentences = make(1500)
    counts = corpus_of(sentences).vocabulary.counts
    plain = word2vec_c.train_skipgram(sentences, counts, vector_size=50, window=5, negative=5, epochs=5)
    print(make.__name__, ours(sentences, epochs=5), purity(plain))
    assert ours(sentences, epochs=5) > purity(plain) - 0.03


@MADE
@pytest.mark.parametrize("architecture", ["skipgram", "cbow"])
def test_threads_do_not_cost_quality(make: Callable[..., Sentences], architecture: str) -> None:
    sentences = make(4000)
    one, many = (ours(sentences, architecture=architecture, threads=threads) for threads in (1, 8))
    print(make.__name__, architecture, one, many)
    assert many > one - 0.03


@MADE
@pytest.mark.parametrize("settings", [{"negative": 1}, {"negative": 20}, {"window": 2}, {"vector_size": 17}])
def test_groups_are_found_at_other_settings_too(make: Callable[..., Sentences], settings: Any) -> None:
    assert ours(make(15_000), threads=2, **settings) > 0.85
