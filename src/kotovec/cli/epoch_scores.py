"""`kotovec train --evaluate-with`: how good the vectors are after each epoch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from kotovec.cli.output import loss_text
from kotovec.events import Callback, EpochEnd, Event, Notice

if TYPE_CHECKING:
    from kotovec.corpus.encoded import EncodedCorpus
    from kotovec.evaluation import AnalogyResult, WordPairResult
    from kotovec.training.config import TrainConfig
    from kotovec.training.weights import Weights
    from kotovec.vectors import KeyedVectors


class EpochScores:
    """A callback that scores the vectors after each epoch, and passes every event on to another callback."""

    _vectors: KeyedVectors

    def __init__(self, paths: Sequence[str], callback: Callback) -> None:
        """Read the files now: EvaluationError and SourceError come before any training."""
        from kotovec.evaluation.files import read_evaluation

        self._files = [read_evaluation(path) for path in paths]
        self._callback = callback
        self.epochs: list[dict[str, Any]] = []

    def watched_weights(self, corpus: EncodedCorpus, config: TrainConfig) -> Weights:
        """Untrained weights, the very ones that training begins with, which are scored from now on.

        EvaluationError where a file knows no word of the corpus, which is better said before training.
        """
        from kotovec.training.weights import Weights
        from kotovec.vectors import KeyedVectors

        weights = Weights.initial(len(corpus.vocabulary), config.vector_size, config.seed, config.threads)
        self._vectors = KeyedVectors(corpus.vocabulary, weights.inputs.rows)
        self._score()
        return weights

    def __call__(self, event: Event, /) -> None:
        """Pass the event on; at the end of an epoch also a notice with the scores."""
        self._callback(event)
        if isinstance(event, EpochEnd):
            results = self._score()
            self.epochs.append({"epoch": event.epoch + 1, "scores": [_entry(result) for result in results]})
            shown = ", ".join(_text(result) for result in results)
            self._callback(Notice(f"epoch {event.epoch + 1}/{event.epochs}: loss {loss_text(event.loss)}, {shown}"))

    def _score(self) -> list[WordPairResult | AnalogyResult]:
        self._vectors.fill_norms(force=True)
        return [file.evaluate(self._vectors) for file in self._files]


def _entry(result: WordPairResult | AnalogyResult) -> dict[str, Any]:
    from kotovec.evaluation.files import headline

    measure, value = headline(result)
    return {"name": result.name, measure: value}


def _text(result: WordPairResult | AnalogyResult) -> str:
    from kotovec.evaluation.files import headline

    measure, value = headline(result)
    return f"{result.name} {measure} {value:.4f}" if measure == "spearman" else f"{result.name} {100 * value:.1f} %"
