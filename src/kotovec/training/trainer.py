"""train(): an encoded corpus and a configuration become word vectors."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from kotovec.corpus.encoding import EncodedCorpus
from kotovec.corpus.vocabulary import Vocabulary
from kotovec.errors import DivergenceError, EmptyCorpusError, TrainingError
from kotovec.events import (
    Callback,
    CompileStarted,
    EpochEnd,
    StopTraining,
    TrainProgress,
)
from kotovec.kernels.tables import tables
from kotovec.training.compiled import load_kernel
from kotovec.training.config import TrainConfig
from kotovec.training.hogwild import Crew, Totals
from kotovec.training.schedule import Schedule
from kotovec.training.sharing import plan_sharing
from kotovec.training.weights import Weights
from kotovec.training.worker import Kernel

if TYPE_CHECKING:
    from kotovec.vectors import KeyedVectors

_REPORT_EVERY = 0.1  # seconds
_MEASURED_CENTRES = 200  # per epoch, at least, where the corpus has them
_SPARSEST = 512  # every 512th centre: below 1 % of the training time


@dataclass(frozen=True, slots=True)
class TrainedModel:
    """What training gives. Both matrices are (n_words, vector_size) float32 views of padded rows."""

    vocabulary: Vocabulary
    weights: Weights
    config: TrainConfig
    loss: list[float]  # mean per (centre, context) pair, per epoch (CBOW: per centre)
    seconds: dict[str, float]  # compile, train
    words_trained: int  # before subsampling, all epochs
    words_kept: int  # after subsampling
    stopped: bool = False  # a callback ended the run early

    @property
    def input_vectors(self) -> NDArray[np.float32]:
        """The word vectors."""
        return self.weights.inputs.rows

    @property
    def output_vectors(self) -> NDArray[np.float32]:
        """The vectors that predict (syn1neg)."""
        return self.weights.outputs.rows

    @property
    def words_per_second(self) -> float:
        """Of training alone."""
        return self.words_trained / max(self.seconds["train"], 1e-9)

    @property
    def wv(self) -> KeyedVectors:
        """The word vectors with everything that one can ask of them."""
        from kotovec.vectors import KeyedVectors

        return KeyedVectors(self.vocabulary, self.input_vectors)


def train(
    corpus: EncodedCorpus,
    config: TrainConfig,
    *,
    weights: Weights | None = None,
    callback: Callback | None = None,
) -> TrainedModel:
    """Train on the corpus, from new weights or from those given, which change in place.

    The callback runs on this thread, a few times a second and after each epoch; if it raises `StopTraining`, the
    current chunks are finished and what was learnt is returned. Ctrl-C, and every other exception, ends the workers
    after their current chunk and goes through. EmptyCorpusError for nothing to train on; DivergenceError if weights
    become infinite or not a number, which a learning rate that is too high does.
    """
    if corpus.n_tokens == 0:
        raise EmptyCorpusError("the corpus holds no token of the vocabulary")
    tell: Callback = callback or (lambda event: None)
    if weights is None:
        weights = Weights.initial(len(corpus.vocabulary), config.vector_size, config.seed, config.threads)
    run = _Run(corpus, config, weights)
    run.check_shapes()
    began = time.perf_counter()
    try:
        tell(CompileStarted())
        kernel = load_kernel(config)
    except StopTraining:
        kernel = None
    compiled = time.perf_counter() - began
    stopped = kernel is None or run.run(kernel, tell)
    return TrainedModel(
        vocabulary=corpus.vocabulary,
        weights=run.weights,
        config=config,
        loss=run.loss,
        seconds={"compile": compiled, "train": run.seconds},
        words_trained=run.totals.words,
        words_kept=run.totals.kept,
        stopped=stopped,
    )


@dataclass
class _Run:
    corpus: EncodedCorpus
    config: TrainConfig
    weights: Weights
    loss: list[float] = field(default_factory=list)
    seconds: float = 0.0
    totals: Totals = field(default_factory=Totals)

    def check_shapes(self) -> None:
        expected = (len(self.corpus.vocabulary), self.config.vector_size)
        found = (self.weights.n_words, self.weights.vector_size)
        if found != expected:
            raise TrainingError("weights do not fit vocabulary and vector_size", expected=expected, found=found)

    def run(self, kernel: Kernel, tell: Callback) -> bool:
        config, schedule = self.config, Schedule(self.config, len(self.corpus.ids))
        crew = Crew(
            kernel,
            self.weights.for_kernels(),
            tables(self.corpus.vocabulary.counts, self.config.sample, self.config.ns_exponent),
            self.corpus.ids,
            config,
            schedule,
            plan_sharing(schedule, self.corpus.vocabulary.counts),
            self._interval(schedule),
        )
        began, stopped = time.perf_counter(), False
        try:
            with crew:
                for epoch in range(config.epochs):
                    self._run_epoch(crew, schedule, epoch, tell, began)
        except StopTraining:
            stopped = True
        self.seconds = time.perf_counter() - began
        self.totals = crew.totals
        self._check(crew.totals)
        if not self.weights.is_finite():
            raise _diverged(config)
        return stopped

    def _interval(self, schedule: Schedule) -> int:
        """The loss is measured at every n-th set of rows."""
        return schedule.sets_for(min(max(self.corpus.n_tokens // _MEASURED_CENTRES, 1), _SPARSEST))

    def _run_epoch(self, crew: Crew, schedule: Schedule, epoch: int, tell: Callback, began: float) -> None:
        before, epoch_began = crew.snapshot(), time.perf_counter()
        crew.hand_out(schedule.chunks(epoch))
        while not crew.wait(_REPORT_EVERY):
            now = crew.snapshot()
            self._check(now)
            tell(self._progress(schedule, epoch, before, now, time.perf_counter() - began))
        now, seconds = crew.snapshot(), time.perf_counter() - epoch_began
        self._check(now)
        tell(self._progress(schedule, epoch, before, now, time.perf_counter() - began))
        loss = _between(before, now).loss
        self.loss.append(loss)
        words = now.words - before.words
        tell(EpochEnd(epoch, self.config.epochs, loss, seconds, words / max(seconds, 1e-9)))

    def _progress(self, schedule: Schedule, epoch: int, before: Totals, now: Totals, seconds: float) -> TrainProgress:
        total = self.corpus.n_tokens * self.config.epochs
        rate = now.words / max(seconds, 1e-9)
        done_of_epoch = (now.words - epoch * self.corpus.n_tokens) / self.corpus.n_tokens
        return TrainProgress(
            epoch=epoch,
            epochs=self.config.epochs,
            words=now.words,
            total_words=total,
            words_per_second=rate,
            alpha=schedule.alpha(epoch, round(done_of_epoch * schedule.n_positions)),
            loss=_between(before, now).loss,
            seconds=seconds,
            eta_seconds=(total - now.words) / rate if rate else math.inf,
        )

    def _check(self, totals: Totals) -> None:
        if totals.bad_ids:
            raise TrainingError(
                f"the encoded corpus holds {totals.bad_ids} word ids outside the vocabulary",
                expected=f"0 to {len(self.corpus.vocabulary) - 1}",
                hint="the file changed while it was read: encode the text again",
            )
        if not math.isfinite(totals.loss_sum):
            raise _diverged(self.config)


def _between(before: Totals, now: Totals) -> Totals:
    return Totals(loss_sum=now.loss_sum - before.loss_sum, loss_pairs=now.loss_pairs - before.loss_pairs)


def _diverged(config: TrainConfig) -> DivergenceError:
    return DivergenceError(
        "weights became infinite or not a number, so training stopped and nothing was saved",
        found=f"alpha {config.alpha:g}",
        hint="try a lower alpha",
    )
