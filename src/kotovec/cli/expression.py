"""Sums of words as people write them: `king - man + woman`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kotovec.errors import ConfigError, EvaluationError

if TYPE_CHECKING:
    from kotovec.vectors import KeyedVectors

_MINUS = ("-", "\u2212", "\u2013")  # and what word processors make of it
_SIGNS = ("+", *_MINUS)


@dataclass(frozen=True, slots=True)
class Expression:
    """Words to add and words to take away."""

    positive: list[str]
    negative: list[str]

    @property
    def words(self) -> list[str]:
        """All words."""
        return [*self.positive, *self.negative]


def parse_expression(words: Sequence[str], minus: Sequence[str] = ()) -> Expression:
    """Words with `+` and `-` between them, each as an argument of its own, or all in one.

    Words side by side are added; a sign that is alone is a word. ConfigError for a sign without a word, and where
    there is nothing to add.
    """
    parts = [part for word in words for part in _split(word)]
    if len(parts) == 1:
        return Expression(parts, list(minus))
    positive: list[str] = []
    negative: list[str] = list(minus)
    sign = ""
    for part in parts:
        if part in _SIGNS:
            if sign:
                raise ConfigError("two signs side by side", expected="words with + or - between them", found=part)
            sign = part
        else:
            (negative if sign in _MINUS else positive).append(part)
            sign = ""
    if sign:
        raise ConfigError("a sign without a word behind it", expected="king - man + woman", found=" ".join(parts))
    if not positive:
        raise ConfigError("no word to look for, only words to take away", found=" ".join([*parts, *minus]))
    return Expression(positive, negative)


def _split(text: str) -> list[str]:
    """The parts of an argument that is itself a sum; any other argument is one word, spaces and all."""
    parts = text.split()
    return parts if any(part in _SIGNS for part in parts) else [text]


def check_known(vectors: KeyedVectors, words: Iterable[str]) -> None:
    """MissingWordError that names all words which are unknown."""
    vectors.get_indices(words)


def known_of_file(vectors: KeyedVectors, path: str) -> tuple[list[str], list[str]]:
    """The words of a file, one per line (what stands behind a tab is passed over): those known, and those not.

    EvaluationError where none is known.
    """
    from kotovec.evaluation.tables import read_lines

    words = list(dict.fromkeys(line.split("\t")[0].strip() for _, line in read_lines(path)))
    known = [word for word in words if word in vectors]
    if not known:
        raise EvaluationError("no word of the vocabulary", path=path, expected="one word per line")
    return known, [word for word in words if word not in vectors]
