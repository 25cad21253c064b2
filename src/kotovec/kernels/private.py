"""Private copies of the rows of frequent words.

Two threads that write the same row in turn send its cache lines back and forth, which costs more than the arithmetic:
with the cores of one machine far apart, two threads took twice the processor time of one. So each worker trains on
copies of the first rows of its own. When it begins a part of a chunk it exchanges some of them: a share of what it has
changed since the last time is added to the shared row, and the sum is its new copy. Between, it does not see what
others do to the row.

How long that may be depends on how often the word is met: the first `hot` rows are exchanged at every part, the next
`hot` as well, the next 2 * hot at every second part, the next 4 * hot at every fourth, and so on, some of them at
each. So a row changes about equally often between two exchanges, and each doubling of the private rows costs the same.
A young model changes fast: no row waits longer than half of the parts that the worker has trained. (With an eighth, the
loss is the same from 0.3 million words on, and where cores lie far apart a short run takes 2 % longer.) The very first
rows change most: half of the hot ones are exchanged EXCHANGES times in a part, about.

**The share.** Small changes of several workers add up. But a row that is changed often settles: each worker brings it
all the way to about the same place, and their sum would go as many times too far as there are workers. Eight threads
diverged by that. If each update takes the row a part c of the way, then after K updates it has gone 1 - (1 - c) ** K of
it; T workers should go 1 - (1 - c) ** (T * K) together. A worker's share of that is all of a small change, and 1 / T of
one that has settled. c is the learning rate times the curvature of the loss, which is the sigmoid's slope times the
squared length of the vectors on the other side.

A private row is addressed like a shared one, by its distance from the matrix's first element, although it lies in other
memory: nothing else in a kernel knows the difference.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.lib.stride_tricks import as_strided
from numpy.typing import NDArray

from kotovec.kernels import ints, simd, tiles
from kotovec.kernels.jit import inline
from kotovec.kernels.registers import LANES

if TYPE_CHECKING:
    from kotovec.kernels.state import Model, Scratch

EXCHANGES = 4
_TYPICAL = 128  # rows, to tell the length of vectors
_SHORTEST = 16  # turns between two exchanges of the hottest rows
_PATIENCE = 2  # an exchange is due after at most one in so many of the parts so far
_AHEAD = 2  # rows: as far as it pays to ask for shared ones early
_OUTPUT_SLOPE = 0.2  # at most 1/4; from 0.15 to 1 the loss is the same
_INPUT_SLOPE = 0.02  # found by trial, flat from 0.003 to 0.1: an input row goes many ways, each of them less often


@inline
def row_of(word, n_private, private_first, pitch, step):
    """The offset of a word's row, in the worker's own copy if there is one."""
    private = word < n_private
    return word * (pitch if private else step) + (private_first if private else 0)


@inline
def turns_between(length):
    """After how many of the `length` turns of a part the hottest rows are exchanged."""
    turns = length // EXCHANGES
    return turns if turns > _SHORTEST else _SHORTEST


@inline
def paces(scratch, span, pitch):
    """Which part of the way to where it settles an update takes a row, of inputs and of outputs: c above."""
    n = ints.minimum(span.n_private, _TYPICAL)
    inputs = _INPUT_SLOPE * span.alpha_start * _squared_length(scratch.private_outputs, n, pitch)
    outputs = _OUTPUT_SLOPE * span.alpha_start * _squared_length(scratch.private_inputs, n, pitch)
    return inputs, outputs


@inline
def weigh_changes(scratch, span, pace, start, stop):
    """Find the share of what changes in the copies start to stop - 1 that is added to the shared rows."""
    inputs, outputs = pace
    for word in range(start, stop):
        scratch.input_shares[word] = _share(inputs * scratch.input_updates[word], span.n_workers)
        scratch.output_shares[word] = _share(outputs * scratch.output_updates[word], span.n_workers)


@inline
def _squared_length(rows, n, pitch):
    total = np.float32(0.0)
    for i in range(n * pitch):
        total += rows[i] * rows[i]
    return total / ints.maximum(n, 1)


@inline
def _share(settled, n_workers):
    """(1 - exp(-T * settled)) / (T * (1 - exp(-settled))) with T = n_workers, within a tenth."""
    part = 1 / n_workers
    third = 1 + settled * n_workers / 6
    return part + (1 - part) / (third * third * third)


@inline
def exchange_due(model, scratch, span, n_before):
    """Exchange the rows that are due when a worker begins a part, after n_before others; at the first part, all."""
    pace = paces(scratch, span, model.pitch)
    first, interval = np.int64(0), np.int64(1)
    while first < span.n_private:
        n_rows = ints.maximum(first, span.hot) // interval
        start = first + n_rows * (n_before % interval)
        stop = ints.minimum(start + n_rows, span.n_private)
        weigh_changes(scratch, span, pace, start, stop)
        exchange_both(model, scratch, start, stop, span.n_private)
        if 2 * _PATIENCE * interval <= n_before and first > 0:
            interval *= 2
        first = ints.maximum(2 * first, span.hot)


@inline
def exchange_hottest(model, scratch, n_private, hot):
    """Exchange the rows that are exchanged several times in a part."""
    exchange_both(model, scratch, np.int64(0), ints.minimum(hot // 2, n_private), n_private)


def parts_between(n_private: int, hot: int) -> NDArray[np.float64]:
    """(n_private,): after how many parts each row is exchanged, once the worker has trained many; `hot` 1 or above."""
    words = np.arange(n_private)
    parts = 2.0 ** np.floor(np.log2(np.maximum(words / hot, 1)))
    parts[: hot // 2] = 1 / EXCHANGES
    return parts


@inline
def exchange_both(model, scratch, start, stop, n_private):
    """Exchange rows start to stop - 1 of both matrices."""
    size, pitch, behind = model.row_size, model.pitch, n_private * model.pitch
    for word in range(start, stop):
        share = scratch.input_shares[word]
        exchange_row(model.inputs, model.input_step, scratch.private_inputs, share, word, size, pitch, behind)
        share = scratch.output_shares[word]
        exchange_row(model.outputs, model.output_step, scratch.private_outputs, share, word, size, pitch, behind)


@inline
def exchange_row(matrix, step, private, share, word, row_size, pitch, behind):
    """Add a share of what has changed in the copy to a row of the matrix; both become the sum."""
    shares, away = simd.broadcast(share), word * (step - pitch)
    for offset in range(word * pitch, word * pitch + row_size, LANES):
        simd.prefetch(matrix, offset + away + _AHEAD * step, tiles.width(1))
        change = simd.sub(simd.load(private, offset), simd.load(private, behind + offset))
        row = simd.fma(shares, change, simd.load(matrix, offset + away))
        simd.store(matrix, offset + away, row)
        simd.store(private, offset, row)
        simd.store(private, behind + offset, row)


def take_rows(model: Model, scratch: Scratch) -> None:
    """Copy the first rows of both matrices twice: one copy to train on, one to compare with."""
    for rows, copies, _ in _sides(model, scratch):
        copies[:] = rows


def give_back_rows(model: Model, scratch: Scratch) -> None:
    """Add to both matrices what has changed in a worker's copies since their last exchange. The worker must rest."""
    for rows, (copies, before), shares in _sides(model, scratch):
        rows += shares[:, np.newaxis] * (copies - before)


def _sides(model: Model, scratch: Scratch) -> tuple[tuple[NDArray[np.float32], ...], ...]:
    """Of inputs and outputs: the shared rows that have copies, (n_private, row_size); the copies, twice; the shares."""
    n, size = len(scratch.input_shares), model.row_size
    sides = (
        (model.inputs, model.input_step, scratch.private_inputs, scratch.input_shares),
        (model.outputs, model.output_step, scratch.private_outputs, scratch.output_shares),
    )
    return tuple(
        (
            as_strided(matrix, (n, size), (matrix.itemsize * step, matrix.itemsize)),
            private.reshape(2, n, model.pitch)[:, :, :size],
            shares,
        )
        for matrix, step, private, shares in sides
    )
