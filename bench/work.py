"""Training work for the machine code alone: the only place where the benches reach into kotovec's workers."""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from kotovec.kernels.tables import tables
from kotovec.training.compiled import load_kernel
from kotovec.training.config import TrainConfig
from kotovec.training.hogwild import Crew, Totals
from kotovec.training.schedule import Schedule
from kotovec.training.sharing import plan_sharing
from kotovec.training.weights import Weights
from kotovec.training.worker import Kernel

LOSS_CENTRES = 512  # the loss of one in so many is measured, as in training on a large corpus
NEVER = 1 << 60  # sets
clock = time.perf_counter if sys.platform == "win32" else time.thread_time  # what others do does not count


@dataclass(frozen=True)
class Timing:
    """What one pass over the ids took."""

    seconds: float
    cpu_seconds: float
    words: int
    pairs: int

    @property
    def words_per_second(self) -> float:
        """Before subsampling."""
        return self.words / self.seconds


class Work:
    """One epoch over these ids, trained again and again with the same weights."""

    def __init__(self, ids: NDArray[np.int32], counts: NDArray[np.int64], config: TrainConfig) -> None:
        self.ids = np.ascontiguousarray(ids, np.int32).view()
        self.ids.flags.writeable = False
        self.config = config
        self.counts = counts
        self._weights: dict[bool, Weights] = {}  # one thread has another layout than several
        self.tables = tables(counts, config.sample, config.ns_exponent)
        self.kernel = load_kernel(config)

    def train(self, threads: int, kernel: Kernel | None = None) -> Timing:
        """By that many threads at once, with another kernel if one is given."""
        crew = self._crew(threads, kernel or self.kernel)
        schedule = crew.schedule
        with crew:
            began, cpu_began = time.perf_counter(), time.process_time()
            crew.hand_out(schedule.chunks(0))
            while not crew.wait(60.0):
                pass
            seconds, cpu_seconds = time.perf_counter() - began, time.process_time() - cpu_began
        totals = crew.snapshot()
        return Timing(seconds, cpu_seconds, totals.words, totals.pairs)

    def train_here(self, n_chunks: int, measured: bool = True) -> Timing:
        """The first chunks alone, on the calling thread; seconds are of its processor time. Not measured: no loss."""
        crew = self._crew(1, self.kernel)
        if not measured:
            crew.loss_interval = NEVER
        worker, schedule = crew.new_worker(), crew.schedule
        began = clock()
        measures = [worker.train(schedule.chunk(0, number)) for number in range(n_chunks)]
        seconds = clock() - began
        totals = Totals()
        for each in measures:
            totals.add(each)
        return Timing(seconds, seconds, totals.words, totals.pairs)

    def _crew(self, threads: int, kernel: Kernel) -> Crew:
        config = replace(self.config, threads=threads)
        schedule = Schedule(config, len(self.ids))
        sharing, interval = plan_sharing(schedule, self.counts), schedule.sets_for(LOSS_CENTRES)
        several = threads > 1
        if several not in self._weights:
            self._weights[several] = Weights.initial(len(self.counts), config.vector_size, config.seed, threads)
        model = self._weights[several].for_kernels()
        return Crew(kernel, model, self.tables, self.ids, config, schedule, sharing, interval)
