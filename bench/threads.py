"""What threads gain: one lock around every update, Hogwild at 1 to N threads, and two processes; and what they share.

python bench/threads.py [--corpus FILE] [--threads N] [--rounds N] [--quick] [--json FILE]
"""

from __future__ import annotations

import argparse
import multiprocessing
import statistics
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np

from collisions import counted_share, estimated_share
from corpora import Setting, add_arguments, setting
from distance import Distances
from figures import HEADERS, Figure, describe, in_turn, medians, ratio, table, tell, write_json
from kotovec.training.config import TrainConfig
from locked import Mutex, in_small_spans
from speed import NAMES
from work import Timing, Work

ROUND = {"skipgram": 4_000_000, "cbow": 8_000_000}  # positions, of the row of threads against processes: 0.7 s
PARTS = 5  # such rounds, for each round of the other rows
LOOKS = 2  # at the cores, of a run; a round has two runs of threads
FEWEST = 3  # rounds
SPAN = 32  # words that are trained while the lock is held: a sentence
LOCKED = f"one lock around {SPAN} words"
CUT = f"{SPAN} words at a time, no lock"
HOGWILD = "Hogwild"


@dataclass(frozen=True)
class Way:
    """A way of training, on a number of threads, and its timings, one per round."""

    name: str
    threads: int
    timings: list[Timing]

    @property
    def words_per_second(self) -> float:
        """The median."""
        return statistics.median(timing.words_per_second for timing in self.timings)

    @property
    def cpu_use(self) -> float:
        """Processors at work on average, the median."""
        return statistics.median(timing.cpu_seconds / timing.seconds for timing in self.timings)

    def speed_up(self, base: Way) -> float:
        """Against another way, the median over rounds."""
        rates = zip(self.timings, base.timings, strict=True)
        return statistics.median(mine.words_per_second / its.words_per_second for mine, its in rates)


def measure_ways(work: Work, threads: list[int], rounds: int) -> list[Way]:
    """Every way in every round, one after the other."""
    kernels: dict[str, Any] = {CUT: in_small_spans(work.kernel, SPAN, None), HOGWILD: work.kernel}
    try:
        kernels = {LOCKED: in_small_spans(work.kernel, SPAN, Mutex())} | kernels
    except OSError as error:
        tell(f"no baseline with a lock: {error}")
    ways = [Way(name, n, []) for name in kernels for n in threads]
    for name in kernels:  # compiles, and touches the memory
        work.train(1, kernels[name])
    for _ in range(rounds):
        for way in ways:
            way.timings.append(work.train(way.threads, kernels[way.name]))
    return ways


class Processes:
    """Independent processes, each with one thread, its own matrices and its share of the corpus."""

    def __init__(self, work: Work, counts: np.ndarray, folder: Path, number: int) -> None:
        context = multiprocessing.get_context("spawn")
        np.save(folder / "ids.npy", work.ids)
        np.save(folder / "counts.npy", counts)
        self._barrier = context.Barrier(number)  # kept: the processes find it by its name
        self._pipes, self._processes = [], []
        for place in range(number):
            ours, theirs = context.Pipe()
            arguments = (folder, place, number, work.config, theirs, self._barrier)
            process = context.Process(target=_train_when_told, args=arguments, daemon=True)
            process.start()
            theirs.close()
            self._pipes.append(ours)
            self._processes.append(process)

    def train(self) -> list[Timing]:
        """All train their share once, beginning together."""
        for pipe in self._pipes:
            pipe.send(True)
        return [pipe.recv() for pipe in self._pipes]

    def __enter__(self) -> Processes:
        self.train()  # compiles, and touches the memory
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for pipe in self._pipes:
            pipe.close()
        for process in self._processes:
            process.join()


