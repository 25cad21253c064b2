"""train(): from an encoded corpus to vectors."""

from __future__ import annotations

import hashlib
import math
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kernel_case import random_ids
from kotovec.corpus.encoded import EncodedCorpus
from kotovec.corpus.vocabulary import Vocabulary
from kotovec.errors import DivergenceError, EmptyCorpusError, TrainingError
from kotovec.events import CompileStarted, EpochEnd, StopTraining, TrainProgress
from kotovec.kernels.registers import LANES
from kotovec.training.compiled import load_kernel
from kotovec.training.config import TrainConfig
from kotovec.training.trainer import train
from kotovec.training.weights import Weights

N_WORDS = 50


def corpus_of(n: int = 3000, n_words: int = N_WORDS, **more: Any) -> EncodedCorpus:
    ids = random_ids(n, n_words, **more)
    counts = np.bincount([i for i in ids if i >= 0], minlength=n_words)
    return EncodedCorpus.from_ids(np.array(ids), Vocabulary([f"w{i}" for i in range(n_words)], counts))


def config_of(**settings: Any) -> TrainConfig:
    return TrainConfig(**{"vector_size": 9, "epochs": 2, "sample": 1e-2} | settings)


def bits_of(model: Any) -> str:
    return hashlib.sha256(model.input_vectors.tobytes() + model.output_vectors.tobytes()).hexdigest()


class Recorder:
    """A callback that keeps all events, and raises what it is given at the n-th of a kind."""

    def __init__(self, raises: BaseException | None = None, at: type = EpochEnd, n: int = 0) -> None:
        self.events: list[Any] = []
        self.threads: set[int] = set()
        self._raises, self._at, self._n = raises, at, n

    def __call__(self, event: Any) -> None:
        self.events.append(event)
        self.threads.add(threading.get_ident())
        if self._raises is not None and len(self.of(self._at)) > self._n:
            raise self._raises

    def of(self, kind: type) -> list[Any]:
        return [event for event in self.events if isinstance(event, kind)]


ARCHITECTURES = pytest.mark.parametrize("architecture", ["skipgram", "cbow"])


@ARCHITECTURES
@pytest.mark.parametrize("threads", [1, 2, 8])
def test_all_words_are_trained_by_any_number_of_threads(architecture: str, threads: int) -> None:
    corpus = corpus_of()
    model = train(corpus, config_of(architecture=architecture, threads=threads, epochs=3))
    assert model.words_trained == 3 * corpus.n_tokens
    assert 0 < model.words_kept < model.words_trained
    assert model.input_vectors.shape == model.output_vectors.shape == (N_WORDS, 9)
    assert np.isfinite(model.input_vectors).all()
    assert not model.stopped
    assert set(model.seconds) == {"compile", "train"}


@pytest.mark.parametrize("architecture, alpha", [("skipgram", 0.015), ("cbow", 0.025)])  # still falling in epoch 8
def test_the_loss_falls_from_epoch_to_epoch(architecture: str, alpha: float) -> None:
    ids = [i for start in range(0, 40, 4) for _ in range(40) for i in (*range(start, start + 4), -1)]
    corpus = EncodedCorpus.from_ids(np.array(ids), Vocabulary([str(i) for i in range(40)], [40] * 40))
    loss = train(corpus, config_of(architecture=architecture, epochs=8, sample=0, alpha=alpha)).loss
    assert len(loss) == 8
    assert all(after < before for before, after in zip(loss, loss[1:], strict=False))


@ARCHITECTURES
def test_the_loss_begins_with_log_2_for_each_target(architecture: str) -> None:
    """Of 50 words, about one noise word in 50 is the centre word and does not count."""
    loss = train(corpus_of(), config_of(architecture=architecture, epochs=1, alpha=1e-6, min_alpha=1e-6)).loss[0]
    assert 5.5 * math.log(2) < loss < 6 * math.log(2)


@ARCHITECTURES
def test_one_thread_gives_the_same_bits_for_the_same_seed(architecture: str) -> None:
    first, second, other = (train(corpus_of(), config_of(architecture=architecture, seed=seed)) for seed in (1, 1, 2))
    assert bits_of(first) == bits_of(second) != bits_of(other)
    assert first.loss == second.loss != other.loss


BITS = """
import sys; sys.path.insert(0, {tests!r})
from test_trainer import bits_of, config_of, corpus_of, train
print(*(bits_of(train(corpus_of(), config_of(architecture=a))) for a in ("skipgram", "cbow")))
"""


def test_another_process_gives_the_same_bits() -> None:
    code = BITS.format(tests=str(Path(__file__).parent))
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert found == [bits_of(train(corpus_of(), config_of(architecture=a))) for a in ("skipgram", "cbow")]


