"""An approximate index of vectors: a graph of near neighbours (HNSW, Malkov and Yashunin 2016) by usearch.

The graph has the vectors in 8 bits, a quarter of their size; what it finds is ranked again by the real vectors, which
is why results have exact similarities. How often it finds what an exact search finds is measured, never promised.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from kotovec.errors import ConfigError, MissingExtraError
from kotovec.vectors.lookup import Matrix

Ids: TypeAlias = NDArray[np.int64]
Exact: TypeAlias = Callable[[Ids, int], Ids]  # (word ids, n) -> (n_words, n) ids of their nearest words

_ROWS = 1 << 14  # added at once
_CANDIDATES = 4  # ranked again, for each neighbour wanted
_NEIGHBORS, _SAMPLE = 10, 200  # recall@10, over so many words
_EXPANSIONS = (64, 128, 256, 512, 1024, 2048)
_SEED = 7


@dataclass(frozen=True, slots=True)
class IndexFacts:
    """What an index is, and how well it does."""

    n_vectors: int  # rows that are not zero
    vector_size: int
    connectivity: int  # edges of a node
    expansion_add: int  # nodes looked at when one is added
    expansion: int  # nodes looked at by a search
    recall: float  # share of the 10 nearest words that a search finds, over a sample of words; 0 to 1
    build_seconds: float
    n_bytes: int  # of its file; up to twice as much in memory while it is built

    @property
    def text(self) -> str:
        """In a few words."""
        return (
            f"hnsw, recall@{_NEIGHBORS} {self.recall:.3f}, {self.n_bytes / 1e6:,.1f} MB, "
            f"built in {self.build_seconds:,.1f} s"
        )


class HnswIndex:
    """A graph over the rows of a matrix, which it reads but does not own."""

    def __init__(self, graph: Any, facts: IndexFacts, vectors: Matrix, norms: NDArray[Any]) -> None:
        """`graph`: usearch's index, whose keys are row numbers."""
        self.graph, self.facts = graph, facts
        self._vectors, self._norms = vectors, norms

    def search(self, query: Matrix, n: int) -> tuple[Ids, NDArray[np.float32]]:
        """About the `n` rows nearest to `query` (vector_size,) of length 1: ids and cosines, the nearest first."""
        query = np.asarray(query, np.float32)
        return self._ranked(self.graph.search(query, _CANDIDATES * n, threads=1).keys, query, n)

    def search_many(
        self, queries: NDArray[np.float32], n: int, threads: int | None = None
    ) -> list[tuple[Ids, NDArray[np.float32]]]:
        """As `search` for each of `queries` (n_queries, vector_size), on at most so many threads (None: all)."""
        if len(queries) < 2:  # of a single query usearch gives something else
            return [self.search(query, n) for query in queries]
        found = self.graph.search(queries, _CANDIDATES * n, threads=threads or 0)
        rows = zip(found.keys, found.counts.tolist(), queries, strict=True)
        return [self._ranked(keys[:count], query, n) for keys, count, query in rows]

    def _ranked(self, keys: NDArray[Any], query: NDArray[np.float32], n: int) -> tuple[Ids, NDArray[np.float32]]:
        """The best `n` of the rows `keys` and their cosines with `query`, by the real vectors."""
        ids = keys.astype(np.int64)
        scores = self._vectors[ids].astype(np.float32, copy=False) @ query / self._norms[ids]
        order = np.argsort(-scores, kind="stable")[:n]
        return ids[order], scores[order].astype(np.float32, copy=False)

    def recall_of(self, word_ids: Ids, nearest: Ids) -> float:
        """The share of `nearest` (n_words, k) that the index finds for the words themselves."""
        found = 0
        for word_id, expected in zip(word_ids.tolist(), nearest, strict=True):
            row = self._vectors[word_id] / self._norms[word_id]
            mine = [i for i in self.search(row, len(expected) + 1)[0].tolist() if i != word_id][: len(expected)]
            found += len(set(mine).intersection(expected.tolist()))
        return found / max(1, int((nearest >= 0).sum()))


def new_graph(vector_size: int, connectivity: int, expansion_add: int) -> Any:
    """An empty graph of usearch; MissingExtraError without it."""
    try:
        from usearch.index import Index
    except ImportError as error:
        raise MissingExtraError("usearch", "hnsw", 'index="hnsw"') from error
    return Index(
        ndim=vector_size,
        metric="cos",
        dtype="i8",
        connectivity=connectivity,
        expansion_add=expansion_add,
        enable_key_lookups=False,
    )


def build(
    vectors: Matrix,
    norms: NDArray[Any],
    exact: Exact,
    *,
    recall: float,
    connectivity: int,
    expansion_add: int,
    threads: int | None,
) -> HnswIndex:
    """An index of the rows (n_words, vector_size) that are not zero.

    A search looks at as many nodes as it takes to reach `recall` on one sample of words, up to 2048; the recall that
    is shown is measured on another. `norms` (n_words,). ConfigError for numbers out of range, and without any row.
    """
    for name, value, low, high in (
        ("recall", recall, 0.0, 1.0),
        ("connectivity", connectivity, 2, 256),
        ("expansion_add", expansion_add, 1, 65536),
        ("threads", 1 if threads is None else threads, 1, 65536),
    ):
        if not low <= value <= high:
            raise ConfigError(f"{name} is out of range", expected=f"{low} to {high}", found=value)
    rows = np.flatnonzero(norms)
    if not len(rows):
        raise ConfigError("no vectors to index")
    graph, began = new_graph(vectors.shape[1], connectivity, expansion_add), time.perf_counter()
    for first in range(0, len(rows), _ROWS):
        block = rows[first : first + _ROWS]
        units = vectors[block].astype(np.float32, copy=False) / norms[block, np.newaxis]
        graph.add(block.astype(np.uint64), units.astype(np.float32, copy=False), threads=threads or 0)
    seconds = time.perf_counter() - began
    expansion, measured = _tune(HnswIndex(graph, _no_facts(), vectors, norms), rows, exact, recall)
    facts = IndexFacts(
        n_vectors=len(rows),
        vector_size=int(vectors.shape[1]),
        connectivity=connectivity,
        expansion_add=expansion_add,
        expansion=expansion,
        recall=measured,
        build_seconds=round(seconds, 3),
        n_bytes=int(graph.serialized_length),
    )
    return HnswIndex(graph, facts, vectors, norms)


def _no_facts() -> IndexFacts:
    return IndexFacts(0, 0, 0, 0, 0, 0.0, 0.0, 0)


def _tune(index: HnswIndex, rows: Ids, exact: Exact, recall: float) -> tuple[int, float]:
    """The number of nodes that a search looks at, which is set, and the recall that it gives."""
    sample = np.random.default_rng(_SEED).permutation(rows)[: 2 * _SAMPLE]
    nearest = exact(sample, _NEIGHBORS)
    for expansion in _EXPANSIONS:
        index.graph.expansion_search = expansion
        if index.recall_of(sample[::2], nearest[::2]) >= recall:
            break
    held_out = slice(1, None, 2) if len(sample) > 1 else slice(None)
    return expansion, round(index.recall_of(sample[held_out], nearest[held_out]), 4)