def _train_when_told(
    folder: Path, place: int, number: int, config: TrainConfig, pipe: Connection, barrier: Any
) -> None:
    ids = np.load(folder / "ids.npy", mmap_mode="r")
    share = np.asarray(ids[len(ids) * place // number : len(ids) * (place + 1) // number])
    work = Work(share, np.load(folder / "counts.npy"), config)
    try:
        while pipe.recv():
            barrier.wait(60.0)
            pipe.send(work.train(1))
    except EOFError:
        pass  # the bench has what it wanted


class Rates:
    """Trains when called, and gives the seconds per word of all together; keeps the words per processor second."""

    def __init__(self, train: Callable[[], list[Timing]]) -> None:
        self._train = train
        self._per_cpu_second: list[float] = []

    def __call__(self) -> float:
        timings = self._train()
        self._per_cpu_second.append(sum(t.words for t in timings) / max(sum(t.cpu_seconds for t in timings), 1e-9))
        return 1 / sum(timing.words_per_second for timing in timings)

    @property
    def words_per_cpu_second(self) -> float:
        """The median."""
        return statistics.median(self._per_cpu_second)


def train_watched(work: Work, threads: int, distances: Distances) -> list[Timing]:
    """One timing, with LOOKS at the cores, before and after."""
    distances.look()
    timing = work.train(threads)
    distances.look()
    return [timing]


def threads_against_processes(setting: Setting) -> list[Figure]:
    """As many threads over shared matrices, against as many processes with their own: what sharing costs.

    Where the cores are decides it, and a virtual machine's move within seconds: so many short rounds, not a few long
    ones, and beside their median those of the rounds with near cores and with far ones.
    """
    number, figures = setting.threads, []
    for (architecture, name), must in zip(NAMES.items(), (95.0, 92.0), strict=True):
        counts = setting.encoded.vocabulary.counts
        work = Work(setting.encoded.ids[: ROUND[architecture]], counts, setting.config(architecture))
        work.train(number)
        with Processes(work, counts, setting.folder, number) as processes:
            distances = Distances()
            mine, its = Rates(partial(train_watched, work, number, distances)), Rates(processes.train)
            pairs = in_turn(mine, its, setting.rounds if setting.quick else setting.rounds * PARTS)
        rates = [1e-6 / seconds for seconds in medians(pairs)]
        name = f"{name}, {number} threads against {number} processes"
        by_cpu = 100 * mine.words_per_cpu_second / its.words_per_cpu_second
        detail = f"{rates[0]:.2f} against {rates[1]:.2f} M words/s; by processor time {by_cpu:.1f} %; {distances}"
        detail += _by_distance(pairs, distances.rounds(2 * LOOKS))
        figures.append(Figure(name, 100 * ratio(pairs), "%", setting.must(must), setting.must(99.0), detail=detail))
    return figures


def _by_distance(pairs: Sequence[tuple[float, float]], states: Sequence[str | None]) -> str:
    """The ratio of the rounds with near cores, and of those with far ones, where there are three or more."""
    text = ""
    for name in ("near", "far"):
        some = [pair for pair, state in zip(pairs, states, strict=True) if state == name]
        text += f"; {name} {100 * ratio(some):.1f} % ({len(some)} rounds)" if len(some) >= FEWEST else ""
    return text


def shared_rows(setting: Setting) -> list[list[str]]:
    """Rows touched by two threads at once, estimated and counted, for slices of one centre and of SPAN."""
    corpus, config, rows = setting.encoded, setting.config(), []
    counts = corpus.vocabulary.counts
    for k in (1, SPAN):
        estimate = estimated_share(counts, config, k)
        counted, n_slices = counted_share(corpus.ids, counts, config, k)
        rows.append([str(k), f"{100 * estimate:.2f} %", f"{100 * counted:.2f} %", f"{n_slices:,}"])
    return rows


def table_of(ways: list[Way]) -> list[list[str]]:
    """One line for each way and number of threads."""
    first = {way.name: way for way in reversed(ways)}
    locked = {way.threads: way for way in ways if way.name == LOCKED}
    rows = []
    for way in ways:
        speed_up = way.speed_up(first[way.name])
        rows.append(
            [
                way.name,
                str(way.threads),
                f"{way.words_per_second / 1e6:.2f}",
                f"{speed_up:.2f}",
                f"{100 * speed_up / way.threads:.1f} %",
                f"{100 * way.cpu_use:.0f} %",
                f"{way.speed_up(locked[way.threads]):.2f}" if locked else "-",
            ]
        )
    return rows


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_arguments(parser)
    parser.add_argument("--architecture", choices=sorted(NAMES), default="skipgram")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        given = setting(arguments, folder)
        corpus = given.encoded
        work = Work(corpus.ids, corpus.vocabulary.counts, given.config(arguments.architecture))
        tell("one lock, and Hogwild")
        counts = list(range(1, given.threads + 1))
        ways = measure_ways(work, counts, given.rounds)
        tell("threads against processes")
        against = threads_against_processes(given)
        tell("rows that two threads touch at once")
        shared = shared_rows(given)
        print_tables(arguments.architecture, ways, against, shared)
        results = {"ways": [asdict(way) for way in ways], "against": [asdict(f) for f in against], "shared": shared}
        write_json(arguments.json, vars(arguments), results)
        corpus.close()


def print_tables(architecture: str, ways: list[Way], against: list[Figure], shared: list[list[str]]) -> None:
    """All that was measured."""
    headers = ["way", "threads", "M words/s", "speed-up", "efficiency", "CPU use", "against the lock"]
    print(describe(), "", f"{NAMES[architecture]}:", "", sep="\n")
    print(table(headers, table_of(ways)), "", sep="\n")
    print(table(HEADERS, [figure.cells() for figure in against]), "", sep="\n")
    print("Rows that two threads touch at once, of those that one touches (skip-gram):", "", sep="\n")
    print(table(["centres in the slice", "estimated", "counted", "slices"], shared))


if __name__ == "__main__":
    main()