def test_seeds_give_other_first_vectors_and_the_same_seed_the_same() -> None:
    one, same, other = (Weights.initial(5, 100, seed).inputs.rows for seed in (1, 1, 2))
    np.testing.assert_array_equal(one, same)
    assert (one != other).all()


def test_first_vectors_are_uniform_and_output_vectors_zero() -> None:
    weights = Weights.initial(3000, 20, seed=1)
    rows = weights.inputs.rows * 20
    assert -0.5 <= rows.min() < -0.499 and 0.499 < rows.max() <= 0.5
    assert abs(rows.mean()) < 0.01
    assert rows.var() == pytest.approx(1 / 12, rel=0.02)
    assert not weights.outputs.flat.any()


@pytest.mark.parametrize("vector_size", [1, 15, 16, 17, 100, 256])
def test_rows_are_padded_and_aligned(vector_size: int) -> None:
    weights = Weights.initial(7, vector_size, seed=1)
    model = weights.for_kernels()
    assert model.row_size % LANES == 0 and 0 <= model.row_size - vector_size < LANES
    for array in (model.inputs, model.outputs):
        assert array.ctypes.data % 64 == 0
        assert array.shape == (7 * model.pitch,)
    assert model.input_step == model.output_step == model.pitch
    assert np.shares_memory(weights.inputs.rows, model.inputs)


def test_training_on_goes_on_from_the_weights_given() -> None:
    weights = Weights.initial(N_WORDS, 9, seed=1)
    first = train(corpus_of(), config_of(), weights=weights)
    before = first.input_vectors.copy()
    second = train(corpus_of(), config_of(alpha=1e-6, min_alpha=1e-6, seed=2), weights=weights)
    np.testing.assert_allclose(second.input_vectors, before, atol=1e-3)
    assert (second.input_vectors != before).any()
    assert second.loss[0] < first.loss[0]


def test_weights_of_another_shape_are_refused() -> None:
    with pytest.raises(TrainingError, match=r"do not fit .* expected \(50, 9\), found \(50, 8\)"):
        train(corpus_of(), config_of(), weights=Weights.initial(N_WORDS, 8, 1))


def test_a_corpus_without_tokens_is_refused() -> None:
    empty = EncodedCorpus.from_ids(np.empty(0, np.int32), Vocabulary(["a"], [1]))
    with pytest.raises(EmptyCorpusError, match="no token"):
        train(empty, config_of())


@ARCHITECTURES
@pytest.mark.parametrize("n_words", [1, 2, 3])
@pytest.mark.parametrize("ids", [[0], [0, 0], [0, 0, 0, -1] * 30])
def test_tiny_corpora_train(architecture: str, n_words: int, ids: list[int]) -> None:
    vocabulary = Vocabulary([str(i) for i in range(n_words)], [100, 0, 0][:n_words])
    corpus = EncodedCorpus.from_ids(np.array(ids), vocabulary)
    model = train(corpus, config_of(architecture=architecture, threads=2, sample=0))
    assert np.isfinite(model.input_vectors).all()
    assert model.words_trained == 2 * corpus.n_tokens
    assert len(model.loss) == 2


@ARCHITECTURES
def test_a_sentence_longer_than_many_chunks_is_trained_whole(architecture: str) -> None:
    corpus = corpus_of(70_000, sentence=0)
    assert corpus.n_sentences == 1
    model = train(corpus, config_of(architecture=architecture, sample=0, epochs=1))
    assert model.words_kept == corpus.n_tokens == 70_000


def test_events_come_in_order_and_on_the_calling_thread() -> None:
    callback = Recorder()
    corpus = corpus_of()
    model = train(corpus, config_of(threads=2, epochs=3), callback=callback)
    assert isinstance(callback.events[0], CompileStarted)
    assert callback.threads == {threading.get_ident()}
    ends = callback.of(EpochEnd)
    assert [(end.epoch, end.epochs) for end in ends] == [(0, 3), (1, 3), (2, 3)]
    assert [end.loss for end in ends] == model.loss
    progress = callback.of(TrainProgress)
    words = [event.words for event in progress]
    assert words == sorted(words)
    last = progress[-1]
    assert last.words == last.total_words == 3 * corpus.n_tokens
    assert last.alpha == pytest.approx(model.config.min_alpha, rel=0.01)
    assert last.eta_seconds == 0
    assert all(0.99 * model.config.min_alpha <= event.alpha <= model.config.alpha for event in progress)
    assert all(event.words_per_second > 0 and event.seconds > 0 for event in progress)
    assert isinstance(callback.events[-1], EpochEnd)


