"""What words are drawn from: how likely each is to be kept, and to serve as noise."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from kotovec.kernels.jit import kernel
from kotovec.kernels.state import Tables

_ALWAYS = 2**32 - 1


def keep_probability(counts: NDArray[np.int64], sample: float) -> NDArray[np.float64]:
    """(n_words,) float64 in (0, 1]: sqrt(t / f) + t / f with t = sample, as word2vec.c computes it; 1 for sample 0.

    The papers' formula, 1 - sqrt(t / f) to drop, is another one: the C program's is what everybody runs.
    """
    if sample == 0:
        return np.ones(len(counts))
    ratio = sample * counts.sum() / np.maximum(counts, 1)
    probability: NDArray[np.float64] = np.minimum(1.0, np.sqrt(ratio) + ratio)
    return probability


def keep_table(counts: NDArray[np.int64], sample: float) -> NDArray[np.uint32]:
    """Thresholds for `subsample`, (n_thinned + 1,) uint32: only words that can be dropped have an entry of their own.

    Few words are frequent enough (about 50 of English at 1e-3), so that the table stays in the L1 cache.
    """
    probability = keep_probability(counts, sample)
    thinned = np.flatnonzero(probability < 1)
    n_thinned = int(thinned[-1]) + 1 if len(thinned) else 0
    table = np.full(n_thinned + 1, _ALWAYS, np.uint32)
    table[:-1] = probability[:n_thinned] * _ALWAYS
    return table


def noise_weights(counts: NDArray[np.int64], ns_exponent: float) -> NDArray[np.float64]:
    """(n_words,) float64, above 0: count ** ns_exponent. The chance to be drawn as noise is proportional to it."""
    weights: NDArray[np.float64] = np.power(np.maximum(counts, 1).astype(np.float64), ns_exponent)
    return weights


def noise_table(counts: NDArray[np.int64], ns_exponent: float) -> NDArray[np.uint64]:
    """An alias table (Walker 1977; Vose 1991) of count ** ns_exponent: (n_words,) uint64.

    The lower half of entry i is the share of draws of i that stay, as a fraction of 2**32 - 1; the upper half is the
    word that the others become. One load a draw and no branch; 8 bytes a word, against 400 MB in word2vec.c.
    """
    weights = noise_weights(counts, ns_exponent)
    table = np.empty(len(counts), np.uint64)
    _fill_alias_table(weights * (len(counts) / weights.sum()), np.empty(len(counts), np.int64), table)
    return table


def tables(counts: NDArray[np.int64], sample: float, ns_exponent: float) -> Tables:
    """Both tables for counts (n_words,)."""
    keep = keep_table(counts, sample)
    return Tables(keep, noise_table(counts, ns_exponent), len(keep) - 1)


@kernel("void(float64[::1], int64[::1], uint64[::1])")
def _fill_alias_table(share, waiting, table):
    """share: mean 1, used up. waiting: the words below 1 from the left, those above from the right."""
    n = len(share)
    n_small, first_large = 0, n
    for word in range(n):
        if share[word] < 1.0:
            waiting[n_small] = word
            n_small += 1
        else:
            first_large -= 1
            waiting[first_large] = word
    while n_small > 0 and first_large < n:
        small, large = waiting[n_small - 1], waiting[first_large]
        table[small] = np.uint64(large) << np.uint64(32) | np.uint64(share[small] * 4294967295.0)
        share[large] -= 1.0 - share[small]
        if share[large] < 1.0:
            waiting[n_small - 1] = large
            first_large += 1
        else:
            n_small -= 1
    for k in range(n_small):  # what rounding has left over
        table[waiting[k]] = np.uint64(waiting[k]) << np.uint64(32) | np.uint64(0xFFFFFFFF)
    for k in range(first_large, n):
        table[waiting[k]] = np.uint64(waiting[k]) << np.uint64(32) | np.uint64(0xFFFFFFFF)
