"""Of which rows each thread has copies of its own, and how often it changes them: see kernels/private.py."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from kotovec.kernels.memory import aligned_zeros
from kotovec.kernels.private import parts_between
from kotovec.kernels.state import Sharing, row_pitch, row_size
from kotovec.kernels.tables import keep_probability, noise_weights
from kotovec.training.schedule import Schedule

_PRIVATE_ROWS = {"skipgram": (512, 64), "cbow": (1024, 16)}  # at most so many, and at most one of so many words
_HOT = {"skipgram": 32, "cbow": 128}  # rows that are exchanged at every part, for each other thread
_MOST_HOT = 128
_PRIVATE_BYTES = 64 << 20  # of all threads together
_FEWEST_PARTS = 16  # of a thread in an epoch


def plan_sharing(schedule: Schedule, counts: NDArray[np.int64]) -> Sharing:
    """For a run over a corpus whose words have these counts, (n_words,) from the most frequent to the rarest."""
    n_private, hot = private_rows(schedule, len(counts)), hot_rows(schedule)
    inputs, outputs = aligned_zeros(n_private), aligned_zeros(n_private)
    if n_private:
        parts = parts_between(n_private, hot)
        inputs_per_part, outputs_per_part = _updates_per_part(schedule, counts, n_private)
        inputs[:], outputs[:] = parts * inputs_per_part, parts * outputs_per_part
    return Sharing(inputs, outputs, hot)


def hot_rows(schedule: Schedule) -> int:
    """How many of the private rows are exchanged at every part; rarer words wait longer.

    The fewer, the less threads wait for one another, and the more each misses of what the others do, which is the
    more the more there are. With 32 instead of 128 two threads of skip-gram take 2 to 3 % less time, for a loss 0.05 %
    above (13 million words); eight would have one 1.8 % above. CBOW has 0.3 % with two threads already.
    """
    config = schedule.config
    return min(_HOT[config.architecture] * max(config.threads - 1, 1), _MOST_HOT)


def private_rows(schedule: Schedule, n_words: int) -> int:
    """Of how many of the most frequent words each thread has copies of its own.

    The more there are, the less threads wait for one another, by a third where cores lie far apart; and the later they
    learn from one another: CBOW with 4096 rows has a loss 1 % above that with 512 (2 threads, 13 million words). None
    for one thread, which has nobody to share with; none where a thread trains few parts, since what it learns reaches
    the others too late.
    """
    config = schedule.config
    if config.threads == 1 or schedule.parts_per_epoch < _FEWEST_PARTS * config.threads:
        return 0
    fitting = _PRIVATE_BYTES // (config.threads * 2 * 2 * 4 * row_pitch(row_size(config.vector_size)))
    most, one_of = _PRIVATE_ROWS[config.architecture]
    return min(most, n_words // one_of, fitting)


def _updates_per_part(schedule: Schedule, counts: NDArray[np.int64], n: int) -> tuple[NDArray[np.float64], ...]:
    """How often the first n input and output rows are changed in a part, weighed by how far a change goes.

    Every occurrence that is kept is a centre once, and a context word of each centre around it. However many noise
    words there are, together they weigh about as much as the centre: the more, the surer it is that they are noise. In
    CBOW all n words of a window move together: by a mean, and by updates that are divided or not, or by a sum, one
    update goes 1/n, 1 or n times as far as that of one word; and the square of a sum is n * n times that of a mean.
    """
    config = schedule.config
    frequency = counts / max(counts.sum(), 1)
    kept = frequency * keep_probability(counts, config.sample)
    noise = noise_weights(counts, config.ns_exponent)
    as_noise = kept.sum() * noise / noise.sum()
    centres, targets = schedule.part_size * kept[:n], schedule.part_size * (kept + as_noise)[:n]
    words = float(config.window_words)
    if config.architecture == "skipgram":
        return centres * words, targets * words
    together = words ** (1 - config.cbow_mean - config.divides_update)
    return centres * words * together, targets * (1.0 if config.cbow_mean else words**2)
