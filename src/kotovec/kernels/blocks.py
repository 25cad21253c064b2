"""The walk over a chunk: a few centres at a time, their context words, and the noise words that they share.

The centres of a block come from as many streams, far apart in the chunk: neighbours would train nearly the same
context words against the same noise words again and again (measured for CBOW: the loss rises by 2 %). Sharing between
windows is the "context combining" of Rengasamy et al. 2017 (IA3, "Optimizing Word2Vec Performance on Multicore
Systems"): fewer random numbers, and the rows of the noise words are read and written once per block.
"""

from __future__ import annotations

import numpy as np

from kotovec.kernels import rng, simd
from kotovec.kernels.jit import body, inline
from kotovec.kernels.private import exchange_due, row_of
from kotovec.kernels.sampling import draw_batch, subsample
from kotovec.kernels.scores import count_target, measure_loss
from kotovec.kernels.simd import LANES
from kotovec.kernels.state import BATCH, MOST_ROWS, PAIRS, WIDEST


@body
def train_span(arrays, ids, n_ids, span, step, tile, fewer, wide):
    """Train on ids[span.start:span.stop]; model and scratch change in place.

    step(model, scratch, span, first, stop, alpha, measured, tile, fewer, wide) trains the centres first to stop - 1 of
    the block in scratch, and says how many rows it has scored.
    """
    model, tables, scratch = arrays
    begin, end, n, state = subsample(model, tables, scratch, span, ids, n_ids)
    exchange_due(model.inputs, scratch.private_inputs, span.n_private, model.row_size, span.turn)
    exchange_due(model.outputs, scratch.private_outputs, span.n_private, model.row_size, span.turn)
    length = (end - begin + span.centres - 1) // span.centres
    start_streams(scratch, span, begin, length, n)
    state = draw_batch(model, tables.noise, np.int64(0), span, state, scratch.negatives)
    slope = (span.alpha_stop - span.alpha_start) / max(length, 1)
    n_multiples = (span.negative // WIDEST + 1) * LANES
    drawn, n_pairs = np.int64(0), 0
    for turn in range(length):
        n_centres, state = collect(model, scratch, span, begin, end, n, length, turn, state)
        if n_centres == 0:
            continue
        state = draw_ahead(model, tables.noise, span, drawn, state, scratch.negatives)
        repeats = take_noise(scratch, drawn, span.negative, n_centres)
        alpha = np.float32(span.alpha_start + slope * turn)
        measured = drawn % span.loss_interval == 0
        pieces = n_centres if repeats else 1  # where targets are equal, each centre is trained alone
        for piece in range(np.int64(0), pieces):
            if repeats:
                fill(scratch.multiplicity, n_multiples, np.float32(1))
                resolve_repeats(scratch, model.n_words * model.row_size, drawn, span.negative, piece, tile, fewer)
            stop = piece + 1 if repeats else n_centres
            n_rows = step(model, scratch, span, piece, stop, alpha, measured, tile, fewer, wide)
            n_pairs += n_rows
            if measured:
                measure_loss(scratch.scores, scratch.multiplicity, scratch.measures, n_rows, span.negative, tile, fewer)
        if repeats:
            fill(scratch.multiplicity, n_multiples, np.float32(1))
        drawn += 1
    scratch.measures[PAIRS] += n_pairs


@inline
def fill(values, n, value):
    """Set values[:n]."""
    for i in range(n):
        values[i] = value


@inline
def start_streams(scratch, span, begin, length, n):
    """Find where the sentence of each stream begins, as far as its window reaches back."""
    for place in range(span.centres):
        position = min(begin + place * length, n)
        first = position
        while first > max(position - span.window, 0) and scratch.kept[first - 1] >= 0:
            first -= 1
        scratch.firsts[place] = first
        scratch.lasts[place] = position


@inline
def collect(model, scratch, span, begin, end, n, length, turn, state):
    """Fill scratch with this turn's centres that have context words; gives (their number, next state).

    The last context and centre are repeated behind the end, since rows are scored in whole tiles.
    """
    kept, row_size = scratch.kept, model.row_size
    state = rng.advance(state)
    reach = rng.below(rng.mix(state), np.uint64(span.window)) + 1 if span.shrink else span.window
    n_centres, n_contexts = 0, 0
    for place in range(span.centres):
        centre = begin + place * length + turn
        if centre >= end:
            break
        word = np.int64(kept[centre])
        if word < 0:
            scratch.firsts[place] = centre + 1
            continue
        last, reachable = max(scratch.lasts[place], centre), min(centre + span.window + 1, n)
        while last < reachable and kept[last] >= 0:
            last += 1
        scratch.lasts[place] = last
        prefetch_row(model.inputs, scratch.rows[min(centre + span.window + 1, n - 1)], row_size)
        ahead = np.int64(kept[min(centre + 2, n - 1)])
        prefetch_row(model.outputs, row_of(ahead, span.n_private, span.private_outputs, row_size), row_size)
        owner = row_of(word, span.n_private, span.private_outputs, row_size)
        first = n_contexts
        n_contexts = add_contexts(scratch, max(scratch.firsts[place], centre - reach), centre, owner, n_contexts)
        n_contexts = add_contexts(scratch, centre + 1, min(last, centre + reach + 1), owner, n_contexts)
        scratch.centres[n_centres] = owner
        scratch.first_context[n_centres] = first
        n_centres += n_contexts > first
    scratch.first_context[n_centres] = n_contexts
    if n_centres > 0:
        for i in range(MOST_ROWS - 1):
            scratch.contexts[n_contexts + i] = scratch.contexts[n_contexts - 1]
            scratch.owners[n_contexts + i] = scratch.owners[n_contexts - 1]
            scratch.centres[n_centres + i] = scratch.centres[n_centres - 1]
    return n_centres, state


@inline
def add_contexts(scratch, start, stop, owner, n):
    """Append the rows of the tokens at start to stop - 1 to contexts[:n]; gives the new n."""
    for position in range(start, stop):
        scratch.contexts[n] = scratch.rows[position]
        scratch.owners[n] = owner
        n += 1
    return n


@inline
def prefetch_row(matrix, row, row_size):
    """Ask for all cache lines of a row."""
    for offset in range(0, row_size, LANES):
        simd.prefetch_for_write(matrix, row + offset)


@inline
def draw_ahead(model, noise, span, drawn, state, negatives):
    """Make sure that the next block's noise words are drawn, and their rows on the way; gives the next state.

    The halves of `negatives` are filled in turn, one block before they are needed.
    """
    upcoming = (drawn + 1) % (2 * BATCH)
    if upcoming % BATCH == 0:
        state = draw_batch(model, noise, upcoming // BATCH, span, state, negatives)
    for k in range(upcoming * span.negative, (upcoming + 1) * span.negative):
        prefetch_row(model.outputs, negatives[k], model.row_size)
    return state


@inline
def take_noise(scratch, drawn, negative, n_centres):
    """Fill targets with this block's noise words; says whether two of them, or one and a centre, are equal."""
    repeats = False
    first = drawn % (2 * BATCH) * negative
    for j in range(negative):
        row = scratch.negatives[first + j]
        scratch.targets[j] = row
        for place in range(n_centres):
            repeats |= scratch.centres[place] == row
        for k in range(j):
            repeats |= scratch.targets[k] == row
    return repeats


@inline
def resolve_repeats(scratch, spare_row, drawn, negative, place, tile, fewer):
    """The targets of one centre alone, where noise words may be equal to each other or to the centre word.

    A row must not be written from two copies, or an update is lost. So the first of equal noise words counts as often
    as it was drawn, and the others, and those that are the centre word, become the spare row with multiplicity 0.
    """
    width = len(fewer)
    first = drawn % (2 * BATCH) * negative
    for j in range(negative):
        row = scratch.negatives[first + j]
        scratch.targets[j] = row
        count = np.float32(1)
        if row == scratch.centres[place]:
            count = np.float32(0)
        for k in range(j):
            if scratch.targets[k] == row and count > 0:
                same = np.float32(1)
                for i in range(j):
                    same += scratch.negatives[first + i] == row
                count_target(scratch.multiplicity, np.int64(k), negative, width, same, tile)
                count = np.float32(0)
        if count == 0:
            scratch.targets[j] = spare_row
            count_target(scratch.multiplicity, np.int64(j), negative, width, count, tile)
