"""Vectors to and from files with gensim's method names, and to and from gensim itself."""

from __future__ import annotations

import os
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from kotovec.corpus.vocabulary import Vocabulary
from kotovec.errors import ConfigError, MissingExtraError, UnsupportedError
from kotovec.vectors.change import WordChange
from kotovec.vectors.lookup import Matrix

Self = TypeVar("Self", bound="WordStorage")


class WordStorage(WordChange):
    """Saving and loading. All formats are in `kotovec.formats`; no pickle is ever read or written."""

    config: dict[str, Any] | None

    def save(self, fname: str | os.PathLike[str], *, format: str = "native", **gensim: Any) -> None:
        """Write words, counts, vectors and configuration as a native folder, or in another format.

        Options of gensim's pickles (`separately`, `sep_limit`, `ignore`, `pickle_protocol`) have no meaning here
        and are passed over.
        """
        from kotovec.formats import save

        _refuse_unknown(gensim, {"separately", "sep_limit", "ignore", "pickle_protocol"})
        save(fname, self.vocabulary, self.vectors, format=format, config=self.config)

    @classmethod
    def load(cls: type[Self], fname: str | os.PathLike[str], mmap: str | None = None) -> Self:
        """Read any format that `kotovec.load` knows; native and MCV1 are memory-mapped whatever `mmap` says."""
        from kotovec.formats import load

        loaded = load(fname)
        vectors = cls(loaded._source, loaded._matrix)  # type: ignore[arg-type]
        vectors.config = loaded.config
        return vectors

    def save_word2vec_format(
        self,
        fname: str | os.PathLike[str],
        fvocab: str | os.PathLike[str] | None = None,
        binary: bool = False,
        total_vec: int | None = None,
        write_header: bool = True,
        prefix: str = "",
        append: bool = False,
        sort_attr: str = "count",
    ) -> None:
        """Write word2vec text or binary, the highest `sort_attr` first where words have it.

        `fvocab`: a file for lines `word count`. `prefix` stands before every word. `write_header=False` gives
        GloVe's form of text. UnsupportedError for `append`, another `total_vec`, and binary without header.
        """
        from kotovec.formats.files import Reordered
        from kotovec.formats.word2vec_binary import write_binary
        from kotovec.formats.word2vec_text import write_text
        from kotovec.formats.words import reordered

        if append or (binary and not write_header) or total_vec not in (None, len(self)):
            raise UnsupportedError("append, total_vec and a binary file without header are not supported")
        if fvocab is not None and sort_attr not in self.expandos:
            raise ValueError(f"Cannot store vocabulary with '{sort_attr}' because that attribute does not exist")
        order = _descending(self.expandos.get(sort_attr), len(self))
        counts = self.expandos[sort_attr][order].astype(np.int64) if sort_attr in self.expandos else None
        vocabulary = reordered(self.vocabulary, order, prefix, counts)
        if fvocab is not None:
            vocabulary.write(fvocab)
        in_order = (order[1:] > order[:-1]).all()
        rows = self.vectors if in_order else Reordered(self.vectors, order)
        if binary:
            write_binary(fname, vocabulary, rows)
        else:
            write_text(fname, vocabulary, rows, header=write_header)

    @classmethod
    def load_word2vec_format(
        cls: type[Self],
        fname: str | os.PathLike[str],
        fvocab: str | os.PathLike[str] | None = None,
        binary: bool = False,
        encoding: str = "utf8",
        unicode_errors: str = "strict",
        limit: int | None = None,
        datatype: Any = np.float32,
        no_header: bool = False,
    ) -> Self:
        """Read word2vec text or binary; with `no_header` GloVe's text. The first `limit` words (None or 0: all).

        Counts come from `fvocab`; without it they are made up, falling from n_words to 1, as gensim does.
        """
        from kotovec.formats.word2vec_binary import read_binary
        from kotovec.formats.word2vec_text import read_text

        if binary and no_header:
            raise UnsupportedError("no_header is for text, not for binary files")
        options: dict[str, Any] = {"limit": limit or None, "encoding": encoding, "unicode_errors": unicode_errors}
        read = read_binary(fname, **options) if binary else read_text(fname, header=not no_header, **options)
        vocabulary, vectors = read[0], read[1].astype(datatype, copy=False)
        blob, ends = vocabulary.utf8
        counts: NDArray[np.int64] = np.arange(len(vocabulary), 0, -1)
        if fvocab is not None:
            known = Vocabulary.read(fvocab)
            of = dict(zip(known.words, known.counts.tolist(), strict=True))
            counts = np.array([of.get(word, 0) for word in vocabulary.words], np.int64)
        return cls(Vocabulary.from_utf8(blob, ends, counts), vectors)

    def intersect_word2vec_format(
        self,
        fname: str | os.PathLike[str],
        lockf: float = 0.0,
        binary: bool = False,
        encoding: str = "utf8",
        unicode_errors: str = "strict",
    ) -> None:
        """Take over the vectors of the words that both have; other words stay as they are.

        `lockf` is kept for gensim's sake: vectors cannot be locked against later training. ConfigError where the
        vectors in the file have another size.
        """
        other = self.load_word2vec_format(fname, None, binary, encoding, unicode_errors)
        if other.vector_size != self.vector_size:
            raise ConfigError("vectors of another size", path=fname, expected=self.vector_size, found=other.vector_size)
        shared = [word for word in other.index_to_key if word in self.key_to_index]
        if shared:
            self.add_vectors(shared, other[shared], replace=True)

    def vectors_for_all(self: Self, keys: Any, allow_inference: bool = True, copy_vecattrs: bool = False) -> Self:
        """New vectors of the known ones of `keys`, in their order, each once; with `copy_vecattrs` attributes too."""
        known, ids = self._selection(keys)
        selected = type(self)(Vocabulary(map(str, known)), self._matrix[ids])
        for name in self.expandos if copy_vecattrs else ():
            selected._attributes[name] = self.expandos[name][ids]
        return selected

    def to_gensim(self) -> Any:
        """A gensim KeyedVectors over the same matrix, which is not copied."""
        try:
            from gensim.models import KeyedVectors as Theirs
        except ImportError as error:
            raise MissingExtraError("gensim", "gensim", "to_gensim") from error
        theirs = Theirs(self.vector_size, dtype=self.vectors.dtype)
        theirs.index_to_key, theirs.key_to_index = list(self.index_to_key), dict(self.key_to_index)
        theirs.vectors, theirs.next_index = self.vectors, len(self)
        theirs.expandos = {name: values.copy() for name, values in self.expandos.items()}
        return theirs

    @classmethod
    def from_gensim(cls: type[Self], theirs: Any) -> Self:
        """From a gensim KeyedVectors, over the same matrix, which is not copied."""
        counts = theirs.expandos.get("count")
        vectors: Matrix = theirs.vectors
        ours = cls(Vocabulary(map(str, theirs.index_to_key)), vectors)
        for name, values in theirs.expandos.items():
            ours._attributes[name] = np.array(values)
        if counts is not None:
            ours._source = Vocabulary(map(str, theirs.index_to_key), np.asarray(counts, np.int64))
        return ours


def _descending(values: NDArray[Any] | None, n_words: int) -> NDArray[np.int64]:
    return np.arange(n_words) if values is None else np.argsort(-values, kind="stable")


def _refuse_unknown(options: dict[str, Any], known: set[str]) -> None:
    for name in options:
        if name not in known:
            raise TypeError(f"save() got an unexpected keyword argument {name!r}")
