"""Skip-gram with negative sampling: each context word of a centre predicts the centre, as in word2vec.c.

The noise words are shared by the pairs of a set (HogBatch, Ji et al. 2016, arXiv 1611.06172): dot products become small
matrix products, and output rows are read and written once per set, not once per pair. For each context word c with the
targets t and gradients g of scores.py:

    input[c]  += sum over t of g * output[t]
    output[t] += sum over c of g * input[c]

All scores of a set are computed before any row is changed. Pairs come two by two: two context words have one owner,
their centre, whose row is read and written once for both.
"""

from __future__ import annotations

from functools import cache

from kotovec.kernels import simd, tiles
from kotovec.kernels.arguments import SIGNATURE, TrainingKernel, arguments_at
from kotovec.kernels.blocks import train_span
from kotovec.kernels.jit import body, inline, kernel
from kotovec.kernels.registers import LANES
from kotovec.kernels.scores import Rows, first_slot, score_all, update_all
from kotovec.kernels.state import PER_OWNER, WIDEST, group_width, rows_abreast, rows_per_tile
from kotovec.kernels.windows import any_owner_has, gather_pairs


@body
def train_pairs(address, model, scratch, span, first, n_owners, alpha, measured, repeats, tile, abreast, fewer, wide):
    """One step of gradient descent for the pairs of n_owners owners in scratch, from the first on."""
    own, n = tiles.half_as_many(tile), PER_OWNER * n_owners
    copies = any_owner_has(scratch.n_owned, first, n_owners, 1)
    rows = Rows(model.inputs, scratch.contexts, PER_OWNER * first, n, scratch.owners, PER_OWNER, own)
    score_all(
        address, model, scratch, rows, span.negative, alpha, measured, repeats, copies, tile, abreast, fewer, wide
    )
    update_all(
        update_first, update_more,
        model, scratch, span.negative, first, n_owners, tile, abreast, fewer, wide,
    )  # fmt: skip


@inline
def update_first(model, scratch, first, n_owners, offset, columns, abreast, fewer, wide):
    """Apply the gradients of the owners and the first group to some columns of their rows.

    Owners may be equal, to noise words too, and so may contexts: each row is read after the one before is written, and
    what noise words learn is added at the end. The contexts' old values go to scratch.hidden where more groups follow.
    """
    slots = LANES // len(abreast)
    y_rows = tiles.in_columns(tiles.offsets(scratch.targets, 0, fewer), columns)
    ys = tiles.load_rows(model.outputs, y_rows, offset)
    sums = tiles.zero_products((0,), y_rows)
    for i in range(n_owners):
        owner = scratch.owners[first + i] + offset
        y = tiles.load_rows(model.outputs, columns, owner)
        for k in range(PER_OWNER * i, PER_OWNER * (i + 1)):
            row = scratch.contexts[PER_OWNER * first + k] + offset
            x = tiles.load_rows(model.inputs, columns, row)
            if wide is not None:
                tiles.store_rows(scratch.hidden, columns, k * LANES, x)
            g = simd.broadcast(scratch.gradients[k * slots + len(fewer)])
            sums, learnt = tiles.fma_both(scratch.gradients, k * slots, x, ys, sums, tiles.fma_each(g, y, x))
            tiles.store_rows(model.inputs, columns, row, learnt)
            y = tiles.fma_each(g, x, y)
        tiles.store_rows(model.outputs, columns, owner, y)
    tiles.add_rows(model.outputs, y_rows, offset, sums)


@inline
def update_more(model, scratch, first, n_owners, group, target, offset, abreast, like):
    """Apply the gradients of a further group to one column of the owners' rows."""
    slots, n = LANES // len(abreast), PER_OWNER * n_owners
    base = first_slot(group, n, slots)
    y_rows = tiles.offsets(scratch.targets, target, like)
    ys = tiles.load_rows(model.outputs, y_rows, offset)
    sums = tiles.zero_products((0,), y_rows)
    for i in range(n):
        row = tiles.offsets(scratch.contexts, PER_OWNER * first + i, (0,))
        old, x = tiles.load_rows(scratch.hidden, (0,), i * LANES), tiles.load_rows(model.inputs, row, offset)
        sums, learnt = tiles.fma_both(scratch.gradients, base + i * slots, old, ys, sums, x)
        tiles.store_rows(model.inputs, row, offset, learnt)
    tiles.add_rows(model.outputs, y_rows, offset, sums)


@cache
def skipgram_kernel(negative: int) -> TrainingKernel:
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
    def train_skipgram(address):
        tile, side, narrow = tiles.width(rows), tiles.width(abreast), tiles.width(fewer)
        model, tables, scratch, span, _, _ = arguments_at(address)
        train_span(address, model, tables, scratch, span, gather_pairs, train_pairs, tile, side, narrow, None)

    return TrainingKernel(train_skipgram)


@cache
def _many_groups(rows: int, abreast: int, fewer: int, wide: int) -> TrainingKernel:
    @kernel(SIGNATURE)
    def train_skipgram(address):
        tile, side, narrow = tiles.width(rows), tiles.width(abreast), tiles.width(fewer)
        model, tables, scratch, span, _, _ = arguments_at(address)
        wider = tiles.width(wide)
        train_span(address, model, tables, scratch, span, gather_pairs, train_pairs, tile, side, narrow, wider)

    return TrainingKernel(train_skipgram)
