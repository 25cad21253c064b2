"""CBOW with negative sampling: the context words of a centre together predict it.

For each centre with m context words c, with the targets t and gradients g of scores.py:

    h          = scale_in * sum over c of input[c]              scale_in = 1 / m for the mean, 1 for the sum
    input[c]  += scale_out * sum over t of g * output[t]
    output[t] += g * h

The gradient of the loss has scale_out = scale_in. word2vec.c and gensim leave the division out for the mean (and
gensim divides for the sum): the "historical" update. The "corrected" one is the gradient (Irsoy et al. 2021, arXiv
2012.15332). All scores of a set are computed before any row is changed.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from kotovec.kernels import simd, tiles
from kotovec.kernels.arguments import SIGNATURE, TrainingKernel, arguments_at
from kotovec.kernels.blocks import train_span
from kotovec.kernels.jit import body, inline, kernel
from kotovec.kernels.registers import LANES
from kotovec.kernels.scores import ONE, Rows, first_slot, score_all, update_all
from kotovec.kernels.state import WIDEST, group_width, rows_abreast, rows_per_tile
from kotovec.kernels.windows import gather_windows

MANY = tuple(range(0, 64, LANES))  # columns: as many as stay in registers
SOME = MANY[: 3 if LANES > 8 else 4]  # of what is left, if that suffices: of 100 and 300 numbers but the last 8, if any


@body
def train_centres(address, model, scratch, span, first, n_rows, alpha, measured, repeats, tile, abreast, fewer, wide):
    """One step of gradient descent for n_rows centres in scratch, from the first on."""
    one, stop = np.float32(1), first + n_rows
    for place in range(first, stop):
        count = np.float32(scratch.first_context[place + 1] - scratch.first_context[place])
        in_columns(sum_contexts, model, scratch, place, one / count if span.mean else one)
    rows = Rows(scratch.hidden, scratch.hidden_rows, first, n_rows, scratch.owners, 1, tile)
    score_all(address, model, scratch, rows, span.negative, alpha, measured, repeats, False, tile, abreast, fewer, wide)
    update_all(
        update_first, update_more,
        model, scratch, span.negative, first, n_rows, tile, abreast, fewer, wide,
    )  # fmt: skip
    for place in range(first, stop):
        count = np.float32(scratch.first_context[place + 1] - scratch.first_context[place])
        in_columns(update_contexts, model, scratch, place, one / count if span.divide else one)


@inline
def in_columns(piece, model, scratch, place, scale):
    """Call piece(model, scratch, place, scale, offset, columns) for all columns of a centre's rows, many at once."""
    done = np.int64(0)
    for _ in range(model.row_size // (len(MANY) * LANES)):
        piece(model, scratch, place, scale, done, MANY)
        done += len(MANY) * LANES
    if model.row_size - done >= len(SOME) * LANES:
        piece(model, scratch, place, scale, done, SOME)
        done += len(SOME) * LANES
    for offset in range(done, model.row_size, LANES):
        piece(model, scratch, place, scale, offset, ONE)


@inline
def sum_contexts(model, scratch, place, scale, offset, columns):
    """Some columns of a centre's hidden layer: scale times the sum of its context words' input vectors."""
    sums = tiles.zero_products((0,), columns)
    for i in range(scratch.first_context[place], scratch.first_context[place + 1]):
        sums = tiles.add_each(sums, tiles.load_rows(model.inputs, columns, scratch.contexts[i] + offset))
    at = place * model.pitch + offset
    tiles.store_rows(scratch.hidden, columns, at, tiles.scale_each(sums, simd.broadcast(scale)))


@inline
def update_first(model, scratch, first, n_rows, offset, columns, abreast, fewer, wide):
    """Apply the gradients of the owners and the first group to some columns of their rows, and begin the errors.

    Owners may be equal, to noise words too: each row is read after the one before is written, and what noise words
    learn is added at the end. `wide` is of use in skip-gram only.
    """
    slots = LANES // len(abreast)
    y_rows = tiles.in_columns(tiles.offsets(scratch.targets, 0, fewer), columns)
    ys = tiles.load_rows(model.outputs, y_rows, offset)
    sums = tiles.zero_products((0,), y_rows)
    for i in range(n_rows):
        at, owner = (first + i) * model.pitch + offset, scratch.owners[first + i] + offset
        g = simd.broadcast(scratch.gradients[i * slots + len(fewer)])
        h, y = tiles.load_rows(scratch.hidden, columns, at), tiles.load_rows(model.outputs, columns, owner)
        sums, errors = tiles.fma_both(scratch.gradients, i * slots, h, ys, sums, tiles.scale_each(y, g))
        tiles.store_rows(scratch.errors, columns, at, errors)
        tiles.store_rows(model.outputs, columns, owner, tiles.fma_each(g, h, y))
    tiles.add_rows(model.outputs, y_rows, offset, sums)


@inline
def update_more(model, scratch, first, n_rows, group, target, offset, abreast, like):
    """The same for a further group of noise words, in one column."""
    slots = LANES // len(abreast)
    base = first_slot(group, n_rows, slots)
    y_rows = tiles.offsets(scratch.targets, target, like)
    ys = tiles.load_rows(model.outputs, y_rows, offset)
    sums = tiles.zero_products((0,), y_rows)
    for i in range(n_rows):
        at = (first + i) * model.pitch + offset
        h, errors = tiles.load_rows(scratch.hidden, (0,), at), tiles.load_rows(scratch.errors, (0,), at)
        sums, errors = tiles.fma_both(scratch.gradients, base + i * slots, h, ys, sums, errors)
        tiles.store_rows(scratch.errors, (0,), at, errors)
    tiles.add_rows(model.outputs, y_rows, offset, sums)


@inline
def update_contexts(model, scratch, place, scale, offset, columns):
    """Add scale times some columns of the error to the input vector of each context word.

    One word after the other: they may be equal.
    """
    errors = tiles.load_rows(scratch.errors, columns, place * model.pitch + offset)
    errors = tiles.scale_each(errors, simd.broadcast(scale))
    for i in range(scratch.first_context[place], scratch.first_context[place + 1]):
        tiles.add_rows(model.inputs, columns, scratch.contexts[i] + offset, errors)


@cache
def cbow_kernel(negative: int) -> TrainingKernel:
    """The kernel for this many noise words, compiled now or taken from the cache.

    One kernel serves all numbers of noise words with the same group width. The two below name their pieces as
    globals: Numba's cache finds no kernel again whose closure holds a function.
    """
    width = group_width(negative)
    rows = rows_per_tile(width), rows_abreast(width)
    return _one_group(*rows, width - 1) if negative < WIDEST else _many_groups(*rows, width - 1, width)


@cache
def _one_group(rows: int, abreast: int, fewer: int) -> TrainingKernel:
    @kernel(SIGNATURE)
    def train_cbow(address):
        tile, side, narrow = tiles.width(rows), tiles.width(abreast), tiles.width(fewer)
        model, tables, scratch, span, _, _ = arguments_at(address)
        train_span(address, model, tables, scratch, span, gather_windows, train_centres, tile, side, narrow, None)

    return TrainingKernel(train_cbow)


@cache
def _many_groups(rows: int, abreast: int, fewer: int, wide: int) -> TrainingKernel:
    @kernel(SIGNATURE)
    def train_cbow(address):
        tile, side, narrow = tiles.width(rows), tiles.width(abreast), tiles.width(fewer)
        model, tables, scratch, span, _, _ = arguments_at(address)
        wider = tiles.width(wide)
        train_span(address, model, tables, scratch, span, gather_windows, train_centres, tile, side, narrow, wider)

    return TrainingKernel(train_cbow)
