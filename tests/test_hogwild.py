"""The crew of workers, with kernels in plain Python that write down what they are given."""

from __future__ import annotations

import threading
import time
from typing import Any

import numpy as np
import pytest

import reference
from kotovec.kernels.arguments import Arguments
from kotovec.kernels.state import BAD_IDS, KEPT, LOSS_PAIRS, LOSS_SUM, PAIRS, WORDS, Sharing, Span, Tables
from kotovec.training.config import TrainConfig
from kotovec.training.hogwild import Crew
from kotovec.training.schedule import Schedule
from kotovec.training.weights import Weights

N_POSITIONS = 20_000
IDS = np.zeros(N_POSITIONS, np.int32)


class Recorder:
    """A kernel that notes its spans, and who called it with which scratch."""

    def __init__(self, seconds: float = 0.0) -> None:
        self.spans: list[Span] = []
        self.scratches: dict[int, set[int]] = {}
        self.seconds = seconds
        self._lock = threading.Lock()

    def __call__(self, arguments: Arguments) -> None:
        scratch, span = arguments.scratch, arguments.span
        with self._lock:
            self.spans.append(span)
            self.scratches.setdefault(threading.get_ident(), set()).add(scratch.rows.ctypes.data)
        assert not scratch.measures.any()
        scratch.measures[[PAIRS, LOSS_SUM, LOSS_PAIRS, WORDS, KEPT, BAD_IDS]] = 1, 2.5, 5, span.stop - span.start, 3, 0
        time.sleep(self.seconds)


def crew(kernel: Any, threads: int = 1, **settings: Any) -> Crew:
    config = TrainConfig(threads=threads, vector_size=4, epochs=2, **settings)
    model = Weights.initial(10, 4, 1).for_kernels()
    tables = Tables(np.zeros(1, np.uint32), np.zeros(10, np.uint64), 0)
    sharing = Sharing(np.zeros(0, np.float32), np.zeros(0, np.float32), 1)
    return Crew(kernel, model, tables, IDS, config, Schedule(config, N_POSITIONS), sharing, loss_interval=1)


def chunks_of(workers: Crew) -> list[Any]:
    return [chunk for epoch in range(2) for chunk in workers.schedule.chunks(epoch)]


@pytest.mark.parametrize("threads", [1, 2, 8])
def test_every_chunk_is_trained_once(threads: int) -> None:
    kernel = Recorder()
    with crew(kernel, threads) as workers:
        chunks = chunks_of(workers)
        workers.hand_out(chunks)
        assert workers.wait(30)
    spans = sorted((span.alpha_start, span.start, span.stop, span.alpha_stop) for span in kernel.spans)
    assert spans == sorted((c.alpha_start, c.start, c.stop, c.alpha_stop) for c in chunks)
    assert workers.totals.chunks == len(chunks)
    assert workers.totals.words == 2 * N_POSITIONS
    assert (workers.totals.pairs, workers.totals.kept) == (len(chunks), 3 * len(chunks))
    assert workers.totals.loss == 0.5


def test_one_worker_trains_the_chunks_in_their_order() -> None:
    kernel = Recorder()
    with crew(kernel) as workers:
        for epoch in range(2):
            workers.hand_out(workers.schedule.chunks(epoch))
            assert workers.wait(30)
    starts = [chunk.start for chunk in chunks_of(workers)]
    assert [span.start for span in kernel.spans] == starts


@pytest.mark.parametrize("threads", [2, 8])
def test_no_two_chunks_draw_from_one_stream_and_no_two_workers_share_memory(threads: int) -> None:
    kernel = Recorder(seconds=0.002)
    with crew(kernel, threads) as workers:
        workers.hand_out(chunks_of(workers))
        assert workers.wait(30)
    keys = [int(span.key) for span in kernel.spans]
    draws = {tuple(reference.Stream(key).bits() for _ in range(3)) for key in keys}
    assert len(set(keys)) == len(draws) == len(keys)
    own = list(kernel.scratches.values())
    assert len(own) > 1
    assert all(len(addresses) == 1 for addresses in own)
    assert len(set.union(*own)) == len(own)


