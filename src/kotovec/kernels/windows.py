"""Windows: which centres come next, and the rows that they give, lined up for training."""

from __future__ import annotations

import numpy as np

from kotovec.kernels import simd
from kotovec.kernels.jit import inline
from kotovec.kernels.private import row_of
from kotovec.kernels.simd import LANES
from kotovec.kernels.state import CENTRES, MOST_ROWS

NO_ROW = -1  # is no offset of a row: those are multiples of 16


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
def collect(model, scratch, span, begin, end, n, length, turn, reach):
    """Find this turn's centres that have context words, and their windows.

    Gives their number, and whether all windows are whole: `reach` words on either side.
    """
    kept, row_size = scratch.kept, model.row_size
    n_centres, whole = np.int64(0), True
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
        start = max(scratch.firsts[place], centre - reach)
        stop = min(last, centre + reach + 1)
        scratch.centres[n_centres] = row_of(word, span.n_private, span.private_outputs, row_size)
        scratch.middles[n_centres] = centre
        scratch.starts[n_centres] = start
        scratch.sizes[n_centres] = stop - start - 1
        n_centres += stop - start > 1
        whole &= stop - start == 2 * reach + 1
    for place in range(n_centres, CENTRES):
        scratch.centres[place] = NO_ROW
    return n_centres, whole


@inline
def gather_pairs(scratch, n_centres, reach, whole):
    """Rows of skip-gram: every context word with its owner, the first of each window before all second ones.

    Gives their number. The last one is repeated behind the end, since rows are scored in whole tiles.
    """
    n = np.int64(0)
    if whole and n_centres == CENTRES:  # as far from the ends of sentences: without a condition
        block = simd.width(CENTRES)
        starts = simd.offsets(scratch.starts, 0, block)
        for i in range(2 * reach):
            simd.copy_from_each(scratch.contexts, n, scratch.rows, starts, i + (i >= reach))
            simd.copy_offsets(scratch.owners, n, scratch.centres, block)
            n += CENTRES
    else:
        longest = np.int64(0)
        for place in range(n_centres):
            longest = max(longest, scratch.sizes[place])
        for i in range(longest):
            for place in range(n_centres):
                position = scratch.starts[place] + i
                scratch.contexts[n] = scratch.rows[position + (position >= scratch.middles[place])]
                scratch.owners[n] = scratch.centres[place]
                n += i < scratch.sizes[place]
    for i in range(MOST_ROWS - 1):
        scratch.contexts[n + i] = scratch.contexts[n - 1]
        scratch.owners[n + i] = scratch.owners[n - 1]
    return n


@inline
def gather_windows(scratch, n_centres, reach, whole):
    """Rows of CBOW: every centre, its own owner; contexts holds one window after the other. Gives their number."""
    n = np.int64(0)
    for place in range(n_centres):
        start, middle = scratch.starts[place], scratch.middles[place]
        scratch.first_context[place] = n
        for position in range(start, middle):
            scratch.contexts[n] = scratch.rows[position]
            n += 1
        for position in range(middle + 1, start + scratch.sizes[place] + 1):
            scratch.contexts[n] = scratch.rows[position]
            n += 1
        scratch.owners[place] = scratch.centres[place]
    scratch.first_context[n_centres] = n
    for i in range(MOST_ROWS - 1):
        scratch.owners[n_centres + i] = scratch.owners[n_centres - 1]
    return n_centres


@inline
def prefetch_row(matrix, row, row_size):
    """Ask for all cache lines of a row."""
    for offset in range(0, row_size, LANES):
        simd.prefetch_for_write(matrix, row + offset)
