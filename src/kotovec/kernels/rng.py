"""Random numbers: SplitMix64 (Steele, Lea and Flood 2014, "Fast splittable pseudorandom number generators").

A counter and a mixing function: draws do not wait for one another, which a shift-register generator's would.
"""

from __future__ import annotations

import numpy as np

from kotovec.kernels.jit import inline

_STEP = np.uint64(0x9E3779B97F4A7C15)  # the golden ratio, as a fraction of 2**64
_MIX_1 = np.uint64(0xBF58476D1CE4E5B9)
_MIX_2 = np.uint64(0x94D049BB133111EB)


@inline
def advance(state):
    """The next state, uint64."""
    return state + _STEP


@inline
def advance_by(state, n):
    """The n-th state after this one."""
    return state + np.uint64(n) * _STEP


@inline
def mix(state):
    """The random number that belongs to a state: 64 uniform bits."""
    z = state
    z = (z ^ (z >> np.uint64(30))) * _MIX_1
    z = (z ^ (z >> np.uint64(27))) * _MIX_2
    return z ^ (z >> np.uint64(31))


@inline
def below(bits, n):
    """A number in [0, n) from the upper 32 of 64 random bits; n at most 2**31 (bias below n / 2**32)."""
    return np.int64(((bits >> np.uint64(32)) * n) >> np.uint64(32))


def stream_key(seed: int, epoch: int, chunk: int) -> int:
    """The first state of the stream of one chunk: uint64, for any whole seed, epoch and chunk.

    Streams are keyed by what is trained, not by the thread that trains it, so threads never share a stream.
    """
    mask, key = (1 << 64) - 1, 0
    for part in (seed, epoch, chunk):  # mixed one by one: else seed 1 in epoch 1 would be seed 2 in epoch 0
        key = (key ^ part & mask) + int(_STEP) & mask
        key = (key ^ (key >> 30)) * int(_MIX_1) & mask
        key = (key ^ (key >> 27)) * int(_MIX_2) & mask
        key ^= key >> 31
    return key
