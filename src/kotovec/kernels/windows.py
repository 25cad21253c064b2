"""Windows: which centres come next, and the rows that they give, lined up for training."""

from __future__ import annotations

import numpy as np

from kotovec.kernels import simd
from kotovec.kernels.jit import inline
from kotovec.kernels.simd import LANES
from kotovec.kernels.state import CENTRES, MOST_ROWS, PAIRS


@inline
def collect(model, scratch, span, begin, end, length, turn, reach):
    """Find this turn's centres that have context words, and their windows.

    Gives their number, and whether all windows are whole: `reach` words on either side.
    """
    n_centres, whole = np.int64(0), True
    for centre in range(begin + turn, end, length):
        prefetch_row(model.inputs, scratch.rows[centre + span.window + 1], model.row_size)
        prefetch_row(model.outputs, scratch.owner_rows[centre + 2], model.row_size)
        left, right = min(np.int64(scratch.lefts[centre]), reach), min(np.int64(scratch.rights[centre]), reach)
        scratch.centres[n_centres] = scratch.owner_rows[centre]
        scratch.middles[n_centres] = centre
        scratch.starts[n_centres] = centre - left
        scratch.sizes[n_centres] = left + right
        n_centres += left + right > 0
        whole &= left + right == 2 * reach
    return n_centres, whole


@inline
def gather_pairs(scratch, n_centres, reach, whole, n_waiting):
    """Rows of skip-gram, behind those that wait: the context words of each window two and two, one from either half.

    Every two have an owner, their centre; the first two of each window come before all second ones. Of an odd number
    the middle one is alone, and a copy of it takes the other's place. Gives the number of owners.
    """
    n, n_pairs = n_waiting, np.int64(0)
    if whole and n_centres == CENTRES:  # as far from the ends of sentences: without a condition
        block = simd.width(CENTRES)
        starts = simd.offsets(scratch.starts, 0, block)
        for i in range(reach):
            simd.copy_two_from_each(scratch.contexts, 2 * n, scratch.rows, starts, i, i + reach + 1)
            simd.copy_offsets(scratch.owners, n, scratch.centres, block)
            for place in range(n, n + CENTRES):
                scratch.n_owned[place] = 2
            n += CENTRES
        n_pairs = 2 * reach * CENTRES
    else:
        longest = np.int64(0)
        for place in range(n_centres):
            longest = max(longest, (scratch.sizes[place] + 1) // 2)
            n_pairs += scratch.sizes[place]
        for i in range(longest):
            for place in range(n_centres):
                half = (scratch.sizes[place] + 1) // 2
                two = i + half < scratch.sizes[place]
                first, second = scratch.starts[place] + i, scratch.starts[place] + i + (half if two else 0)
                scratch.contexts[2 * n] = scratch.rows[first + (first >= scratch.middles[place])]
                scratch.contexts[2 * n + 1] = scratch.rows[second + (second >= scratch.middles[place])]
                scratch.owners[n] = scratch.centres[place]
                scratch.n_owned[n] = 1 + two
                n += i < half
    scratch.measures[PAIRS] += n_pairs
    last = max(n - 1, 0)  # is repeated: rows are scored in whole tiles, of two owners at most
    scratch.owners[n] = scratch.owners[last]
    scratch.contexts[2 * n] = scratch.contexts[2 * last]
    scratch.contexts[2 * n + 1] = scratch.contexts[2 * last + 1]
    return n


@inline
def any_owner_has(values, first, n_owners, value):
    """Whether one of n_owners values, from the first on, is `value`; or one behind them.

    They are looked at by eights, since a loop of a known length is faster: some of the next set's among them.
    """
    found = False
    for start in range(first, first + n_owners, CENTRES):
        found |= simd.any_equal(values, start, value, simd.width(CENTRES))
    return found


@inline
def keep_waiting(scratch, first, n_waiting):
    """Bring the owners and rows of skip-gram that still wait, from first on, to the front; gives the owners' number.

    They are fewer than `first`, or first is 0.
    """
    for i in range(n_waiting - first if first > 0 else 0):
        scratch.contexts[2 * i] = scratch.contexts[2 * (first + i)]
        scratch.contexts[2 * i + 1] = scratch.contexts[2 * (first + i) + 1]
        scratch.owners[i] = scratch.owners[first + i]
        scratch.n_owned[i] = scratch.n_owned[first + i]
    return n_waiting - first


@inline
def gather_windows(scratch, n_centres, reach, whole, n_waiting):
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
    scratch.measures[PAIRS] += n_centres
    for i in range(n_centres, n_centres + MOST_ROWS - 1):  # rows are scored in whole tiles
        scratch.owners[i] = scratch.owners[max(n_centres - 1, 0)]
    return n_centres


@inline
def prefetch_row(matrix, row, row_size):
    """Ask for all cache lines of a row, some at a time: a loop over lines would cost as much as what it does."""
    at, end = row, row + row_size
    while at + 4 * LANES <= end:
        simd.prefetch_for_write(matrix, at, simd.width(4))
        at += 4 * LANES
    if row_size & (2 * LANES):
        simd.prefetch_for_write(matrix, at, simd.width(2))
        at += 2 * LANES
    if row_size & LANES:
        simd.prefetch_for_write(matrix, at, simd.width(1))
