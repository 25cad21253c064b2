"""A folder for TensorFlow's Embedding Projector: vectors.tsv (numbers and tabs), metadata.tsv (a word per line)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from kotovec.atomic import StrPath, atomic_folder
from kotovec.corpus.vocabulary import Vocabulary
from kotovec.errors import FormatError
from kotovec.formats.files import Floats, MatrixRows, check_words, open_input, read_up_to, row_blocks
from kotovec.formats.lines import LineReader
from kotovec.formats.words import distinct_words

VECTORS, WORDS = "vectors.tsv", "metadata.tsv"
_BLOCK = 1 << 18
_WORDS_AT_ONCE = 1 << 14
_LONGEST_LINE = 32 << 20
CONTENTS = (VECTORS, WORDS)


def write_projector(path: StrPath, vocabulary: Vocabulary, vectors: MatrixRows) -> None:
    """Write a folder; FormatError for a word with a tab or line end, an empty one, or a number that is not finite."""
    from kotovec.kernels.vector_text import MAX_NUMBER_BYTES, TAB, format_rows

    check_words(vocabulary, b"\t\n\r", "projector", empty=False)
    no_words, no_ends = np.empty(0, np.uint8), np.zeros(len(vocabulary), np.int64)
    with atomic_folder(path, CONTENTS) as folder:
        with open(folder / VECTORS, "wb") as file:
            for first, rows in row_blocks(vectors, path):
                out = np.empty(len(rows) + MAX_NUMBER_BYTES * rows.size, np.uint8)
                file.write(out[: format_rows(rows, no_words, no_ends, first, TAB, out)].data)
        with open(folder / WORDS, "wb") as file:
            for first in range(0, len(vocabulary), _WORDS_AT_ONCE):
                last = min(first + _WORDS_AT_ONCE, len(vocabulary))
                file.write(b"".join(vocabulary.word_bytes(word_id) + b"\n" for word_id in range(first, last)))


def read_projector(path: StrPath) -> tuple[Vocabulary, Floats]:
    """Words and (n_words, vector_size) float32; of several columns of metadata the first, without its header.

    FormatError where there are not as many words as rows, or either file is damaged.
    """
    folder = Path(path)
    with open_input(folder / VECTORS) as (stream, size):
        rows_at_most = None if size is None else 2 * size
        named: Any = _NamedLines(stream, folder / VECTORS)
        reader = LineReader(folder / VECTORS, named, rows_at_most, header=False, limit=None)
        rows = reader.read()[0]
        del reader
    words, lengths = _first_columns(folder / WORDS)
    if len(lengths) == len(rows) + 1:  # metadata of several columns has a header
        words, lengths = words[lengths[0] :], lengths[1:]
    if len(lengths) != len(rows):
        raise FormatError("wrong number of words", path=folder / WORDS, expected=len(rows), found=len(lengths))
    ends = np.cumsum(lengths, dtype=np.int64)
    return distinct_words(np.frombuffer(words, np.uint8), ends, rows, folder / WORDS)


class _NamedLines:
    """A stream of lines of numbers with a word before each, which a reader of lines wants; empty lines are left out."""

    def __init__(self, stream: BinaryIO, path: StrPath) -> None:
        self._lines = _whole_lines(stream, path)
        self._ready = b""

    def readinto(self, buffer: memoryview) -> int:
        """Fill `buffer` as far as one block goes; 0 at the end."""
        while not self._ready:
            lines = next(self._lines, None)
            if lines is None:
                return 0
            self._ready = b"".join(b"- " + line + b"\n" for line in lines if line.strip())
        n_bytes = min(len(buffer), len(self._ready))
        buffer[:n_bytes], self._ready = self._ready[:n_bytes], self._ready[n_bytes:]
        return n_bytes


def _first_columns(path: Path) -> tuple[bytearray, NDArray[np.int64]]:
    """The first field of every line, one after the other, and the length of each."""
    words, lengths = bytearray(), [np.empty(0, np.int64)]
    with open_input(path) as (stream, _):
        for lines in _whole_lines(stream, path):
            fields = [line.removesuffix(b"\r").partition(b"\t")[0] for line in lines]
            words += b"".join(fields)
            lengths.append(np.fromiter(map(len, fields), np.int64, len(fields)))
    return words, np.concatenate(lengths)


def _whole_lines(stream: BinaryIO, path: StrPath) -> Iterator[list[bytes]]:
    """The lines of a stream without their ends, a block of them at a time."""
    rest = b""
    while block := read_up_to(stream, _BLOCK):
        *lines, rest = (rest + block).split(b"\n")
        if len(rest) > _LONGEST_LINE:
            raise FormatError(f"a line is longer than {_LONGEST_LINE >> 20} MiB", path=path)
        yield lines
    if rest:
        yield [rest]
