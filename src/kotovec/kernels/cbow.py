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

from kotovec.kernels import simd
from kotovec.kernels.arguments import SIGNATURE, TrainingKernel, arguments_at
from kotovec.kernels.blocks import train_span
from kotovec.kernels.jit import body, inline, kernel
from kotovec.kernels.scores import Rows, first_slot, score_all, update_all
from kotovec.kernels.simd import LANES
from kotovec.kernels.state import WIDEST, group_width, rows_abreast, rows_per_tile
from kotovec.kernels.windows import gather_windows

ONE, THREE, FOUR = (0,), (0, LANES, 2 * LANES), (0, LANES, 2 * LANES, 3 * LANES)  # columns, kept in registers


@body
def train_centres(model, scratch, span, first, n_rows, alpha, measured, repeats, tile, abreast, fewer, wide):
    """One step of gradient descent for n_rows centres in scratch, from the first on."""
    one, stop = np.float32(1), first + n_rows
    for place in range(first, stop):
        count = np.float32(scratch.first_context[place + 1] - scratch.first_context[place])
        in_columns(sum_contexts, model, scratch, place, one / count if span.mean else one)
    rows = Rows(scratch.hidden, scratch.hidden_rows, first, n_rows, scratch.owners, 1, tile)
    score_all(model, scratch, rows, span.negative, alpha, measured, repeats, False, tile, abreast, fewer, wide)
    update_all(
        update_first, update_twice, update_more,
        model, scratch, span.negative, first, n_rows, tile, abreast, fewer, wide,
    )  # fmt: skip
    for place in range(first, stop):
        count = np.float32(scratch.first_context[place + 1] - scratch.first_context[place])
        in_columns(update_contexts, model, scratch, place, one / count if span.divide else one)


@inline
def in_columns(piece, model, scratch, place, scale):
    """Call piece(model, scratch, place, scale, offset, columns) for all columns of a centre's rows, four at once."""
    rest = model.row_size % (4 * LANES)
    done = model.row_size - rest
    for offset in range(0, done, 4 * LANES):
        piece(model, scratch, place, scale, offset, FOUR)
    if rest == 3 * LANES:  # of 100 numbers, and of 300
        piece(model, scratch, place, scale, done, THREE)
    else:
        for offset in range(done, model.row_size, LANES):
            piece(model, scratch, place, scale, offset, ONE)


@inline
def sum_contexts(model, scratch, place, scale, offset, columns):
    """Some columns of a centre's hidden layer: scale times the sum of its context words' input vectors."""
    sums = simd.zero_products((0,), columns)
    for i in range(scratch.first_context[place], scratch.first_context[place + 1]):
        sums = simd.add_each(sums, simd.load_rows(model.inputs, columns, scratch.contexts[i] + offset))
    at = place * model.row_size + offset
    simd.store_rows(scratch.hidden, columns, at, simd.scale_each(sums, simd.broadcast(scale)))


@inline
def update_first(model, scratch, first, n_rows, offset, abreast, fewer, wide):
    """Apply the gradients of the owners and the first group to 16 columns of their rows, and begin the errors.

    Owners may be equal, to noise words too: each row is read after the one before is written, and what noise words
    learn is added at the end. `wide` is of use in skip-gram only.
    """
    own, slots = len(fewer), LANES // len(abreast)
    y_rows = simd.offsets(scratch.targets, 0, fewer)
    ys = simd.load_rows(model.outputs, y_rows, offset)
    sums = simd.zero_products((0,), y_rows)
    for i in range(n_rows):
        at, owner = (first + i) * model.row_size + offset, scratch.owners[first + i] + offset
        gs = simd.load_scalars(scratch.gradients, i * slots, fewer)
        g = simd.broadcast(scratch.gradients[i * slots + own])
        h, y = simd.load(scratch.hidden, at), simd.load(model.outputs, owner)
        sums = simd.fma_each(gs, h, sums)
        simd.store(scratch.errors, at, simd.fma_sum(gs, ys, simd.mul(g, y)))
        simd.store(model.outputs, owner, simd.fma(g, h, y))
    simd.add_rows(model.outputs, y_rows, offset, sums)


