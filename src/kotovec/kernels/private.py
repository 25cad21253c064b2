"""Private copies of the rows of frequent words.

Two threads that write the same row in turn send its cache lines back and forth, which costs more than the arithmetic:
with the cores of one machine far apart, two threads took twice the processor time of one. So each worker trains on
copies of the first rows of its own. When it begins a chunk it exchanges some of them: what it has changed since the
last time is added to the shared row, and the sum is its new copy. Between, it does not see what others do to the row.

How long that may be depends on how often the word is met: the first HOT rows are exchanged at every chunk, the next
HOT as well, the next 2 * HOT at every second chunk, the next 4 * HOT at every fourth, and so on, a part of them at
each. So a row changes about equally often between two exchanges, and each doubling of the private rows costs the same.
A young model changes fast: no row waits longer than an eighth of the chunks that the worker has trained.

The very first rows change so often within a chunk that two threads, which both go the same way from the same place,
would go too far: the first HOTTEST are exchanged about EXCHANGES times in a chunk. On 100 MB of English two threads'
loss after five epochs is 2.0 % above one thread's without that, and 0.9 % with it.

A private row is addressed like a shared one, by its distance from the matrix's first element, although it lies in other
memory: nothing else in a kernel knows the difference.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from kotovec.kernels import simd
from kotovec.kernels.jit import inline
from kotovec.kernels.simd import LANES

if TYPE_CHECKING:
    from kotovec.kernels.state import Model, Scratch

HOT = 128
HOTTEST = 64
EXCHANGES = 10
_SHORTEST = 16  # turns between two exchanges of the hottest rows
_PATIENCE = 8  # an exchange is due after at most this part of the chunks so far
_AHEAD = 16 * LANES  # floats: two rows of 100, as far as it pays to ask for shared rows early


@inline
def row_of(word, n_private, private_first, row_size):
    """The offset of a word's row, in the worker's own copy if there is one."""
    return word * row_size + (private_first if word < n_private else 0)


@inline
def turns_between(length):
    """After how many of the `length` turns of a chunk the hottest rows are exchanged."""
    return max(length // EXCHANGES, _SHORTEST)


@inline
def exchange_hottest(model, scratch, n_private):
    """Exchange the first HOTTEST rows of both matrices."""
    stop = min(HOTTEST, n_private)
    exchange_rows(model.inputs, scratch.private_inputs, np.int64(0), stop, n_private, model.row_size)
    exchange_rows(model.outputs, scratch.private_outputs, np.int64(0), stop, n_private, model.row_size)


@inline
def exchange_due(matrix, private, n_private, row_size, turn):
    """Exchange the rows that are due when a worker begins its chunk number `turn`."""
    exchange_rows(matrix, private, np.int64(0), min(HOT, n_private), n_private, row_size)
    first, interval = np.int64(HOT), np.int64(1)
    while first < n_private:
        n_rows = first // interval
        start = first + n_rows * (turn % interval)
        exchange_rows(matrix, private, start, min(start + n_rows, n_private), n_private, row_size)
        first *= 2
        if 2 * _PATIENCE * interval <= turn:
            interval *= 2


@inline
def exchange_rows(matrix, private, start, stop, n_private, row_size):
    """Add to rows start to stop - 1 of the matrix what has changed in the copies; both become the sum."""
    behind = n_private * row_size
    for offset in range(start * row_size, stop * row_size, LANES):
        simd.prefetch_for_write(matrix, offset + _AHEAD)
        change = simd.sub(simd.load(private, offset), simd.load(private, behind + offset))
        row = simd.add(simd.load(matrix, offset), change)
        simd.store(matrix, offset, row)
        simd.store(private, offset, row)
        simd.store(private, behind + offset, row)


def take_rows(model: Model, scratch: Scratch) -> None:
    """Copy the first rows of both matrices twice: one copy to train on, one to compare with."""
    for matrix, private in _pairs(model, scratch):
        n = len(private) // 2
        private[:n] = matrix[:n]
        private[n:] = matrix[:n]


def give_back_rows(model: Model, scratch: Scratch) -> None:
    """Add to both matrices what has changed in a worker's copies since their last exchange. The worker must rest."""
    for matrix, private in _pairs(model, scratch):
        n = len(private) // 2
        matrix[:n] += private[:n] - private[n:]


def _pairs(model: Model, scratch: Scratch) -> tuple[tuple[NDArray[np.float32], NDArray[np.float32]], ...]:
    return (model.inputs, scratch.private_inputs), (model.outputs, scratch.private_outputs)
