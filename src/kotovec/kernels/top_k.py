"""The most similar words for many queries at once: a matrix product whose scores are used while still in registers.

A panel of words, as many as two vectors have lanes, is laid out so that one vector holds the same number of many words.
For a group of queries at a time its product is summed in registers; of these scores only those above a query's
threshold are looked at.
No score is ever written to memory beyond the L1 cache, which a general matrix product cannot avoid.
"""

from __future__ import annotations

import numpy as np
from numba import types
from numpy.typing import NDArray

from kotovec.kernels import simd, tiles
from kotovec.kernels.best import insert
from kotovec.kernels.jit import inline, kernel
from kotovec.kernels.registers import LANES, VECTORS

PANEL = 2 * LANES  # words
GROUP = min(8, (VECTORS - 3) // 2)  # queries: two sums for each, two vectors of words and a number in all registers
TILE_FLOATS = PANEL * GROUP
SCRATCH_FLOATS = TILE_FLOATS + LANES
_TILE_VECTORS = 2 * GROUP

_PANEL_PARTS = np.array([0, LANES])
_TILE_PARTS = np.array([query * PANEL + half * LANES for half in range(2) for query in range(GROUP)])


@inline
def fill_panel(
    vectors: NDArray[np.float32], scale: NDArray[np.float32], first: int, last: int, panel: NDArray[np.float32]
) -> None:
    """The PANEL words from `first` on, times their scale, one below the other; NaN from `last` on."""
    for i in range(PANEL):
        word_id = min(first + i, last - 1)
        factor = scale[word_id] if first + i < last else np.float32(np.nan)
        for k in range(vectors.shape[1]):
            panel[k * PANEL + i] = vectors[word_id, k] * factor


@inline
def score_tile(
    panel: NDArray[np.float32], queries: NDArray[np.float32], group: int, tile: NDArray[np.float32], start: int
) -> None:
    """The scores of a group of queries with the words of a panel: `tile[start + PANEL * query + word]`."""
    n = len(panel) // PANEL
    words, group_queries = tiles.width(2), tiles.width(GROUP)
    parts = tiles.offsets(_PANEL_PARTS, 0, words)
    sums = tiles.zero_products(words, group_queries)
    for k in range(n):
        xs = tiles.load_rows(panel, parts, k * PANEL)
        ys = tiles.load_scalars(queries, (group * n + k) * GROUP, group_queries)
        sums = tiles.fma_outer(xs, ys, sums)
    tiles.store_rows(tile, tiles.offsets(_TILE_PARTS, 0, tiles.width(_TILE_VECTORS)), start, sums)


@inline
def is_any_above(tile: NDArray[np.float32], best: NDArray[np.float32], first: int, last: int) -> bool:
    """Whether a score in the tile of queries first to last - 1 is higher than the last of its row of `best`.

    One answer for all queries of a tile: to ask for each costs a tenth of the whole search at 100 numbers.
    """
    most = simd.broadcast(np.float32(0))
    for query in range(first, last):
        threshold, at = simd.broadcast(best[query, best.shape[1] - 1]), (query - first) * PANEL
        most = simd.maximum(simd.sub(simd.load(tile, at), threshold), most)
        most = simd.maximum(simd.sub(simd.load(tile, at + LANES), threshold), most)
    simd.store(tile, TILE_FLOATS, most)
    n_above = 0
    for i in range(LANES):  # a sum of comparisons becomes SIMD code, an early exit does not
        n_above += np.int32(tile[TILE_FLOATS + i] > 0)
    return n_above > 0


_MATRIX = types.Array(types.float32, 2, "A", readonly=True)
_READ = types.Array(types.float32, 1, "C", readonly=True)
_FLAT = types.Array(types.float32, 1, "C")
_OWN = types.Array(types.int64, 1, "C", readonly=True)
_BEST = types.Array(types.float32, 2, "C")
_IDS = types.Array(types.int64, 2, "C")


@kernel(types.void(_MATRIX, _READ, types.int64, types.int64, _READ, _OWN, _FLAT, _FLAT, _BEST, _IDS))
def find_highest(
    vectors: NDArray[np.float32],
    scale: NDArray[np.float32],
    first: int,
    last: int,
    queries: NDArray[np.float32],
    own: NDArray[np.int64],
    panel: NDArray[np.float32],
    tile: NDArray[np.float32],
    best: NDArray[np.float32],
    ids: NDArray[np.int64],
) -> None:
    """Bring `best` and `ids` (both (n_queries, k), the highest first) up to date with the words first to last - 1.

    A score is the product of a row of `vectors` (n_words, size) with its `scale` and a query; NaN is never taken,
    so a scale of NaN hides a word. `queries`: groups of GROUP, in each number by number (n_groups * size * GROUP,);
    `own` (n_queries,): a word id to pass over, or -1. `panel` (PANEL * size,) and `tile` (SCRATCH_FLOATS,) are scratch
    whose first element lies at a multiple of 64 bytes. Of equal scores the earlier word stands first.
    """
    n_queries, k = best.shape
    for start in range(first, last, PANEL):
        fill_panel(vectors, scale, start, last, panel)
        for group in range((n_queries + GROUP - 1) // GROUP):
            score_tile(panel, queries, group, tile, 0)
            first_query, last_query = group * GROUP, min(n_queries, (group + 1) * GROUP)
            if not is_any_above(tile, best, first_query, last_query):
                continue
            for query in range(first_query, last_query):
                threshold, at = best[query, k - 1], (query - first_query) * PANEL
                for i in range(PANEL):
                    if tile[at + i] > threshold and start + i != own[query]:
                        threshold = insert(best, ids, query, tile[at + i], start + i)
