"""What all commands that ask a vault have in common: the folder, its index, opening and updating it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Protocol, TypeAlias

from typer import Argument, Option

from kotovec.cli.output import say
from kotovec.cli.progress import reporter
from kotovec.cli.vectors_file import DebugFlag, JsonFlag
from kotovec.errors import ConfigError

if TYPE_CHECKING:
    from kotovec.events import Callback, Event
    from kotovec.notes import Vault
    from kotovec.notes.answers import UpdateReport

__all__ = ["DebugFlag", "JsonFlag"]

VaultFolder: TypeAlias = Annotated[Path, Argument(metavar="VAULT", help="a folder of notes")]
IndexFolder: TypeAlias = Annotated[
    Path | None,
    Option("--index", metavar="DIR", help="where the index is kept  [default: the user's cache folder]"),
]
Count: TypeAlias = Annotated[int, Option("-n", "--count", metavar="N", help="how many answers")]

SLOW = 2.0  # seconds; an update before a question that took longer is told


class VaultOptions(Protocol):
    """Options that name a vault."""

    @property
    def vault(self) -> Path: ...  # noqa: D102
    @property
    def index(self) -> Path | None: ...  # noqa: D102


def open_updated(options: VaultOptions, *, may_be_empty: bool = False) -> Vault:
    """The vault, with an index of what the files are now; says what an update found where it took long.

    NoteError where the folder holds no notes.
    """
    from kotovec.notes import open_vault

    with progress() as report:
        vault = open_vault(options.vault, index=options.index, callback=report)
    tell_update(vault.updated)
    if not may_be_empty:
        vault.check_not_empty()
    return vault


def tell_update(report: UpdateReport) -> None:
    """What the user should know of an update that a question caused."""
    lines = list(report.notices)
    if report.seconds > SLOW:
        lines.append(f"{update_text(report)}; {report.seconds:.1f} s")
    if lines:
        say(lines)


def update_text(report: UpdateReport) -> str:
    """An update in words."""
    names = ("added", "changed", "renamed", "removed", "unchanged")
    counts = [f"{getattr(report, name):,} {name}" for name in names if getattr(report, name)]
    if report.skipped:
        counts.append(f"{len(report.skipped):,} files skipped")
    return "notes: " + (", ".join(counts) or "none")


@contextmanager
def progress() -> Iterator[Callback]:
    """A callback that draws bars on a terminal as soon as there is something to draw; rich is imported then."""
    with ExitStack() as stack:
        draw: list[Callback] = []

        def report(event: Event) -> None:
            if not draw:
                draw.append(stack.enter_context(reporter(quiet=not sys.stderr.isatty())))
            draw[0](event)

        yield report


def check_count(count: int) -> None:
    """ConfigError for less than one answer."""
    if count < 1:
        raise ConfigError("--count is out of range", expected="1 or more", found=count)
