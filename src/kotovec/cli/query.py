"""`kotovec query`: ask vectors again and again, at a prompt or from a pipe."""

from __future__ import annotations

import os
import shlex
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from typer import Option

from kotovec.cli.completion import Completer
from kotovec.cli.expression import check_known, parse_expression
from kotovec.cli.output import print_lines, say
from kotovec.cli.similar import IndexName, check_count, neighbor_lines, open_index
from kotovec.cli.vectors_file import DebugFlag, FormatName, SurfacesFile, VectorsFile, open_vectors
from kotovec.errors import ConfigError, KotovecError

if TYPE_CHECKING:
    from kotovec.vectors import KeyedVectors

EXAMPLES = """\b
Examples:
  kotovec query vectors.bin
  kotovec query vectors.bin --index hnsw
  echo "similar king - man + woman" | kotovec query vectors.bin
"""

HELP = [
    "similar WORD...        nearest words; also king - man + woman",
    "similarity A B         cosine of two words, -1 to 1",
    "analogy A B C          A is to B as C is to which word?",
    "vector WORD            its numbers",
    "vocab [BEGINNING]      how many words there are, or those that begin so",
    "help                   this list",
    "quit                   the end; so is Ctrl-D",
    "Words with spaces stand in quotes. A line that begins with no command asks for similar words.",
]

_PROMPT = "kotovec> "
_HISTORY_LINES = 1000
_NUMBERS_PER_LINE = 8


@dataclass(frozen=True, slots=True)
class QueryOptions:
    """Everything that `kotovec query` can be told."""

    file: VectorsFile
    count: Annotated[int, Option("-n", "--count", metavar="N", help="how many neighbours")] = 10
    index: IndexName = "exact"
    format: FormatName = None
    vocab: SurfacesFile = None
    debug: DebugFlag = False


def query(options: QueryOptions) -> None:
    """Ask vectors again and again.

    At a prompt with history and completion (Tab), or from a pipe, a line per question: similar, similarity, analogy,
    vector, vocab, help, quit. From a pipe, a question that cannot be answered makes the exit code 1.
    """
    check_count(options.count)
    if options.index not in ("exact", "hnsw"):
        raise ConfigError("unknown index", expected="exact or hnsw", found=repr(options.index))
    vectors = open_vectors(options)
    facts = open_index(vectors, options.file) if options.index == "hnsw" else None
    questions = Questions(vectors, options.count, options.index)
    if not sys.stdin.isatty():
        failed = [line for line in _lines(sys.stdin) if not _answer(questions, line)]
        if failed:
            raise KotovecError(f"{len(failed)} of the questions have no answer, the first is {failed[0]!r}")
        return
    size = f"{len(vectors):,} words, vector size {vectors.vector_size}" + (f", {facts.text}" if facts else "")
    say([f"{options.file}: {size}; help shows what to ask"])
    with line_editing(Completer(list(questions.commands), vectors.index_to_key)):
        for line in _prompted():
            _answer(questions, line)


