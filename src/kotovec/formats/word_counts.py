"""Words with counts as lines `word<TAB>count`, as the native folder and .npy have them beside their vectors."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

import numpy as np

from kotovec.corpus.vocabulary import Vocabulary
from kotovec.errors import FormatError
from kotovec.formats.files import Bytes, Longs, make_vocabulary
from kotovec.formats.words import are_distinct

_LONGEST_COUNT = 18  # digits; more do not fit an int64
_BLOCK_WORDS = 1 << 14
_LINES_AT_ONCE = 1 << 16


def write_word_counts(file: BinaryIO, vocabulary: Vocabulary) -> None:
    """All words and counts; that no word holds a tab or line end is the caller's promise."""
    blob, ends = vocabulary.utf8
    words, counts, start = blob.data, vocabulary.counts, 0
    for first in range(0, len(vocabulary), _BLOCK_WORDS):
        block = slice(first, first + _BLOCK_WORDS)
        pieces: list[bytes | memoryview] = []
        for end, count in zip(ends[block].tolist(), counts[block].tolist(), strict=True):
            pieces += (words[start:end], b"\t%d\n" % count)
            start = end
        file.write(b"".join(pieces))


def read_word_counts(path: Path, n_words: int) -> Vocabulary:
    """The vocabulary in a file, read without a Python object per line.

    FormatError where it has not `n_words` lines, a damaged one, or a word twice.
    """
    try:
        raw = np.fromfile(path, np.uint8)
    except OSError as error:
        raise FormatError(f"cannot read: {error.strerror or error}", path=path) from error
    n_lines = int(np.count_nonzero(raw == 10))
    if n_lines != n_words or (len(raw) and raw[-1] != 10):
        raise FormatError(
            "wrong number of lines", path=path, expected=f"{n_words}, as there are vectors", found=n_lines
        )
    line_ends = np.flatnonzero(raw == 10)
    counts, ends, words, start = np.empty(n_words, np.int64), np.empty(n_words, np.int64), bytearray(), 0
    for first in range(0, n_words, _LINES_AT_ONCE):
        lines = line_ends[first : first + _LINES_AT_ONCE] - start
        block = slice(first, first + len(lines))
        found, lengths, counts[block] = _parse(raw[start : start + int(lines[-1]) + 1], lines, first, path)
        ends[block] = np.cumsum(lengths) + len(words)
        words += found.data
        start += int(lines[-1]) + 1
    del raw, line_ends
    vocabulary = make_vocabulary(np.frombuffer(words, np.uint8), ends, path, counts)
    if not are_distinct(vocabulary):
        try:
            _ = vocabulary.word_ids
        except ValueError as error:
            raise FormatError(str(error), path=path) from error
    return vocabulary


def _parse(raw: Bytes, line_ends: Longs, first: int, path: Path) -> tuple[Bytes, Longs, Longs]:
    """Word bytes, the length of each word, and counts, of lines that end at `line_ends`; the first is word `first`."""
    tabs, starts = np.flatnonzero(raw == 9), np.concatenate([[0], line_ends[:-1] + 1])
    if len(tabs) != len(line_ends) or (tabs < starts).any() or (tabs > line_ends).any():
        raise FormatError("a damaged line", path=path, expected="lines of the form: word<TAB>count")
    counts = _parse_counts(raw, tabs + 1, line_ends, first, path)
    return _cut(raw, starts, tabs), tabs - starts, counts


def _parse_counts(raw: Bytes, starts: Longs, ends: Longs, first: int, path: Path) -> Longs:
    lengths = ends - starts
    counts = np.zeros(len(starts), np.int64)
    for place in range(min(int(lengths.max(initial=0)), _LONGEST_COUNT)):
        here = lengths > place
        digits = raw[starts[here] + place].astype(np.int64) - 48
        lengths[here] -= np.where((digits < 0) | (digits > 9), 1000, 0)  # marks what is no number
        counts[here] = 10 * counts[here] + digits
    bad = np.flatnonzero((ends - starts != lengths) | (lengths < 1) | (lengths > _LONGEST_COUNT))
    if len(bad):
        raise FormatError("a count is no whole number", path=path, place=f"line {first + int(bad[0]) + 1}")
    return counts


def _cut(raw: Bytes, starts: Longs, ends: Longs) -> Bytes:
    """The bytes of all spans starts[i]:ends[i], one after the other."""
    edges = np.zeros(len(raw) + 1, np.int8)
    edges[starts] += 1
    edges[ends] -= 1  # an empty span adds and takes at one place
    return raw[np.cumsum(edges[:-1], dtype=np.int8).view(np.bool_)]
