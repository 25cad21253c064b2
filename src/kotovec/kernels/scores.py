"""Scores, gradients and loss of rows against targets: what skip-gram and CBOW have in common.

A row is a vector that predicts: a context word's in skip-gram, a centre's hidden layer in CBOW. Its targets are its own
centre word (its owner, label 1) and the noise words of the set (label 0), in groups of at most WIDEST; the first group
holds the owner, behind its noise words. For each target t, with s = row . output[t]:

    loss = -log sigmoid(s) for label 1, -log sigmoid(-s) for label 0        (Mikolov et al. 2013, eq. 4)
    g    = alpha * (label - sigmoid(s)) = -alpha * d loss / d s

A few rows, a tile, are scored at a time: a small matrix product whose sums all stay in registers, and then in the lanes
of a vector, or two. Of n rows, r abreast in a vector, group k of row i has its LANES / r slots at
(k * n_slots + i) * LANES / r, where n_slots is n rounded up to whole tiles. Tiles of four rows, two abreast, take 2 to
4 % less time than tiles of two (AVX-512, 5 and 10 noise words, rows in L2).

`tile`, `abreast`, `fewer` and `wide` are tuples whose lengths compiled code must know: rows per tile, rows that share a
vector, and the group widths W - 1 and W (wide is None where the first group is all). The first group holds W - 1 noise
words, the next ones W, the last ones W - 1.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from kotovec.kernels import simd, tiles
from kotovec.kernels.calls import correct
from kotovec.kernels.jit import inline
from kotovec.kernels.registers import LANES, VECTORS
from kotovec.kernels.sigmoid import centred_sigmoid
from kotovec.kernels.state import MOST_ROWS, WIDEST

ONE, TWO = (0,), (0, LANES)  # columns
TWICE = VECTORS // 6  # noise words up to which two columns are updated at once: 6 to 10 % less time, at 5 and at 2


class Rows(NamedTuple):
    """Rows first to first + n - 1 of those at `offsets` in `matrix`. Of `owners`, offsets of output rows, each owns
    per_owner rows, from row 0 on. `own` is a tuple as long as a tile has owners.
    """

    matrix: object
    offsets: object
    first: int
    n: int
    owners: object
    per_owner: int
    own: tuple[int, ...]


@inline
def owner_place(rows, i):
    """Where in rows.owners the owner of row first + i is."""
    return (rows.first + i) // rows.per_owner


@inline
def first_slot(group, n_rows, slots):
    """Where the slots of a group begin: it has room for n_rows of so many, rounded up to whole tiles of any length."""
    return group * ((n_rows + MOST_ROWS - 1) // MOST_ROWS * MOST_ROWS) * slots


@inline
def count_groups(negative, width):
    """(groups in all, groups before the last ones, which are narrower) of negative noise words and an owner."""
    n_groups = negative // WIDEST + 1
    return n_groups, negative + 1 - n_groups * width


@inline
def first_target(group, n_wide, width):
    """The first noise word of a group; `width` is that of the narrower groups."""
    wide = group if group < n_wide else n_wide
    return group * width + (wide - 1 if wide > 0 else 0)


@inline
def score_with_owner(gradients, rows, outputs, targets, row_size, tile, abreast, fewer):
    """Scores of all rows with the noise words of the first group, and behind them with their owners."""
    y_rows, slots = tiles.offsets(targets, 0, fewer), LANES // len(abreast)
    for i in range(0, rows.n, len(tile)):
        x_rows = tiles.offsets(rows.offsets, rows.first + i, tile)
        own_rows = tiles.offsets(rows.owners, owner_place(rows, i), rows.own)
        sums = tiles.zero_products(x_rows, y_rows + ONE)
        for offset in range(0, row_size, LANES):
            sums = tiles.fma_rows(rows.matrix, x_rows, outputs, y_rows, own_rows, offset, sums)
        tiles.store_sums(gradients, i * slots, sums, tile, abreast)


@inline
def score(gradients, base, rows, outputs, targets, first, row_size, tile, abreast, like):
    """Scores of all rows with len(like) targets, from the first on, into gradients from base on."""
    y_rows, slots = tiles.offsets(targets, first, like), LANES // len(abreast)
    for i in range(0, rows.n, len(tile)):
        x_rows = tiles.offsets(rows.offsets, rows.first + i, tile)
        sums = tiles.zero_products(x_rows, y_rows)
        for offset in range(0, row_size, LANES):
            sums = tiles.fma_rows(rows.matrix, x_rows, outputs, y_rows, None, offset, sums)
        tiles.store_sums(gradients, base + i * slots, sums, tile, abreast)


@inline
def score_all(address, model, scratch, rows, negative, alpha, measured, repeats, copies, tile, abreast, fewer, wide):
    """Gradients of all rows and targets, into scratch.gradients; the loss too, if it is measured.

    repeats: a noise word may be a row's own centre word. copies: there may be rows that are none.
    """
    outputs, targets, row_size, slots = model.outputs, scratch.targets, model.row_size, LANES // len(abreast)
    score_with_owner(scratch.gradients, rows, outputs, targets, row_size, tile, abreast, fewer)
    label = tiles.label_behind(abreast, fewer)
    to_gradients(scratch.gradients, scratch.scores, 0, rows.n, alpha, label, measured, abreast)
    if wide is not None:
        n_groups, n_wide = count_groups(negative, len(fewer))
        for group in range(1, n_groups):
            first, base = first_target(group, n_wide, len(fewer)), first_slot(group, rows.n, slots)
            if group < n_wide:
                score(scratch.gradients, base, rows, outputs, targets, first, row_size, tile, abreast, wide)
            else:
                score(scratch.gradients, base, rows, outputs, targets, first, row_size, tile, abreast, fewer)
            label = simd.broadcast(np.float32(0))
            to_gradients(scratch.gradients, scratch.scores, group, rows.n, alpha, label, measured, abreast)
    if repeats or copies or measured:
        first, n_owners = owner_place(rows, 0), rows.n // rows.per_owner
        correct(address, first, n_owners, rows.per_owner, slots, len(fewer), repeats, copies, measured)


@inline
def update_all(once, more, model, scratch, negative, first, n_owners, tile, abreast, fewer, wide):
    """Apply all gradients to the rows of n_owners owners, from the first on; a column has LANES numbers.

    once(model, scratch, first, n_owners, offset, columns, abreast, fewer, wide) applies those of the owners and the
    first group to all columns, more(model, scratch, first, n_owners, group, target, offset, abreast, like) those of a
    further group to one.
    """
    done = 0
    if wide is None and len(fewer) <= TWICE:
        done = model.row_size // (2 * LANES) * (2 * LANES)
        for offset in range(0, done, 2 * LANES):
            once(model, scratch, first, n_owners, offset, TWO, abreast, fewer, wide)
    for offset in range(done, model.row_size, LANES):
        once(model, scratch, first, n_owners, offset, ONE, abreast, fewer, wide)
        if wide is not None:
            n_groups, n_wide = count_groups(negative, len(fewer))
            for group in range(1, n_groups):
                target = first_target(group, n_wide, len(fewer))
                if group < n_wide:
                    more(model, scratch, first, n_owners, group, target, offset, abreast, wide)
                else:
                    more(model, scratch, first, n_owners, group, target, offset, abreast, fewer)


@inline
def to_gradients(gradients, kept_scores, group, n_rows, alpha, label, measured, abreast):
    """Turn the scores of one group into gradients, in place.

    A loop of its own, so that the sigmoids of all rows overlap: done tile by tile, their latency shows (9 % slower).
    """
    minus_rate = simd.broadcast(-alpha)
    middle = simd.mul(minus_rate, simd.sub(simd.broadcast(np.float32(0.5)), label))  # where the score is 0
    slots = LANES // len(abreast)
    first = first_slot(group, n_rows, slots)
    for slot in range(first, first + n_rows * slots, LANES):
        scores = simd.load(gradients, slot)
        simd.store(gradients, slot, simd.fma(minus_rate, centred_sigmoid(scores), middle))
        if measured:
            simd.store(kept_scores, slot, scores)
