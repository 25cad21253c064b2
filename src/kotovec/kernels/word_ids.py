"""Machine code over arrays of word ids: from provisional to final ids, and the check of ids out of a file."""

# mypy: allow-untyped-defs, allow-untyped-calls
from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numba import types
from numpy.typing import NDArray

from kotovec.kernels.jit import kernel
from kotovec.kernels.tokens import SENTENCE_END

Ints: TypeAlias = NDArray[np.int32]
Longs: TypeAlias = NDArray[np.int64]

DROPPED = -2  # in the `final` of `remap`: a type that is not in the vocabulary

_INTS = types.Array(types.int32, 1, "C")
_LONGS = types.Array(types.int64, 1, "C")
_BYTES = types.Array(types.uint8, 1, "C")


@kernel(types.void(_INTS, types.int64, _INTS, _LONGS))
def remap(ids: Ints, size: int, final: Ints, sizes: Longs) -> None:
    """Replace each id of `ids[:size]` by `final[id]`, in place, closing up over those that are DROPPED.

    Sentence ends stay, but never two in a row. `sizes` (2,) gets the number of items that stay, and of words.
    """
    items = words = 0
    last = DROPPED
    for i in range(size):
        value = SENTENCE_END if ids[i] < 0 else np.int64(final[np.uint32(ids[i])])
        if value >= 0 or (value == SENTENCE_END and last != SENTENCE_END):
            ids[items] = value
            items += 1
            words += value >= 0
            last = value
    sizes[0], sizes[1] = items, words


@kernel(types.int64(types.Array(types.int32, 1, "C", readonly=True), types.int64))
def count_words(ids: Ints, n_words: int) -> int:
    """The number of words among `ids`; -1 where ids are no encoded corpus.

    That is: an id that is neither SENTENCE_END nor 0 <= id < n_words, a sentence without words, or no end of the
    last sentence.
    """
    words, last = 0, SENTENCE_END
    for i in range(ids.size):
        value = np.int64(ids[i])
        if value >= n_words or value < SENTENCE_END or (value == SENTENCE_END and last == SENTENCE_END):
            return -1
        words += value >= 0
        last = value
    return words if last == SENTENCE_END else -1
