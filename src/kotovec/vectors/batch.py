"""Nearest words for many queries in one call, on several threads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kotovec.errors import ConfigError
from kotovec.vectors.lookup import KEY_TYPES, Matrix
from kotovec.vectors.neighbors import Neighbor
from kotovec.vectors.scan import best_of, scan
from kotovec.vectors.search import WordSearch

_QUERIES = 3072  # at once: their numbers stay in the L2 cache
_WORDS = 1 << 13  # that a thread takes at once: some ten milliseconds for a thousand queries


class BatchSearch(WordSearch):
    """Many queries at once, many times faster than one after the other."""

    def most_similar_many(
        self,
        queries: Any,
        topn: int = 10,
        *,
        restrict_vocab: int | None = None,
        among: Iterable[Any] | None = None,
        exclude: Iterable[Any] | None = None,
        min_count: int | None = None,
        threads: int | None = None,
        index: str = "exact",
    ) -> list[list[Neighbor]]:
        """For each query the `topn` nearest words, as `Neighbor(word, similarity)`.

        `queries`: a list of words (each is left out of its own result), or a matrix (n, vector_size).
        `threads`: at most so many (None: all processors); other options, `index` too, as for `most_similar`.
        MissingWordError names all unknown words.
        """
        if isinstance(queries, KEY_TYPES):
            raise ConfigError("a list of words or a matrix", found=repr(queries))
        if isinstance(queries, np.ndarray) and queries.ndim == 2:
            rows, own = queries, np.full(len(queries), -1)
        else:
            own = self.get_indices(queries)
            rows = self.vectors[own]
        if index != "exact":
            chosen = {"restrict_vocab": restrict_vocab or None, "among": among, "min_count": min_count}
            self._check_index(index, topn, chosen)
            return self._approximate_many(rows, own, topn, exclude, threads)
        hidden = self._hidden(among, exclude, min_count)
        ids, similarities = self.nearest(rows, topn, hidden, own=own, restrict_vocab=restrict_vocab, threads=threads)
        words = self.index_to_key
        return [
            [Neighbor(words[i], s) for i, s in zip(*row, strict=True) if i >= 0]
            for row in zip(ids.tolist(), similarities.tolist(), strict=True)
        ]

    def _approximate_many(
        self,
        queries: Matrix,
        own: NDArray[np.int64],
        topn: int,
        exclude: Iterable[Any] | None,
        threads: int | None,
    ) -> list[list[Neighbor]]:
        """For each query about the best `topn`; what is left out is asked for beyond them."""
        assert self._index is not None
        rows = self._units(queries, threads)
        excluded = set() if exclude is None else set(self.get_indices(exclude).tolist())
        if topn < 1:
            return [[] for _ in rows]
        found = self._index.search_many(rows, topn + len(excluded) + 1, threads)
        words = self.index_to_key
        return [
            [
                Neighbor(words[i], s)
                for i, s in zip(ids.tolist(), scores.tolist(), strict=True)
                if i != word_id and i not in excluded
            ][:topn]
            for word_id, (ids, scores) in zip(own.tolist(), found, strict=True)
        ]

    def nearest(
        self,
        queries: Matrix,
        topn: int,
        hidden: NDArray[np.bool_] | None = None,
        *,
        own: NDArray[np.int64] | None = None,
        restrict_vocab: int | None = None,
        threads: int | None = None,
    ) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Word ids and cosine similarities, both (n_queries, topn), the nearest first.

        Where there are not so many words, -1 and -inf. `queries` (n_queries, vector_size), `hidden` (n_words,)
        true for words not wanted, `own` (n_queries,) one word id more that is not wanted, or -1.
        """
        rows = self._units(queries, threads)
        own = np.full(len(rows), -1) if own is None else np.ascontiguousarray(own, np.int64)
        scale = self._scale(hidden, restrict_vocab)
        parts = [slice(first, first + _QUERIES) for first in range(0, len(rows), _QUERIES)] if topn > 0 else []
        found = [self._search(rows[part], min(topn, len(scale)), scale, own[part], threads) for part in parts]
        ids = np.full((len(rows), max(0, topn)), -1, np.int64)
        best = np.full(ids.shape, -np.inf, np.float32)
        for part, (part_ids, part_best) in zip(parts, found, strict=True):
            ids[part, : part_ids.shape[1]], best[part, : part_best.shape[1]] = part_ids, part_best
        return ids, best

    def _units(self, queries: Matrix, threads: int | None) -> NDArray[np.float32]:
        """The queries at length 1. ConfigError for another size, and for less than one thread."""
        rows = np.ascontiguousarray(queries, np.float32)
        if rows.ndim != 2 or rows.shape[1] != self.vector_size:
            raise ConfigError(
                "queries of another size", expected=f"(n, {self.vector_size})", found=f"shape {rows.shape}"
            )
        if threads is not None and threads < 1:
            raise ConfigError("threads is out of range", expected="1 or more", found=threads)
        lengths = np.linalg.norm(rows, axis=1, keepdims=True)
        units: NDArray[np.float32] = rows / np.where(lengths == 0, np.float32(1), lengths)
        return units

    def _scale(self, hidden: NDArray[np.bool_] | None, restrict_vocab: int | None) -> NDArray[np.float32]:
        """(n,) what to multiply scores with: 1 / norm, NaN for words that no result may hold."""
        return self.inverse_norms(hidden)[: restrict_vocab or None]

    def _search(
        self,
        rows: NDArray[np.float32],
        topn: int,
        scale: NDArray[np.float32],
        own: NDArray[np.int64],
        threads: int | None,
    ) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Ids and similarities, (n_queries, topn): the best of what each thread finds in its share of the words."""
        packed = packed_queries(rows)
        vectors = self.vectors.astype(np.float32, copy=False)

        def work(starts: Iterator[int]) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
            from kotovec.kernels.memory import aligned_zeros
            from kotovec.kernels.top_k import PANEL, SCRATCH_FLOATS, find_highest

            ids, best = np.full((len(rows), topn), -1), np.full((len(rows), topn), -np.inf, np.float32)
            panel, tile = aligned_zeros(PANEL * rows.shape[1]), aligned_zeros(SCRATCH_FLOATS)
            for first in starts:
                find_highest(
                    vectors, scale, first, min(first + _WORDS, len(scale)), packed, own, panel, tile, best, ids
                )
            return ids, best

        return best_of(scan(len(scale), _WORDS, work, threads=threads), topn)


def packed_queries(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    """Queries as the kernel wants them: groups of GROUP, in each group number by number."""
    from kotovec.kernels.top_k import GROUP

    n_groups = -(-len(rows) // GROUP)
    padded = np.zeros((n_groups * GROUP, rows.shape[1]), np.float32)
    padded[: len(rows)] = rows
    return np.ascontiguousarray(padded.reshape(n_groups, GROUP, -1).transpose(0, 2, 1)).reshape(-1)
