"""SplitMix64 against the numbers of its authors, and the keys of streams."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

import reference
from kotovec.kernels import rng
from kotovec.kernels.jit import kernel
from kotovec.kernels.rng import stream_key

STEP, SIZE = 0x9E3779B97F4A7C15, 2**64


@kernel("void(uint64, uint64[::1])")
def fill(state, out):
    for i in range(len(out)):
        state = rng.advance(state)
        out[i] = rng.mix(state)


@kernel("void(uint64, int64[::1], uint64[::1])")
def fill_at(state, places, out):
    for i in range(len(out)):
        out[i] = rng.mix(rng.advance_by(state, places[i]))


@kernel("void(uint64[::1], uint64, int64[::1])")
def fill_below(bits, n, out):
    for i in range(len(out)):
        out[i] = rng.below(bits[i], n)


def bits_from(key: int, n: int) -> np.ndarray:
    out = np.zeros(n, np.uint64)
    fill(np.uint64(key), out)
    return out


def test_the_stream_is_splitmix64() -> None:
    published = [
        6457827717110365317,
        3203168211198807973,
        9817491932198370423,
        4593380528125082431,
        16408922859458223821,
    ]
    assert [int(value) for value in bits_from(1234567, 5)] == published


@pytest.mark.parametrize("key", [0, 1, 2**63, 2**64 - 1])
def test_the_stream_is_that_of_the_twin(key: int) -> None:
    stream = reference.Stream(key)
    assert [int(value) for value in bits_from(key, 100)] == [stream.bits() for _ in range(100)]


@pytest.mark.parametrize("key", [0, 1, 2**63, 2**64 - 1])
def test_a_later_state_is_that_of_as_many_steps(key: int) -> None:
    places = np.array([1, 2, 99, 100, 7, 0], np.int64)
    out = np.zeros(len(places), np.uint64)
    fill_at(np.uint64(key), places, out)
    stream = bits_from(key, 100)
    assert out[:-1].tolist() == stream[places[:-1] - 1].tolist()
    assert out[-1] == bits_from((key - STEP) % SIZE, 1)[0]


@pytest.mark.parametrize("n", [1, 2, 3, 5, 100, 67_903, 2**31])
def test_below_gives_every_number_below_n_equally_often(n: int) -> None:
    bits = bits_from(3, 60_000)
    found = np.zeros(len(bits), np.int64)
    fill_below(bits, np.uint64(n), found)
    assert [int(i) for i in found[:100]] == [reference.below(int(b), n) for b in bits[:100]]
    assert 0 <= found.min() <= found.max() < n
    groups = np.bincount(found * min(n, 20) // n, minlength=min(n, 20))
    assert np.abs(groups / len(bits) * len(groups) - 1).max() < 0.1


def test_below_reaches_both_ends_and_never_n() -> None:
    found = np.zeros(2, np.int64)
    for n in (1, 2, 7, 2**31):
        fill_below(np.array([0, 2**64 - 1], np.uint64), np.uint64(n), found)
        assert list(found) == [0, n - 1]


def test_every_seed_epoch_and_chunk_has_a_stream_of_its_own() -> None:
    keys = [stream_key(*part) for part in itertools.product((0, 1, 2, 2**32, 2**64 - 1), range(10), range(1000))]
    assert len(set(keys)) == len(keys)
    assert all(0 <= key < SIZE for key in keys)


def test_streams_do_not_run_into_one_another() -> None:
    """A stream walks a circle of 2**64 states in steps: where keys lie on it, counted in steps, is far apart."""
    inverse = pow(STEP, -1, SIZE)
    keys = [stream_key(*part) for part in itertools.product((0, 1, 2), range(10), range(1000))]
    places = sorted(key * inverse % SIZE for key in keys)
    gaps = [b - a for a, b in itertools.pairwise([*places, places[0] + SIZE])]
    assert min(gaps) > 2**27  # a chunk of 65,536 positions with 64 noise words each draws less than 2**23 numbers


def test_neighbouring_streams_are_not_correlated() -> None:
    streams = np.array([bits_from(stream_key(1, 0, chunk), 1000) for chunk in range(50)]) / SIZE
    correlations = np.corrcoef(streams)[np.triu_indices(50, 1)]
    assert np.abs(correlations).max() < 5 / 1000**0.5


def test_negative_and_large_seeds_are_allowed() -> None:
    assert stream_key(-1, 0, 0) == stream_key(2**64 - 1, 0, 0)
