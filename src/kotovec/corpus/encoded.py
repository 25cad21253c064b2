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

_IDS_AT_ONCE = 1 << 18  # 1 MB, which stays in the L2 cache for all that is asked of it


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
        n_tokens = count_words(array, len(vocabulary))
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


def count_words(ids: Ints, n_words: int) -> int:
    """The number of words among `ids`; -1 where these are no encoded corpus.

    That is: an id that is neither -1 nor 0 <= id < n_words, a sentence without words, or no end of the last one.
    """
    found, last_is_end = 0, True
    for first in range(0, len(ids), _IDS_AT_ONCE):
        block = ids[first : first + _IDS_AT_ONCE]
        if block.min() < -1 or block.max() >= n_words:
            return -1
        ends = block == -1
        if (last_is_end and ends[0]) or (ends[1:] & ends[:-1]).any():
            return -1
        found += len(block) - int(np.count_nonzero(ends))
        last_is_end = bool(ends[-1])
    return found if last_is_end else -1
