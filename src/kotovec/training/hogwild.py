"""Threads over shared matrices without locks (Recht et al. 2011, "Hogwild!"), and why that race is acceptable.

Two threads may read and write the same row at once, and one of two updates to a few floats may then be lost. That is
the algorithm, not an accident: most rows belong to rare words, which two threads seldom meet at the same time, and a
lost update of a frequent word is one of hundreds of thousands. Floats are written 8 or 16 at a time and never torn
below that of one float. Nothing else is shared: every worker has its own random stream, scratch memory and counters
(`kernels.state.Scratch`), and takes its next chunk from a queue. One thread alone gives the same bits on every run;
with more, only the order of updates differs.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import chain, islice
from queue import Empty, SimpleQueue
from types import TracebackType

import numpy as np
from numpy.typing import NDArray

from kotovec.kernels.arguments import Arguments
from kotovec.kernels.private import give_back_rows, take_rows
from kotovec.kernels.state import (
    BAD_IDS,
    KEPT,
    LOSS_PAIRS,
    LOSS_SUM,
    PAIRS,
    WORDS,
    Model,
    Sharing,
    Span,
    Tables,
    new_scratch,
)
from kotovec.training.config import TrainConfig
from kotovec.training.schedule import Chunk, Schedule
from kotovec.training.worker import Kernel, Worker

_QUEUED_PER_THREAD = 64  # chunks: work for about a second, should a callback take that long


@dataclass(slots=True)
class Totals:
    """What the chunks trained so far add up to."""

    chunks: int = 0
    words: int = 0  # before subsampling
    kept: int = 0  # after subsampling
    pairs: int = 0
    loss_sum: float = 0.0
    loss_pairs: float = 0.0
    bad_ids: int = 0

    def add(self, measures: NDArray[np.float64]) -> None:
        """Add the counters of one chunk."""
        self.chunks += 1
        self.words += int(measures[WORDS])
        self.kept += int(measures[KEPT])
        self.pairs += int(measures[PAIRS])
        self.loss_sum += float(measures[LOSS_SUM])
        self.loss_pairs += float(measures[LOSS_PAIRS])
        self.bad_ids += int(measures[BAD_IDS])

    @property
    def loss(self) -> float:
        """Mean per (centre, context) pair, of the centres measured; nan where there were none."""
        return self.loss_sum / self.loss_pairs if self.loss_pairs else float("nan")


@dataclass
class Crew:
    """Workers that train chunks as long as there are any. A context manager: leaving it stops and joins them.

    The calling thread and the workers share two queues and nothing else. They are `SimpleQueue`s, which are written in
    C: an interrupt between two lines of `threading.Condition` would leave its lock held, and everybody waiting.
    """

    kernel: Kernel
    model: Model
    tables: Tables
    ids: NDArray[np.int32]
    config: TrainConfig
    schedule: Schedule
    sharing: Sharing
    loss_interval: int
    totals: Totals = field(default_factory=Totals)
    _chunks: Iterator[Chunk] = field(default_factory=lambda: iter(()))  # those that are not in the queue yet
    _n_waiting: int = 0  # handed to the queue, and not yet reported
    _tasks: SimpleQueue[Chunk | None] = field(default_factory=SimpleQueue)
    _reports: SimpleQueue[NDArray[np.float64] | BaseException] = field(default_factory=SimpleQueue)
    _stopping: bool = False
    _threads: list[threading.Thread] = field(default_factory=list)
    _workers: list[Worker] = field(default_factory=list)  # of the threads

    def __enter__(self) -> Crew:
        for number in range(self.config.threads):
            worker = self.new_worker()
            self._workers.append(worker)
            thread = threading.Thread(target=self._work, args=(worker,), name=f"kotovec-{number}", daemon=True)
            self._threads.append(thread)
            thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stopping = True
        for _ in self._threads:
            self._tasks.put(None)
        for thread in self._threads:
            thread.join()
        self._share_rows()
        while not self._reports.empty():  # of the chunks that were trained meanwhile
            report = self._reports.get()
            if not isinstance(report, BaseException):
                self.totals.add(report)

    def hand_out(self, chunks: Iterable[Chunk]) -> None:
        """Give the workers more chunks, to be taken in this order; a long iterable is taken as it is needed."""
        self._chunks = chain(self._chunks, chunks)
        self._refill(_QUEUED_PER_THREAD * self.config.threads)

    def wait(self, seconds: float) -> bool:
        """True once all chunks are trained, and both matrices hold what was learnt; False when the time is over before.

        Raises what a worker raised.
        """
        end = time.monotonic() + seconds
        while self._n_waiting:
            try:
                report = self._reports.get(timeout=max(end - time.monotonic(), 0.0))
            except Empty:
                return False
            if isinstance(report, BaseException):
                raise report
            self.totals.add(report)
            self._n_waiting -= 1
            self._refill(1)
        self._share_rows()
        return True

    def snapshot(self) -> Totals:
        """The totals as of the last call of `wait`."""
        return replace(self.totals)

    def _refill(self, n: int) -> None:
        for chunk in islice(self._chunks, n):
            self._n_waiting += 1
            self._tasks.put(chunk)

    def _share_rows(self) -> None:
        """Bring the workers' own copies of rows together, while nobody works."""
        for worker in self._workers:
            give_back_rows(self.model, worker.arguments.scratch)
        for worker in self._workers:
            take_rows(self.model, worker.arguments.scratch)

    def _work(self, worker: Worker) -> None:
        try:
            while (chunk := self._tasks.get()) is not None and not self._stopping:
                self._reports.put(worker.train(chunk))
        except BaseException as error:  # whatever it is, the calling thread must hear of it
            self._reports.put(error)

    def new_worker(self) -> Worker:
        """One more worker, for a thread or to train without one, with copies of rows as they are now."""
        config, schedule, model = self.config, self.schedule, self.model
        longest = min(schedule.part_size, schedule.n_positions) + 2 * schedule.margin
        scratch = new_scratch(config.window, config.negative, model.row_size, longest, self.sharing)
        take_rows(model, scratch)
        settings = Span(
            start=0,
            stop=0,
            part_size=schedule.part_size,
            margin=schedule.margin,
            key=0,
            noise_start=0,
            alpha_start=0.0,
            alpha_stop=0.0,
            window=config.window,
            shrink=config.shrink_windows,
            negative=config.negative,
            centres=schedule.centres_per_block,
            owners_per_set=schedule.owners_per_set,
            least_owners=schedule.least_owners,
            loss_interval=self.loss_interval,
            mean=config.cbow_mean,
            divide=config.divides_update,
            n_private=len(scratch.input_updates),
            private_inputs=_distance(scratch.private_inputs, model.inputs),
            private_outputs=_distance(scratch.private_outputs, model.outputs),
            hot=self.sharing.hot,
            n_workers=config.threads,
        )
        arguments = Arguments(model, self.tables, scratch, settings, self.ids)
        return Worker(self.kernel, arguments, config.seed, settings)


def _distance(private: NDArray[np.float32], matrix: NDArray[np.float32]) -> int:
    """From the first element of the matrix to the first private one, in floats: both are 64-byte aligned."""
    return (private.ctypes.data - matrix.ctypes.data) // matrix.itemsize
