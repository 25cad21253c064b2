"""The word ids of a dictionary: a file `word_id<TAB>feature`, as the analyser dumps it, or `word_id<TAB>surface`."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field

from kotovec.corpus.features import POS, base_field, is_dictionary_form, split_feature
from kotovec.errors import FormatError

LARGEST_ID = 2**32 - 2
_FIELDS, _BASE = 7, 6  # of IPADIC's features: at least so many; where the base form is


@dataclass
class IdMap:
    """Word ids in decimal by feature and by word; where several entries are alike, the first has its id."""

    by_feature: dict[str, str] = field(default_factory=dict)
    by_word: dict[str, str] = field(default_factory=dict)  # also of `word<TAB>pos`, of other parts than the first's
    _first_pos: dict[str, str] = field(default_factory=dict)

    def find(self, word: str, feature: str, pos: str, *, exact: bool) -> str | None:
        """The id of a word, None where it has none.

        `exact`: that of its very feature comes first; then that of its base form, the same part of speech first.
        """
        return (
            (self.by_feature.get(feature) if exact else None)
            or self.by_word.get(f"{word}\t{pos}")
            or self.by_word.get(word)
        )

    def add(self, word: str, pos: str, word_id: str) -> None:
        """A word with its part of speech; who came before stays."""
        if self._first_pos.setdefault(word, pos) == pos:
            self.by_word.setdefault(word, word_id)
        else:
            self.by_word.setdefault(f"{word}\t{pos}", word_id)


def read_id_map(path: str | os.PathLike[str]) -> IdMap:
    """FormatError names the line that has no id, or an id that came before; `#` begins a comment."""
    ids, inflected = IdMap(), IdMap()
    for word_id, text in read_pairs(path):
        fields = split_feature(text)
        word = _word(text, fields)
        if len(fields) < _FIELDS:
            ids.add(word, "", word_id)
            continue
        ids.by_feature.setdefault(text, word_id)
        if word:
            (ids if is_dictionary_form(fields) else inflected).add(word, sys.intern(fields[POS]), word_id)
    for word, word_id in inflected.by_word.items():
        ids.by_word.setdefault(word, word_id)
    if not (ids.by_word or ids.by_feature):
        raise FormatError("the id map is empty", path=path, expected="lines of the form: word_id<TAB>feature")
    ids._first_pos.clear()
    return ids


def read_words(path: str | os.PathLike[str]) -> Iterator[tuple[str, str]]:
    """Word ids of an id map, and their words: base forms, or surfaces; entries without a word are left out."""
    for word_id, text in read_pairs(path):
        if word := _word(text, split_feature(text)):
            yield word_id, word


def _word(text: str, fields: list[str]) -> str:
    if len(fields) < _FIELDS:
        return text
    word = fields[base_field(len(fields)) or _BASE]
    return "" if word == "*" else word


def largest_id(path: str | os.PathLike[str]) -> int:
    """The largest id of an id map; FormatError as for `read_id_map`."""
    return max((int(word_id) for word_id, _ in read_pairs(path)), default=0)


def read_pairs(path: str | os.PathLike[str]) -> Iterator[tuple[str, str]]:
    """Word ids in decimal, and what stands behind the tab; FormatError for an id that comes twice, or is none."""
    seen: set[str] = set()
    for number, line in enumerate(_lines(path), 1):
        if line and not line.startswith("#"):
            word_id, text = _parse(line, path, number)
            if word_id in seen:
                raise FormatError(f"the id {word_id} comes twice", path=path, place=f"line {number}")
            seen.add(word_id)
            yield word_id, text


def _lines(path: str | os.PathLike[str]) -> Iterator[str]:
    try:
        with open(path, encoding="utf-8-sig", newline="\n") as file:
            for line in file:
                yield line.rstrip("\r\n")
    except UnicodeDecodeError as error:
        raise FormatError(f"word ids that are no UTF-8: {error.reason}", path=path) from error
    except OSError as error:
        raise FormatError(f"word ids that cannot be read: {error.strerror or error}", path=path) from error


def _parse(line: str, path: str | os.PathLike[str], number: int) -> tuple[str, str]:
    word_id, tab, feature = line.partition("\t")
    plain = word_id.isascii() and word_id.isdigit() and len(word_id) <= 10 and str(int(word_id)) == word_id
    if not tab or not feature or not plain or int(word_id) > LARGEST_ID:
        raise FormatError(
            "not a line of word ids",
            path=path,
            place=f"line {number}",
            expected="word_id, a tab, and a feature or surface",
            found=repr(line[:40]),
        )
    return word_id, feature
