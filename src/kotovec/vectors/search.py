"""Nearest words: one query at a time, with gensim's arguments and results, and ours beyond them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from numbers import Integral
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from kotovec.errors import ConfigError
from kotovec.vectors.lookup import KEY_TYPES, Matrix, WordLookup, nonzero
from kotovec.vectors.neighbors import Neighbor, highest
from kotovec.vectors.products import nearest_rows, products

_COSMUL_EPSILON = 0.000001  # Levy and Goldberg 2014, equation 4


class Indexer(Protocol):
    """What gensim takes as `indexer=`: any approximate index with this method."""

    def most_similar(self, vector: Matrix, num_neighbors: int) -> list[Any]: ...  # noqa: D102


class WordSearch(WordLookup):
    """Words near words, near vectors, and near sums of both."""

    def get_mean_vector(
        self,
        keys: Sequence[Any],
        weights: Sequence[float] | NDArray[Any] | None = None,
        pre_normalize: bool = True,
        post_normalize: bool = False,
        ignore_missing: bool = True,
    ) -> Matrix:
        """The weighted mean of vectors, (vector_size,): `keys` are words, ids or vectors.

        The sum is divided by the sum of absolute weights. With `pre_normalize` the vectors of words (not those
        given as vectors) are scaled to length 1 before; with `post_normalize` the result is. ValueError without
        keys or with another number of weights; MissingWordError for a missing word unless `ignore_missing`.
        """
        if len(keys) == 0:
            raise ValueError("cannot compute mean with no input")
        factors = np.ones(len(keys)) if weights is None else np.asarray(weights, np.float64)
        if len(factors) != len(keys):
            raise ValueError("keys and weights array must have same number of elements")
        mean, total = np.zeros(self.vector_size), 0.0
        for key, factor in zip(keys, factors.tolist(), strict=True):
            if isinstance(key, np.ndarray):
                self._check_vector(key)
                mean += factor * key
            elif not ignore_missing or key in self:
                mean += factor * self.get_vector(key, norm=pre_normalize)
            else:
                continue
            total += abs(factor)
        mean /= total or 1.0
        if post_normalize:
            mean /= np.linalg.norm(mean) or 1.0
        return mean.astype(self.vectors.dtype)

    def _check_vector(self, vector: NDArray[Any]) -> None:
        if vector.shape != (self.vector_size,):
            raise ConfigError(
                "a vector of another size", expected=f"shape ({self.vector_size},)", found=f"shape {vector.shape}"
            )

    def most_similar(
        self,
        positive: Any = None,
        negative: Any = None,
        topn: int | None = 10,
        clip_start: int = 0,
        clip_end: int | None = None,
        restrict_vocab: int | None = None,
        indexer: Indexer | None = None,
        *,
        among: Iterable[Any] | None = None,
        exclude: Iterable[Any] | None = None,
        min_count: int | None = None,
        index: str = "exact",
    ) -> Any:
        """The `topn` words nearest to the mean of `positive` minus `negative`, as `Neighbor(word, similarity)`.

        Both are a word, an id, a vector, a (key, weight) pair in a list, or a list of these. `restrict_vocab`
        searches the first words only, `clip_start` and `clip_end` a range of ids, `among` only words of a list;
        words of `exclude`, words that occur fewer than `min_count` times, the given words and words whose vector
        is zero are left out. With `topn=None`: the similarities of all words searched, as an array. With
        `index="hnsw"` the approximate index answers, which `build_index` made; of the options that choose words it
        has `exclude`. MissingWordError for an unknown word, in `among` and `exclude` too; ConfigError for an index
        that there is not, and for what it cannot do.
        """
        if isinstance(topn, Integral) and topn < 1:
            return []
        keys, weights = _weighted(positive, negative)
        mean = self.get_mean_vector(keys, weights, post_normalize=True, ignore_missing=False)
        if indexer is not None and isinstance(topn, int):
            return indexer.most_similar(mean, topn)
        if index != "exact":
            chosen = {"restrict_vocab": restrict_vocab or None, "clip_start": clip_start or None, "clip_end": clip_end}
            self._check_index(index, topn, chosen | {"among": among, "min_count": min_count})
            return self._approximate(mean, topn or 0, [key for key in keys if isinstance(key, KEY_TYPES)], exclude)
        first, last = (0, restrict_vocab) if restrict_vocab else (clip_start, clip_end or len(self))
        given = [key for key in keys if isinstance(key, KEY_TYPES)]
        hidden = self._hidden(among, exclude, min_count)
        if topn and self._normed is None:
            scale = self.inverse_norms(hidden)[first:last]
            found = nearest_rows(self.vectors[first:last], mean, scale, topn + len(given))
            if found is not None:
                return self._without(given, *found, topn, first)
        lengths = self.norms[first:last]
        if self._normed is None:
            scores = products(self.vectors[first:last], mean) / nonzero(lengths)
        else:
            scores = products(self._normed[first:last], mean)
        if not topn:
            return scores
        if not lengths.all():
            scores[lengths == 0] = -np.inf
        if hidden is not None:
            scores[hidden[first:last]] = -np.inf
        return self._named(scores, topn, given, first)

    def _check_index(self, index: str, topn: int | None, options: dict[str, Any]) -> None:
        """ConfigError where the index is none, is not there, or cannot do what is asked."""
        if index != "hnsw":
            raise ConfigError("unknown index", expected="exact or hnsw", found=repr(index))
        refused = [name for name, value in options.items() if value is not None] + ["topn=None"] * (topn is None)
        if refused:
            raise ConfigError(f"{refused[0]} is not for index='hnsw'", hint="try: index='exact'")
        if self._index is None:
            raise ConfigError("these vectors have no index", hint="try: build_index(), or load_index(path)")

    def _approximate(self, mean: Matrix, topn: int, given: list[Any], exclude: Iterable[Any] | None) -> list[Neighbor]:
        """About the best `topn`; what is left out is asked for beyond them."""
        assert self._index is not None
        left_out = given if exclude is None else [*given, *exclude]
        ids, scores = self._index.search(mean, topn + len(left_out))
        return self._without(left_out, ids, scores, topn)

    def _named(self, scores: Matrix, topn: int, given: list[Any], first: int = 0) -> list[Neighbor]:
        """The best of `scores` with their words, without the given ones; scores[0] is that of word id `first`."""
        best = highest(scores, topn + len(given))
        best = best[scores[best] > -np.inf]
        return self._without(given, best, scores[best], topn, first)

    def _without(
        self, given: list[Any], ids: NDArray[np.int64], scores: Matrix, topn: int, first: int = 0
    ) -> list[Neighbor]:
        """The first `topn` of `ids` (plus `first`) with their words and scores, without the given words."""
        own, words = {self.get_index(key) for key in given}, self.index_to_key
        pairs = zip((ids + first).tolist(), scores.tolist(), strict=True)
        return [Neighbor(words[i], score) for i, score in pairs if i not in own][:topn]

    def _hidden(
        self, among: Iterable[Any] | None, exclude: Iterable[Any] | None, min_count: int | None
    ) -> NDArray[np.bool_] | None:
        """(n_words,), true for words that no result may hold; None where all may."""
        if among is None and exclude is None and min_count is None:
            return None
        hidden = np.full(len(self), among is not None)
        if among is not None:
            hidden[self.get_indices(among)] = False
        if exclude is not None:
            hidden[self.get_indices(exclude)] = True
        if min_count is not None:
            if "count" not in self.expandos:
                raise ConfigError("min_count needs counts, and these vectors have none")
            hidden |= self.expandos["count"] < min_count
        return hidden

    def most_similar_cosmul(
        self, positive: Any = None, negative: Any = None, topn: int | None = 10, restrict_vocab: int | None = None
    ) -> Any:
        """As `most_similar`, by the multiplicative 3CosMul (Levy and Goldberg 2014, equation 4)."""
        if isinstance(topn, Integral) and topn < 1:
            return []
        wanted, unwanted = _as_list(positive), _as_list(negative)
        if not wanted:
            raise ValueError("cannot compute similarity with no input")
        scores = self._shifted_product(wanted, restrict_vocab)
        scores = scores / (self._shifted_product(unwanted, restrict_vocab) + _COSMUL_EPSILON)
        if not topn:
            return scores
        scores[self.norms[:restrict_vocab] == 0] = -np.inf
        return self._named(scores, topn, [key for key in [*wanted, *unwanted] if isinstance(key, KEY_TYPES)])

    def _shifted_product(self, terms: list[Any], restrict_vocab: int | None) -> Matrix:
        """The product of (1 + similarity) / 2 with each term; 1 without terms."""
        lengths = nonzero(self.norms[:restrict_vocab])
        product = np.ones(len(lengths), self.vectors.dtype)
        for term in terms:
            vector = self.get_vector(term, norm=True) if isinstance(term, KEY_TYPES) else np.asarray(term)
            self._check_vector(vector)
            product *= (1 + products(self.vectors[:restrict_vocab], vector) / lengths) / 2
        return product

    def similar_by_key(
        self, key: Any, topn: int | None = 10, restrict_vocab: int | None = None, *, index: str = "exact"
    ) -> Any:
        """The words nearest to one word; see `most_similar`."""
        return self.most_similar(positive=[key], topn=topn, restrict_vocab=restrict_vocab, index=index)

    def similar_by_word(
        self, word: Any, topn: int | None = 10, restrict_vocab: int | None = None, *, index: str = "exact"
    ) -> Any:
        """The same as `similar_by_key`."""
        return self.similar_by_key(word, topn, restrict_vocab, index=index)

    def similar_by_vector(
        self, vector: Matrix, topn: int | None = 10, restrict_vocab: int | None = None, *, index: str = "exact"
    ) -> Any:
        """The words nearest to a vector; see `most_similar`."""
        return self.most_similar(positive=[np.asarray(vector)], topn=topn, restrict_vocab=restrict_vocab, index=index)


def _as_list(value: Any) -> list[Any]:
    """A single word, id or vector as a list of one; the rows of a matrix as a list."""
    if value is None:
        return []
    if isinstance(value, KEY_TYPES) or (isinstance(value, np.ndarray) and value.ndim == 1):
        return [value]
    return list(value)


def _weighted(positive: Any, negative: Any) -> tuple[list[Any], list[float]]:
    """Keys (words, ids, vectors) and their weights: 1 and -1 where none are given."""
    keys: list[Any] = []
    weights: list[float] = []
    for items, default in ((_as_list(positive), 1.0), (_as_list(negative), -1.0)):
        for item in items:
            bare = isinstance(item, (*KEY_TYPES, np.ndarray))
            keys.append(item if bare else item[0])
            weights.append(default if bare else float(item[1]))
    return keys, weights
