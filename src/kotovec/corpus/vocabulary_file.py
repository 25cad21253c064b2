"""Reading a file of lines `word count`, as `Vocabulary.write` and word2vec.c write it."""

from __future__ import annotations

import codecs
import os
from pathlib import Path

import numpy as np

from kotovec.corpus.vocabulary import WHITE_SPACE, Vocabulary
from kotovec.errors import VocabularyError

_LARGE_FILE = 1 << 22  # bytes, from which on machine code reads it


def read_vocabulary(path: str | os.PathLike[str]) -> Vocabulary:
    """What `Vocabulary.read` gives."""
    try:
        data = Path(path).read_bytes().removeprefix(codecs.BOM_UTF8)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise VocabularyError(f"the vocabulary cannot be read: {reason}", path=path) from error
    return (len(data) >= _LARGE_FILE and _read_fast(data)) or _read_lines(data, path)


def _read_fast(data: bytes) -> Vocabulary | None:
    """The vocabulary in a file, without a Python object per word; None where anything is wrong with it."""
    from kotovec.corpus.counting import TypeCounter
    from kotovec.kernels.tokens import PADDING
    from kotovec.kernels.word_lines import parse_lines

    array = np.frombuffer(data + b"\n" * (1 + PADDING), np.uint8).copy()
    n_lines = int(np.count_nonzero(array == 0x0A))
    ends, counts = np.empty(n_lines, np.int64), np.empty(n_lines, np.int64)
    kinds = np.zeros(256, np.uint8)
    kinds[list(WHITE_SPACE)] = 1
    n_words = int(parse_lines(array, kinds, ends, counts))
    if n_words < 1:
        return None
    ends.resize(n_words, refcheck=False)
    counts.resize(n_words, refcheck=False)
    used = int(ends[-1])
    try:
        vocabulary = Vocabulary.from_utf8(array[:used].copy(), ends, counts)
    except VocabularyError:
        return None
    records = np.zeros(2 * n_words + 2, np.int64)
    records[2::2] = ends
    counter = TypeCounter()
    counter.merge(records, array, n_words)
    return vocabulary if len(counter) == n_words else None


def _read_lines(data: bytes, path: str | os.PathLike[str]) -> Vocabulary:
    """The vocabulary in a file; VocabularyError names the line of whatever is wrong with it."""
    ids: dict[str, int] = {}
    counts: list[int] = []
    for number, line in enumerate(data.split(b"\n"), 1):
        if line.strip(WHITE_SPACE):
            word, count = _parse(line, path, number)
            if word in ids:
                raise VocabularyError(f"the word {word!r} occurs twice", path=path, place=f"line {number}")
            ids[word] = len(ids)
            counts.append(count)
    if not ids:
        raise VocabularyError("the vocabulary is empty", path=path, expected="lines of the form: word count")
    return Vocabulary(ids, counts)


def _parse(line: bytes, path: str | os.PathLike[str], number: int) -> tuple[str, int]:
    """Word and count of one line; VocabularyError where it has another form."""
    parts = line.split()
    if len(parts) == 2 and parts[1].isdigit() and len(parts[1]) < 19:
        try:
            return parts[0].decode(), int(parts[1])
        except UnicodeDecodeError:
            pass
    raise VocabularyError(
        "not a line of a vocabulary",
        path=path,
        place=f"line {number}",
        expected="word and count",
        found=repr(line[:60].decode("utf-8", "replace")),
    )
