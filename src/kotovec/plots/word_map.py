"""A map of words: places, groups, and the nearest words of each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kotovec.plots.clusters import Clusters, cluster_words
from kotovec.plots.projection import project
from kotovec.plots.selection import check_choice, select_words
from kotovec.vectors import KeyedVectors, Neighbor

MAP_TOP = 1000
_NEIGHBORS = 8  # shown for a word
SEARCHES = ("all", "shown")


@dataclass(frozen=True, slots=True, eq=False)
class WordMap:
    """Words at places in two or three dimensions, near where their vectors are alike."""

    words: list[str]
    counts: list[int] | None  # how often each word occurs, where that is known
    positions: NDArray[np.float64]  # (n, 2 or 3), within -1 to 1, the centre of all at 0
    projection: str  # pca, umap or tsne
    explained: list[float] | None  # PCA: the share of the variance along each axis
    clusters: Clusters
    neighbors: list[list[Neighbor]]  # the nearest words of each, nearest first
    n_searched: int  # among so many words these were looked for

    def as_dict(self) -> dict[str, Any]:
        """Plain lists and numbers."""
        return {
            "kind": "map",
            "words": self.words,
            "counts": self.counts,
            "positions": np.round(self.positions, 4).tolist(),
            "projection": self.projection,
            "explained": self.explained,
            "clusters": self.clusters.labels.tolist(),
            "cluster_names": self.clusters.names,
            "neighbors": [[[word, round(score, 6)] for word, score in found] for found in self.neighbors],
            "n_searched": self.n_searched,
        }


def map_words(
    vectors: KeyedVectors,
    words: Iterable[Any] | None = None,
    *,
    top: int = MAP_TOP,
    dimensions: int = 2,
    projection: str = "pca",
    clusters: int | None = None,
    neighbors: str = "all",
    seed: int = 1,
) -> WordMap:
    """A map of the given words, or of the `top` most frequent ones.

    `projection` is pca, umap or tsne (extras of the same names). `clusters`: how many groups, None for a number that
    fits, 0 for none. The nearest words of each word are looked for among all words of the vocabulary, or with
    neighbors="shown" among those of the map. The same `seed` gives the same map. Errors as for `select_words`,
    `project` and `cluster_words`.
    """
    check_choice("search for neighbours", neighbors, SEARCHES)
    chosen = select_words(vectors, words, top)
    placed = project(chosen.rows, dimensions, projection, seed)
    groups = cluster_words(chosen.words, chosen.rows, clusters, seed)
    among = chosen.word_ids if neighbors == "shown" else None
    found = vectors.most_similar_many(chosen.word_ids, _NEIGHBORS, among=among)
    return WordMap(
        words=chosen.words,
        counts=chosen.counts,
        positions=fit_unit(placed.positions),
        projection=projection,
        explained=placed.explained,
        clusters=groups,
        neighbors=found,
        n_searched=len(vectors) if among is None else len(among),
    )


def fit_unit(positions: NDArray[np.float64]) -> NDArray[np.float64]:
    """The same places moved to have their middle at 0, and scaled alike in all directions to reach 1."""
    centred = positions - (positions.max(axis=0) + positions.min(axis=0)) / 2
    fitted: NDArray[np.float64] = centred / (np.abs(centred).max() or 1.0)
    return fitted
