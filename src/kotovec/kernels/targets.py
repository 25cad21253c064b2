"""What one centre is trained with: its context words, and its targets (the centre word, then the noise words)."""

from __future__ import annotations

import numpy as np

from kotovec.kernels import rng, simd
from kotovec.kernels.jit import inline
from kotovec.kernels.sampling import draw_batch
from kotovec.kernels.simd import LANES
from kotovec.kernels.state import BATCH, SLOT, STAMP_BITS


@inline
def find_contexts(kept, centre, first, last, reach, row_size, contexts):
    """Row offsets of the words at most `reach` positions from the centre, within [first, last); gives their number.

    The last one is repeated behind the end, since scores are computed for two contexts at a time.
    """
    n = 0
    for position in range(max(first, centre - reach), centre):
        contexts[n] = np.int64(simd.get(kept, position)) * row_size
        n += 1
    for position in range(centre + 1, min(last, centre + reach + 1)):
        contexts[n] = np.int64(simd.get(kept, position)) * row_size
        n += 1
    if n > 0:
        contexts[n] = contexts[n - 1]
    return n


@inline
def draw_reach(window, shrink, state):
    """How far this centre's window reaches, uniform in 1..window if it shrinks; and the next state."""
    state = rng.advance(state)
    return (rng.below(rng.mix(state), np.uint64(window)) + 1 if shrink else window), state


@inline
def prefetch_row(matrix, row, row_size):
    """Ask for all cache lines of a row."""
    for offset in range(0, row_size, LANES):
        simd.prefetch_for_write(matrix, row + offset)


@inline
def draw_ahead(model, noise, negative, turn, state, negatives):
    """Make sure that the noise words of the next turn are drawn, and their rows on the way; gives the next state.

    The halves of `negatives` are filled in turn, one centre before they are needed.
    """
    upcoming = (turn + 1) % (2 * BATCH)
    if upcoming % BATCH == 0:
        state = draw_batch(
            noise, np.uint64(model.n_words), model.row_size, upcoming // BATCH, negative, state, negatives
        )
    for k in range(upcoming * negative, (upcoming + 1) * negative):
        prefetch_row(model.outputs, negatives[k], model.row_size)
    return state


@inline
def take_targets(centre_row, negatives, turn, negative, serial, stamps, targets):
    """Fill targets with the centre's row offset and this turn's noise words; says whether two may be equal.

    serial is another positive number in each call: a stamp that carries it was set for this very centre.
    """
    first = (turn % (2 * BATCH)) * negative
    targets[0] = centre_row
    stamps[stamp_of(centre_row)] = serial
    suspicious = False
    for j in range(negative):
        row = negatives[first + j]
        targets[1 + j] = row
        stamp = stamp_of(row)
        suspicious |= stamps[stamp] == serial
        stamps[stamp] = serial
    return suspicious


@inline
def stamp_of(row):
    """The stamp of a row offset: a hash of STAMP_BITS bits."""
    return (np.uint64(row) * np.uint64(0x9E3779B97F4A7C15)) >> np.uint64(64 - STAMP_BITS)


@inline
def resolve_repeats(targets, n_wide, width, spare_row, multiplicity):
    """Let equal targets be one that counts as often; a noise word that is the centre does not count.

    The others are sent to the spare row with multiplicity 0: written in one go, equal rows would lose updates.
    """
    for j in range(1, len(targets)):
        for k in range(j):
            if targets[k] == targets[j]:
                if k > 0:
                    _count(multiplicity, k, n_wide, width, np.float32(1))
                _count(multiplicity, j, n_wide, width, np.float32(-1))
                targets[j] = spare_row
                break


@inline
def slot_of(target, n_wide, width):
    """(group, place in the group) of a target."""
    n_in_wide = n_wide * width
    if target < n_in_wide:
        return target // width, target % width
    return n_wide + (target - n_in_wide) // (width - 1), (target - n_in_wide) % (width - 1)


@inline
def _count(multiplicity, target, n_wide, width, change):
    group, place = slot_of(target, n_wide, width)
    multiplicity[group * 2 * SLOT + place] += change
    multiplicity[group * 2 * SLOT + SLOT + place] += change
