"""The noise words of a set: drawn ahead, and what is done where two of them, or one and a centre word, are equal."""

from __future__ import annotations

import numpy as np

from kotovec.kernels.jit import inline
from kotovec.kernels.sampling import draw_batch
from kotovec.kernels.scores import count_target
from kotovec.kernels.state import BATCH, CENTRES
from kotovec.kernels.windows import prefetch_row


@inline
def draw_ahead(model, noise, span, number, state, negatives):
    """Make sure that the next set's noise words are drawn, and their rows on the way; gives the next state.

    The halves of `negatives` are filled in turn, one set before they are needed.
    """
    upcoming = (number + 1) % (2 * BATCH)
    if upcoming % BATCH == 0:
        state = draw_batch(model, noise, upcoming // BATCH, span, state, negatives)
    for k in range(upcoming * span.negative, (upcoming + 1) * span.negative):
        prefetch_row(model.outputs, negatives[k], model.row_size)
    return state


@inline
def take_noise(scratch, number, negative):
    """Fill noise and targets with the words of a set; says whether two of them, or one and a centre, are equal.

    All centres of the block are looked at, since a loop of a known length is faster than one over a set's owners.
    """
    repeats, start = False, number % (2 * BATCH) * negative
    for j in range(negative):
        row = scratch.negatives[start + j]
        scratch.noise[j] = row
        scratch.targets[j] = row
        for place in range(CENTRES):
            repeats |= scratch.centres[place] == row
        for k in range(j):
            repeats |= scratch.noise[k] == row
    return repeats


@inline
def piece_stop(scratch, negative, first, end):
    """Which rows are trained together with `first`: up to the next whose owner is a noise word, which is alone."""
    stop = first + 1
    if not is_noise(scratch, negative, first):
        while stop < end and not is_noise(scratch, negative, stop):
            stop += 1
    return stop


@inline
def is_noise(scratch, negative, i):
    """Whether the owner of a row is one of the noise words."""
    found = False
    for j in range(negative):
        found |= scratch.noise[j] == scratch.owners[i]
    return found


@inline
def resolve_repeats(scratch, spare_row, negative, i, tile, fewer):
    """The targets of row i, and of those trained with it, where noise words may be equal to each other or its owner.

    A row must not be written from two copies, or an update is lost. So the first of equal noise words counts as often
    as it was drawn, and the others, and those that are the centre word, become the spare row with multiplicity 0.
    """
    width = len(fewer)
    for j in range(negative):
        row = scratch.noise[j]
        scratch.targets[j] = row
        count = np.float32(1)
        if row == scratch.owners[i]:
            count = np.float32(0)
        for k in range(j):
            if scratch.targets[k] == row and count > 0:
                same = np.float32(1)
                for m in range(j):
                    same += scratch.noise[m] == row
                count_target(scratch.multiplicity, np.int64(k), negative, width, same, tile)
                count = np.float32(0)
        if count == 0:
            scratch.targets[j] = spare_row
            count_target(scratch.multiplicity, np.int64(j), negative, width, count, tile)