def test_a_worker_counts_the_parts_that_it_has_trained() -> None:
    kernel = Recorder()
    with crew(kernel) as workers:
        workers.schedule.__dict__.update(part_size=700, parts_per_chunk=3)
        chunks = chunks_of(workers)
        worker = workers.new_worker()
    for chunk in chunks:
        worker.train(chunk)
    assert [(chunk.start, chunk.stop) for chunk in chunks[8:11]] == [(16_800, 18_900), (18_900, 20_000), (0, 2_100)]
    assert [span.n_before for span in kernel.spans] == [3 * n for n in range(10)] + [29 + 3 * n for n in range(10)]
    assert {span.part_size for span in kernel.spans} == {700}


def test_spans_carry_the_settings() -> None:
    kernel = Recorder()
    with crew(kernel, window=7, negative=3, shrink_windows=False, architecture="cbow") as workers:
        workers.hand_out(chunks_of(workers)[:1])
        assert workers.wait(30)
    span = kernel.spans[0]
    assert (span.window, span.negative, span.shrink, span.loss_interval) == (7, 3, False, 1)
    assert (span.margin, span.centres) == (workers.schedule.margin, workers.schedule.centres_per_block)
    assert (span.owners_per_set, span.least_owners) == (workers.schedule.owners_per_set, 1)


@pytest.mark.parametrize(
    "mean, update, divide",
    [(True, "historical", False), (True, "corrected", True), (False, "historical", True), (False, "corrected", False)],
)
def test_the_update_of_contexts_is_divided_where_it_should_be(mean: bool, update: str, divide: bool) -> None:
    kernel = Recorder()
    with crew(kernel, architecture="cbow", cbow_mean=mean, cbow_update=update) as workers:
        workers.hand_out(chunks_of(workers)[:1])
        assert workers.wait(30)
    assert (kernel.spans[0].mean, kernel.spans[0].divide) == (mean, divide)


@pytest.mark.parametrize("threads", [1, 3])
def test_an_exception_in_a_worker_reaches_the_caller(threads: int) -> None:
    def broken(*arguments: Any) -> None:
        raise ZeroDivisionError("a broken kernel")

    with pytest.raises(ZeroDivisionError, match="a broken kernel"), crew(broken, threads) as workers:
        workers.hand_out(chunks_of(workers))
        workers.wait(30)
    assert not any(thread.is_alive() for thread in workers._threads)


def test_leaving_early_finishes_the_current_chunks_and_no_others() -> None:
    kernel = Recorder(seconds=0.05)
    with crew(kernel, 2) as workers:
        workers.hand_out(chunks_of(workers))
        assert not workers.wait(0.02)
    assert not any(thread.is_alive() for thread in workers._threads)
    assert 1 <= len(kernel.spans) <= 4
    assert workers.totals.chunks == len(kernel.spans)


def test_an_exception_of_the_caller_ends_the_workers() -> None:
    kernel = Recorder(seconds=0.05)
    with pytest.raises(KeyboardInterrupt), crew(kernel, 2) as workers:
        workers.hand_out(chunks_of(workers))
        raise KeyboardInterrupt
    assert not any(thread.is_alive() for thread in workers._threads)
    assert len(kernel.spans) <= 4


def test_waiting_gives_up_after_its_time_and_can_be_taken_up_again() -> None:
    with crew(Recorder(seconds=0.1)) as workers:
        workers.hand_out(chunks_of(workers)[:2])
        assert not workers.wait(0.01)
        assert workers.snapshot().chunks < 2
        assert workers.wait(30)
        assert workers.snapshot().chunks == 2


def test_a_crew_without_work_is_done_at_once() -> None:
    with crew(Recorder(), 2) as workers:
        assert workers.wait(0.0)
    assert np.isnan(workers.totals.loss)
