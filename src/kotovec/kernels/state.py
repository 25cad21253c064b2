"""What a training kernel works on: three plain tuples of arrays, instead of twenty arguments.

`Model` and `Tables` are shared by all threads, `Scratch` belongs to one worker.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np
from numba import types
from numpy.typing import NDArray

from kotovec.kernels import ints
from kotovec.kernels.memory import LINE, aligned_zeros, side_by_side
from kotovec.kernels.registers import LANES, VECTORS

WIDEST = 8 if VECTORS > 16 else 6  # targets in a group: with 8 AVX takes 20 % more time, at 15 and 20 noise words
MOST_ROWS = 4  # in a tile
CENTRES = ints.N  # in a block, at most
LINES = 256  # a power of two; at least 2 * 100 + 1, for the widest window
OWNERS = 16  # of the rows in a set, at most
PER_OWNER = 2  # rows in skip-gram
NO_ROW = -1  # is no offset of a row
_FEWEST_LINES = 4  # of a row, to lie a line further apart
BATCH = 64  # sets of noise words drawn together
MEASURES = 6
PAIRS, LOSS_SUM, LOSS_PAIRS, WORDS, KEPT, BAD_IDS = range(MEASURES)
PART = 4
STATE, BEGIN, END, STRIDE = range(PART)


class Model(NamedTuple):
    """Both matrices: rows of `row_size` floats, each at a multiple of the bytes of a vector."""

    inputs: NDArray[np.float32]  # flat, from the row of word 0 on
    outputs: NDArray[np.float32]  # the same; rows may lie before it
    row_size: int  # floats in a row, a multiple of LANES; those beyond vector_size are 0 and stay 0
    pitch: int  # floats from one row to the next in a worker's own memory: see row_pitch
    n_words: int
    input_step: int  # floats from the row of a word to that of the next one; row_size or more, or below 0
    output_step: int


class Tables(NamedTuple):
    """What is drawn from."""

    keep: NDArray[np.uint32]  # (n_thinned + 1,): a token stays if a random uint32 is not above; the last for the rest
    noise: NDArray[np.uint64]  # (n_words,): acceptance threshold and alias of each word, packed
    n_thinned: int


class Sharing(NamedTuple):
    """Of which rows each worker has copies, the first n_private, and how often one worker changes them between two
    exchanges. All workers read the same arrays.
    """

    input_updates: NDArray[np.float32]  # (n_private,)
    output_updates: NDArray[np.float32]  # (n_private,)
    hot: int  # rows that are exchanged at every part, 1 or above: see private.py


class Scratch(NamedTuple):
    """One worker's own memory. With n_groups of targets and n_rows = PER_OWNER * OWNERS + MOST_ROWS, as a set may have,
    `slots` is (n_groups * n_rows * LANES,).
    """

    # n_places = positions + 2 * window + CENTRES + 2: one may look ahead, and read by eights
    rows: NDArray[np.int64]  # (n_places,): row offsets in inputs of the tokens that stay; NO_ROW ends a sentence
    owner_rows: NDArray[np.int64]  # (n_places,): the same in outputs
    lefts: NDArray[np.int32]  # (n_places,): how many words of the same sentence are before each; 0 where it ends
    rights: NDArray[np.int32]  # (n_places,): and behind it
    lines: NDArray[np.int64]  # (LINES * CENTRES,): skip-gram: rows of centres and of words around them, turn by turn
    middles: NDArray[np.int64]  # (CENTRES,): CBOW: the places of the centres of a block
    starts: NDArray[np.int64]  # (CENTRES,): the first place of the window of each
    sizes: NDArray[np.int64]  # (CENTRES,): how many context words are in it
    # n_owners = OWNERS + CENTRES * window + CENTRES: of a block, before it those that wait, and room to read by eights
    contexts: NDArray[np.int64]  # (PER_OWNER * n_owners,): row offsets of the context words
    owners: NDArray[np.int64]  # (n_owners,): row offsets of the centre words of the rows, of one row each or of two
    n_owned: NDArray[np.int64]  # (n_owners,): how many rows each owner has; what is missing are copies
    first_context: NDArray[np.int64]  # (n_centres + MOST_ROWS,): where each centre's context words begin
    hidden_rows: NDArray[np.int64]  # (n_centres + MOST_ROWS,): offsets into hidden
    targets: NDArray[np.int64]  # (negative,): row offsets of the noise words
    negatives: NDArray[np.int64]  # (2 * BATCH * negative,): row offsets drawn ahead
    gradients: NDArray[np.float32]  # slots, aligned
    scores: NDArray[np.float32]  # slots, aligned; written for sets whose loss is measured
    hidden: NDArray[np.float32]  # ((n_centres + MOST_ROWS) * pitch or n_rows * LANES,), aligned
    errors: NDArray[np.float32]  # ((n_centres + MOST_ROWS) * pitch,), aligned
    private_inputs: NDArray[np.float32]  # (2 * n_private * pitch,), aligned: see private.py
    private_outputs: NDArray[np.float32]  # the same
    input_updates: NDArray[np.float32]  # (n_private,): how often each is changed between two exchanges; all workers'
    output_updates: NDArray[np.float32]  # the same
    input_shares: NDArray[np.float32]  # (n_private,): of a change, what is added to the shared row
    output_shares: NDArray[np.float32]  # the same
    measures: NDArray[np.float64]  # (MEASURES,): added to
    part: NDArray[np.uint64]  # (PART,): the state that begin_part (calls.py) goes on from, and what it gives


class Span(NamedTuple):
    """Which part of the corpus, and the settings for it."""

    start: int  # positions in the ids
    stop: int
    part_size: int  # positions that are trained at a time, 1 or above: see blocks.py
    margin: int  # positions to each side that serve as context
    key: int  # uint64: the first state of the random stream
    noise_start: int  # uint64: where the noise words of the first part of the text begin
    alpha_start: float  # learning rate at start, falling linearly to alpha_stop
    alpha_stop: float
    window: int
    shrink: bool
    negative: int
    centres: int  # in a block, 1 to CENTRES
    owners_per_set: int  # whose rows share noise words, 1 to OWNERS
    least_owners: int  # of a set: fewer wait for the next block; owners_per_set or less
    loss_interval: int  # the loss is measured at every n-th set
    mean: bool  # CBOW: the hidden layer is the mean of the context vectors, not their sum
    divide: bool  # CBOW: the update of a context vector is divided by their number
    n_private: int = 0  # the first words, of whose rows the worker has copies of its own
    private_inputs: int = 0  # where they begin, as an offset from model.inputs, in floats; maybe negative
    private_outputs: int = 0  # the same from model.outputs
    hot: int = 1  # of the private rows, exchanged at every part
    n_before: int = 0  # how many parts the worker has trained before
    n_workers: int = 1


_FLAT = types.Array(types.float32, 1, "C")
_U32 = types.Array(types.uint32, 1, "C")
_U64 = types.Array(types.uint64, 1, "C")
_I32 = types.Array(types.int32, 1, "C")
_I64 = types.Array(types.int64, 1, "C")
_F64 = types.Array(types.float64, 1, "C")
IDS = types.Array(types.int32, 1, "C", readonly=True)
MODEL = types.NamedTuple((_FLAT, _FLAT, *[types.int64] * 5), Model)
TABLES = types.NamedTuple((_U32, _U64, types.int64), Tables)
SCRATCH = types.NamedTuple(
    (_I64, _I64, _I32, _I32, *[_I64] * 11, *[_FLAT] * 10, _F64, _U64),
    Scratch,
)
SPAN = types.NamedTuple(
    (*[types.int64] * 4, types.uint64, types.uint64, types.float64, types.float64, types.int64,
     types.boolean, *[types.int64] * 5, types.boolean, types.boolean, *[types.int64] * 6),
    Span,
)  # fmt: skip


def row_size(vector_size: int) -> int:
    """Floats in a row: vector_size rounded up to whole vectors."""
    return -(-vector_size // LANES) * LANES


def row_pitch(row_size: int) -> int:
    """Floats from one row to the next: row_size, or a cache line more where a row is an even number of lines.

    A column of many rows is read at once. With rows 2 KB apart all of it lies in two sets of an L1 cache, which hold 16
    lines. A line more makes skip-gram with 1024 numbers 3.5 times as fast, with 512 1.6 to 1.8, 256 1.2, 128 and 64
    1.03 to 1.07 times (one thread). Shorter rows would take more than a quarter more memory for it.
    """
    lines, rest = divmod(4 * row_size, LINE)
    return row_size + LINE // 4 if lines % 2 == 0 and not rest and lines >= _FEWEST_LINES else row_size


def group_width(negative: int) -> int:
    """Width of the wider groups, 2 to 8, of negative noise words and the centre word: as few and as equal as can be."""
    n_groups = negative // WIDEST + 1
    return negative // n_groups + 1


@cache
def rows_per_tile(width: int) -> int:
    """How many rows are scored at a time: so many that registers hold the sums, the vectors of the rows or of the
    targets, whichever are fewer, and one more.
    """
    return next((rows for rows in (MOST_ROWS, 2) if rows * width + min(rows, width) + 1 <= VECTORS), 1)


def rows_abreast(width: int) -> int:
    """The scores of how many rows share a vector, at most those of a tile."""
    return next((rows for rows in (MOST_ROWS, 2) if rows <= rows_per_tile(width) and width <= LANES // rows), 1)


def new_scratch(window: int, negative: int, row_size: int, positions: int, sharing: Sharing | None = None) -> Scratch:
    """A worker's memory for these settings, enough for either architecture; positions: of a part with its margins."""
    sharing = sharing or Sharing(aligned_zeros(0), aligned_zeros(0), 1)
    n_private, pitch = len(sharing.input_updates), row_pitch(row_size)
    n_places, n_centres = positions + 2 * window + CENTRES + 2, CENTRES + MOST_ROWS
    n_owners = OWNERS + CENTRES * window + CENTRES
    n_rows, n_groups = PER_OWNER * OWNERS + MOST_ROWS, negative // WIDEST + 1
    arrays = side_by_side(
        private_inputs=(2 * n_private * pitch, np.float32),
        private_outputs=(2 * n_private * pitch, np.float32),
        rows=(n_places, np.int64),
        owner_rows=(n_places, np.int64),
        lefts=(n_places, np.int32),
        rights=(n_places, np.int32),
        lines=(LINES * CENTRES, np.int64),
        middles=(CENTRES, np.int64),
        starts=(CENTRES, np.int64),
        sizes=(CENTRES, np.int64),
        contexts=(PER_OWNER * n_owners, np.int64),
        owners=(n_owners, np.int64),
        n_owned=(n_owners, np.int64),
        first_context=(n_centres, np.int64),
        hidden_rows=(n_centres, np.int64),
        targets=(negative, np.int64),
        negatives=(2 * BATCH * negative, np.int64),
        gradients=(n_groups * n_rows * LANES, np.float32),
        scores=(n_groups * n_rows * LANES, np.float32),
        hidden=(max(n_rows * LANES, n_centres * pitch), np.float32),
        errors=(n_centres * pitch, np.float32),
        input_shares=(n_private, np.float32),
        output_shares=(n_private, np.float32),
        measures=(MEASURES, np.float64),
        part=(PART, np.uint64),
    )
    arrays["n_owned"][:] = 1
    arrays["hidden_rows"][:] = np.arange(n_centres) * pitch
    return Scratch(**arrays, input_updates=sharing.input_updates, output_updates=sharing.output_updates)
