"""What a training kernel works on: three plain tuples of arrays, instead of twenty arguments.

`Model` and `Tables` are shared by all threads, `Scratch` belongs to one worker.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import types
from numpy.typing import NDArray

from kotovec.kernels.jit import inline
from kotovec.kernels.simd import LANES

SLOT = 8  # gradients of one context word and one group of targets, padded
CENTRES = 4  # centres that share noise words in CBOW; even
BATCH = 64  # sets of noise words drawn together
STAMP_BITS = 10
MEASURES = 6
PAIRS, LOSS_SUM, LOSS_PAIRS, WORDS, KEPT, BAD_IDS = range(MEASURES)


class Model(NamedTuple):
    """Both matrices, flat: rows of `row_size` floats, 64-byte aligned. Behind the last output row is a spare one."""

    inputs: NDArray[np.float32]  # (n_words * row_size,)
    outputs: NDArray[np.float32]  # ((n_words + 1) * row_size,)
    row_size: int  # floats from one row to the next, a multiple of 16; those beyond vector_size are 0 and stay 0
    n_words: int


class Tables(NamedTuple):
    """What is drawn from."""

    keep: NDArray[
        np.uint32
    ]  # (n_thinned + 1,): a token is kept if a random uint32 is not above; the last is for the rest
    noise: NDArray[np.uint64]  # (n_words,): acceptance threshold and alias of each word, packed


class Scratch(NamedTuple):
    """One worker's own memory. `slots` is (n_groups * n_rows * SLOT,), where CBOW's rows are the centres of a block."""

    kept: NDArray[np.int32]  # (chunk_size,): ids after subsampling, -1 ends a sentence
    contexts: NDArray[np.int64]  # (CENTRES * (2 * window + 1),): row offsets
    counts: NDArray[np.int64]  # (CENTRES + 1,): context words of each centre
    centres: NDArray[np.int64]  # (CENTRES + 1,): row offsets of the centre words
    hidden_rows: NDArray[np.int64]  # (CENTRES + 1,): offsets into hidden
    targets: NDArray[np.int64]  # (1 + negative,): row offsets
    negatives: NDArray[np.int64]  # (2 * BATCH * negative,): row offsets drawn ahead
    gradients: NDArray[np.float32]  # slots, aligned
    scores: NDArray[np.float32]  # slots, aligned; written for centres whose loss is measured
    multiplicity: NDArray[np.float32]  # slots, aligned: how often each target counts; 1 between calls
    hidden: NDArray[np.float32]  # ((CENTRES + 1) * row_size or n_contexts * LANES,), aligned
    errors: NDArray[np.float32]  # (CENTRES * row_size,), aligned
    stamps: NDArray[np.int32]  # (2**STAMP_BITS,): to notice equal targets
    measures: NDArray[np.float64]  # (MEASURES,): added to


class Span(NamedTuple):
    """Which part of the corpus, and the settings for it."""

    start: int  # positions in the ids
    stop: int
    margin: int  # positions to each side that serve as context
    key: int  # uint64: the first state of the random stream
    alpha_start: float  # learning rate at start, falling linearly to alpha_stop
    alpha_stop: float
    window: int
    shrink: bool
    negative: int
    loss_interval: int  # the loss is measured at every n-th centre
    mean: bool  # CBOW: the hidden layer is the mean of the context vectors, not their sum
    divide: bool  # CBOW: the update of a context vector is divided by their number


_FLAT = types.Array(types.float32, 1, "C")
_U32 = types.Array(types.uint32, 1, "C")
_U64 = types.Array(types.uint64, 1, "C")
_I32 = types.Array(types.int32, 1, "C")
_I64 = types.Array(types.int64, 1, "C")
_F64 = types.Array(types.float64, 1, "C")
IDS = types.Array(types.int32, 1, "C", readonly=True)
MODEL = types.NamedTuple((_FLAT, _FLAT, types.int64, types.int64), Model)
TABLES = types.NamedTuple((_U32, _U64), Tables)
SCRATCH = types.NamedTuple(
    (_I32, *[_I64] * 6, *[_FLAT] * 5, _I32, _F64),
    Scratch,
)
SPAN = types.NamedTuple(
    (types.int64, types.int64, types.int64, types.uint64, types.float64, types.float64, types.int64, types.boolean,
     types.int64, types.int64, types.boolean, types.boolean),
    Span,
)  # fmt: skip
SIGNATURE = types.void(MODEL, TABLES, SCRATCH, SPAN, IDS)


def aligned_zeros(size: int) -> NDArray[np.float32]:
    """(size,) float32 zeros whose first element lies at a multiple of 64 bytes; untouched pages cost no memory."""
    buffer = np.zeros(size + LANES, np.float32)
    first = (-buffer.ctypes.data % 64) // buffer.itemsize
    return buffer[first : first + size]


def row_size(vector_size: int) -> int:
    """Floats from one row to the next: vector_size rounded up to whole vectors."""
    return -(-vector_size // LANES) * LANES


def groups_of(n: int, widest: int) -> tuple[int, int]:
    """Targets are scored in groups of equal or nearly equal width: (width, number of groups that are one narrower)."""
    n_groups = -(-n // widest)
    width = -(-n // n_groups)
    return width, n_groups * width - n


@inline
def count_groups(n, width, widest):
    """`groups_of` inside kernels: (groups of the full width, all groups)."""
    n_groups = (n + widest - 1) // widest
    return n - n_groups * (width - 1), n_groups


def new_scratch(window: int, negative: int, row_size: int, chunk_size: int) -> Scratch:
    """A worker's memory for these settings, enough for either architecture; chunk_size includes the margins."""
    n_contexts = 2 * window + 2
    n_groups = -(-(1 + negative) // (SLOT - 1))
    slots = n_groups * max(n_contexts, CENTRES + 2) * SLOT
    multiplicity = aligned_zeros(slots)
    multiplicity[:] = 1
    return Scratch(
        kept=np.zeros(chunk_size, np.int32),
        contexts=np.zeros(CENTRES * n_contexts, np.int64),
        counts=np.zeros(CENTRES + 1, np.int64),
        centres=np.zeros(CENTRES + 1, np.int64),
        hidden_rows=np.arange(CENTRES + 1) * np.int64(row_size),
        targets=np.zeros(1 + negative, np.int64),
        negatives=np.zeros(2 * BATCH * negative, np.int64),
        gradients=aligned_zeros(slots),
        scores=aligned_zeros(slots),
        multiplicity=multiplicity,
        hidden=aligned_zeros(max(n_contexts * LANES, (CENTRES + 1) * row_size)),
        errors=aligned_zeros(CENTRES * row_size),
        stamps=np.zeros(2**STAMP_BITS, np.int32),
        measures=np.zeros(MEASURES, np.float64),
    )
