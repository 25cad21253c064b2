"""MCV1: vectors by word id. 32 bytes of header, then rows; row r is word id r, ids without a vector are zeros.

Header, eight little-endian u32: magic 0x3143564D, vocab_size, dim, data_type (0 f32, 1 f16, 2 i8), four reserved;
for i8 the first reserved word holds the bits of one float32 scale. All is memory-mapped when read. The file
holds no words: they are the decimal ids, or come from a TSV `word_id<TAB>surface`.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kotovec.atomic import StrPath
from kotovec.corpus.vocabulary import Vocabulary
from kotovec.errors import ConfigError, FormatError
from kotovec.formats.files import (
    Floats,
    Longs,
    check_room,
    check_vector_size,
    open_input,
    open_output,
    read_up_to,
    row_blocks,
)
from kotovec.formats.safetensors import map_rows
from kotovec.formats.stored_rows import StoredRows

MAGICS = (b"MVC1", b"MCV1")  # the first is 0x3143564D, which is what real files begin with
HEADER = struct.Struct("<4sIIIf12x")
DTYPES = ("f32", "f16", "i8")
LARGEST_ID = 2**32 - 2  # vocab_size = id + 1 is a u32
_NUMPY = (np.dtype("<f4"), np.dtype("<f2"), np.dtype("i1"))
_MAX_DIGITS = 10
_LARGEST = float(np.finfo(np.float32).max)


class Mcv1Header(NamedTuple):
    """A header that agrees with the length of its file."""

    n_words: int
    vector_size: int
    dtype: str  # f32, f16 or i8
    scale: float  # of i8


def write_mcv1(
    path: StrPath,
    vocabulary: Vocabulary,
    vectors: NDArray[np.floating],
    *,
    max_word_id: int | None = None,
    dtype: str = "f32",
) -> None:
    """Write the vector of each word at the row of its id; rows 0 to `max_word_id` (None: the largest id).

    `dtype` is f32, f16 or i8. FormatError for a word that is no decimal id, an id above `max_word_id`, or a number
    that is not finite (for f16: above 65504).
    """
    if dtype not in DTYPES:
        raise ConfigError("no data type of MCV1", expected=" or ".join(DTYPES), found=repr(dtype))
    ids = check_ids(vocabulary, max_word_id)
    n_rows = 1 + (int(ids.max(initial=-1)) if max_word_id is None else max_word_id)
    kind, vector_size = DTYPES.index(dtype), vectors.shape[1]
    check_vector_size(vector_size, path)
    check_room(path, HEADER.size + n_rows * vector_size * _NUMPY[kind].itemsize)
    scale = _i8_scale(vectors, path) if dtype == "i8" else 0.0
    with open_output(path) as file:
        file.write(HEADER.pack(MAGICS[0], n_rows, vector_size, kind, scale))
        for rows in _rows_by_id(vectors, ids, n_rows, path):
            file.write(_converted(rows, dtype, scale, path).data)


def check_ids(vocabulary: Vocabulary, max_word_id: int | None) -> Longs:
    """(n_words,) int64: each word as a number. FormatError for a word that is no id, or above `max_word_id`.

    An id is a plain decimal number from 0 to 2**32 - 2: digits 0 to 9, no sign, no leading zero.
    """
    if max_word_id is not None and not 0 <= max_word_id <= LARGEST_ID:
        raise ConfigError("max_word_id is out of range", expected=f"0 to {LARGEST_ID}", found=max_word_id)
    blob, ends = vocabulary.utf8
    lengths = np.diff(ends, prepend=0)
    starts = ends - lengths
    bad = (lengths < 1) | (lengths > _MAX_DIGITS)
    ids = np.zeros(len(ends), np.int64)
    for place in range(_MAX_DIGITS):
        here = np.flatnonzero((lengths > place) & ~bad)
        digits = blob[starts[here] + place].astype(np.int64) - 48
        wrong = (digits < 0) | (digits > 9) | ((digits == 0) & (place == 0) & (lengths[here] > 1))
        bad[here] |= wrong
        ids[here] = 10 * ids[here] + digits
    if bad.any():
        word = vocabulary.word_bytes(int(np.flatnonzero(bad)[0])).decode()
        raise FormatError(
            f"the word {word!r} is no word id",
            expected="plain decimal numbers, as the format mcv1 holds no words",
            hint="write another format",
        )
    largest = LARGEST_ID if max_word_id is None else max_word_id
    if len(ids) and ids.max() > largest:
        above = int((ids > largest).sum())
        raise FormatError(
            f"{above} of {len(ids)} word ids are above the largest allowed",
            expected=f"ids up to {largest}",
            found=int(ids[ids > largest][0]),
            hint="raise --max-word-id" if largest < LARGEST_ID else None,
        )
    return ids


def _rows_by_id(vectors: NDArray[np.floating], ids: Longs, n_rows: int, path: StrPath) -> Iterator[Floats]:
    """All rows in the order of ids, about a megabyte at a time."""
    order = np.argsort(ids)
    sorted_ids = ids[order]
    step = max(1, (1 << 18) // vectors.shape[1])
    for first in range(0, n_rows, step):
        a, b = np.searchsorted(sorted_ids, (first, first + step))
        rows = np.zeros((min(step, n_rows - first), vectors.shape[1]), np.float32)
        for at, block in row_blocks(vectors[order[a:b]], path):
            rows[sorted_ids[a + at : a + at + len(block)] - first] = block
        yield rows


def _i8_scale(vectors: NDArray[np.floating], path: StrPath) -> float:
    largest = max((float(np.abs(rows).max(initial=0)) for _, rows in row_blocks(vectors, path)), default=0.0)
    return float(np.float32(largest / 127))


def _converted(rows: Floats, dtype: str, scale: float, path: StrPath) -> NDArray[np.generic]:
    if dtype == "f32":
        return rows.astype("<f4", copy=False)
    if dtype == "i8":
        return np.clip(np.rint(rows / scale), -127, 127).astype(np.int8) if scale else np.zeros(rows.shape, np.int8)
    with np.errstate(over="ignore"):
        half = rows.astype("<f2")
    if not np.isfinite(half).all():
        raise FormatError("a number is too large for f16", path=path, expected="at most 65504")
    return half


def read_header(path: StrPath) -> Mcv1Header:
    """The header, checked against the length of the file; FormatError where they do not agree."""
    with open_input(path) as (stream, size):
        start = read_up_to(stream, HEADER.size)
    if start[:4] not in MAGICS:
        raise FormatError("no MCV1 file", path=path, expected="MVC1 at its start", found=repr(start[:4]))
    if len(start) < HEADER.size or size is None:
        raise FormatError("the header is cut off", path=path, expected=f"{HEADER.size} bytes", found=len(start))
    _, n_words, vector_size, kind, scale = HEADER.unpack(start)
    if kind >= len(DTYPES):
        raise FormatError("unknown data type", path=path, place="byte 12", expected="0, 1 or 2", found=kind)
    check_vector_size(vector_size, path)
    wanted = HEADER.size + n_words * vector_size * _NUMPY[kind].itemsize
    if wanted != size:
        raise FormatError(
            f"wrong length for {n_words} rows of {vector_size} numbers",
            path=path,
            expected=f"{wanted} bytes",
            found=f"{size} bytes",
        )
    if kind == 2 and not (scale >= 0 and scale * 128 <= _LARGEST):
        raise FormatError("the scale is no number", path=path, place="byte 16", found=scale)
    return Mcv1Header(n_words, vector_size, DTYPES[kind], scale)


def read_mcv1(path: StrPath) -> Floats | StoredRows:
    """(n_words, vector_size) by word id, memory-mapped; f16 and i8 become float32 where they are asked for."""
    header = read_header(path)
    shape = (header.n_words, header.vector_size)
    mapped: Floats = map_rows(path, HEADER.size, shape, _NUMPY[DTYPES.index(header.dtype)])
    if header.dtype == "f32":
        return mapped
    return StoredRows(mapped, header.scale if header.dtype == "i8" else None, path)


def decimal_words(n_words: int) -> Vocabulary:
    """The ids 0 to n_words - 1 as words, without a Python object for each."""
    blobs, lengths, first = [], [], 0
    while first < n_words:
        digits = max(1, len(str(first)))
        last = min(n_words, 10**digits)
        numbers = np.arange(first, last, dtype=np.int64)
        text = np.empty((len(numbers), digits), np.uint8)
        for place in range(digits - 1, -1, -1):
            numbers, text[:, place] = np.divmod(numbers, 10)
        blobs.append((text + np.uint8(48)).reshape(-1))
        lengths.append(np.full(len(text), digits, np.int64))
        first = last
    empty = np.empty(0, np.uint8), np.empty(0, np.int64)
    ends = np.cumsum(np.concatenate([empty[1], *lengths]), dtype=np.int64)
    return Vocabulary.from_utf8(np.concatenate([empty[0], *blobs]), ends)
