"""Machine code over UTF-8 text: where to cut it, whether it is valid, and where its words begin and end."""

from __future__ import annotations

import numpy as np
from numba import types

from kotovec.kernels.jit import inline, kernel

OTHER, LETTER, JOINER, IGNORED = 0, 1, 2, 3  # classes of characters

_LONGS = types.Array(types.int64, 1, "C")
_BYTES = types.Array(types.uint8, 1, "C")


@kernel(types.int64(_BYTES, types.int64, types.int64, _BYTES))
def cut_after(data, low, high, kinds):  # type: ignore[no-untyped-def]
    """One behind the last byte b of `data[low:high]` with `kinds[b]` not 0; `low` where there is none."""
    while high > low and kinds[data[high - 1]] == 0:
        high -= 1
    return high


@inline
def _character_length(data, i, end):  # type: ignore[no-untyped-def]
    """Bytes of the character at `data[i]`, 0 where it is no UTF-8 (Unicode, table 3-7)."""
    first = data[i]
    if first < 0x80:
        return 1
    length = 2 if first < 0xE0 else 3 if first < 0xF0 else 4
    if first < 0xC2 or first > 0xF4 or i + length > end:
        return 0
    second = data[i + 1]
    low = 0xA0 if first == 0xE0 else 0x90 if first == 0xF0 else 0x80
    high = 0x9F if first == 0xED else 0x8F if first == 0xF4 else 0xBF
    if second < low or second > high:
        return 0
    for j in range(i + 2, i + length):
        if data[j] & 0xC0 != 0x80:
            return 0
    return length


@kernel(types.int64(_LONGS, _BYTES, types.int64, _BYTES))
def mark_invalid(records, blob, n_types, marks):  # type: ignore[no-untyped-def]
    """Set `marks[i]` to 1 for each type i (as in a TypeTable) that is no UTF-8, else to 0; their number."""
    found = 0
    for type_id in range(n_types):
        i, end = records[2 * type_id], records[2 * type_id + 2]
        length = 1
        while i < end and length:
            length = _character_length(blob, i, end)
            i += length
        marks[type_id] = length == 0
        found += length == 0
    return found


@inline
def _code_point(data, i):  # type: ignore[no-untyped-def]
    """The character at `data[i]` of valid UTF-8, and its length in bytes."""
    first = np.int64(data[i])
    if first < 0x80:
        return first, 1
    if first < 0xE0:
        return (first & 0x1F) << 6 | np.int64(data[i + 1] & 0x3F), 2
    middle = np.int64(data[i + 1] & 0x3F) << 6 | np.int64(data[i + 2] & 0x3F)
    if first < 0xF0:
        return (first & 0x0F) << 12 | middle, 3
    return (first & 0x07) << 18 | middle << 6 | np.int64(data[i + 3] & 0x3F), 4


@kernel(types.int64(_BYTES, types.int64, _BYTES))
def separate_words(data, size, classes):  # type: ignore[no-untyped-def]
    """Turn all of `data[:size]` (valid UTF-8) that is not part of a word into white space, in place; the new size.

    `classes` (0x110000,) says what each character is. Letters stay; a joiner stays between two letters, the
    apostrophe U+2019 as an ASCII one; what is ignored goes; a newline stays; anything else becomes one space.
    """
    i = out = 0
    after_letter = False
    while i < size:
        character, length = _code_point(data, i)
        kind = classes[character]
        if kind == JOINER:
            after = i + length
            joins = after_letter and after < size and classes[_code_point(data, after)[0]] == LETTER
            kind = LETTER if joins else OTHER
        if kind == LETTER and character != 0x2019:
            for j in range(length):
                data[out + j] = data[i + j]
            out += length
        elif kind != IGNORED:
            data[out] = 0x27 if kind == LETTER else 0x0A if character == 0x0A else 0x20
            out += 1
        if kind != IGNORED:
            after_letter = kind == LETTER
        i += length
    return out
