"""The map of a vault: a point for each note, in the colour of its group."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kotovec.notes.clusters import cluster, n_clusters, names
from kotovec.notes.layout import positions
from kotovec.notes.ranking import Ranker


@dataclass(frozen=True, slots=True, eq=False)
class VaultMap:
    """Positions from -1 to 1, and groups, 0 the largest, with their most telling words as names."""

    x: NDArray[np.float32]  # (n_notes,)
    y: NDArray[np.float32]  # (n_notes,)
    cluster: NDArray[np.int64]  # (n_notes,) 0 <= cluster < len(names)
    names: list[str]


def draw_map(ranker: Ranker) -> VaultMap:
    """The map; the same for the same arrays."""
    vectors: NDArray[Any] = ranker.topics.notes
    labels = cluster(vectors, n_clusters(len(vectors)))
    places = positions(vectors, ranker.arrays.links)
    return VaultMap(places[:, 0], places[:, 1], labels, names(ranker.arrays, labels, ranker.lexical.idf))
