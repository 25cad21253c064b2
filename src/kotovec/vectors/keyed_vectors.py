"""KeyedVectors: words and their vectors, and all that one can ask of them."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import numpy as np

from kotovec.corpus.vocabulary import Vocabulary
from kotovec.errors import ConfigError
from kotovec.vectors.evaluation import WordEvaluation
from kotovec.vectors.indexing import WordIndex
from kotovec.vectors.lookup import Matrix, VocabularySource
from kotovec.vectors.storage import WordStorage

if TYPE_CHECKING:
    from kotovec.formats.files import MatrixRows

log = logging.getLogger(__name__)

_REPLACED = {
    "vocab": "key_to_index, index_to_key and get_vecattr(word, 'count')",
    "index2word": "index_to_key",
    "index2entity": "index_to_key",
    "vectors_norm": "get_normed_vectors()",
    "syn0": "vectors",
    "syn0norm": "get_normed_vectors()",
    "resize_vectors": "add_vectors(words, vectors)",
    "allocate_vecattrs": "set_vecattr(word, name, value)",
    "next_index": "len()",
}  # names of gensim that are no more, or only make room there


class KeyedVectors(WordStorage, WordIndex, WordEvaluation):
    """A vocabulary and a matrix, with the methods of gensim 4's KeyedVectors.

    `KeyedVectors(vocabulary, vectors)` takes (n_words, vector_size) vectors without copying them;
    `KeyedVectors(vector_size)`, as in gensim, starts without words.
    """

    def __init__(
        self,
        vocabulary: VocabularySource | int | None = None,
        vectors: Matrix | MatrixRows | None = None,
        dtype: Any = np.float32,
        *,
        vector_size: int | None = None,
        count: int = 0,
        config: dict[str, Any] | None = None,
        precompute: bool = False,
    ) -> None:
        """`config`: what the vectors were trained with, where that is known. `count` (gensim's) is only a hint.

        With `precompute` all vectors are kept a second time, in float32 and of length 1, until they change: twice
        the memory (the log says how much), for queries of float16, strided or memory-mapped vectors at full speed.
        """
        if isinstance(vocabulary, int) or vocabulary is None or vectors is None:
            size = vocabulary if isinstance(vocabulary, int) else vector_size
            if size is None or size < 1:
                raise ConfigError("words and vectors, or a vector_size of at least 1", found=f"vector_size {size}")
            vocabulary, vectors = Vocabulary([]), np.empty((0, size), dtype)
        super().__init__(vocabulary, vectors)
        self.config = config
        if precompute:
            self._normed = self.get_normed_vectors().astype(np.float32, copy=False)
            log.info("precomputed vectors take %d bytes more", self._normed.nbytes)

    if not TYPE_CHECKING:  # a type checker would take any name for an attribute

        def __getattr__(self, name: str) -> Any:
            """AttributeError that says what took the place of a name of gensim's."""
            instead = f"; use {_REPLACED[name]}, see docs/gensim.md" if name in _REPLACED else ""
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}{instead}")

    def __repr__(self) -> str:
        index = "" if self._index is None else f", index: {self._index.facts.text}"
        return f"KeyedVectors<vector_size={self.vector_size}, {len(self)} keys{index}>"
