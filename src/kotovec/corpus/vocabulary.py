"""Vocabulary: words, their counts, and word <-> word id; no Python object per word until one is asked for."""

from __future__ import annotations

import codecs
import os
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from kotovec.errors import VocabularyError

Bytes: TypeAlias = NDArray[np.uint8]
Longs: TypeAlias = NDArray[np.int64]

WHITE_SPACE = b" \t\n\v\f\r"
_BYTES_AT_ONCE = 1 << 20
_WORDS_AT_ONCE = 1 << 14


class Vocabulary:
    """Words with counts; word id 0 is the first given, which after building is the most frequent.

    The words stand one after the other in one UTF-8 blob; `words` and `word_ids` are made when first asked for.
    Nothing of a vocabulary changes after it is made; its arrays are read-only.
    """

    def __init__(self, words: Iterable[str], counts: Sequence[int] | NDArray[Any] | None = None) -> None:
        """Distinct words in the order of their ids; counts of at least 0, or None where not known (all 0).

        VocabularyError for a word that occurs twice, that is no str, or that has no UTF-8 form.
        """
        encoded = [_encode(word) for word in words]
        ends = np.cumsum(np.fromiter(map(len, encoded), np.int64, len(encoded)), dtype=np.int64)
        self._set(np.frombuffer(b"".join(encoded), np.uint8), ends, counts)
        _ = self.word_ids  # refuses duplicates

    @classmethod
    def from_utf8(cls, blob: Bytes, ends: Longs, counts: Sequence[int] | NDArray[Any] | None = None) -> Vocabulary:
        """From word bytes: word i is `blob[ends[i - 1] : ends[i]]`, `ends` (n_words,) int64 never falling.

        VocabularyError where `ends` does not fit the blob, or a word is no UTF-8. That the words are distinct is
        the caller's promise; `word_ids` raises VocabularyError where it is broken.
        """
        vocabulary = cls.__new__(cls)
        vocabulary._set(blob, ends, counts)
        return vocabulary

    def _set(self, blob: Bytes, ends: Longs, counts: Sequence[int] | NDArray[Any] | None) -> None:
        blob, ends = np.ascontiguousarray(blob, np.uint8), np.ascontiguousarray(ends, np.int64)
        _check_blob(blob, ends)
        self._blob, self._ends = _read_only(blob), _read_only(ends)
        self._counts = _read_only(_checked_counts(counts, len(ends)))

    def __len__(self) -> int:
        return len(self._ends)

    def __iter__(self) -> Iterator[str]:
        return iter(self.words)

    def __contains__(self, word: object) -> bool:
        return word in self.word_ids

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Vocabulary):
            return NotImplemented
        mine, theirs = (self._blob, self._ends, self._counts), (other._blob, other._ends, other._counts)
        return all(np.array_equal(a, b) for a, b in zip(mine, theirs, strict=True))

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"<Vocabulary of {len(self):,} words>"

    @property
    def counts(self) -> Longs:
        """(n_words,) int64, how often each word occurs; read-only."""
        return self._counts

    @property
    def total_count(self) -> int:
        """The sum of all counts."""
        return int(self._counts.sum())

    @property
    def utf8(self) -> tuple[Bytes, Longs]:
        """All words as one UTF-8 blob (uint8), and where each ends ((n_words,) int64); read-only."""
        return self._blob, self._ends

    def word_bytes(self, word_id: int) -> bytes:
        """The UTF-8 form of one word, 0 <= word_id < len(self)."""
        if not 0 <= word_id < len(self):
            raise IndexError(f"word id {word_id} is out of range: the vocabulary has {len(self)} words")
        start = self._ends[word_id - 1] if word_id else 0
        return self._blob[start : self._ends[word_id]].tobytes()

    @cached_property
    def words(self) -> list[str]:
        """All words, in the order of their ids."""
        return [word.decode() for words, _ in self._in_blocks() for word in words]

    @cached_property
    def word_ids(self) -> dict[str, int]:
        """Word -> word id; VocabularyError where a word occurs twice."""
        ids = {word: word_id for word_id, word in enumerate(self.words)}
        if len(ids) < len(self):
            word_id, word = next((i, word) for i, word in enumerate(self.words) if ids[word] != i)
            raise VocabularyError(f"the word {word!r} occurs twice, as word {word_id} and word {ids[word]}")
        return ids

    def write(self, path: str | os.PathLike[str]) -> None:
        """One line per word, `word count`, as word2vec.c reads and writes it.

        VocabularyError for a word that is empty or holds white space; OutputError where nothing can be written.
        """
        from kotovec.atomic import atomic_write

        self._refuse_white_space(path)
        with atomic_write(path) as file:
            for words, counts in self._in_blocks():
                file.write(b"".join(b"%s %d\n" % pair for pair in zip(words, counts, strict=True)))

    def _in_blocks(self) -> Iterator[tuple[list[bytes], list[int]]]:
        """All words and counts, some thousand at a time."""
        for first in range(0, len(self), _WORDS_AT_ONCE):
            ends = self._ends[first : first + _WORDS_AT_ONCE].tolist()
            start = int(self._ends[first - 1]) if first else 0
            text, bounds = self._blob[start : ends[-1]].tobytes(), [0, *(end - start for end in ends)]
            words = [text[a:b] for a, b in zip(bounds, bounds[1:], strict=False)]
            yield words, self._counts[first : first + _WORDS_AT_ONCE].tolist()

    def _refuse_white_space(self, path: str | os.PathLike[str]) -> None:
        white = np.flatnonzero(np.isin(self._blob, np.frombuffer(WHITE_SPACE, np.uint8)))
        empty = np.flatnonzero(np.diff(self._ends, prepend=0) == 0)
        if len(white) or len(empty):
            word_id = int(np.searchsorted(self._ends, white[0], side="right") if len(white) else empty[0])
            word = self.word_bytes(word_id).decode()
            raise VocabularyError(
                f"the word {word!r} cannot stand in a vocabulary file",
                path=path,
                expected="words without white space",
            )

    @classmethod
    def read(cls, path: str | os.PathLike[str]) -> Vocabulary:
        """A file of lines `word count` (what `write` gives, and word2vec.c), in the order of the file.

        VocabularyError names file and line of a line that is not that, and of a word that occurs again.
        """
        from kotovec.corpus.vocabulary_file import read_vocabulary

        return read_vocabulary(path)


