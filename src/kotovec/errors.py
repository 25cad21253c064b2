"""One tree of exceptions: what was expected, what came, where, and what to try.

Everything that kotovec raises on purpose is a `KotovecError`; the command line prints it as one line and
exits with its `exit_code`.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import Any


class KotovecError(Exception):
    """Base of all errors that kotovec raises on purpose.

    The text is one line: `path, place: problem: expected X, found Y; try ...`, each part where it is known.
    """

    exit_code = 1

    def __init__(
        self,
        problem: str,
        *,
        path: str | os.PathLike[str] | None = None,
        place: str | None = None,
        expected: object = None,
        found: object = None,
        hint: str | None = None,
    ) -> None:
        self.problem = problem
        self.path = os.fspath(path) if path is not None else None
        self.place = place
        self.expected = expected
        self.found = found
        self.hint = hint
        super().__init__(problem)

    def __str__(self) -> str:
        where = ", ".join(part for part in (self.path, self.place) if part)
        sides = [
            f"{side} {value}"
            for side, value in (("expected", self.expected), ("found", self.found))
            if value is not None
        ]
        text = f"{where}: {self.problem}" if where else self.problem
        if sides:
            text += ": " + ", ".join(sides)
        if self.hint:
            text += f"; {self.hint}"
        return " ".join(text.splitlines())

    def __reduce__(self) -> tuple[Any, ...]:
        """All attributes go with a copy, and into another process, whatever a subclass takes when it is made."""
        return remade, (type(self), dict(vars(self)))


def remade(kind: type[KotovecError], attributes: dict[str, Any]) -> KotovecError:
    """An error with these attributes, `problem` among them, as one of the same kind had them in another process."""
    layout: Any = OSError if issubclass(kind, OSError) else kind  # Python insists on the base that fixes the layout
    error: KotovecError = layout.__new__(kind)
    KotovecError.__init__(error, attributes["problem"])
    vars(error).update(attributes)
    return error


class ConfigError(KotovecError, ValueError):
    """A parameter out of its range, or a combination that has no meaning."""

    exit_code = 2


class UnsupportedError(ConfigError, NotImplementedError):
    """A parameter or file feature of a peer that kotovec does not have (yet)."""


class MissingExtraError(KotovecError, ImportError):
    """An optional package is needed; the text holds the pip command."""

    def __init__(self, package: str, extra: str, purpose: str) -> None:
        super().__init__(f"{purpose} needs the package {package}", hint=f'try: pip install "kotovec[{extra}]"')


class SourceError(KotovecError, OSError):
    """Text that cannot be found, opened, decompressed or read to its end."""


class MissingSourceError(SourceError, FileNotFoundError):
    """Text, or a file of questions, that is not there."""


class EmptyCorpusError(KotovecError, ValueError, RuntimeError):
    """No token to train on: nothing in the sources, or nothing left after min_count. In gensim, a RuntimeError."""


class VocabularyError(KotovecError, ValueError):
    """A vocabulary file or word list that cannot be what it should be."""


class FormatError(KotovecError, ValueError):
    """A file of vectors, or of ids, that is not what its format says."""


class StaleIndexError(FormatError):
    """A search index that was built for other vectors."""


class EvaluationError(KotovecError, ValueError):
    """An evaluation file without anything that could be asked."""


class NoteError(KotovecError, ValueError):
    """A vault that cannot be one, or a note that is not in it."""


class MissingFileError(FormatError, FileNotFoundError):
    """A file of vectors that is not there."""


class OutputError(KotovecError, OSError):
    """A file or folder that cannot be written; whatever stood there before stands there still."""


class BusyError(OutputError):
    """An index that another process is writing."""


class TrainingError(KotovecError, RuntimeError):
    """Training cannot begin or go on."""


class DivergenceError(TrainingError):
    """Weights became infinite or not a number; nothing was saved."""


class MissingWordError(KotovecError, KeyError):
    """Words that are not in the vocabulary; the text names near spellings where there are some.

    `near` may be a function, which is called only when the text is asked for: a search of the vocabulary is too
    dear for a caller who catches a million of these.
    """

    def __init__(self, words: Sequence[str], near: Sequence[str] | Callable[[], Sequence[str]] = ()) -> None:
        self.words = list(words)
        self._near = near
        named = ", ".join(repr(word) for word in self.words)
        super().__init__(f"{named} is not in the vocabulary" if len(words) == 1 else f"not in the vocabulary: {named}")

    @property
    def near(self) -> list[str]:
        """Near spellings, the nearest first."""
        if callable(self._near):
            self._near = self._near()
        return list(self._near)

    def __reduce__(self) -> tuple[Any, ...]:
        self._near = self.near  # a function would hold the whole vocabulary
        return super().__reduce__()

    def __str__(self) -> str:
        self.hint = "near spellings: " + ", ".join(self.near) if self.near else None
        return super().__str__()
