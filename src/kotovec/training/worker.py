"""One worker: its own memory, and the loop body of its thread."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from kotovec.kernels.noise import noise_start
from kotovec.kernels.rng import stream_key
from kotovec.kernels.state import Model, Scratch, Span, Tables
from kotovec.training.schedule import Chunk

Kernel: TypeAlias = Callable[[Model, Tables, Scratch, Span, NDArray[np.int32]], None]


@dataclass
class Worker:
    """Trains one chunk after the other; what others do, it sees in the model alone."""

    kernel: Kernel
    model: Model
    tables: Tables
    scratch: Scratch
    ids: NDArray[np.int32]
    seed: int
    settings: Span  # of all its chunks; what differs from chunk to chunk is filled in
    n_parts: int = 0  # of the chunks trained so far

    def train(self, chunk: Chunk) -> NDArray[np.float64]:
        """Train on a chunk; gives its measures, (MEASURES,)."""
        span = self.settings._replace(
            start=chunk.start,
            stop=chunk.stop,
            key=_uint64(stream_key(self.seed, chunk.epoch, chunk.number)),
            noise_start=_uint64(noise_start(self.seed, chunk.epoch)),
            alpha_start=chunk.alpha_start,
            alpha_stop=chunk.alpha_stop,
            n_before=self.n_parts,
        )
        self.scratch.measures[:] = 0
        self.kernel(self.model, self.tables, self.scratch, span, self.ids)
        self.n_parts += -(-(chunk.stop - chunk.start) // self.settings.part_size)
        measures: NDArray[np.float64] = self.scratch.measures.copy()
        return measures


def _uint64(value: int) -> Any:
    return np.uint64(value)  # a Python int of this size would be another type to the kernel
