"""Machine code that finds words which are no UTF-8."""

# mypy: allow-untyped-defs, allow-untyped-calls
from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numba import types
from numpy.typing import NDArray

from kotovec.kernels.jit import inline, kernel

Bytes: TypeAlias = NDArray[np.uint8]
Longs: TypeAlias = NDArray[np.int64]

_LONGS = types.Array(types.int64, 1, "C")
_BYTES = types.Array(types.uint8, 1, "C")


@inline
def _character_length(data, i, end):
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
def mark_invalid(records: Longs, blob: Bytes, n_types: int, marks: Bytes) -> int:
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
