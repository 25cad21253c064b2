"""`kotovec notes demo`: a small vault of our own, and the questions that one asks of a vault, each with its answer."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer
from typer import Option

from kotovec.cli.output import print_lines
from kotovec.cli.vectors_file import DebugFlag

EXAMPLES = """\b
Examples:
  kotovec notes demo
  kotovec notes demo --to demo-vault && kotovec notes serve demo-vault --open
"""

VAULT = "VAULT"
FOLDER = "demo-vault"  # that the last line proposes
STEPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("What was read, and what was not:", ("status", VAULT)),
    (
        "What is related to a note, and not linked to it yet; and why:",
        ("related", VAULT, "Sleep debt", "-n", "4", "--why"),
    ),
    ("The same for a note without any link:", ("related", VAULT, "Plum cake", "-n", "3")),
    ("Notes by word and by meaning:", ("search", VAULT, "which microbes make bread sour", "-n", "4")),
    ("The links that are missing:", ("suggest", VAULT, "-n", "5")),
    ("Copies that were forgotten:", ("duplicates", VAULT)),
    ("Proof: all links are hidden, with their text; who finds them again?", ("eval", VAULT, "--hide", "all")),
)


@dataclass(frozen=True, slots=True)
class DemoOptions:
    """Everything that `kotovec notes demo` can be told."""

    to: Annotated[Path | None, Option("--to", metavar="DIR", help="keep the notes in this new folder")] = None
    debug: DebugFlag = False


def demo(options: DemoOptions) -> None:
    """Try everything on a small vault that is here already.

    Notes of somebody who bakes, digs, runs and plays the cello. Each command is shown before its answer. Nothing
    stays behind unless --to names a folder.
    """
    from kotovec.notes.demo import copy_vault

    with _folder(options.to) as (folder, more):
        copy_vault(folder)
        shown = VAULT if options.to is None else str(folder)
        for title, words in STEPS:
            print_lines(["", title, "$ kotovec notes " + shlex.join(_with_vault(words, shown))])
            _run([*_with_vault(words, str(folder)), *more])
    print_lines(["", "All of it on a page, with a map:", *_to_the_page(options.to)])


@contextmanager
def _folder(to: Path | None) -> Iterator[tuple[Path, list[str]]]:
    """Where the notes go, and the words by which a command puts their index beside temporary ones."""
    if to is not None:
        yield to, []
        return
    # Windows keeps a file that is mapped into memory, as those of an index are
    with TemporaryDirectory(prefix="kotovec-notes-", ignore_cleanup_errors=True) as folder:
        yield Path(folder) / FOLDER, ["--index", str(Path(folder) / "index")]


def _run(words: list[str]) -> None:
    """One command of `kotovec notes`, with its errors and interrupts as they are."""
    from kotovec.cli.notes import app

    with typer.main.get_command(app).make_context("kotovec notes", words) as context:
        context.command.invoke(context)


def _with_vault(words: tuple[str, ...], vault: str) -> list[str]:
    return [vault if word == VAULT else word for word in words]


def _to_the_page(to: Path | None) -> list[str]:
    copy = [] if to is not None else [f"$ kotovec notes demo --to {FOLDER}"]
    return [*copy, "$ kotovec notes serve " + shlex.join([FOLDER if to is None else str(to), "--open"])]