class Questions:
    """What can be asked: each command takes its words and gives lines of text."""

    def __init__(self, vectors: KeyedVectors, count: int, index: str = "exact") -> None:
        self._vectors, self._count, self._index = vectors, count, index
        self.commands: dict[str, Callable[[list[str]], list[str]]] = {
            "similar": self._similar,
            "similarity": self._similarity,
            "analogy": self._analogy,
            "vector": self._vector,
            "vocab": self._vocab,
            "help": lambda words: HELP,
            "quit": lambda words: [],
        }

    def answer(self, line: str) -> list[str]:
        """The answer to one line. KotovecError for what cannot be answered."""
        words = split_line(line)
        if words[0] in self.commands:
            return self.commands[words[0]](words[1:])
        return self._similar(words)

    def _similar(self, words: list[str]) -> list[str]:
        if not words:
            raise ConfigError("similar to what?", expected="similar WORD...")
        expression = parse_expression(words)
        check_known(self._vectors, expression.words)
        return self._nearest(expression.positive, expression.negative)

    def _nearest(self, positive: list[str], negative: list[str]) -> list[str]:
        found = self._vectors.most_similar(positive, negative, topn=self._count, index=self._index)
        return neighbor_lines(found)

    def _similarity(self, words: list[str]) -> list[str]:
        _check_number(words, 2, "similarity A B")
        check_known(self._vectors, words)
        return [f"{float(self._vectors.similarity(*words)):.4f}"]

    def _analogy(self, words: list[str]) -> list[str]:
        _check_number(words, 3, "analogy A B C")
        check_known(self._vectors, words)
        return self._nearest(words[1:], words[:1])

    def _vector(self, words: list[str]) -> list[str]:
        _check_number(words, 1, "vector WORD")
        numbers = [f"{number:9.5f}" for number in self._vectors[words[0]].tolist()]
        starts = range(0, len(numbers), _NUMBERS_PER_LINE)
        return [" ".join(numbers[start : start + _NUMBERS_PER_LINE]) for start in starts]

    def _vocab(self, words: list[str]) -> list[str]:
        if not words:
            return [f"{len(self._vectors):,} words"]
        _check_number(words, 1, "vocab BEGINNING")
        found = [word for word in self._vectors.index_to_key if str(word).startswith(words[0])]
        return [f"{len(found):,} words begin with {words[0]}", *map(str, found[: self._count])]


def split_line(line: str) -> list[str]:
    """The words of a line; quotes keep a word with spaces together, an apostrophe within a word is a letter."""
    lexer = shlex.shlex(line, posix=True, punctuation_chars=False)
    lexer.whitespace_split, lexer.commenters, lexer.escape = True, "", ""
    lexer.quotes = '"'
    try:
        return list(lexer)
    except ValueError as error:
        raise ConfigError("a quote that does not end", found=repr(line)) from error


def _check_number(words: list[str], number: int, form: str) -> None:
    if len(words) != number:
        raise ConfigError("not so many words", expected=form, found=" ".join(words) or "nothing")


def _answer(questions: Questions, line: str) -> bool:
    """Print the answer, or what is wrong; whether there was an answer."""
    try:
        lines = questions.answer(line)
    except KotovecError as error:
        say([f"error: {error}"])
        return False
    if lines:
        print_lines(lines)
    sys.stdout.flush()
    return True


def _lines(source: Iterator[str]) -> Iterator[str]:
    """All lines with something in them, up to `quit`."""
    for raw in source:
        line = raw.strip()
        if line == "quit":
            return
        if line:
            yield line


def _prompted() -> Iterator[str]:
    """What the user types. Ctrl-C forgets the line, Ctrl-D ends."""

    def typed() -> Iterator[str]:
        while True:
            try:
                yield input(_PROMPT)
            except EOFError:
                print_lines([""])
                return
            except KeyboardInterrupt as interrupt:
                if getattr(interrupt, "number", signal.SIGINT) != signal.SIGINT:
                    raise
                print_lines([""])

    return _lines(typed())


@contextmanager
def line_editing(completer: Completer) -> Iterator[None]:
    """History and completion at the prompt, where Python has readline (on Windows it has not)."""
    try:
        import readline
    except ImportError:
        yield
        return
    path = history_path()
    with suppress(OSError):
        readline.read_history_file(path)
    readline.set_history_length(_HISTORY_LINES)
    readline.set_completer(completer.complete)
    readline.set_completer_delims(" \t")
    is_libedit = "libedit" in (readline.__doc__ or "")
    readline.parse_and_bind("bind ^I rl_complete" if is_libedit else "tab: complete")
    try:
        yield
    finally:
        readline.set_completer(None)
        with suppress(OSError):
            path.parent.mkdir(parents=True, exist_ok=True)
            readline.write_history_file(path)


def history_path() -> Path:
    """Where questions are kept: $XDG_STATE_HOME/kotovec/query_history, by default in ~/.local/state."""
    state = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
    return Path(state) / "kotovec" / "query_history"
