"""What a run will need, before it is begun: memory by arithmetic, time from a short sample."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kotovec.corpus.encoded import EncodedCorpus
from kotovec.kernels.state import new_scratch, row_size
from kotovec.training.config import TrainConfig
from kotovec.training.schedule import Schedule
from kotovec.training.sharing import plan_sharing
from kotovec.training.trainer import train
from kotovec.training.weights import Layout, Weights

_SAMPLE_SECONDS = 1.0
_FIRST_SAMPLE = 20_000  # positions


@dataclass(frozen=True, slots=True)
class Estimate:
    """Sizes in bytes, times in seconds."""

    matrix_bytes: int  # both matrices
    table_bytes: int  # noise and subsampling tables, words and counts
    scratch_bytes: int  # of all threads together
    corpus_bytes: int  # the encoded corpus: on disk, memory-mapped
    words_per_second: float
    train_seconds: float

    @property
    def memory_bytes(self) -> int:
        """What must fit in memory; the encoded corpus is read from disk where it does not fit too."""
        return self.matrix_bytes + self.table_bytes + self.scratch_bytes


def estimate(corpus: EncodedCorpus, config: TrainConfig) -> Estimate:
    """Memory and time that `train` would need. Trains about a second on a copy, which is thrown away."""
    n_words = len(corpus.vocabulary)
    schedule = Schedule(config, len(corpus.ids))
    scratch = new_scratch(
        config.window,
        config.negative,
        row_size(config.vector_size),
        schedule.part_size + 2 * schedule.margin,
        plan_sharing(schedule, corpus.vocabulary.counts),
    )
    rate = _measured_rate(corpus, config)
    return Estimate(
        matrix_bytes=Layout.of(n_words, config.vector_size, config.threads).n_bytes(n_words),
        table_bytes=n_words * (8 + 8 + 8) + len(corpus.vocabulary.utf8[0]),
        scratch_bytes=config.threads * sum(array.nbytes for array in scratch),
        corpus_bytes=corpus.ids.nbytes,
        words_per_second=rate,
        train_seconds=corpus.n_tokens * config.epochs / rate,
    )


def _measured_rate(corpus: EncodedCorpus, config: TrainConfig) -> float:
    """Words per second, from a sample that grows until it takes long enough."""
    weights = Weights.initial(len(corpus.vocabulary), config.vector_size, config.seed, config.threads)
    n_positions = min(_FIRST_SAMPLE, len(corpus.ids))
    while True:
        ids = corpus.ids[:n_positions]
        n_tokens = int(np.count_nonzero(ids >= 0))
        sample = EncodedCorpus(corpus.vocabulary, ids, n_tokens, 1, n_tokens, len(corpus.vocabulary))
        model = train(sample, TrainConfig.from_dict({**config.as_dict(), "epochs": 1}), weights=weights)
        seconds = model.seconds["train"]
        if n_positions == len(corpus.ids) or seconds > _SAMPLE_SECONDS / 4:
            return model.words_per_second
        growth = min(max(_SAMPLE_SECONDS / max(seconds, 1e-3), 2.0), 50.0)
        n_positions = min(int(n_positions * growth), len(corpus.ids))
