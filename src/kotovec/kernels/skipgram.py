"""Skip-gram with negative sampling: each context word of a centre predicts the centre, as in word2vec.c.

The noise words are shared by all context words of a block (HogBatch, Ji et al. 2016, arXiv 1611.06172): dot products
become small matrix products, and output rows are read and written once per block, not once per pair. For each context
word c with the targets t and gradients g of scores.py:

    input[c]  += sum over t of g * output[t]
    output[t] += sum over c of g * input[c]

All scores of a block are computed before any row is changed.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from kotovec.kernels import simd
from kotovec.kernels.blocks import train_span
from kotovec.kernels.jit import body, inline, kernel
from kotovec.kernels.scores import Rows, count_groups, first_target, score_all, whole_tiles
from kotovec.kernels.simd import LANES
from kotovec.kernels.state import MOST_ROWS, SIGNATURE, WIDEST, group_width, rows_per_tile


@body
def train_block(model, scratch, span, first, stop, alpha, measured, tile, fewer, wide):
    """One step of gradient descent for the centres first to stop - 1 in scratch; gives the number of pairs."""
    start = scratch.first_context[first]
    n_rows = scratch.first_context[stop] - start
    rows = Rows(model.inputs, scratch.contexts, scratch.owners, start, n_rows)
    score_all(model, scratch, rows, span.negative, alpha, measured, tile, fewer, wide)
    done = 0
    if wide is None and len(tile) == MOST_ROWS:
        done = model.row_size // (2 * LANES) * (2 * LANES)
        for offset in range(0, done, 2 * LANES):
            update_twice(model, scratch, first, stop, offset, tile, fewer)
    for offset in range(done, model.row_size, LANES):
        update_first(model, scratch, first, stop, offset, tile, fewer, wide)
        if wide is not None:
            n_groups, n_wide = count_groups(span.negative, len(fewer))
            for group in range(1, n_groups):
                target = first_target(group, n_wide, len(fewer))
                if group < n_wide:
                    update_more(model, scratch, start, n_rows, group, target, offset, tile, wide)
                else:
                    update_more(model, scratch, start, n_rows, group, target, offset, tile, fewer)
    return n_rows


@inline
def update_first(model, scratch, first, stop, offset, tile, fewer, wide):
    """Apply the gradients of the owners and the first group to 16 columns: every row is read and written once.

    The contexts' old values go to scratch.hidden where more groups follow.
    """
    start, own, slots = scratch.first_context[first], len(fewer), LANES // len(tile)
    y_rows = simd.offsets(scratch.targets, 0, fewer)
    ys = simd.load_rows(model.outputs, y_rows, offset)
    sums = ys
    for place in range(first, stop):
        owner = scratch.centres[place] + offset
        y = simd.load(model.outputs, owner)
        total = y
        for i in range(scratch.first_context[place], scratch.first_context[place + 1]):
            slot = (i - start) * slots
            row = scratch.contexts[i] + offset
            x = simd.load(model.inputs, row)
            if wide is not None:
                simd.store(scratch.hidden, (i - start) * LANES, x)
            gs = simd.load_scalars(scratch.gradients, slot, fewer)
            g = simd.broadcast(scratch.gradients[slot + own])
            sums = simd.fma_each(gs, x, sums)
            total = simd.fma(g, x, total)
            simd.store(model.inputs, row, simd.fma_sum(gs, ys, simd.fma(g, y, x)))
        simd.store(model.outputs, owner, total)
    simd.store_rows(model.outputs, y_rows, offset, sums)


@inline
def update_twice(model, scratch, first, stop, offset, tile, fewer):
    """The same for 32 columns, where targets are so few that the registers suffice: the gradients are loaded once."""
    start, own, slots = scratch.first_context[first], len(fewer), LANES // len(tile)
    other = offset + LANES
    y_rows = simd.offsets(scratch.targets, 0, fewer)
    ys, zs = simd.load_rows(model.outputs, y_rows, offset), simd.load_rows(model.outputs, y_rows, other)
    y_sums, z_sums = ys, zs
    for place in range(first, stop):
        owner = scratch.centres[place]
        y, z = simd.load(model.outputs, owner + offset), simd.load(model.outputs, owner + other)
        y_total, z_total = y, z
        for i in range(scratch.first_context[place], scratch.first_context[place + 1]):
            slot, row = (i - start) * slots, scratch.contexts[i]
            a, b = simd.load(model.inputs, row + offset), simd.load(model.inputs, row + other)
            gs = simd.load_scalars(scratch.gradients, slot, fewer)
            g = simd.broadcast(scratch.gradients[slot + own])
            y_sums, z_sums = simd.fma_each(gs, a, y_sums), simd.fma_each(gs, b, z_sums)
            y_total, z_total = simd.fma(g, a, y_total), simd.fma(g, b, z_total)
            simd.store(model.inputs, row + offset, simd.fma_sum(gs, ys, simd.fma(g, y, a)))
            simd.store(model.inputs, row + other, simd.fma_sum(gs, zs, simd.fma(g, z, b)))
        simd.store(model.outputs, owner + offset, y_total)
        simd.store(model.outputs, owner + other, z_total)
    simd.store_rows(model.outputs, y_rows, offset, y_sums)
    simd.store_rows(model.outputs, y_rows, other, z_sums)


@inline
def update_more(model, scratch, start, n_rows, group, target, offset, tile, like):
    """Apply the gradients of a further group to 16 columns."""
    slots = LANES // len(tile)
    base = group * whole_tiles(n_rows, tile) * slots
    y_rows = simd.offsets(scratch.targets, target, like)
    ys = simd.load_rows(model.outputs, y_rows, offset)
    sums = ys
    for i in range(n_rows):
        row = scratch.contexts[start + i] + offset
        gs = simd.load_scalars(scratch.gradients, base + i * slots, like)
        sums = simd.fma_each(gs, simd.load(scratch.hidden, i * LANES), sums)
        simd.store(model.inputs, row, simd.fma_sum(gs, ys, simd.load(model.inputs, row)))
    simd.store_rows(model.outputs, y_rows, offset, sums)


@cache
def skipgram_kernel(negative: int) -> Any:
    """The compiled kernel for this many noise words: train(model, tables, scratch, span, ids), nothing returned.

    One kernel serves all numbers of noise words with the same group width. The two below name `train_block` as a
    global: Numba's cache finds no kernel again whose closure holds a function.
    """
    width = group_width(negative)
    rows = rows_per_tile(width)
    return _one_group(rows, width - 1) if negative < WIDEST else _many_groups(rows, width - 1, width)


@cache
def _one_group(rows: int, fewer: int) -> Any:
    @kernel(SIGNATURE)
    def train_skipgram(model, tables, scratch, span, ids):
        tile, narrow = simd.width(rows), simd.width(fewer)
        arrays = simd.pointers(model), simd.pointers(tables), simd.pointers(scratch)
        train_span(arrays, simd.pointer(ids), len(ids), span, train_block, tile, narrow, None)

    return train_skipgram


@cache
def _many_groups(rows: int, fewer: int, wide: int) -> Any:
    @kernel(SIGNATURE)
    def train_skipgram(model, tables, scratch, span, ids):
        tile, narrow = simd.width(rows), simd.width(fewer)
        arrays = simd.pointers(model), simd.pointers(tables), simd.pointers(scratch)
        train_span(arrays, simd.pointer(ids), len(ids), span, train_block, tile, narrow, simd.width(wide))

    return train_skipgram
