"""The noise words of a set, which are drawn ahead."""

from __future__ import annotations

from kotovec.kernels.jit import inline
from kotovec.kernels.sampling import draw_batch
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
    """Make the words of a set its targets; says whether one of them is a centre of the block.

    All centres are looked at, since a loop of a known length is faster than one over the owners of the set.
    """
    repeats, start = False, number % (2 * BATCH) * negative
    for j in range(negative):
        row = scratch.negatives[start + j]
        scratch.targets[j] = row
        for place in range(CENTRES):
            repeats |= scratch.centres[place] == row
    return repeats
