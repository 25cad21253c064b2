"""Words added, vectors replaced, scaled or put in another order; attributes of words."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kotovec.errors import ConfigError, VocabularyError
from kotovec.vectors.lookup import KEY_TYPES, Matrix, WordLookup, nonzero


class WordChange(WordLookup):
    """All that changes words or vectors. Norms and vocabulary follow every change made through these methods."""

    _room: Matrix | None = None  # of which `vectors` is the first part, where words were added

    def _own_words(self) -> tuple[list[Any], dict[Any, int]]:
        """Words as a list and a dict of our own, to be changed; attributes likewise."""
        if self._source is not None:
            _ = self.expandos  # takes the counts out of the vocabulary
            self._keys, self._indices = list(self.index_to_key), dict(self.key_to_index)
            self._source = None
        assert self._keys is not None and self._indices is not None
        return self._keys, self._indices

    def add_vector(self, key: Any, vector: NDArray[Any]) -> int:
        """Add one word; gives its id. Of a word that is there already, the old vector stays."""
        self.add_vectors([key], [vector])
        return self.get_index(key)

    def add_vectors(
        self,
        keys: Any,
        weights: Any,
        extras: Mapping[str, NDArray[Any]] | None = None,
        replace: bool = False,
    ) -> None:
        """Add words with vectors (n, vector_size); those that are there already are kept unless `replace`.

        `extras`: attribute name -> (n,) values. ConfigError where the sizes differ; VocabularyError for a word
        that is given twice.
        """
        keys = [keys] if isinstance(keys, KEY_TYPES) else list(keys)
        rows = np.asarray(weights, self.vectors.dtype).reshape(len(keys), -1)
        extras = {name: np.asarray(values) for name, values in (extras or {}).items()}
        if len(keys) and rows.shape[1] != self.vector_size:
            raise ConfigError("vectors of another size", expected=self.vector_size, found=rows.shape[1])
        if len(set(keys)) < len(keys):
            raise VocabularyError("a word is given twice")
        for name, values in extras.items():
            if len(values) != len(keys):
                raise ConfigError(f"one {name} for each word", expected=len(keys), found=len(values))
        known = np.array([key in self.key_to_index for key in keys], np.bool_)
        self._append([key for key, old in zip(keys, known, strict=True) if not old], rows[~known])
        touched = np.arange(len(keys)) if replace else np.flatnonzero(~known)
        targets = [self.key_to_index[keys[i]] for i in touched]
        if replace and len(keys):
            self._writable_vectors()[targets] = rows
            self._forget_norms()
        for name, values in extras.items():
            self._attribute(name, values.dtype)[targets] = values[touched]

    def _append(self, new_keys: list[Any], rows: Matrix) -> None:
        if not new_keys:
            return
        words, indices = self._own_words()
        n = len(words)
        grown = self._grown(n + len(new_keys))
        grown[n:] = rows
        for name, values in self._attributes.items():
            self._attributes[name] = np.concatenate([values, np.zeros(len(new_keys), values.dtype)])
        words += new_keys
        indices.update(zip(new_keys, range(n, len(words)), strict=True))
        self.vectors = grown

    def _grown(self, n_rows: int) -> Matrix:
        """A matrix of `n_rows` that begins with ours; room is doubled, so that adding one by one is not quadratic."""
        n, room = len(self._vectors), self._room
        if room is None or len(room) < n_rows or id(self._vectors.base) != id(room):
            room = np.zeros((max(n_rows, 2 * n), self.vector_size), self._vectors.dtype)
            room[:n] = self._vectors
            self._room = room
        return room[:n_rows]

    def __setitem__(self, keys: Any, weights: Any) -> None:
        """Set the vector of a word, or those of a list of words; new words are added."""
        self.add_vectors(keys, weights, replace=True)

    def set_vecattr(self, key: Any, attr: str, val: Any) -> None:
        """Set an attribute of a word, such as "count"; the first value fixes the type.

        TypeError for a value of another type.
        """
        kind = np.dtype(np.int64 if isinstance(val, int) else object if isinstance(val, str) else type(val))
        index = self.get_index(key)
        self._attribute(attr, kind)[index] = val
        if attr == "count":
            self._own_words()

    def _attribute(self, name: str, kind: np.dtype[Any]) -> NDArray[Any]:
        if name not in self.expandos:
            self._attributes[name] = np.zeros(len(self), kind)
        values = self._attributes[name]
        if not np.issubdtype(kind, values.dtype):
            raise TypeError(f"Can't allocate type {kind} for attribute {name}, whose type is {values.dtype}")
        return values

    def sort_by_descending_frequency(self) -> None:
        """The most frequent word first, equal counts in reverse order of id; KeyError without counts."""
        if not len(self):
            return
        counts = self.expandos["count"]
        order = np.lexsort((-np.arange(len(counts)), -counts))
        words, _ = self._own_words()
        self._keys = [words[i] for i in order.tolist()]
        self._indices = {word: i for i, word in enumerate(self._keys)}
        for name, values in self._attributes.items():
            self._attributes[name] = values[order]
        self.vectors = self._vectors[order]

    def unit_normalize_all(self) -> None:
        """Scale all vectors to length 1, in place; vectors of zeros stay."""
        vectors = self._writable_vectors()
        vectors /= nonzero(self.norms)[:, np.newaxis]
        self.fill_norms(force=True)

    def _writable_vectors(self) -> Matrix:
        if not self._vectors.flags.writeable:
            self._vectors = self._vectors.copy()
        return self._vectors

    def init_sims(self, replace: bool = False) -> None:
        """As in gensim: deprecated, nothing needs to be prepared. `replace=True` scales all to length 1."""
        warnings.warn("init_sims() is not needed; use unit_normalize_all()", DeprecationWarning, stacklevel=2)
        if replace:
            self.unit_normalize_all()

    def _selection(self, keys: Iterable[Any]) -> tuple[list[Any], NDArray[np.int64]]:
        """The known ones of `keys` without repeats, in order, and their word ids."""
        known = list(dict.fromkeys(key for key in keys if key in self))
        return known, self.get_indices(known)
