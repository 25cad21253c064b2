"""How many of the rows that one thread touches another one touches at the same time: estimated, and counted.

A slice of time is what a thread needs for k centres. In a slice it touches the input rows of their context words, and
the output rows of the centres and of their noise words. Two threads work on different chunks of the corpus.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from kotovec.kernels.tables import keep_probability, noise_weights
from kotovec.training.config import TrainConfig
from kotovec.training.schedule import Schedule


@dataclass(frozen=True)
class Distributions:
    """(n_words,) float64 each, with the sum 1."""

    kept: NDArray[np.float64]  # of tokens after subsampling: centres and context words
    noise: NDArray[np.float64]

    @classmethod
    def of(cls, counts: NDArray[np.int64], config: TrainConfig) -> Distributions:
        """What a vocabulary with these counts is trained with."""
        kept = counts * keep_probability(counts, config.sample)
        noise = noise_weights(counts, config.ns_exponent)
        return cls(kept / kept.sum(), noise / noise.sum())


def estimated_share(counts: NDArray[np.int64], config: TrainConfig, k: int) -> float:
    """Of the rows that one thread touches in k centres, the share that another does too, if words fall independently.

    A row that is hit with probability p by one thread is hit by both with p * p.
    """
    words = Distributions.of(counts, config)
    p_in = 1 - (1 - words.kept) ** context_positions(config.window, k)
    p_out = 1 - (1 - words.kept) ** k * (1 - words.noise) ** (k * config.negative)
    return float((p_in @ p_in + p_out @ p_out) / (p_in.sum() + p_out.sum()))


def context_positions(window: int, k: int) -> float:
    """How many positions the context words of k successive centres take on average, each reach uniform in 1..window.

    The first centre reaches beyond the others by x or less if each reaches no farther: P = product of (x + i) / window.
    """
    beyond = sum(1 - np.prod(np.minimum(1, (x + np.arange(k)) / window)) for x in range(window))
    return float(2 * beyond + (k if k > 1 else 0))


def counted_share(
    ids: NDArray[np.int32], counts: NDArray[np.int64], config: TrainConfig, k: int, seed: int = 1
) -> tuple[float, int]:
    """The same, counted: pairs of chunks, as two threads take them, slice by slice; and the slices."""
    generator = np.random.default_rng(seed)
    schedule = Schedule(replace(config, threads=2), len(ids))
    words = Distributions.of(counts, config)
    shared, touched, n_slices = 0, 0.0, 0
    for number in range(0, min(schedule.chunks_per_epoch - 1, 20), 2):
        rows = []
        for one in (schedule.chunk(0, number), schedule.chunk(0, number + 1)):
            rows.append(_touched_rows(ids[one.start : one.stop], counts, words, config, generator))
        n = min(map(len, rows)) // k
        keys = [_row_keys(side[: n * k], k, 2 * len(counts)) for side in rows]
        shared += len(np.intersect1d(*keys, assume_unique=True))
        touched += (len(keys[0]) + len(keys[1])) / 2
        n_slices += n
    return shared / max(touched, 1.0), n_slices


def _touched_rows(
    ids: NDArray[np.int32],
    counts: NDArray[np.int64],
    words: Distributions,
    config: TrainConfig,
    generator: np.random.Generator,
) -> NDArray[np.int64]:
    """(n_centres, 2 * window + 1 + negative): input rows of context words, output rows above them, -1 for none."""
    keep = np.append(keep_probability(counts, config.sample), 1.0)  # the last is for -1, the end of a sentence
    tokens = ids[generator.random(len(ids)) < keep[ids]].astype(np.int64)
    sentence = np.cumsum(tokens < 0)[tokens >= 0]
    tokens = tokens[tokens >= 0]
    n, window = len(tokens), config.window
    reach = generator.integers(1, window + 1, n) if config.shrink_windows else np.full(n, window)
    columns = []
    for offset in [*range(-window, 0), *range(1, window + 1)]:
        place = np.arange(n) + offset
        inside = (place >= 0) & (place < n) & (abs(offset) <= reach)
        place = np.clip(place, 0, max(n - 1, 0))
        columns.append(np.where(inside & (sentence[place] == sentence), tokens[place], -1))
    noise = np.searchsorted(np.cumsum(words.noise), generator.random((n, config.negative)))
    outputs = np.column_stack([tokens, np.minimum(noise, len(counts) - 1)]) + len(counts)
    return np.column_stack([*columns, outputs])


def _row_keys(rows: NDArray[np.int64], k: int, n_rows: int) -> NDArray[np.int64]:
    """Each row of each slice of k centres once, as one number."""
    slices = np.arange(len(rows))[:, np.newaxis] // k
    return np.unique((slices * n_rows + rows)[rows >= 0])
