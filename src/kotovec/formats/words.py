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
_FIRST_BYTES = np.array([(1 << 8 * n) - 1 for n in range(9)], np.uint64)  # of eight, the first the lowest
_ODD = np.uint64(0x9E3779B97F4A7C15)  # 2**64 divided by the golden ratio


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

    Words are told apart by hashes of 64 bits, equal words by equal ones. Where two are equal, the words decide.
    """
    blob, ends = vocabulary.utf8
    hashes = np.empty(len(ends), np.uint64)
    first = start = 0
    while first < len(ends):
        last = int(np.searchsorted(ends, start + _BYTES_AT_ONCE, side="right"))
        last = min(max(first + 1, last), first + _BYTES_AT_ONCE)
        hashes[first:last] = _hashes(blob[start : ends[last - 1]], np.diff(ends[first:last], prepend=start))
        first, start = last, int(ends[last - 1])
    hashes.sort()
    return not (hashes[1:] == hashes[:-1]).any() or len(set(vocabulary.words)) == len(vocabulary)


def _hashes(blob: Bytes, lengths: Longs) -> NDArray[np.uint64]:
    """(n_words,) of words of these lengths: eight bytes in turn, turned over by a multiplication and a shift."""
    eights: NDArray[np.uint64] = np.ndarray((len(blob) + 1,), "<u8", blob.tobytes() + bytes(8), strides=(1,))
    hashes = lengths.astype(np.uint64)
    left, starts, rest = np.arange(len(lengths)), np.cumsum(lengths) - lengths, lengths
    while len(left):
        turned = (hashes[left] ^ eights[starts] & _FIRST_BYTES[np.minimum(rest, 8)]) * _ODD
        hashes[left] = turned ^ turned >> np.uint64(32)
        longer = rest > 8
        left, starts, rest = left[longer], starts[longer] + 8, rest[longer] - 8
    return hashes


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
