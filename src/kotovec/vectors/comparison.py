"""Words compared with words: similarity, distance, rank, the odd one out."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kotovec.vectors.lookup import KEY_TYPES, Matrix, nonzero
from kotovec.vectors.products import products
from kotovec.vectors.search import WordSearch

log = logging.getLogger(__name__)


class WordComparison(WordSearch):
    """Similarity is the cosine, -1 to 1, higher is closer; distance is 1 - similarity."""

    def similarity(self, w1: Any, w2: Any) -> Any:
        """Cosine similarity of two words; 0 where a vector is zero. MissingWordError for an unknown word."""
        return np.dot(unit(self[w1]), unit(self[w2]))

    def distance(self, w1: Any, w2: Any) -> Any:
        """1 - similarity."""
        return 1 - self.similarity(w1, w2)

    def n_similarity(self, ws1: Sequence[Any], ws2: Sequence[Any]) -> Any:
        """Cosine similarity of the means of two sets of words; unknown words are passed over, as in gensim."""
        if not (len(ws1) and len(ws2)):
            raise ZeroDivisionError("At least one of the passed list is empty.")
        mean1 = self.get_mean_vector(ws1, pre_normalize=False)
        mean2 = self.get_mean_vector(ws2, pre_normalize=False)
        return np.dot(unit(mean1), unit(mean2))

    @staticmethod
    def cosine_similarities(vector_1: Matrix, vectors_all: Matrix) -> Matrix:
        """(n,) similarities of one vector (size,) and each row of a matrix (n, size); 0 for zero vectors."""
        lengths = np.linalg.norm(vector_1) * np.linalg.norm(vectors_all, axis=1)
        similarities: Matrix = np.dot(vectors_all, vector_1) / nonzero(lengths)
        return similarities

    def distances(self, word_or_vector: Any, other_words: Iterable[Any] = ()) -> Matrix:
        """(n,) distances from a word or vector to other words, or to all words where there are none."""
        given = isinstance(word_or_vector, KEY_TYPES)
        vector = self.get_vector(word_or_vector) if given else np.asarray(word_or_vector)
        self._check_vector(vector)
        others = self.get_indices(other_words)
        if len(others):
            return 1 - self.cosine_similarities(vector, self.vectors[others])
        lengths = nonzero(np.linalg.norm(vector) * self.norms)
        distances: Matrix = 1 - products(self.vectors, vector) / lengths
        return distances

    def closer_than(self, key1: Any, key2: Any) -> list[Any]:
        """All words that are closer to `key1` than `key2` is."""
        distances = self.distances(key1)
        first, second = self.get_index(key1), self.get_index(key2)
        closer = np.flatnonzero(distances < distances[second]).tolist()
        return [self.index_to_key[index] for index in closer if index != first]

    def words_closer_than(self, word1: Any, word2: Any) -> list[Any]:
        """The same as `closer_than`, by its name in gensim 3."""
        return self.closer_than(word1, word2)

    def rank(self, key1: Any, key2: Any) -> int:
        """The place of `key2` among the neighbours of `key1`, 1 for the nearest."""
        return len(self.closer_than(key1, key2)) + 1

    def most_similar_to_given(self, key1: Any, keys_list: Sequence[Any]) -> Any:
        """The word of a list that is nearest to `key1`."""
        return keys_list[int(np.argmax([self.similarity(key1, key) for key in keys_list]))]

    def rank_by_centrality(self, words: Iterable[Any], use_norm: bool = True) -> list[tuple[Any, Any]]:
        """(similarity to the mean of all, word), the highest first; unknown words are left out.

        ValueError where no word is known.
        """
        words = list(words)
        known = [word for word in words if word in self]
        if len(known) < len(words):
            log.warning("unknown words are ignored: %s", sorted(set(map(str, words)) - set(map(str, known))))
        if not known:
            raise ValueError("cannot select a word from an empty list")
        vectors = np.vstack([self.get_vector(word, norm=use_norm) for word in known]).astype(np.float32)
        mean = self.get_mean_vector(list(vectors), post_normalize=True).astype(np.float32)
        return sorted(zip(np.dot(vectors, mean), known, strict=True), reverse=True)

    def doesnt_match(self, words: Iterable[Any]) -> Any:
        """The word that is farthest from the mean of all."""
        return self.rank_by_centrality(words)[-1][1]

    def relative_cosine_similarity(self, wa: Any, wb: Any, topn: int = 10) -> Any:
        """Similarity over the sum of the `topn` highest (Leeuwenberg et al. 2016); above 0.1 hints at synonyms."""
        neighbors = self.similar_by_word(wa, topn)
        if not neighbors:
            raise ValueError("Cannot calculate relative cosine similarity without any similar words.")
        return float(self.similarity(wa, wb)) / sum(similarity for _, similarity in neighbors)


def unit(vector: NDArray[Any]) -> Matrix:
    """Scaled to length 1; a vector of zeros stays one."""
    unit: Matrix = vector / nonzero(np.linalg.norm(vector))
    return unit
