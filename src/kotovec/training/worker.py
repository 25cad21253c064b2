"""One worker: its own memory, and the loop body of its thread."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from kotovec.kernels.arguments import Arguments
from kotovec.kernels.noise import noise_start
from kotovec.kernels.rng import stream_key
from kotovec.kernels.state import Span
from kotovec.training.schedule import Chunk

Kernel: TypeAlias = Callable[[Arguments], None]


@dataclass
class Worker:
    """Trains one chunk after the other; what others do, it sees in the model alone."""

    kernel: Kernel
    arguments: Arguments
    seed: int
    settings: Span  # of all its chunks; what differs from chunk to chunk is filled in
    n_parts: int = 0  # of the chunks trained so far

    def train(self, chunk: Chunk) -> NDArray[np.float64]:
        """Train on a chunk; gives its measures, (MEASURES,)."""
        span = self.settings._replace(
            start=chunk.start,
            stop=chunk.stop,
            key=stream_key(self.seed, chunk.epoch, chunk.number),
            noise_start=noise_start(self.seed, chunk.epoch),
            alpha_start=chunk.alpha_start,
            alpha_stop=chunk.alpha_stop,
            n_before=self.n_parts,
        )
        measures = self.arguments.scratch.measures
        measures[:] = 0
        self.arguments.set_span(span)
        self.kernel(self.arguments)
        self.n_parts += -(-(chunk.stop - chunk.start) // self.settings.part_size)
        return np.array(measures)
