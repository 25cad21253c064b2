"""The words that a reader met: decoded, made distinct, and their rows with them."""

from __future__ import annotations

import warnings

import numpy as np
from numpy.typing import NDArray

from kotovec.atomic import StrPath
from kotovec.corpus.vocabulary import Vocabulary
from kotovec.errors import FormatError
from kotovec.formats.files import Bytes, Floats, Longs, make_vocabulary

_BYTES_AT_ONCE = 1 << 17
_WORDS_AT_ONCE = 1 << 16


def distinct_words(
    blob: Bytes,
    ends: Longs,
    rows: Floats,
    path: StrPath,
    *,
    encoding: str = "utf-8",
    unicode_errors: str = "strict",
) -> tuple[Vocabulary, Floats]:
    """A vocabulary of the words `blob[ends[i - 1] : ends[i]]`, and their rows.

    Of words that occur twice the first stays, as in gensim, with a warning. FormatError where a word cannot be
    decoded; `encoding` and `unicode_errors` are those of `bytes.decode`. No word is decoded before it is asked for.
    """
    if encoding.lower().replace("-", "") == "utf8" and unicode_errors == "strict":
        vocabulary = make_vocabulary(blob, ends, path)
        return (vocabulary, rows) if are_distinct(vocabulary) else _keep_first(vocabulary.words, rows, path)
    bounds, text = ends.tolist(), blob.tobytes()
    try:
        words = [text[a:b].decode(encoding, unicode_errors) for a, b in zip([0, *bounds], bounds, strict=False)]
    except (UnicodeDecodeError, LookupError) as error:
        raise FormatError(f"a word cannot be decoded: {error}", path=path) from error
    return _keep_first(words, rows, path)


def reordered(vocabulary: Vocabulary, order: Longs, prefix: str, counts: Longs | None) -> Vocabulary:
    """The words in another order, `prefix` before each, with other counts; no Python object for each word."""
    blob, ends = vocabulary.utf8
    before, lengths = prefix.encode(), np.diff(ends, prepend=0)
    new_ends = np.cumsum(lengths[order] + len(before), dtype=np.int64)
    out = np.empty(int(new_ends[-1]) if len(order) else 0, np.uint8)
    for first in range(0, len(order), _WORDS_AT_ONCE):
        ids = order[first : first + _WORDS_AT_ONCE]
        size, starts = lengths[ids], new_ends[first : first + len(ids)] - lengths[ids]
        inside = np.arange(int(size.sum())) - np.repeat(np.cumsum(size) - size, size)
        out[np.repeat(starts, size) + inside] = blob[np.repeat(ends[ids] - size, size) + inside]
        for place, byte in enumerate(before):
            out[starts - len(before) + place] = byte
    return Vocabulary.from_utf8(out, new_ends, counts)


def are_distinct(vocabulary: Vocabulary) -> bool:
    """Whether no word occurs twice, without a Python object for each.

    Words are told apart by sums of their bytes times random numbers, by place, modulo 2**64: equal words have equal
    sums. Where two sums are equal, the words themselves decide.
    """
    blob, ends = vocabulary.utf8
    sums = np.zeros(len(ends), np.uint64)
    first = start = 0
    while first < len(ends):
        last = int(np.searchsorted(ends, start + _BYTES_AT_ONCE, side="right"))
        last = min(max(first + 1, last), first + _BYTES_AT_ONCE)
        _add_sums(blob[start : ends[last - 1]], np.diff(ends[first:last], prepend=start), sums[first:last])
        first, start = last, int(ends[last - 1])
    sums.sort()
    return not (sums[1:] == sums[:-1]).any() or len(set(vocabulary.words)) == len(vocabulary)


def _add_sums(blob: Bytes, lengths: Longs, sums: NDArray[np.uint64]) -> None:
    """Fill `sums` for words of these lengths; that of an empty word stays 0."""
    factors = np.random.default_rng(1).integers(0, 2**64, int(lengths.max(initial=0)), np.uint64)
    starts = np.cumsum(lengths) - lengths
    places = np.arange(len(blob)) - np.repeat(starts, lengths)
    terms = factors[places] * (blob.astype(np.uint64) + np.uint64(1))
    filled = lengths > 0
    if filled.any():
        sums[filled] = np.add.reduceat(terms, starts[filled])


def _keep_first(words: list[str], rows: Floats, path: StrPath) -> tuple[Vocabulary, Floats]:
    first: dict[str, int] = {}
    for row, word in enumerate(words):
        first.setdefault(word, row)
    dropped = len(words) - len(first)
    if dropped:
        again = next(word for row, word in enumerate(words) if first[word] != row)
        text = f"{path}: {dropped} rows dropped whose words occur before, such as {again!r}"
        warnings.warn(text, UserWarning, stacklevel=2)
        for target, source in enumerate(first.values()):  # in place, since a copy would double the memory
            rows[target] = rows[source]
        rows = rows[: len(first)]
    return Vocabulary(first), rows
