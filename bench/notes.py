"""Notes: how long a first index, an update and an answer take, and how much room, on vaults of Zipfian words.

python bench/notes.py [--sizes N N N] [--only ROW ROW] [--rounds N] [--quick] [--json FILE]
python bench/notes.py --quality VAULT...

`--quality` runs the evaluation of `kotovec notes eval` on folders of real notes instead: nothing of them is shown.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from child import kotovec, run_child
from figures import Figure, report, tell
from kotovec.notes import Vault, open_vault
from process_tree import run_watched
from vaults import write_vault

FIRST_INDEX = {1_000: 3.0, 10_000: 30.0, 50_000: 150.0}  # seconds
JUDGED = 10_000  # notes, where updates and answers have bounds
LARGEST = 50_000  # where memory has one
ASKED = 40  # notes and searches of which the median is taken


@dataclass
class Job:
    """One vault, which is made in `folder`, and its index beside it."""

    n_notes: int
    folder: Path
    rounds: int

    @property
    def root(self) -> Path:
        """The vault."""
        return self.folder / f"vault {self.n_notes}"

    @property
    def index(self) -> Path:
        """Its index."""
        return self.folder / f"index {self.n_notes}"

    @cached_property
    def text_bytes(self) -> int:
        """Writes the vault."""
        return write_vault(self.root, self.n_notes)

    @cached_property
    def vault(self) -> Vault:
        """Open, with the index loaded."""
        return open_vault(self.root, index=self.index)

    def must(self, bound: float, at: int = JUDGED) -> float | None:
        """The bound, on the vault that has one."""
        return bound if self.n_notes == at else None

    def name(self, what: str) -> str:
        """Of a figure."""
        return f"{self.n_notes:,} notes: {what}"


def first_index(job: Job) -> list[Figure]:
    """`kotovec notes index` from nothing, with all its processes; a warm compile cache, as after a first vault."""
    text = job.text_bytes
    write_vault(job.folder / "first vault", 30)
    run_child(kotovec("notes", "index", job.folder / "first vault", "--index", job.folder / "first index"))
    command = [str(part) for part in kotovec("notes", "index", job.root, "--index", job.index)]
    before = _children_seconds()
    peak, seconds = run_watched(command)
    used = _children_seconds() - before
    size = sum(file.stat().st_size for file in job.index.iterdir())
    return [
        Figure(job.name("first index"), seconds, "s", FIRST_INDEX.get(job.n_notes), at_most=True,
               detail=f"{text / 1e6:.1f} MB of text; {used:.1f} s of processor time"),
        Figure(job.name("peak memory of all processes"), peak, "MB", job.must(1500, LARGEST), at_most=True),
        Figure(job.name("index, of the text's size"), 100 * size / text, "%",
               50 if job.n_notes in FIRST_INDEX else None, at_most=True, detail=f"{size / 1e6:.1f} MB"),
    ]  # fmt: skip


def _children_seconds() -> float:
    """Processor time of all processes that were started and have ended."""
    times = os.times()
    return times.children_user + times.children_system


def update(job: Job) -> list[Figure]:
    """One changed note: in a vault that is open, in one that must be loaded first, and as a command of its own."""
    path = job.root / job.vault.entries[job.n_notes // 3].path
    data = path.read_bytes()
    changes = (data + f"\nchanged {number}\n".encode() for number in range(3 * job.rounds))

    def after_a_change(call: Callable[[], object]) -> list[tuple[float, float]]:
        timed = []
        for _ in range(job.rounds):
            path.write_bytes(next(changes))
            timed.append(_timed(call))
        return timed

    is_open = after_a_change(job.vault.update)
    loaded = after_a_change(lambda: open_vault(job.root, index=job.index))
    words = kotovec("notes", "search", job.root, "some words", "--index", job.index)
    command = [seconds for seconds, _ in after_a_change(lambda: run_child(words))]
    path.write_bytes(data)
    job.vault.update()
    must = job.must(0.3)
    return [
        _figure(job.name("update after one change, vault open"), is_open, must),
        _figure(job.name("the same, index loaded first"), loaded, must),
        Figure(job.name("the same, whole command, with a search"), statistics.median(command), "s"),
    ]


def _figure(name: str, timed: list[tuple[float, float]], must: float | None) -> Figure:
    wall, used = (statistics.median(column) for column in zip(*timed, strict=True))
    return Figure(name, wall, "s", must, at_most=True, detail=f"{used:.2f} s of processor time")


def answers(job: Job) -> list[Figure]:
    """Related notes of some notes, and searches for some of their words, with the index loaded."""
    vault, random = job.vault, np.random.default_rng(1)
    notes = random.integers(0, len(vault.entries), ASKED).tolist()
    searches = [" ".join(random.choice(vault.text_of(note).split(), 3)) for note in notes]
    vault.related(notes[0])
    vault.search(searches[0])
    bare = [_seconds(lambda note=note: vault.related(note, why=False)) for note in notes]
    reasoned = [_seconds(lambda note=note: vault.related(note)) for note in notes]
    found = [_seconds(lambda text=text: vault.search(text)) for text in searches]
    return [
        _milliseconds(job.name("related"), bare, job.must(50)),
        _milliseconds(job.name("related, with reasons"), reasoned, None),
        _milliseconds(job.name("search"), found, job.must(30)),
    ]


def _milliseconds(name: str, seconds: list[float], must: float | None) -> Figure:
    detail = f"of {len(seconds)}; the slowest {1e3 * max(seconds):.1f} ms"
    return Figure(name, 1e3 * statistics.median(seconds), "ms", must, at_most=True, detail=detail)


def _seconds(call: Callable[[], object]) -> float:
    return _timed(call)[0]


def _timed(call: Callable[[], object]) -> tuple[float, float]:
    """Seconds by the clock, and of the processor."""
    began, used = time.perf_counter(), time.process_time()
    call()
    return time.perf_counter() - began, time.process_time() - used


def quality(roots: list[Path]) -> list[Figure]:
    """nDCG@10 of kotovec and of TF-IDF on links of given vaults, all hidden, and a fifth."""
    figures = []
    for root in roots:
        with tempfile.TemporaryDirectory() as folder:
            vault = open_vault(root, index=Path(folder) / "index")
            for hide in ("all", "fifth"):
                found = {one.name: one for one in vault.evaluate(hide).qualities}
                ours, plain = found["kotovec"].ndcg, found["TF-IDF"].ndcg
                detail = (
                    f"[{ours.low:.3f}, {ours.high:.3f}]; TF-IDF {plain.value:.3f}, {ours.value / plain.value:.2f} x"
                )
                figures.append(Figure(f"{root.name}, links hidden: {hide}: nDCG@10", ours.value, detail=detail))
    return figures


ROWS: dict[str, Callable[[Job], list[Figure]]] = {"index": first_index, "update": update, "answers": answers}


def main() -> None:
    """Measure what was chosen, and print one table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=sorted(FIRST_INDEX), help="notes of each vault")
    parser.add_argument("--only", nargs="+", choices=list(ROWS), default=list(ROWS))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--quick", action="store_true", help="a tiny vault and one round: to see that it runs")
    parser.add_argument("--quality", type=Path, nargs="+", metavar="VAULT", help="folders of real notes with links")
    parser.add_argument("--json", type=Path, help="write the figures to this file too")
    arguments = parser.parse_args()
    figures = quality(arguments.quality) if arguments.quality else []
    with tempfile.TemporaryDirectory() as folder:
        for n_notes in [] if arguments.quality else [60] if arguments.quick else arguments.sizes:
            job = Job(n_notes, Path(folder), 1 if arguments.quick else arguments.rounds)
            for name in arguments.only:
                tell(f"{n_notes:,} notes: {name}")
                figures += ROWS[name](job)
    report(figures, vars(arguments), arguments.json)


if __name__ == "__main__":
    sys.exit(main())
