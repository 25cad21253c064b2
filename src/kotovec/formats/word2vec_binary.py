"""word2vec binary: the line `n_words vector_size`, then per row the word, a space, little-endian float32 numbers.

word2vec.c and gensim end a row with a line feed or not; both are read, and it is written, as word2vec.c does.
`.gz` is read and written too. Reading takes one pass in blocks; no Python object is made per number.
"""

from __future__ import annotations

from contextlib import closing
from typing import BinaryIO, NoReturn

import numpy as np

from kotovec.atomic import StrPath
from kotovec.corpus.vocabulary import WHITE_SPACE, Vocabulary
from kotovec.errors import FormatError
from kotovec.formats.files import (
    Floats,
    Header,
    MatrixRows,
    Rows,
    check_finite,
    check_words,
    open_input,
    open_output,
    parse_header,
    read_ahead,
    read_up_to,
    row_blocks,
    write_behind,
)
from kotovec.formats.words import distinct_words

_BLOCK = 512 << 10  # larger blocks leave the L2 cache between reading and copying: 0.59 s at 16 MB, 0.27 s here
_LONGEST_WORD = 1 << 16
_FIRST_ROOM = 16 << 20  # bytes of rows, where the length of the file is not known


def write_binary(path: StrPath, vocabulary: Vocabulary, vectors: MatrixRows) -> None:
    """Write (n_words, vector_size) vectors, rows in the order of word ids.

    FormatError for a word with white space and for a number that is not finite; OutputError for the disk.
    """
    check_words(vocabulary, WHITE_SPACE, "bin", empty=False)
    blob, ends = vocabulary.utf8
    words, width = blob.data, 4 * vectors.shape[1]
    with open_output(path) as file, write_behind(file) as put:
        put(b"%d %d\n" % (len(vectors), vectors.shape[1]))
        start = 0
        for first, rows in row_blocks(vectors, path):
            numbers = rows.astype("<f4", copy=False).reshape(-1).view(np.uint8).data
            pieces: list[bytes | memoryview] = []
            for at, end in enumerate(ends[first : first + len(rows)].tolist()):
                pieces += (words[start:end], b" ", numbers[at * width : (at + 1) * width], b"\n")
                start = end
            put(b"".join(pieces))


def read_binary(
    path: StrPath, *, limit: int | None = None, encoding: str = "utf-8", unicode_errors: str = "strict"
) -> tuple[Vocabulary, Floats]:
    """Words and (n_words, vector_size) float32 vectors of the first `limit` rows (None: all).

    Of words that occur twice the first stays, with a warning. FormatError for anything that is no such file:
    fewer or more bytes than the header promises, a number that is not finite, words that are no UTF-8.
    """
    with open_input(path) as (stream, size):
        start = read_up_to(stream, 64)
        header = parse_header(start, path)
        if size is not None:
            _check_size(header, size, path)
        reader = _BinaryReader(path, header, header.n_words if limit is None else min(limit, header.n_words), size)
        reader.read(stream, start[header.n_bytes :])
    return distinct_words(
        bytes(reader.words),
        np.cumsum(np.concatenate(reader.lengths), dtype=np.int64),
        reader.rows.done(),
        path,
        encoding=encoding,
        unicode_errors=unicode_errors,
        known_distinct=len(reader.seen) == reader.rows.n_rows,
    )


def _check_size(header: Header, size: int, path: StrPath) -> None:
    least = header.n_bytes + header.n_words * (4 * header.vector_size + 2)
    if least > size:
        raise FormatError(
            f"the header promises {header.n_words} words of {header.vector_size} numbers",
            path=path,
            expected=f"at least {least} bytes",
            found=f"{size} bytes",
        )


class _BinaryReader:
    """Rows of one stream: each block is cut at its words, and its numbers are copied in one piece."""

    def __init__(self, path: StrPath, header: Header, wanted: int, size: int | None) -> None:
        self.path, self.header, self.wanted = path, header, wanted
        self.width = 4 * header.vector_size
        capacity = wanted if size is not None else max(1, _FIRST_ROOM // self.width)
        self.rows = Rows(header.vector_size, capacity, wanted)
        self.words, self.lengths = bytearray(), [np.empty(0, np.int64)]
        self.seen: set[bytes] = set()

    def read(self, stream: BinaryIO, start: bytes) -> None:
        """Fill the rows from `start`, the first bytes after the header, and then from the stream."""
        with closing(read_ahead(stream, max(_BLOCK, 2 * self.width))) as blocks:
            data = self._take(start)
            while self.rows.n_rows < self.wanted:
                block = next(blocks, None)
                if block is None:
                    self._too_short(len(data))
                data = self._take(data + block)
            if self.wanted == self.header.n_words:
                self._check_end(data + next(blocks, b""))

    def _take(self, data: bytes) -> bytes:
        """Copy the whole rows at the start of `data`; give what follows them."""
        view, position, space, last = memoryview(data), 0, 1, len(data) - self.width
        words: list[bytes] = []
        numbers: list[memoryview] = []
        room = self.wanted - self.rows.n_rows
        while len(words) < room:
            space = data.find(b" ", position) + 1
            if space == 0 or space > last:
                break
            word = data[position : space - 1]
            words.append(word.lstrip(b"\n") if word[:1] == b"\n" else word)
            position = space + self.width
            numbers.append(view[space:position])
        self._check_words(words, len(data) - position, space)
        self._store(b"".join(numbers), len(words))
        self.words += b"".join(words)
        self.seen.update(words)
        self.lengths.append(np.fromiter(map(len, words), np.int64, len(words)))
        return data[position:]

    def _store(self, numbers: bytes, n: int) -> None:
        rows, first = self.rows, self.rows.n_rows
        while rows.n_rows < first + n:
            rows.make_room()
            rows.n_rows = min(first + n, len(rows.matrix))
        target = rows.matrix[first : first + n]
        target[:] = np.frombuffer(numbers, "<f4").reshape(target.shape)
        check_finite(target, first, self.path)

    def _check_words(self, words: list[bytes], rest: int, space: int) -> None:
        if max(map(len, words), default=0) > _LONGEST_WORD or (space == 0 and rest > _LONGEST_WORD):
            raise FormatError("a word without end", path=self.path, expected=f"a space within {_LONGEST_WORD} bytes")
        if not all(words):
            row = self.rows.n_rows + words.index(b"")
            raise FormatError("an empty word", path=self.path, place=f"row {row}")

    def _too_short(self, rest: int) -> NoReturn:
        raise FormatError(
            "the file ends too early",
            path=self.path,
            expected=f"{self.header.n_words} words, as the header says",
            found=f"{self.rows.n_rows} and {rest} bytes of the next",
        )

    def _check_end(self, rest: bytes) -> None:
        if rest.strip(b"\n"):
            raise FormatError(
                "the file goes on after its last row",
                path=self.path,
                expected=f"{self.header.n_words} words, as the header says",
                found=f"more, starting {rest[:20]!r}",
            )
