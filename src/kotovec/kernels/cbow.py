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
from typing import Any

import numpy as np

from kotovec.kernels import simd
from kotovec.kernels.blocks import train_span
from kotovec.kernels.jit import body, inline, kernel
from kotovec.kernels.scores import Rows, count_groups, first_target, score_all, whole_tiles
from kotovec.kernels.simd import LANES
from kotovec.kernels.state import SIGNATURE, WIDEST, group_width, rows_per_tile
from kotovec.kernels.windows import gather_windows


@body
def train_centres(model, scratch, span, first, n_rows, alpha, measured, repeats, tile, fewer, wide):
    """One step of gradient descent for n_rows centres in scratch, from the first on."""
    one, row_size, stop = np.float32(1), model.row_size, first + n_rows
    for place in range(first, stop):
        count = np.float32(scratch.first_context[place + 1] - scratch.first_context[place])
        sum_contexts(model, scratch, place, one / count if span.mean else one)
    rows = Rows(scratch.hidden, scratch.hidden_rows, first, n_rows, scratch.owners, 1, tile)
    score_all(model, scratch, rows, span.negative, alpha, measured, repeats, False, tile, fewer, wide)
    for offset in range(0, row_size, LANES):
        update_first(model, scratch, first, n_rows, offset, tile, fewer)
        if wide is not None:
            n_groups, n_wide = count_groups(span.negative, len(fewer))
            for group in range(1, n_groups):
                target = first_target(group, n_wide, len(fewer))
                if group < n_wide:
                    update_more(model, scratch, first, n_rows, group, target, offset, tile, wide)
                else:
                    update_more(model, scratch, first, n_rows, group, target, offset, tile, fewer)
    for place in range(first, stop):
        count = np.float32(scratch.first_context[place + 1] - scratch.first_context[place])
        update_contexts(model, scratch, place, one / count if span.divide else one)


@inline
def sum_contexts(model, scratch, place, scale):
    """The hidden layer of one centre: scale times the sum of its context words' input vectors.

    Two words at a time (nearly always there is an even number), 16 columns within: loops of a known length.
    """
    at, first, stop = place * model.row_size, scratch.first_context[place], scratch.first_context[place + 1]
    factor, none = simd.broadcast(scale), simd.broadcast(np.float32(0))
    a, b = scratch.contexts[first], scratch.contexts[stop - 1]
    other = factor if stop - first > 1 else none
    for offset in range(0, model.row_size, LANES):
        x = simd.mul(factor, simd.load(model.inputs, a + offset))
        simd.store(scratch.hidden, at + offset, simd.fma(other, simd.load(model.inputs, b + offset), x))
    for i in range(first + 1, stop - 1, 2):
        a, b = scratch.contexts[i], scratch.contexts[i + 1]
        other = factor if i + 2 < stop else none
        for offset in range(0, model.row_size, LANES):
            x = simd.fma(factor, simd.load(model.inputs, a + offset), simd.load(scratch.hidden, at + offset))
            simd.store(scratch.hidden, at + offset, simd.fma(other, simd.load(model.inputs, b + offset), x))


@inline
def update_first(model, scratch, first, n_rows, offset, tile, fewer):
    """Apply the gradients of the owners and the first group to 16 columns of their rows, and begin the errors.

    Owners may be equal, to noise words too: each row is read after the one before is written, and what noise words
    learn is added at the end.
    """
    own, slots = len(fewer), LANES // len(tile)
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
def update_more(model, scratch, first, n_rows, group, target, offset, tile, like):
    """The same for a further group of noise words."""
    slots = LANES // len(tile)
    base = group * whole_tiles(n_rows, tile) * slots
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
def update_contexts(model, scratch, place, scale):
    """Add scale times the error to the input vector of each context word, one after the other: they may be equal.

    Two words at a time, so that the error is loaded once for both; a last one alone.
    """
    at, first, stop = place * model.row_size, scratch.first_context[place], scratch.first_context[place + 1]
    factor = simd.broadcast(scale)
    for i in range(first, stop - 1, 2):
        a, b = scratch.contexts[i], scratch.contexts[i + 1]
        for offset in range(0, model.row_size, LANES):
            error = simd.load(scratch.errors, at + offset)
            simd.store(model.inputs, a + offset, simd.fma(factor, error, simd.load(model.inputs, a + offset)))
            simd.store(model.inputs, b + offset, simd.fma(factor, error, simd.load(model.inputs, b + offset)))
    if (stop - first) % 2 == 1:
        row = scratch.contexts[stop - 1]
        for offset in range(0, model.row_size, LANES):
            error = simd.load(scratch.errors, at + offset)
            simd.store(model.inputs, row + offset, simd.fma(factor, error, simd.load(model.inputs, row + offset)))


@cache
def cbow_kernel(negative: int) -> Any:
    """The compiled kernel for this many noise words: train(model, tables, scratch, span, ids), nothing returned.

    One kernel serves all numbers of noise words with the same group width. The two below name their pieces as
    globals: Numba's cache finds no kernel again whose closure holds a function.
    """
    width = group_width(negative)
    rows = rows_per_tile(width)
    return _one_group(rows, width - 1) if negative < WIDEST else _many_groups(rows, width - 1, width)


@cache
def _one_group(rows: int, fewer: int) -> Any:
    @kernel(SIGNATURE)
    def train_cbow(model, tables, scratch, span, ids):
        tile, narrow = simd.width(rows), simd.width(fewer)
        arrays = simd.pointers(model), simd.pointers(tables), simd.pointers(scratch)
        train_span(arrays, simd.pointer(ids), len(ids), span, gather_windows, train_centres, tile, narrow, None)

    return train_cbow


@cache
def _many_groups(rows: int, fewer: int, wide: int) -> Any:
    @kernel(SIGNATURE)
    def train_cbow(model, tables, scratch, span, ids):
        tile, narrow = simd.width(rows), simd.width(fewer)
        arrays = simd.pointers(model), simd.pointers(tables), simd.pointers(scratch)
        wider = simd.width(wide)
        train_span(arrays, simd.pointer(ids), len(ids), span, gather_windows, train_centres, tile, narrow, wider)

    return train_cbow
