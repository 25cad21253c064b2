"""Windows: which centres come next, and the rows that they give, lined up for training."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from kotovec.kernels import ints, simd, tiles
from kotovec.kernels.jit import inline
from kotovec.kernels.simd import LINE
from kotovec.kernels.state import CENTRES, LINES, PAIRS


class Turn(NamedTuple):
    """Which centres come next: the places begin + number, begin + number + length and so on, below end; and how many
    words to either side of each are context.
    """

    begin: int
    end: int
    length: int
    number: int
    reach: int


@inline
def collect(model, scratch, span, turn):
    """Find this turn's centres that have context words, and their windows.

    Gives their number, whether all windows are whole (turn.reach words on either side), and of each centre, as vectors:
    its row in outputs, its place, the first place of its window, and how many context words are in it.
    """
    first, reach = turn.begin + turn.number, turn.reach
    for centre in range(first, turn.end, turn.length):
        prefetch_row(model.inputs, scratch.rows[centre + span.window + 1], model.row_size)
        prefetch_row(model.outputs, scratch.owner_rows[centre + 2], model.row_size)
    places, stop, most = ints.steps(first, turn.length), ints.spread(turn.end), ints.spread(reach)
    inside, places = ints.less(places, stop), ints.minimum(places, stop)
    lefts = ints.minimum(ints.gather(scratch.lefts, places), most)
    sizes = ints.add(lefts, ints.minimum(ints.gather(scratch.rights, places), most))
    whole = ints.count(ints.less(sizes, ints.spread(2 * reach))) == 0
    taken = ints.both(inside, ints.less(ints.spread(0), sizes))
    n, owners, starts = ints.count(taken), ints.gather(scratch.owner_rows, places), ints.sub(places, lefts)
    owners, places = together(taken, n, owners), together(taken, n, places)
    return n, whole, (owners, places, together(taken, n, starts), together(taken, n, sizes))


@inline
def together(taken, n, numbers):
    """The n numbers that are taken, in front. Mostly they all are; without AVX-512 it takes long to move them."""
    if n < CENTRES:
        return ints.compress(taken, numbers)
    return numbers


@inline
def line_up(scratch, turn, window):
    """Keep the rows of this turn's centres, and of the words up to `window` places before and behind each, in lines:
    line k holds the rows of the centres of turn k. At every turn one comes in, at the first one all of them.
    """
    first, limit = ints.spread(0), ints.spread(turn.end + window)  # beyond them are no windows
    newest = turn.number + window
    for number in range(newest if turn.number > 0 else -window, newest + 1):
        places = ints.steps(turn.begin + number, turn.length)
        places = ints.minimum(ints.maximum(places, first), limit)
        ints.store(scratch.lines, line_place(number), ints.gather(scratch.rows, places))


@inline
def line_place(number):
    """Where in scratch.lines a line is: it takes the place of one that is no longer needed."""
    return (number & (LINES - 1)) * ints.N


@inline
def gather_pairs(scratch, span, turn, n_centres, whole, windows, n_waiting):
    """Rows of skip-gram, behind those that wait: the context words of each window two and two, one from either half.

    Every two have an owner, their centre; the first two of each window come before all second ones. Of an odd number
    the middle one is alone, and a copy of it takes the other's place. Gives the number of owners.

    What is behind the last one are zeros, or rows of an earlier block: whole tiles are scored, whatever it is.
    """
    line_up(scratch, turn, span.window)
    owners, middles, starts, sizes = windows
    one, two = ints.spread(1), ints.spread(2)
    n, n_pairs = n_waiting, np.int64(0)
    if whole and n_centres == CENTRES:  # as far from the ends of sentences: without a condition
        for number in range(turn.number - turn.reach, turn.number):
            first = ints.load(scratch.lines, line_place(number))
            second = ints.load(scratch.lines, line_place(number + turn.reach + 1))
            ints.store_pairs(scratch.contexts, 2 * n, first, second)
            ints.store(scratch.owners, n, owners)
            ints.store(scratch.n_owned, n, two)
            n += CENTRES
        n_pairs = 2 * turn.reach * CENTRES
    else:
        halves = ints.halve(ints.add(sizes, one))
        for i in range(turn.reach):
            at = ints.spread(i)
            taken, paired = ints.less(at, halves), ints.less(ints.add(at, halves), sizes)
            n_taken = ints.count(taken)
            if n_taken == 0:
                break
            first = ints.add(starts, at)
            second = ints.select(paired, ints.add(first, halves), first)
            first = ints.select(ints.less(first, middles), first, ints.add(first, one))
            second = ints.select(ints.less(second, middles), second, ints.add(second, one))
            first = together(taken, n_taken, ints.gather(scratch.rows, first))
            second = together(taken, n_taken, ints.gather(scratch.rows, second))
            ints.store_pairs(scratch.contexts, 2 * n, first, second)
            ints.store(scratch.owners, n, together(taken, n_taken, owners))
            ints.store(scratch.n_owned, n, together(taken, n_taken, ints.select(paired, two, one)))
            n += n_taken
            n_pairs += n_taken + ints.count(paired)
    scratch.measures[PAIRS] += n_pairs
    return n


@inline
def any_owner_has(values, first, n_owners, value):
    """Whether one of n_owners values, from the first on, is `value`; or one behind them.

    They are looked at by eights, since a loop of a known length is faster: some of the next set's among them.
    """
    found = False
    for start in range(first, first + n_owners, CENTRES):
        found |= ints.count(ints.equal(ints.load(values, start), ints.spread(value))) > 0
    return found


@inline
def keep_waiting(scratch, first, n_waiting):
    """Bring the owners and rows of skip-gram that still wait, from first on, to the front; gives the owners' number.

    They are fewer than `first`, or first is 0.
    """
    for i in range(0, n_waiting - first if first > 0 else 0, ints.N):
        ints.store(scratch.contexts, 2 * i, ints.load(scratch.contexts, 2 * (first + i)))
        ints.store(scratch.contexts, 2 * i + ints.N, ints.load(scratch.contexts, 2 * (first + i) + ints.N))
        ints.store(scratch.owners, i, ints.load(scratch.owners, first + i))
        ints.store(scratch.n_owned, i, ints.load(scratch.n_owned, first + i))
    return n_waiting - first


@inline
def gather_windows(scratch, span, turn, n_centres, whole, windows, n_waiting):
    """Rows of CBOW: every centre, its own owner; contexts holds one window after the other. Gives their number."""
    owners, middles, starts, sizes = windows
    ints.store(scratch.middles, 0, middles)
    ints.store(scratch.starts, 0, starts)
    ints.store(scratch.sizes, 0, sizes)
    n = np.int64(0)
    for place in range(n_centres):
        start, middle = scratch.starts[place], scratch.middles[place]
        scratch.first_context[place] = n
        n = copy_rows(scratch, n, start, middle)
        n = copy_rows(scratch, n, middle + 1, start + scratch.sizes[place] + 1)
    scratch.first_context[n_centres] = n
    scratch.measures[PAIRS] += n_centres
    ints.store(scratch.owners, 0, owners)  # and zeros: whole tiles are scored
    return n_centres


@inline
def copy_rows(scratch, n, start, stop):
    """Copy the rows of places start to stop - 1 to the contexts, from n on, by eights; gives where they end."""
    for i in range(0, stop - start, ints.N):
        ints.store(scratch.contexts, n + i, ints.load(scratch.rows, start + i))
    return n + stop - start


@inline
def prefetch_row(matrix, row, row_size):
    """Ask for all cache lines of a row, some at a time: a loop over lines would cost as much as what it does."""
    lines = (row_size + LINE - 1) // LINE
    at = row
    for _ in range(lines // 4):
        simd.prefetch(matrix, at, tiles.width(4))
        at += 4 * LINE
    if lines & 2:
        simd.prefetch(matrix, at, tiles.width(2))
        at += 2 * LINE
    if lines & 1:
        simd.prefetch(matrix, at, tiles.width(1))
