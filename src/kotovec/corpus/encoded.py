"""EncodedCorpus: a corpus as word ids, which is all that training sees of a text."""

from __future__ import annotations

import mmap
from dataclasses import dataclass, field
from typing import Any, BinaryIO, TypeAlias

import numpy as np
from numpy.typing import NDArray

from kotovec.corpus.vocabulary import Vocabulary
from kotovec.errors import FormatError

Ints: TypeAlias = NDArray[np.int32]


@dataclass(frozen=True)
class Encoded:
    """What the passes found; the ids are in the spool."""

    vocabulary: Vocabulary
    n_items: int  # word ids and sentence ends
    n_tokens: int
    n_sentences: int
    raw_tokens: int
    raw_types: int
    invalid_bytes: int
    seconds: dict[str, float]


@dataclass(eq=False)
class EncodedCorpus:
    """A corpus as word ids. A context manager: `close()` gives its temporary file back."""

    vocabulary: Vocabulary
    ids: Ints  # (n_items,) read-only: 0 <= id < len(vocabulary), or -1, which ends every sentence; none is empty
    n_tokens: int  # of words in the vocabulary
    n_sentences: int  # that hold such a word
    raw_tokens: int  # before anything was left out
    raw_types: int  # distinct tokens before anything was left out
    invalid_bytes: int = 0  # bytes that were no UTF-8 and became U+FFFD
    cached: bool = False  # taken from a corpus cache
    seconds: dict[str, float] = field(default_factory=lambda: {"compile": 0.0, "count": 0.0, "encode": 0.0})

    @classmethod
    def from_ids(cls, ids: NDArray[Any], vocabulary: Vocabulary) -> EncodedCorpus:
        """From ids that are there already, (n_items,) whole numbers; the last -1 may be missing.

        FormatError where they are no encoded corpus of this vocabulary.
        """
        from kotovec.kernels.word_ids import count_words

        array = np.asarray(ids)
        if array.ndim != 1 or not np.issubdtype(array.dtype, np.integer):
            raise FormatError("not word ids", expected="one dimension of whole numbers", found=str(array.dtype))
        if len(array) and not -1 <= array.min() <= array.max() < min(len(vocabulary), 2**31):
            raise FormatError(
                "a word id is out of range",
                expected=f"-1 to {len(vocabulary) - 1}",
                found=f"{array.min()} to {array.max()}",
            )
        array = np.append(array, [-1] if len(array) and array[-1] != -1 else []).astype(np.int32)
        n_tokens = int(count_words(array, len(vocabulary))) if len(array) else 0
        if n_tokens < 0:
            raise FormatError("a sentence without words", expected="no -1 at the beginning, and no two in a row")
        array.flags.writeable = False
        return cls(vocabulary, array, n_tokens, len(array) - n_tokens, n_tokens, len(vocabulary))

    @classmethod
    def from_file(cls, file: BinaryIO, encoded: Encoded, *, cached: bool = False) -> EncodedCorpus:
        """From final ids in a file, int32, which are trusted; the file may then be closed."""
        ids = np.frombuffer(mmap.mmap(file.fileno(), 4 * encoded.n_items, access=mmap.ACCESS_READ), np.int32)
        return cls(
            encoded.vocabulary,
            ids,
            encoded.n_tokens,
            encoded.n_sentences,
            encoded.raw_tokens,
            encoded.raw_types,
            encoded.invalid_bytes,
            cached,
            encoded.seconds,
        )

    def close(self) -> None:
        """Let go of the ids; a temporary file goes with them, once no other view of them is left."""
        self.ids = np.empty(0, np.int32)

    def __enter__(self) -> EncodedCorpus:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
