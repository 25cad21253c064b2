"""Many analogies at once: `a is to b as c is to what`."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from typing import Literal, TypeAlias, get_args

import numpy as np
from numpy.typing import NDArray

from kotovec.errors import ConfigError
from kotovec.vectors.batch import BatchSearch, packed_queries
from kotovec.vectors.lookup import nonzero

AnalogyMethod: TypeAlias = Literal["3cosadd", "3cosmul"]

_QUESTIONS = 1 << 15  # at once: the similarities of their words with 32 others stay below 13 MB
_WORDS = 1 << 13  # per thread at least


class AnalogySearch(BatchSearch):
    """Analogies by the sum (Mikolov et al. 2013) or the product (Levy and Goldberg 2014) of similarities."""

    def analogy_answers(
        self,
        given: NDArray[np.int64],
        topn: int = 1,
        *,
        method: AnalogyMethod = "3cosadd",
        restrict_vocab: int | None = None,
        threads: int | None = None,
    ) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Word ids and scores, both (n_questions, topn), the best first; -1 and -inf where there are no more words.

        `given` (n_questions, 3): the word ids of a, b and c in `a is to b as c is to what`; they are no answers, nor
        are words whose vector is zero, nor words beyond the first `restrict_vocab`. A score is cos(b) + cos(c) -
        cos(a) for 3cosadd; for 3cosmul cos(b) cos(c) / (cos(a) + 1e-6) of similarities shifted to 0 to 1.
        `threads`: at most so many (None: all processors).
        """
        if method not in get_args(AnalogyMethod):
            raise ConfigError("unknown method", expected=" or ".join(get_args(AnalogyMethod)), found=repr(method))
        given = np.ascontiguousarray(given, np.int64)
        if given.ndim != 2 or given.shape[1] != 3 or (given.size and not 0 <= given.min() <= given.max() < len(self)):
            raise ConfigError("no analogies", expected="(n, 3) word ids", found=f"shape {given.shape}")
        ids, best = np.full((len(given), topn), -1), np.full((len(given), topn), -np.inf, np.float32)
        for first in range(0, len(given), _QUESTIONS) if topn > 0 else ():
            part = slice(first, first + _QUESTIONS)
            ids[part], best[part] = self._answer(given[part], topn, method, self._scale(None, restrict_vocab), threads)
        return ids, best

    def _answer(
        self,
        given: NDArray[np.int64],
        topn: int,
        method: AnalogyMethod,
        scale: NDArray[np.float32],
        threads: int | None,
    ) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """The best of what each thread finds in its share of the words."""
        terms, rows = np.unique(given, return_inverse=True)
        units = self.vectors[terms].astype(np.float32) / nonzero(self.norms[terms]).astype(np.float32)[:, np.newaxis]
        packed, rows = packed_queries(units), np.ascontiguousarray(rows.reshape(given.shape), np.int64)
        vectors = self.vectors.astype(np.float32, copy=False)
        n_threads = max(1, min(threads or os.cpu_count() or 1, len(scale) // _WORDS))
        bounds = np.linspace(0, len(scale), n_threads + 1).astype(np.int64).tolist()

        def search(share: int) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
            from kotovec.kernels.analogy import find_answers
            from kotovec.kernels.memory import aligned_zeros
            from kotovec.kernels.top_k import PANEL

            ids, best = np.full((len(given), topn), -1), np.full((len(given), topn), -np.inf, np.float32)
            n_slots = len(packed) // self.vector_size + 1
            panel, tile = aligned_zeros(PANEL * self.vector_size), aligned_zeros(PANEL * n_slots)
            find_answers(
                vectors, scale, bounds[share], bounds[share + 1], packed, rows, given, method == "3cosmul",
                panel, tile, best, ids,
            )  # fmt: skip
            return ids, best

        with ThreadPoolExecutor(n_threads) as pool:
            shares = list(pool.map(search, range(n_threads)))
        ids, best = (np.concatenate(arrays, axis=1) for arrays in zip(*shares, strict=True))
        order = np.argsort(-best, axis=1, kind="stable")[:, :topn]
        return np.take_along_axis(ids, order, 1), np.take_along_axis(best, order, 1)
