"""Machine code that finds the words in UTF-8 text, by a table of what each character is."""

# mypy: allow-untyped-defs, allow-untyped-calls
from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numba import types
from numpy.typing import NDArray

from kotovec.kernels.jit import inline, kernel

Bytes: TypeAlias = NDArray[np.uint8]

OTHER, LETTER, JOINER, IGNORED = 0, 1, 2, 3  # classes of characters

_BYTES = types.Array(types.uint8, 1, "C")


@inline
def _code_point(data, i):
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
def separate_words(data: Bytes, size: int, classes: Bytes) -> int:
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