@pytest.mark.parametrize("threads", [1, 2])
def test_a_wish_to_stop_keeps_what_was_learnt(threads: int) -> None:
    first = Weights.initial(N_WORDS, 9, 1).inputs.rows
    corpus = corpus_of()
    model = train(corpus, config_of(threads=threads, epochs=50), callback=Recorder(StopTraining(), n=1))
    assert model.stopped
    assert len(model.loss) == 2
    assert model.words_trained == 2 * corpus.n_tokens
    assert (model.input_vectors != first).any()


def test_a_wish_to_stop_within_an_epoch_ends_it_after_the_current_chunk() -> None:
    corpus = corpus_of(400_000, sentence=0.05)
    model = train(corpus, config_of(epochs=200, vector_size=64), callback=Recorder(StopTraining(), at=TrainProgress))
    assert model.stopped
    assert model.loss == []
    assert 0 < model.words_trained <= corpus.n_tokens


def test_a_wish_to_stop_before_the_first_chunk_trains_nothing() -> None:
    model = train(corpus_of(), config_of(), callback=Recorder(StopTraining(), at=CompileStarted))
    assert model.stopped
    assert (model.words_trained, model.loss) == (0, [])


@pytest.mark.parametrize("error", [KeyboardInterrupt(), ValueError("of the callback")])
def test_what_a_callback_raises_ends_the_workers_and_goes_through(error: BaseException) -> None:
    with pytest.raises(type(error)):
        train(corpus_of(), config_of(threads=2, epochs=50), callback=Recorder(error, at=TrainProgress))
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("kotovec-")]


@ARCHITECTURES
@pytest.mark.parametrize("threads", [1, 2])
def test_a_learning_rate_far_too_high_is_noticed(architecture: str, threads: int) -> None:
    config = config_of(architecture=architecture, alpha=1e30, min_alpha=1e30, epochs=3, threads=threads)
    with pytest.raises(DivergenceError, match=r"infinite or not a number.*found alpha 1e\+30; try a lower alpha"):
        train(corpus_of(), config)


@pytest.mark.parametrize("value", [np.nan, np.inf])
@pytest.mark.parametrize("matrix", ["inputs", "outputs"])
def test_weights_that_are_not_finite_are_noticed(matrix: str, value: float) -> None:
    weights = Weights.initial(N_WORDS, 9, 1)
    getattr(weights, matrix).rows[40, 8] = value
    with pytest.raises(DivergenceError, match="nothing was saved"):
        train(corpus_of(), config_of(epochs=1), weights=weights)


def test_weights_that_are_not_finite_are_noticed_even_where_no_loss_shows_them() -> None:
    ids = np.array([0, 1, 2, -1] * 50)
    corpus = EncodedCorpus.from_ids(ids, Vocabulary(["a", "b", "c", "absent"], [50, 50, 50, 0]))
    weights = Weights.initial(4, 9, 1)
    weights.inputs.rows[3] = np.inf
    with pytest.raises(DivergenceError, match="nothing was saved"):
        train(corpus, config_of(), weights=weights)


def test_divergence_is_noticed_before_all_epochs_are_over() -> None:
    callback = Recorder()
    with pytest.raises(DivergenceError):
        train(corpus_of(), config_of(alpha=1e30, min_alpha=1e30, epochs=1000), callback=callback)
    assert len(callback.of(EpochEnd)) < 10


def test_ids_that_changed_on_disk_are_noticed() -> None:
    good = corpus_of()
    ids = good.ids.copy()
    ids[1234] = N_WORDS
    ids.flags.writeable = False
    bad = EncodedCorpus(good.vocabulary, ids, good.n_tokens, good.n_sentences, good.n_tokens, N_WORDS)
    with pytest.raises(TrainingError, match=r"holds 1 word ids outside the vocabulary: expected 0 to 49; the file"):
        train(bad, config_of(epochs=1))


def test_the_model_gives_vectors_that_can_be_asked() -> None:
    model = train(corpus_of(), config_of())
    np.testing.assert_array_equal(model.wv["w7"], model.input_vectors[7])
    assert model.wv.index_to_key[0] == "w0"


def test_kernels_are_compiled_once_for_each_width() -> None:
    assert load_kernel(config_of()) is load_kernel(config_of(window=9))
    assert load_kernel(config_of()) is not load_kernel(config_of(architecture="cbow"))


def test_the_measured_loss_is_near_that_of_all_centres() -> None:
    import kotovec.training.trainer as module

    corpus = corpus_of(40_000)
    exact = Recorder()
    sampled = train(corpus, config_of(epochs=1)).loss[0]
    before = module._MEASURED_CENTRES
    module._MEASURED_CENTRES = 10**9
    try:
        train(corpus, config_of(epochs=1), callback=exact)
    finally:
        module._MEASURED_CENTRES = before
    assert sampled == pytest.approx(exact.of(EpochEnd)[0].loss, rel=0.01)
