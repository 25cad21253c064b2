"""Private copies of the rows of the most frequent words.

Two threads that write the same row again and again send its cache lines back and forth, which costs more than the
arithmetic: with the cores of one machine far apart, two threads took twice the processor time of one. So each worker
takes copies of the first rows when it begins a chunk, trains on those, and adds what it has changed to the shared rows
when it ends. Between, it does not see what others do to these rows, for some ten milliseconds.

A private row is addressed like a shared one, by its distance from the matrix's first element, although it lies in other
memory: nothing else in a kernel knows the difference.
"""

from __future__ import annotations

from kotovec.kernels import simd
from kotovec.kernels.jit import inline
from kotovec.kernels.simd import LANES


@inline
def row_of(word, n_private, private_first, row_size):
    """The offset of a word's row, in the worker's own copy if there is one."""
    return word * row_size + (private_first if word < n_private else 0)


@inline
def take_rows(matrix, private, n_floats):
    """Copy the first rows of the matrix twice: one copy to train on, one to compare with."""
    for offset in range(0, n_floats, LANES):
        row = simd.load(matrix, offset)
        simd.store(private, offset, row)
        simd.store(private, n_floats + offset, row)


@inline
def give_back_rows(matrix, private, n_floats):
    """Add the differences between both copies to the matrix."""
    for offset in range(0, n_floats, LANES):
        change = simd.sub(simd.load(private, offset), simd.load(private, n_floats + offset))
        simd.store(matrix, offset, simd.add(simd.load(matrix, offset), change))
