"""What a long run says while it runs, on stderr: a bar per phase on a terminal, a few lines elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from kotovec.cli.output import clock, loss_text, say
from kotovec.events import (
    Callback,
    CompileStarted,
    CorpusProgress,
    CorpusReady,
    Event,
    Notice,
    TrainProgress,
    VaultProgress,
)

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID


_NAMES = {"count": "counting", "encode": "encoding", "tokenize": "tokens", "read": "reading", "arrange": "arranging"}
_ROOM_FOR_BARS = 110  # columns; the line of training takes 80


@contextmanager
def reporter(*, quiet: bool) -> Iterator[Callback]:
    """A callback for long runs: bars where stderr is a terminal, notices alone elsewhere, nothing if `quiet`."""
    if quiet:
        yield _ignore
    elif not sys.stderr.isatty():
        yield _print_notice
    else:
        bars = _bars()
        with bars:
            yield Bars(bars)


def _ignore(event: Event) -> None:
    """Take an event and say nothing."""


def _print_notice(event: Event) -> None:
    if isinstance(event, Notice):
        say([event.text])


def _bars() -> Progress:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn

    console = Console(stderr=True, highlight=False)
    bar = [BarColumn(bar_width=24)] if console.width >= _ROOM_FOR_BARS else []
    detail = TextColumn("{task.fields[detail]}")
    columns = (TextColumn("{task.description:<9}"), *bar, TaskProgressColumn(), detail)
    # no refresh by a thread of its own: events come often enough, and the workers need the processor
    return Progress(*columns, console=console, auto_refresh=False)


class Bars:
    """A callback that draws each phase as a bar: counting, encoding, compiling, training."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._phases: dict[str, TaskID] = {}

    def __call__(self, event: Event) -> None:
        """Draw one event."""
        if isinstance(event, CorpusProgress):
            rate = event.tokens / max(event.seconds, 1e-9)
            name = _NAMES[event.phase]
            self._draw(name, event.done, event.total, f"{event.tokens:,} words  {rate / 1e6:.1f} M words/s")
        elif isinstance(event, CorpusReady):
            words = f"{event.tokens:,} words, vocabulary {event.vocabulary:,} of {event.raw_types:,}"
            self._draw("encoding", 1, 1, words)
        elif isinstance(event, CompileStarted):
            if "compiling" in self._phases:  # the corpus has its kernels, training has others
                self._progress.remove_task(self._phases.pop("compiling"))
            self._draw("compiling", 0, None, "")
        elif isinstance(event, TrainProgress):
            self._draw("training", event.words, event.total_words, train_detail(event))
        elif isinstance(event, VaultProgress):
            self._draw(_NAMES[event.phase], event.done, event.total, f"{event.done:,} notes")
        elif isinstance(event, Notice):
            self._progress.console.print(event.text, markup=False)

    def _draw(self, name: str, done: float, total: float | None, detail: str) -> None:
        if name not in self._phases:
            self._finish()
            self._phases[name] = self._progress.add_task(name, total=None, detail="")
        self._progress.update(self._phases[name], completed=done, total=total, detail=detail, refresh=True)

    def _finish(self) -> None:
        """Show the phases so far as complete: the last event of a phase need not be its very end."""
        for task in self._progress.tasks:
            if not task.finished:
                done = task.total or task.completed or 1
                self._progress.update(task.id, completed=done, total=done)
        self._progress.refresh()


def train_detail(event: TrainProgress) -> str:
    """One moment of training in words: epoch, speed, learning rate, loss, time left."""
    return (
        f"epoch {event.epoch + 1}/{event.epochs}  {event.words_per_second / 1e6:.2f} M words/s  "
        f"alpha {event.alpha:.4f}  loss {loss_text(event.loss)}  {clock(event.eta_seconds)} left"
    )
