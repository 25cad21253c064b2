"""Machine code that turns provisional ids into final word ids."""

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
