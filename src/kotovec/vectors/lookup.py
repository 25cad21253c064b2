"""Words and their vectors: look-up, norms, attributes. What all queries stand on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from kotovec.corpus.vocabulary import Vocabulary
from kotovec.errors import ConfigError, MissingWordError
from kotovec.vectors.spelling import near_spellings

if TYPE_CHECKING:
    from kotovec.formats.files import MatrixRows
    from kotovec.vectors.hnsw import HnswIndex

Key: TypeAlias = "str | int | np.integer[Any]"
Matrix: TypeAlias = NDArray[np.floating[Any]]
VocabularySource: TypeAlias = Vocabulary | Callable[[], Vocabulary]

KEY_TYPES = (str, int, np.integer)
_WORDS_SPELLED = 5
_NORM_NUMBERS = 1 << 20  # that are held at once


class WordLookup:
    """A vocabulary and a matrix; row i is the vector of word id i.

    Words are found by name, or by word id (an int), as in gensim. Nothing is copied: `vectors` may be a
    memory map, or a strided view of a trainer's matrix.
    """

    def __init__(self, vocabulary: VocabularySource, vectors: Matrix | MatrixRows) -> None:
        """`vectors`: (n_words, vector_size) of any float type; the vocabulary may be made when first needed.

        Rows that are not all in memory (`formats.stored_rows`) are read one by one until somebody asks for all.
        """
        self._source: VocabularySource | None = vocabulary
        self._keys: list[Any] | None = None
        self._indices: dict[Any, int] | None = None
        self._matrix: Any = vectors
        self._norms: NDArray[np.float32] | None = None
        self._inverse_norms: NDArray[np.float32] | None = None
        self._index: HnswIndex | None = None  # which indexing.py builds
        self._normed: Matrix | None = None  # all vectors scaled to length 1, where the caller asked for it
        self._attributes: dict[str, NDArray[Any]] = {}
        if isinstance(vocabulary, Vocabulary):
            self._check_length(vocabulary)

    def _check_length(self, vocabulary: Vocabulary) -> None:
        if len(self._matrix.shape) != 2 or len(vocabulary) != len(self._matrix):
            raise ConfigError(
                "vectors and words do not fit",
                expected=f"{len(vocabulary)} rows",
                found=f"shape {self._matrix.shape}",
            )

    @property
    def vocabulary(self) -> Vocabulary:
        """The words and counts; made anew where words were added."""
        if self._source is None:
            self._source = Vocabulary([str(key) for key in self.index_to_key], self._attributes.get("count"))
        elif not isinstance(self._source, Vocabulary):
            made = self._source()
            self._check_length(made)
            self._source = made
        return self._source

    @property
    def index_to_key(self) -> list[Any]:
        """All words, in the order of their ids."""
        if self._keys is None:
            self._keys = list(self.vocabulary.words)
        return self._keys

    @property
    def key_to_index(self) -> dict[Any, int]:
        """Word -> word id."""
        if self._indices is None:
            self._indices = self.vocabulary.word_ids
        return self._indices

    @property
    def vectors(self) -> Matrix:
        """(n_words, vector_size); whoever changes it in place calls `fill_norms(force=True)` afterwards."""
        return self._vectors

    @vectors.setter
    def vectors(self, vectors: Matrix) -> None:
        self._vectors = vectors
        self._forget_norms()

    @property
    def _vectors(self) -> Matrix:
        if not isinstance(self._matrix, np.ndarray):
            self._matrix = self._matrix[:]
        whole: Matrix = self._matrix
        return whole

    @_vectors.setter
    def _vectors(self, vectors: Matrix) -> None:
        self._matrix = vectors

    @property
    def dtype(self) -> np.dtype[Any]:
        """The kind of numbers in `vectors`."""
        kind: np.dtype[Any] = self._matrix.dtype
        return kind

    @property
    def vector_size(self) -> int:
        """Numbers per word."""
        return int(self._matrix.shape[1])

    @property
    def norms(self) -> NDArray[np.float32]:
        """(n_words,) Euclidean length of each vector; computed when first asked for."""
        if self._norms is None:
            self._norms = _row_norms(self._matrix)
        return self._norms

    def inverse_norms(self, hidden: NDArray[np.bool_] | None = None) -> NDArray[np.float32]:
        """(n_words,) 1 / norm, to be read only; NaN for vectors of zeros, and where `hidden` is true."""
        if self._inverse_norms is None:
            norms = self.norms.astype(np.float32)
            norms[norms == 0] = np.nan
            self._inverse_norms = np.reciprocal(norms)
        return self._inverse_norms if hidden is None else np.where(hidden, np.float32(np.nan), self._inverse_norms)

    def fill_norms(self, force: bool = False) -> None:
        """Compute the norms now; `force` after a change of `vectors` in place."""
        if force:
            self._forget_norms()
        _ = self.norms

    def _forget_norms(self) -> None:
        self._norms = self._inverse_norms = self._normed = self._index = None

    def __len__(self) -> int:
        return len(self._matrix)

    def __contains__(self, key: object) -> bool:
        return self.has_index_for(key)

    def has_index_for(self, key: Any) -> bool:
        """Whether `key` is a word, or the id of one."""
        return self._find(key) is not None

    def get_index(self, key: Any, default: int | None = None) -> int:
        """The word id of a word (or of an id); `default`, where given, for one that is missing."""
        index = self._find(key)
        if index is not None:
            return index
        if default is not None:
            return default
        raise self._missing([key])

    def _find(self, key: Any) -> int | None:
        index = self.key_to_index.get(key)
        if index is None and isinstance(key, (int, np.integer)) and 0 <= key < len(self):
            return int(key)
        return index

    def _missing(self, keys: Iterable[Any]) -> MissingWordError:
        words = [str(key) for key in keys]
        return MissingWordError(words, lambda: self._near(words))

    def _near(self, words: list[str]) -> list[str]:
        """Near spellings of one missing word; of several, the nearest of each of the first."""
        if len(words) == 1:
            return near_spellings(words[0], self.key_to_index)
        found = [near_spellings(word, self.key_to_index, 1) for word in words[:_WORDS_SPELLED]]
        return list(dict.fromkeys(near for nearest in found for near in nearest))

    def get_indices(self, keys: Iterable[Any]) -> NDArray[np.int64]:
        """Word ids of many words; one MissingWordError for all that are missing."""
        keys = list(keys)
        found = [self._find(key) for key in keys]
        missing = [key for key, index in zip(keys, found, strict=True) if index is None]
        if missing:
            raise self._missing(missing)
        return np.array(found, np.int64)

    def get_vector(self, key: Any, norm: bool = False) -> Matrix:
        """(vector_size,) read-only; scaled to length 1 with `norm`. MissingWordError, which is a KeyError."""
        index = self.get_index(key)
        vector: Matrix = self._matrix[index]
        if norm:
            vector = vector / nonzero(self.norms[index])
        vector.flags.writeable = False
        return vector

    def word_vec(self, word: Any, norm: bool = False) -> Matrix:
        """The same as `get_vector`, by its name in gensim 3."""
        return self.get_vector(word, norm)

    def __getitem__(self, key_or_keys: Any) -> Matrix:
        """The vector of a word, (vector_size,), or those of several, (n, vector_size)."""
        if isinstance(key_or_keys, KEY_TYPES):
            return self.get_vector(key_or_keys)
        return np.vstack([self.get_vector(key) for key in key_or_keys])

    def get_normed_vectors(self) -> Matrix:
        """(n_words, vector_size), all of length 1: a second matrix in memory."""
        lengths = nonzero(self.norms)
        normed: Matrix = self._vectors / lengths[:, np.newaxis]
        return normed

    def get_vecattr(self, key: Any, attr: str) -> Any:
        """An attribute of a word, such as "count"; KeyError for an attribute that nobody set."""
        return self.expandos[attr][self.get_index(key)]

    @property
    def expandos(self) -> Mapping[str, NDArray[Any]]:
        """Attribute name -> its values for all words."""
        if "count" not in self._attributes and self._source is not None and self.vocabulary.counts.any():
            self._attributes["count"] = self.vocabulary.counts.copy()
        return self._attributes


def _row_norms(vectors: Any) -> NDArray[np.float32]:
    """(n,) in blocks, so that no second matrix is made."""
    norms = np.empty(len(vectors), vectors.dtype if vectors.dtype.itemsize > 4 else np.float32)
    step = max(1, _NORM_NUMBERS // max(1, vectors.shape[1]))
    for first in range(0, len(vectors), step):
        rows = vectors[first : first + step].astype(norms.dtype, copy=False)
        norms[first : first + step] = np.sqrt(np.einsum("ij,ij->i", rows, rows))
    return norms


def nonzero(norms: Any) -> Any:
    """Norms to divide by: 1 in place of 0, so that a vector of zeros stays one."""
    return norms if np.all(norms) else np.where(norms == 0, np.asarray(norms).dtype.type(1), norms)
