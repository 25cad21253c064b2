"""Machine code that reads lines of the form `word count`."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numba import types
from numpy.typing import NDArray

from kotovec.kernels.jit import kernel

Bytes: TypeAlias = NDArray[np.uint8]
Longs: TypeAlias = NDArray[np.int64]

_MOST_DIGITS = 18  # any number of so many digits fits an int64

_LONGS = types.Array(types.int64, 1, "C")
_BYTES = types.Array(types.uint8, 1, "C")


@kernel(types.int64(_BYTES, _BYTES, _LONGS, _LONGS))
def parse_lines(data: Bytes, kinds: Bytes, ends: Longs, counts: Longs) -> int:
    """Move the words of `data` to its front, one after the other; `ends` and `counts` get theirs; their number.

    Each line of `data` ends with a newline, and has a word, white space (`kinds[b]` not 0) and a decimal number, or
    white space only; else -1. `ends` and `counts` have room for as many words as there are lines.
    """
    n_words = used = position = 0
    while position < data.size:
        while position < data.size and kinds[data[position]] != 0:
            position += 1
        if position == data.size:
            break
        while kinds[data[position]] == 0:
            data[used] = data[position]
            used += 1
            position += 1
        while kinds[data[position]] != 0 and data[position] != 0x0A:
            position += 1
        count = digits = 0
        while 0x30 <= data[position] <= 0x39 and digits < _MOST_DIGITS:
            count = 10 * count + data[position] - 0x30
            digits += 1
            position += 1
        while kinds[data[position]] != 0 and data[position] != 0x0A:
            position += 1
        if digits == 0 or data[position] != 0x0A:
            return -1
        ends[n_words] = used
        counts[n_words] = count
        n_words += 1
    return n_words
