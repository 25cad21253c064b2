"""Evaluation files as rows of fields: text in any of the usual forms, its delimiter found by itself."""

from __future__ import annotations

import codecs
import csv
import os
from collections import Counter
from collections.abc import Callable
from typing import NamedTuple, TypeAlias

from kotovec.errors import EvaluationError, MissingSourceError, SourceError

StrPath: TypeAlias = "str | os.PathLike[str]"

DELIMITERS = {"\t": "tab", ",": "comma", ";": "semicolon", " ": "white space"}
_LARGEST = 1 << 28  # bytes; the largest evaluation sets have a megabyte
_SNIFFED = 1000  # lines


class Row(NamedTuple):
    """A line of a file as fields without white space around them."""

    number: int  # from 1
    fields: list[str]


def read_lines(path: StrPath) -> list[tuple[int, str]]:
    """(number, line) of all lines that are neither empty nor a comment (`#`).

    UTF-8, or UTF-16 with a byte order mark. SourceError for a file that cannot be read, EvaluationError for one that
    is no text.
    """
    try:
        with open(path, "rb") as file:
            raw = file.read(_LARGEST + 1)
    except OSError as error:
        if isinstance(error, FileNotFoundError):
            raise MissingSourceError("no such file", path=path) from error
        raise SourceError(f"cannot be read: {error.strerror or error}", path=path) from error
    if len(raw) > _LARGEST:
        raise EvaluationError("too large for an evaluation file", path=path, expected=f"at most {_LARGEST} bytes")
    wide = raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        text = raw.decode("utf-16" if wide else "utf-8-sig")
    except UnicodeDecodeError as error:
        raise EvaluationError(
            "is no UTF-8 text", path=path, place=f"byte {error.start}", hint="save it as UTF-8 first"
        ) from error
    lines = enumerate(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"), 1)
    return [(number, line) for number, line in lines if line.strip() and not line.lstrip().startswith("#")]


def split_lines(lines: list[tuple[int, str]], delimiter: str | None, n_fields: int) -> tuple[list[Row], str]:
    """All lines as rows, and the delimiter: the one given, else the first that gives most lines the same form.

    A delimiter is a candidate where it splits lines into at least `n_fields` fields.
    """
    if delimiter is None:
        sample = [line for _, line in lines[:_SNIFFED]]
        shares = {mark: _agreement(sample, splitter(mark), n_fields) for mark in DELIMITERS}
        delimiter = max(shares, key=lambda mark: shares[mark])  # of equals the first
    split = splitter(delimiter)
    return [Row(number, split(line)) for number, line in lines], delimiter


def splitter(delimiter: str) -> Callable[[str], list[str]]:
    """How to split a line; quotes are understood where the delimiter is a comma or semicolon."""
    if not delimiter.strip(" "):
        return str.split
    if delimiter in (",", ";"):
        return lambda line: [field.strip() for field in _csv_fields(line, delimiter)]
    return lambda line: [field.strip() for field in line.split(delimiter)]


def _csv_fields(line: str, delimiter: str) -> list[str]:
    """The fields of a line; one for a line that is none of CSV, such as one with a NUL or an endless field."""
    try:
        return next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:
        return [line]


def _agreement(lines: list[str], split: Callable[[str], list[str]], n_fields: int) -> float:
    """The share of lines that have the most frequent number of fields, 0 to 1."""
    lengths = Counter(len(split(line)) for line in lines)
    return max((count / len(lines) for length, count in lengths.items() if length >= n_fields), default=0.0)
