"""Nearest words for many queries in one call: a blocked matrix product, and the highest of each block."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kotovec.errors import ConfigError, MissingExtraError
from kotovec.vectors.lookup import KEY_TYPES, Matrix
from kotovec.vectors.neighbors import Neighbor
from kotovec.vectors.search import WordSearch

_QUERIES = 1024  # at once; with _SCORES the sizes of one block of the product
_SCORES = 1 << 21


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
    ) -> list[list[Neighbor]]:
        """For each query the `topn` nearest words, as `Neighbor(word, similarity)`.

        `queries`: a list of words (each is left out of its own result), or a matrix (n, vector_size).
        `threads` limits the matrix product, which needs the package threadpoolctl; other options as for
        `most_similar`. MissingWordError names all unknown words.
        """
        if isinstance(queries, KEY_TYPES):
            raise ConfigError("a list of words or a matrix", found=repr(queries))
        if isinstance(queries, np.ndarray) and queries.ndim == 2:
            rows, own = queries, np.full(len(queries), -1)
        else:
            own = self.get_indices(queries)
            rows = self.vectors[own]
        ids, similarities = self.nearest(
            rows, topn, self._hidden(among, exclude, min_count), own=own, restrict_vocab=restrict_vocab, threads=threads
        )
        words = self.index_to_key
        return [
            [Neighbor(words[i], s) for i, s in zip(*row, strict=True) if i >= 0]
            for row in zip(ids.tolist(), similarities.tolist(), strict=True)
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
        """Word ids and cosine similarities, both (n_queries, topn), the nearest first; -1 and -inf where there are
        not so many words.

        `queries` (n_queries, vector_size), `hidden` (n_words,) true for words not wanted, `own` (n_queries,) one
        word id more that is not wanted, or -1.
        """
        rows = np.ascontiguousarray(queries, np.float32)
        if rows.ndim != 2 or rows.shape[1] != self.vector_size:
            raise ConfigError(
                "queries of another size", expected=f"(n, {self.vector_size})", found=f"shape {rows.shape}"
            )
        lengths = np.linalg.norm(rows, axis=1, keepdims=True)
        rows = rows / np.where(lengths == 0, np.float32(1), lengths)
        own = np.full(len(rows), -1) if own is None else np.ascontiguousarray(own, np.int64)
        scale = self._scale(hidden, restrict_vocab)
        ids = np.full((len(rows), max(0, topn)), -1, np.int64)
        best = np.full(ids.shape, -np.inf, np.float32)
        if topn > 0:
            with _thread_limit(threads):
                for first in range(0, len(rows), _QUERIES):
                    part = slice(first, first + _QUERIES)
                    self._search(rows[part], scale, own[part], best[part], ids[part])
        return ids, best

    def _scale(self, hidden: NDArray[np.bool_] | None, restrict_vocab: int | None) -> NDArray[np.float32]:
        """(n,) what to multiply scores with: 1 / norm, NaN for words that no result may hold."""
        norms = self.norms[: restrict_vocab or None].astype(np.float32)
        unwanted = norms == 0 if hidden is None else (norms == 0) | hidden[: len(norms)]
        norms[unwanted] = np.nan
        return np.reciprocal(norms)

    def _search(
        self,
        rows: NDArray[np.float32],
        scale: NDArray[np.float32],
        own: NDArray[np.int64],
        best: NDArray[np.float32],
        ids: NDArray[np.int64],
    ) -> None:
        from kotovec.kernels.top_k import keep_highest

        step = max(256, _SCORES // max(1, len(rows)))
        scores = np.empty((len(rows), step), np.float32)
        for first in range(0, len(scale), step):
            words = self.vectors[first : min(first + step, len(scale))].astype(np.float32, copy=False)
            if len(words) == step:
                np.matmul(rows, words.T, out=scores)
            else:
                scores = np.matmul(rows, words.T)
            keep_highest(scores, len(words), scale, first, own, best, ids)


def _thread_limit(threads: int | None) -> AbstractContextManager[Any]:
    if threads is None:
        return nullcontext()
    try:
        from threadpoolctl import threadpool_limits  # type: ignore[import-not-found,unused-ignore]
    except ImportError as error:
        raise MissingExtraError("threadpoolctl", "search", "a limit of threads") from error
    limits: AbstractContextManager[Any] = threadpool_limits(threads, "blas")
    return limits
