"""A network of words: an edge joins two words that are similar enough."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kotovec.errors import ConfigError
from kotovec.plots.clusters import Clusters, cluster_words
from kotovec.plots.layout import spring_layout
from kotovec.plots.selection import select_words
from kotovec.plots.word_map import fit_unit
from kotovec.vectors import KeyedVectors

NETWORK_TOP = 200
MOST_NODES = 3000  # the layout looks at all pairs
MOST_EDGES = 20_000  # more cannot be told apart
_NEAREST = 3

Edges = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Network:
    """Words, and edges between those that are similar."""

    words: list[str]  # those with an edge
    counts: list[int] | None
    positions: NDArray[np.float64]  # (n, 2), within -1 to 1
    clusters: Clusters
    edges: Edges  # (n_edges, 2) places in `words`, the first lower than the second
    similarities: NDArray[np.float32]  # (n_edges,)
    alone: list[str]  # words without an edge, which are not drawn
    threshold: float | None
    nearest: int | None

    def as_dict(self) -> dict[str, Any]:
        """Plain lists and numbers."""
        weights = np.round(self.similarities.astype(np.float64), 6).tolist()
        return {
            "kind": "network",
            "words": self.words,
            "counts": self.counts,
            "positions": np.round(self.positions, 4).tolist(),
            "clusters": self.clusters.labels.tolist(),
            "cluster_names": self.clusters.names,
            "edges": [[*pair, weight] for pair, weight in zip(self.edges.tolist(), weights, strict=True)],
            "alone": self.alone,
            "threshold": self.threshold,
            "nearest": self.nearest,
        }


def similarity_network(
    vectors: KeyedVectors,
    words: Iterable[Any] | None = None,
    *,
    top: int = NETWORK_TOP,
    threshold: float | None = None,
    nearest: int | None = None,
    clusters: int | None = None,
    seed: int = 1,
) -> Network:
    """The network of the given words, or of the `top` most frequent ones.

    Two words are joined where their similarity is at least `threshold`; with `nearest` each word only with so many
    of its nearest ones (and those that count it among theirs); with neither, with its 3 nearest. ConfigError where no
    edge is left or more than 20,000 are, with a threshold that would do; other errors as for `select_words`.
    """
    if threshold is None and nearest is None:
        nearest = _NEAREST
    chosen = select_words(vectors, words, top, fewest=2)
    if len(chosen.words) > MOST_NODES:
        raise ConfigError("too many words for a network", expected=f"at most {MOST_NODES}", found=len(chosen.words))
    edges, similarities = find_edges(chosen.rows, threshold, nearest)
    linked = np.unique(edges)
    edges = np.searchsorted(linked, edges)
    names = [chosen.words[i] for i in linked.tolist()]
    return Network(
        words=names,
        counts=None if chosen.counts is None else [chosen.counts[i] for i in linked.tolist()],
        positions=fit_unit(spring_layout(chosen.rows[linked], edges, similarities, seed)),
        clusters=cluster_words(names, chosen.rows[linked], clusters, seed),
        edges=edges,
        similarities=similarities,
        alone=[chosen.words[i] for i in np.setdiff1d(np.arange(len(chosen.words)), linked).tolist()],
        threshold=threshold,
        nearest=nearest,
    )


def find_edges(
    rows: NDArray[np.float32], threshold: float | None, nearest: int | None
) -> tuple[Edges, NDArray[np.float32]]:
    """Pairs (n_edges, 2) of rows of length 1, the lower first, in rising order, and their similarities (n_edges,)."""
    if threshold is not None and not -1 <= threshold <= 1:
        raise ConfigError("threshold is out of range", expected="-1 to 1", found=threshold)
    if nearest is not None and nearest < 1:
        raise ConfigError("nearest is out of range", expected="1 or more", found=nearest)
    similarities = np.clip(rows @ rows.T, -1, 1)
    np.fill_diagonal(similarities, -np.inf)
    joined = np.ones(similarities.shape, bool) if nearest is None else _nearest(similarities, nearest)
    if threshold is not None:
        joined &= similarities >= threshold
    joined |= joined.T
    edges = np.argwhere(np.triu(joined, 1))
    weights = similarities[edges[:, 0], edges[:, 1]]
    _check_number(len(edges), similarities)
    return edges, weights


def _nearest(similarities: NDArray[np.float32], nearest: int) -> NDArray[np.bool_]:
    """(n, n) true where the column is one of the `nearest` most similar ones of the row."""
    n = min(nearest, len(similarities) - 1)
    columns = np.argsort(-similarities, axis=1, kind="stable")[:, :n]
    joined = np.zeros(similarities.shape, bool)
    np.put_along_axis(joined, columns, True, axis=1)
    return joined


def _check_number(n_edges: int, similarities: NDArray[np.float32]) -> None:
    pairs = np.sort(similarities[np.triu_indices(len(similarities), 1)])[::-1]
    if n_edges == 0:
        raise ConfigError(
            "no two words are so similar", hint=f"the most similar two have {pairs[0]:.3f}; try a lower threshold"
        )
    if n_edges > MOST_EDGES:
        raise ConfigError(
            "too many edges to tell apart",
            expected=f"at most {MOST_EDGES:,}",
            found=f"{n_edges:,}",
            hint=f"try a threshold of {np.ceil(100 * pairs[MOST_EDGES]) / 100:.2f}, or fewer words",
        )