def _encode(word: object) -> bytes:
    if not isinstance(word, str):
        raise VocabularyError("a word is a str", found=f"{word!r} ({type(word).__name__})")
    try:
        return word.encode()
    except UnicodeEncodeError as error:
        raise VocabularyError(f"the word {word!r} has no UTF-8 form", found=error.reason) from error


def _check_blob(blob: Bytes, ends: Longs) -> None:
    last = int(ends[-1]) if len(ends) else 0
    if last != len(blob) or (len(ends) and ends[0] < 0) or (ends[1:] < ends[:-1]).any():
        raise VocabularyError("the ends of the words do not fit their bytes", expected=len(blob), found=last)
    if not are_utf8(blob, ends):
        raise VocabularyError("a word is no UTF-8")


def are_utf8(blob: Bytes, ends: Longs) -> bool:
    """Whether all words are UTF-8: word i is `blob[ends[i - 1] : ends[i]]`, and `ends` is sound."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for first in range(0, len(blob), _BYTES_AT_ONCE):
            decoder.decode(blob[first : first + _BYTES_AT_ONCE].tobytes())
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    for first in range(0, len(ends), _WORDS_AT_ONCE):
        starts = ends[first : first + _WORDS_AT_ONCE]
        if ((blob[starts[starts < len(blob)]] & 0xC0) == 0x80).any():  # a word begins inside a character
            return False
    return True


def _checked_counts(counts: Sequence[int] | NDArray[Any] | None, n_words: int) -> Longs:
    if counts is None:
        return np.zeros(n_words, np.int64)
    array = np.asarray(counts)
    if array.shape != (n_words,):
        raise VocabularyError("a count for every word", expected=f"{n_words} counts", found=str(array.shape))
    if n_words and not np.issubdtype(array.dtype, np.integer):
        raise VocabularyError("counts are whole numbers", found=str(array.dtype))
    array = np.ascontiguousarray(array, np.int64)
    if (array < 0).any():
        raise VocabularyError("a count is negative", expected="0 or more", found=int(array.min()))
    return array


def _read_only(array: NDArray[Any]) -> NDArray[Any]:
    view: NDArray[Any] = array.view()
    view.flags.writeable = False
    return view
