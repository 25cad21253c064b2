"""The application and its error boundary: every failure is one line on stderr and an exit code."""

from __future__ import annotations

import errno
import io
import os
import sys
import traceback
import warnings
from collections.abc import Sequence
from contextlib import suppress
from typing import Annotated

import typer

from kotovec._version import __version__
from kotovec.cli import (
    INTERRUPTED,
    compare,
    convert,
    demo,
    evaluate,
    info,
    notes,
    plot,
    query,
    similar,
    similarity,
    tokenize,
    train,
)
from kotovec.cli.interrupts import Interrupts
from kotovec.cli.options import add_command
from kotovec.cli.train_options import TrainOptions
from kotovec.errors import KotovecError

FAILURE, USAGE = 1, 2
_NO_ROOM = (errno.ENOSPC, errno.EFBIG)

app = typer.Typer(
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
)


@app.callback(invoke_without_command=True)
def kotovec(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="show the version and exit")] = False,
    debug: Annotated[bool, typer.Option("--debug", help="show a traceback with an error")] = False,
) -> None:
    """Word vectors from your own text, on your own machine, at full speed."""
    if version:
        typer.echo(f"kotovec {__version__}")
        raise typer.Exit
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


add_command(app, train.train, TrainOptions, train.EXAMPLES)
add_command(app, tokenize.tokenize, tokenize.TokenizeOptions, tokenize.EXAMPLES)
add_command(app, similar.similar, similar.SimilarOptions, similar.EXAMPLES)
add_command(app, similarity.similarity, similarity.SimilarityOptions, similarity.SIMILARITY_EXAMPLES)
add_command(app, similarity.analogy, similarity.AnalogyOptions, similarity.ANALOGY_EXAMPLES)
add_command(app, similarity.odd_one_out, similarity.OddOptions, similarity.ODD_EXAMPLES)
add_command(app, query.query, query.QueryOptions, query.EXAMPLES)
add_command(app, evaluate.evaluate, evaluate.EvaluateOptions, evaluate.EXAMPLES)
add_command(app, compare.compare, compare.CompareOptions, compare.EXAMPLES)
add_command(app, info.info, info.InfoOptions, info.EXAMPLES)
add_command(app, plot.plot, plot.PlotOptions, plot.EXAMPLES)
add_command(app, convert.convert, convert.ConvertOptions, convert.EXAMPLES)
app.add_typer(notes.app, name="notes")
add_command(app, demo.demo, demo.DemoOptions, demo.EXAMPLES)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line (of this process by default) and give its exit code.

    0 done, 1 failed, 2 wrong usage, 130 interrupted by Ctrl-C, 128 + n stopped by signal n.
    """
    words = list(sys.argv[1:] if arguments is None else arguments)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # a word that a terminal cannot show is no failure
    interrupts = Interrupts()
    try:
        with interrupts, warnings.catch_warnings():
            warnings.showwarning = _show_warning  # type: ignore[assignment]
            return _run(words)
    except (Exception, KeyboardInterrupt) as error:
        if "--debug" in words[: words.index("--") if "--" in words else None]:
            traceback.print_exception(error)
        exit_code = _report(interrupts.latest or error)
    _settle_stdout()
    return exit_code


def _run(words: list[str]) -> int:
    """Parse and call. Typer's own `main` is passed by: it would turn interrupts and errors into its own."""
    try:
        with typer.main.get_command(app).make_context("kotovec", evaluate.with_repeated_flags([*words])) as context:
            context.command.invoke(context)
        sys.stdout.flush()
    except typer.Exit as end:
        return end.exit_code
    return 0


def _report(error: BaseException) -> int:
    """Say in one line what happened, and give the exit code."""
    if isinstance(error, BrokenPipeError):
        return FAILURE
    if isinstance(error, KeyboardInterrupt):
        _say(str(error) or "interrupted")
        return getattr(error, "exit_code", INTERRUPTED)
    usage = _usage_text(error)
    _say(f"error: {usage or _failure_text(error)}")
    return USAGE if usage else getattr(error, "exit_code", FAILURE)


def _usage_text(error: BaseException) -> str | None:
    """What Typer says about a wrong command line, or None where the error is none of Typer's.

    Typer's errors are known by a method: their class has moved from the package click into typer itself.
    """
    message = getattr(error, "format_message", None)
    if message is None:
        return None
    context = getattr(error, "ctx", None)
    command = context.command_path if context is not None else "kotovec"
    return f"{_one_line(message()).rstrip('.')}; try: {command} --help"


def _failure_text(error: BaseException) -> str:
    if isinstance(error, KotovecError):
        return str(error)
    text = _one_line(str(error))
    if isinstance(error, MemoryError):
        return f"not enough memory{': ' + text if text else ''}; fewer words or smaller vectors need less"
    if isinstance(error, OSError):
        if error.filename and error.strerror:
            return f"{error.filename}: {error.strerror}"
        if error.errno in _NO_ROOM:  # all other files are written by kotovec.atomic, which names them
            return f"standard output or a temporary file cannot be written: {error.strerror}"
        return text
    return f"unexpected {type(error).__name__}: {text}; please report it, with what --debug prints"


def _one_line(text: str) -> str:
    return " ".join(text.split())[:500]


def _say(text: str) -> None:
    with suppress(OSError, ValueError):  # stderr may be closed or full; the exit code still tells
        print(f"kotovec: {text}", file=sys.stderr, flush=True)  # noqa: T201


def _show_warning(message: Warning | str, *_: object) -> None:
    _say(f"warning: {_one_line(str(message))}")


def _settle_stdout() -> None:
    """Drop what a closed pipe or a full disk did not take: the interpreter would complain about it at its end."""
    try:
        sys.stdout.flush()
    except (OSError, ValueError):
        with suppress(OSError, ValueError), open(os.devnull, "wb") as nowhere:
            os.dup2(nowhere.fileno(), sys.stdout.fileno())
