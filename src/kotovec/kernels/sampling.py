"""Which tokens are kept, and which words serve as noise."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from kotovec.kernels import rng
from kotovec.kernels.jit import inline, kernel
from kotovec.kernels.private import row_of
from kotovec.kernels.state import BAD_IDS, BATCH, KEPT, WORDS, Tables

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


@inline
def draw_noise(noise, n_words, bits):
    """A word drawn from the noise distribution with 64 random bits."""
    word = rng.below(bits, n_words)
    entry = noise[word]
    stays = np.uint32(bits) <= np.uint32(entry)
    return word if stays else np.int64(entry >> np.uint64(32))


@inline
def draw_batch(model, noise, half, span, state, negatives):
    """Row offsets of the noise words of BATCH sets, into one half of negatives; gives the next state.

    Many at once: the table look-ups do not wait for one another.
    """
    first = half * BATCH * span.negative
    for k in range(first, first + BATCH * span.negative):
        state = rng.advance(state)
        word = draw_noise(noise, np.uint64(model.n_words), rng.mix(state))
        negatives[k] = row_of(word, span.n_private, span.private_outputs, model.row_size)
    return state


@inline
def _copy_kept(model, tables, scratch, span, ids, start, stop, state, n):
    """Append the tokens of ids[start:stop] that stay to kept[:n]; gives (new n, words seen, bad ids, next state)."""
    keep, rest, kept, rows = tables.keep, tables.n_thinned, scratch.kept, scratch.rows
    n_seen, n_bad = 0, 0
    for position in range(start, stop):
        word = np.int64(ids[position])
        state = rng.advance(state)
        if word < 0 or word >= model.n_words:
            if word == -1:
                kept[n] = np.int32(-1)
                rows[n] = 0
                n += 1
            else:
                n_bad += 1
            continue
        n_seen += 1
        kept[n] = np.int32(word)
        rows[n] = row_of(word, span.n_private, span.private_inputs, model.row_size)
        n += np.uint32(rng.mix(state) >> np.uint64(32)) <= keep[min(word, rest)]
    return n, n_seen, n_bad, state


@inline
def subsample(model, tables, scratch, span, ids, n_ids):
    """Fill kept with the tokens of ids[span.start:span.stop] that stay, and with span.margin positions to each side.

    Their rows in model.inputs go to scratch.rows. Gives (first, stop, n, next state): the centres are
    kept[first:stop]; up to n there is context for them, so that the borders of chunks do not show. Ids out of range
    are skipped and counted: a file may change under our hands.
    """
    low, high = max(span.start - span.margin, 0), min(span.stop + span.margin, n_ids)
    first, _, _, state = _copy_kept(model, tables, scratch, span, ids, low, span.start, span.key, np.int64(0))
    stop, n_seen, n_bad, state = _copy_kept(model, tables, scratch, span, ids, span.start, span.stop, state, first)
    n, _, _, state = _copy_kept(model, tables, scratch, span, ids, span.stop, high, state, stop)
    scratch.measures[WORDS] += n_seen
    for position in range(first, stop):
        scratch.measures[KEPT] += scratch.kept[position] >= 0
    scratch.measures[BAD_IDS] += n_bad
    return first, stop, n, state