@inline
def update_twice(model, scratch, first, n_rows, offset, abreast, fewer):
    """The same for 32 columns: the gradients are loaded once for both halves."""
    own, slots, other = len(fewer), LANES // len(abreast), offset + LANES
    y_rows = simd.offsets(scratch.targets, 0, fewer)
    ys, zs = simd.load_rows(model.outputs, y_rows, offset), simd.load_rows(model.outputs, y_rows, other)
    y_sums, z_sums = simd.zero_products((0,), y_rows), simd.zero_products((0,), y_rows)
    for i in range(n_rows):
        at, owner = (first + i) * model.row_size, scratch.owners[first + i]
        gs = simd.load_scalars(scratch.gradients, i * slots, fewer)
        g = simd.broadcast(scratch.gradients[i * slots + own])
        h, y = simd.load(scratch.hidden, at + offset), simd.load(model.outputs, owner + offset)
        k, z = simd.load(scratch.hidden, at + other), simd.load(model.outputs, owner + other)
        y_sums, z_sums = simd.fma_each(gs, h, y_sums), simd.fma_each(gs, k, z_sums)
        simd.store(scratch.errors, at + offset, simd.fma_sum(gs, ys, simd.mul(g, y)))
        simd.store(scratch.errors, at + other, simd.fma_sum(gs, zs, simd.mul(g, z)))
        simd.store(model.outputs, owner + offset, simd.fma(g, h, y))
        simd.store(model.outputs, owner + other, simd.fma(g, k, z))
    simd.add_rows(model.outputs, y_rows, offset, y_sums)
    simd.add_rows(model.outputs, y_rows, other, z_sums)


@inline
def update_more(model, scratch, first, n_rows, group, target, offset, abreast, like):
    """The same for a further group of noise words."""
    slots = LANES // len(abreast)
    base = first_slot(group, n_rows, abreast)
    y_rows = simd.offsets(scratch.targets, target, like)
    ys = simd.load_rows(model.outputs, y_rows, offset)
    sums = simd.zero_products((0,), y_rows)
    for i in range(n_rows):
        at = (first + i) * model.row_size + offset
        gs = simd.load_scalars(scratch.gradients, base + i * slots, like)
        sums = simd.fma_each(gs, simd.load(scratch.hidden, at), sums)
        simd.store(scratch.errors, at, simd.fma_sum(gs, ys, simd.load(scratch.errors, at)))
    simd.add_rows(model.outputs, y_rows, offset, sums)


@inline
def update_contexts(model, scratch, place, scale, offset, columns):
    """Add scale times some columns of the error to the input vector of each context word.

    One word after the other: they may be equal.
    """
    errors = simd.load_rows(scratch.errors, columns, place * model.row_size + offset)
    errors = simd.scale_each(errors, simd.broadcast(scale))
    for i in range(scratch.first_context[place], scratch.first_context[place + 1]):
        simd.add_rows(model.inputs, columns, scratch.contexts[i] + offset, errors)


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
        tile, side, narrow = simd.width(rows), simd.width(abreast), simd.width(fewer)
        model, tables, scratch, span, ids, n_ids = arguments_at(address)
        train_span(model, tables, scratch, span, ids, n_ids, gather_windows, train_centres, tile, side, narrow, None)

    return TrainingKernel(train_cbow)


@cache
def _many_groups(rows: int, abreast: int, fewer: int, wide: int) -> TrainingKernel:
    @kernel(SIGNATURE)
    def train_cbow(address):
        tile, side, narrow = simd.width(rows), simd.width(abreast), simd.width(fewer)
        model, tables, scratch, span, ids, n_ids = arguments_at(address)
        wider = simd.width(wide)
        train_span(model, tables, scratch, span, ids, n_ids, gather_windows, train_centres, tile, side, narrow, wider)

    return TrainingKernel(train_cbow)
