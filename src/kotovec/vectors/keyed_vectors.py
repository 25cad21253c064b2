"""KeyedVectors: words and their vectors, and all that one can ask of them."""

from __future__ import annotations

from typing import Any

import numpy as np

from kotovec.corpus.vocabulary import Vocabulary
from kotovec.vectors.comparison import WordComparison
from kotovec.vectors.lookup import Matrix, VocabularySource


class KeyedVectors(WordComparison):
    """A vocabulary and a matrix, with the methods of gensim 4's KeyedVectors.

    `KeyedVectors(vocabulary, vectors)` takes (n_words, vector_size) vectors without copying them;
    `KeyedVectors(vector_size)`, as in gensim, starts without words.
    """

    def __init__(
        self,
        vocabulary: VocabularySource | int | None = None,
        vectors: Matrix | None = None,
        dtype: Any = np.float32,
        *,
        vector_size: int | None = None,
        config: dict[str, Any] | None = None,
    ) -> None:
        """`config`: what the vectors were trained with, where that is known."""
        if vocabulary is None or isinstance(vocabulary, int):
            size = vector_size if vocabulary is None else vocabulary
            vocabulary, vectors = Vocabulary([]), np.empty((0, size or 0), dtype)
        assert vectors is not None
        super().__init__(vocabulary, vectors)
        self.config = config

    def __repr__(self) -> str:
        return f"KeyedVectors<vector_size={self.vector_size}, {len(self)} keys>"
