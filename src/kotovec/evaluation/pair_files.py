"""Files of word pairs that people have scored, whatever their form.

Known: WordSim-353, SimLex-999, MEN (natural and lemma forms), RW, and the Japanese sets of Sakaizawa and Komachi
and JWSAN. They differ in delimiter, header, and the columns between and behind words and score.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from kotovec.errors import EvaluationError
from kotovec.evaluation.tables import Row, StrPath, read_lines, split_lines

_NUMERIC = 0.8  # of a column's fields, from which on it is one of numbers
_POS_SUFFIX = re.compile(r"-[nvjar]$")  # MEN's lemmas: sun-n, bright-j
_WORD_COLUMN = re.compile(r"^word\W*([12])$", re.IGNORECASE)
_SHOWN = 60  # characters of a bad line


@dataclass(frozen=True, slots=True)
class WordPair:
    """Two words and what people think of their similarity, on the file's own scale; higher is closer."""

    first: str
    second: str
    score: float


@dataclass(frozen=True, slots=True)
class PairFile:
    """What a file of word pairs holds."""

    pairs: list[WordPair]
    delimiter: str
    header: list[str] | None
    skipped: list[int]  # numbers of lines that hold no pair


def read_word_pairs(path: StrPath, delimiter: str | None = None) -> PairFile:
    """All pairs of a file. The delimiter is found by itself, as are a header and the columns.

    The words are the columns that a header calls word1 and word2, else the first two that are no numbers; the score
    is the first column of numbers behind them. EvaluationError for a file without a pair.
    """
    rows, mark = split_lines(read_lines(path), delimiter, 3)
    if not rows:
        raise EvaluationError("an empty file", path=path, expected="lines of word, word, score")
    first, second, score = _columns(rows, path)
    pairs, skipped = [], []
    for row in rows:
        pair = _pair(row.fields, first, second, score)
        if pair is None:
            skipped.append(row.number)
        else:
            pairs.append(pair)
    header = None
    if skipped[:1] == [rows[0].number] and len(rows[0].fields) > score:
        header = rows[0].fields
        del skipped[0]
    return PairFile(_without_suffixes(pairs), mark, header, skipped)


def _columns(rows: list[Row], path: StrPath) -> tuple[int, int, int]:
    """Which columns are the two words and the score."""
    width = max(len(row.fields) for row in rows)
    numeric = [_is_numeric(rows, column) for column in range(width)]
    named = {found[1]: column for column, field in enumerate(rows[0].fields) if (found := _WORD_COLUMN.match(field))}
    words = [column for column in range(width) if not numeric[column]][:2]
    if len(named) == 2:
        words = [named["1"], named["2"]]
    scores = [column for column in range(width) if numeric[column] and len(words) == 2 and column > max(words)]
    if not scores:
        raise EvaluationError(
            "no word pairs",
            path=path,
            place=f"line {rows[0].number}",
            expected="lines of word, word, score",
            found=repr(" ".join(rows[0].fields)[:_SHOWN]),
            hint="these look like analogies" if rows[0].fields[0].startswith(":") else None,
        )
    return words[0], words[1], scores[0]


def _is_numeric(rows: list[Row], column: int) -> bool:
    """Whether nearly all fields of a column are numbers; the first row may be a header."""
    fields = [row.fields[column] for row in rows if len(row.fields) > column]
    body = fields[1:] or fields
    return sum(_number(field) is not None for field in body) >= _NUMERIC * len(body)


def _number(field: str) -> float | None:
    """A finite number, with a point or a comma."""
    try:
        value = float(field.replace(",", "."))
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _pair(fields: list[str], first: int, second: int, score: int) -> WordPair | None:
    if len(fields) <= max(first, second, score):
        return None
    value = _number(fields[score])
    return WordPair(fields[first], fields[second], value) if value is not None else None


def _without_suffixes(pairs: list[WordPair]) -> list[WordPair]:
    """The pairs without marks of the part of speech, where every word has one."""
    if not all(_POS_SUFFIX.search(word) for pair in pairs for word in (pair.first, pair.second)):
        return pairs
    return [WordPair(pair.first[:-2], pair.second[:-2], pair.score) for pair in pairs]
