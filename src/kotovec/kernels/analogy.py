"""Answers to `a is to b as c is to what`: sums or products of similarities that are computed once per given word.

The questions of a test share few words: 19,544 questions have 905. So the similarities of these with a block of
the vocabulary are one small matrix product, and a question reads three of its rows.
"""

from __future__ import annotations

import numpy as np
from numba import types
from numpy.typing import NDArray

from kotovec.kernels.best import insert
from kotovec.kernels.jit import inline, kernel
from kotovec.kernels.top_k import PANEL, TILE_FLOATS, fill_panel, score_tile

_COSMUL_EPSILON = np.float32(0.000001)  # Levy and Goldberg 2014, equation 4


@inline
def _score(
    a: NDArray[np.float32], b: NDArray[np.float32], c: NDArray[np.float32], multiply: bool, scores: NDArray[np.float32]
) -> None:
    """3CosAdd, or 3CosMul of similarities shifted to 0 to 1."""
    half, one = np.float32(0.5), np.float32(1)
    if multiply:
        for i in range(PANEL):
            scores[i] = half * (one + b[i]) * (one + c[i]) / (one + a[i] + np.float32(2) * _COSMUL_EPSILON)
    else:
        for i in range(PANEL):
            scores[i] = b[i] + c[i] - a[i]


_MATRIX = types.Array(types.float32, 2, "A", readonly=True)
_READ = types.Array(types.float32, 1, "C", readonly=True)
_TRIPLES = types.Array(types.int64, 2, "C", readonly=True)
_FLAT = types.Array(types.float32, 1, "C")
_BEST = types.Array(types.float32, 2, "C")
_IDS = types.Array(types.int64, 2, "C")


@kernel(
    types.void(
        _MATRIX, _READ, types.int64, types.int64, _READ, _TRIPLES, _TRIPLES, types.boolean, _FLAT, _FLAT, _BEST, _IDS
    )
)
def find_answers(
    vectors: NDArray[np.float32],
    scale: NDArray[np.float32],
    first: int,
    last: int,
    terms: NDArray[np.float32],
    rows: NDArray[np.int64],
    own: NDArray[np.int64],
    multiply: bool,
    panel: NDArray[np.float32],
    tile: NDArray[np.float32],
    best: NDArray[np.float32],
    ids: NDArray[np.int64],
) -> None:
    """Bring `best` and `ids` (both (n_questions, k), the highest first) up to date with the words first to last - 1.

    `vectors`, `scale` and `panel` are those of `find_highest`. `terms`: the given words, of length 1, in groups
    as its queries; `rows` (n_questions, 3): which of them are a, b and c; `own` (n_questions, 3): their word ids,
    which are never an answer. `tile` (PANEL * (n_terms + 1),), n_terms rounded up to whole groups, is scratch; its
    first element lies at a multiple of 64 bytes, as that of `panel` does. Of equal scores the earlier word stands
    first.
    """
    k, n_groups = best.shape[1], len(tile) // TILE_FLOATS
    scores = tile[n_groups * TILE_FLOATS : n_groups * TILE_FLOATS + PANEL]
    for start in range(first, last, PANEL):
        fill_panel(vectors, scale, start, last, panel)
        for group in range(n_groups):
            score_tile(panel, terms, group, tile, group * TILE_FLOATS)
        for question in range(len(rows)):
            a, b, c = rows[question, 0] * PANEL, rows[question, 1] * PANEL, rows[question, 2] * PANEL
            _score(tile[a : a + PANEL], tile[b : b + PANEL], tile[c : c + PANEL], multiply, scores)
            threshold = best[question, k - 1]
            n_above = 0
            for i in range(PANEL):  # a sum of comparisons becomes SIMD code, an early exit does not
                n_above += np.int32(scores[i] > threshold)
            if n_above == 0:
                continue
            for i in range(PANEL):
                word_id = start + i
                wanted = word_id != own[question, 0] and word_id != own[question, 1] and word_id != own[question, 2]
                if scores[i] > threshold and wanted:
                    threshold = insert(best, ids, question, scores[i], word_id)
