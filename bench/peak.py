"""The most multiply-adds that one core of this machine does in a second: chains of FMAs that wait for nothing else."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

from kotovec.kernels import tiles
from kotovec.kernels.jit import kernel
from kotovec.kernels.memory import aligned_zeros
from kotovec.kernels.registers import LANES
from work import clock

# An FMA takes 4 or 5 cycles and two begin in each, so 8 to 10 registers must be on their way. A vector is one register
# of AVX or AVX-512, two of NEON: the machine tells which number of chains is best.
CHAINS = (3, 5, 8, 10, 12)


@cache
def fma_kernel(chains: int) -> Any:
    """run(values, rows, n): n steps of every chain, each LANES sums += x * y."""

    @kernel("void(float32[::1], int64[::1], int64)")
    def run(values, rows, n):
        places = tiles.offsets(rows, 0, tiles.width(chains))
        xs, ys = tiles.load_rows(values, (0,), 0), tiles.load_rows(values, places, 0)
        sums = tiles.zero_products(xs, ys)
        for _ in range(n):
            sums = tiles.fma_outer(xs, ys, sums)
        tiles.store_rows(values, places, 0, sums)

    return run


def peak_gflops(chains: int, seconds: float) -> float:
    """GFLOP/s of one thread, measured for about so many seconds of its processor time."""
    n = max(int(seconds * _rate(chains)), 1000)
    return 2 * LANES * chains * n / _seconds(chains, n) / 1e9


@cache
def best_chains() -> int:
    """The number of chains that gives the most."""
    return max(CHAINS, key=lambda chains: max(peak_gflops(chains, 0.02) for _ in range(3)))


@cache
def _rate(chains: int) -> float:
    """Steps in a second, roughly."""
    return 1e6 / _seconds(chains, 1_000_000)


def _seconds(chains: int, n: int) -> float:
    run, rows = fma_kernel(chains), np.arange(1, chains + 1) * np.int64(LANES)
    values = aligned_zeros(LANES * (chains + 1))
    values[:] = np.linspace(0.1, 0.2, len(values))
    began = clock()
    run(values, rows, n)
    return clock() - began
