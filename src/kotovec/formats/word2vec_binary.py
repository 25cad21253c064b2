"""word2vec binary: the line `n_words vector_size`, then per row the word, a space, little-endian float32 numbers.

word2vec.c and gensim end a row with a line feed or not; both are read, and it is written, as word2vec.c does.
`.gz` is read and written too. Reading takes one pass in blocks; no Python object is made per number.
"""

from __future__ import annotations

import re
from contextlib import closing
from itertools import chain
from typing import Any, BinaryIO, NoReturn

import numpy as np
from numpy.typing import NDArray

from kotovec.atomic import StrPath
from kotovec.corpus.vocabulary import WHITE_SPACE, Vocabulary
from kotovec.errors import FormatError
from kotovec.formats.files import (
    Bytes,
    Floats,
    Header,
    Longs,
    MatrixRows,
    Rows,
    check_finite,
    check_words,
    open_input,
    open_output,
    parse_header,
    read_up_to,
    row_blocks,
)
from kotovec.formats.overlapped import Blocks, read_ahead, read_here, write_behind
from kotovec.formats.touched import touched_from_the_end
from kotovec.formats.words import distinct_words

_BLOCK = 1 << 20  # stays in the L2 cache between reading and copying
_LONGEST_WORD = 1 << 16
_FIRST_ROOM = 16 << 20  # bytes of rows, where the length of the file is not known


def write_binary(path: StrPath, vocabulary: Vocabulary, vectors: MatrixRows) -> None:
    """Write (n_words, vector_size) vectors, rows in the order of word ids.

    FormatError for a word with white space and for a number that is not finite; OutputError for the disk.
    """
    check_words(vocabulary, WHITE_SPACE, "bin", empty=False)
    buffers = np.empty(0, np.uint8), np.empty(0, np.uint8)
    with open_output(path) as file, write_behind(file) as put:
        put(b"%d %d\n" % (len(vectors), vectors.shape[1]))
        for first, rows in row_blocks(vectors, path):
            words, lengths = _words_of(vocabulary, first, len(rows))
            n_bytes = len(words) + rows.nbytes + 2 * len(rows)
            if len(buffers[0]) < n_bytes:
                buffers = np.empty(n_bytes, np.uint8), buffers[1]
            _pack(words, lengths, rows, buffers[0][:n_bytes])
            put(buffers[0][:n_bytes].data)
            buffers = buffers[::-1]  # the one that was put is being written


def _words_of(vocabulary: Vocabulary, first: int, n: int) -> tuple[Bytes, Longs]:
    """The bytes of `n` words, one after the other, and the length of each."""
    blob, ends = vocabulary.utf8
    start = int(ends[first - 1]) if first else 0
    block = ends[first : first + n]
    return blob[start : block[-1]], np.diff(block, prepend=start)


def _pack(words: Bytes, lengths: Longs, rows: Floats, out: Bytes) -> None:
    """Fill `out` with all rows: the word, a space, the numbers, a line feed."""
    width = 4 * rows.shape[1]
    ends = np.cumsum(lengths + (width + 2))
    out[np.arange(len(words)) + np.repeat(ends - (width + 2) - np.cumsum(lengths), lengths)] = words
    out[ends - (width + 2)], out[ends - 1] = 0x20, 0x0A
    spans(out, width)[ends - (width + 1)] = rows.astype("<f4", copy=False).view((np.void, width)).reshape(-1)


def spans(data: Bytes, width: int) -> NDArray[Any]:
    """All spans of `width` bytes in `data`, one from each byte on, as a view of items that overlap."""
    found: NDArray[Any] = np.ndarray(
        (max(0, len(data) - width + 1),), np.dtype((np.void, width)), data.data, strides=(1,)
    )
    return found


def read_binary(
    path: StrPath, *, limit: int | None = None, encoding: str = "utf-8", unicode_errors: str = "strict"
) -> tuple[Vocabulary, Floats]:
    """Words and (n_words, vector_size) float32 vectors of the first `limit` rows (None: all).

    Of words that occur twice the first stays, with a warning. FormatError for anything that is no such file:
    fewer or more bytes than the header promises, a number that is not finite, words that are no UTF-8.
    """
    with open_input(path) as (stream, size):
        header = parse_header(read_up_to(stream, 64), path)
        stream.seek(header.n_bytes)
        if size is not None:
            _check_size(header, size, path)
        reader = _BinaryReader(path, header, header.n_words if limit is None else min(limit, header.n_words), size)
        reader.read(stream)
    rows, words = reader.rows.done(), np.frombuffer(reader.words, np.uint8)
    return distinct_words(words, reader.ends(), rows, path, encoding=encoding, unicode_errors=unicode_errors)


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
    """Rows of one stream: a regular expression cuts each block at its words, and its numbers are copied together."""

    def __init__(self, path: StrPath, header: Header, wanted: int, size: int | None) -> None:
        self.path, self.header, self.wanted = path, header, wanted
        self.width = 4 * header.vector_size
        self._row = re.compile(rb"([^ ]*)(?: .{%d}|.+)" % self.width, re.DOTALL)  # or what no row is, at the end
        self._size_is_known = size is not None
        self.rows = Rows(header.vector_size, wanted if size is not None else max(1, _FIRST_ROOM // self.width), wanted)
        self.words = bytearray()
        self._lengths = [np.empty(0, np.uint32)]

    def ends(self) -> Longs:
        """(n_rows,) where in `words` each word ends; the lengths are given up."""
        ends = np.cumsum(np.concatenate(self._lengths), dtype=np.int64)
        self._lengths.clear()
        return ends

    def read(self, stream: BinaryIO) -> None:
        """Fill the rows from a stream that stands behind the header."""
        room, rest = self.width + 2 * _LONGEST_WORD, b""
        new = self.rows.matrix if self._size_is_known else self.rows.matrix[:0]  # else it moves as it grows
        with touched_from_the_end(new) as self._fill_to, closing(self._blocks(stream, room)) as blocks:
            while self.rows.n_rows < self.wanted:
                buffer, end = next(blocks, (None, 0))
                if buffer is None:
                    self._too_short(len(rest))
                first = room - len(rest)
                buffer[first:room] = rest
                rest = self._take(buffer, first, end)
            if self.wanted == self.header.n_words:
                for tail in chain([rest], (bytes(buffer[room:end]) for buffer, end in blocks)):
                    self._check_end(tail)

    def _blocks(self, stream: BinaryIO, room: int) -> Blocks:
        """What follows in the stream, with `room` bytes before each block."""
        n_bytes = max(_BLOCK, self.width)
        # To unpack takes much longer than to copy, and to wait for another thread longer than to read a file.
        return read_here(stream, room, n_bytes) if self._size_is_known else read_ahead(stream, room, n_bytes)

    def _take(self, buffer: bytearray, first: int, end: int) -> bytes:
        """Take over the whole rows of `buffer[first:end]`; gives what follows them."""
        words = self._row.findall(buffer, first, end)
        missing, step = self.wanted - self.rows.n_rows, 1 + self.width
        position = first + sum(map(len, words)) + step * len(words)
        while position > end:  # the last is no whole row
            word = words.pop()
            position -= len(word) + step
            if len(words) < missing:
                self._check_length(len(word) - word.startswith(b"\n"))
        if len(words) > missing:
            position -= sum(map(len, words[missing:])) + step * (len(words) - missing)
            del words[missing:]
        if words:
            self._store(np.frombuffer(buffer, np.uint8), first, words)
        return bytes(memoryview(buffer)[position:end])

    def _store(self, data: Bytes, first: int, words: list[bytes]) -> None:
        """Words, with the line feeds before them, and numbers of whole rows, the first of which begins at `first`."""
        lengths = np.fromiter(map(len, words), np.int64, len(words))
        starts = first + np.cumsum(lengths + (1 + self.width)) - self.width
        self._store_words(*_without_line_feeds(words, lengths))
        row = self.rows.n_rows
        target = self._next_rows(len(words))
        target[:] = spans(data, self.width)[starts].view("<f4").reshape(target.shape)
        check_finite(target, row, self.path)

    def _store_words(self, text: bytes, lengths: Longs) -> None:
        if not lengths.all():
            row = self.rows.n_rows + int(np.argmin(lengths))
            raise FormatError("an empty word", path=self.path, place=f"row {row}")
        self._check_length(int(lengths.max()))
        self._lengths.append(lengths.astype(np.uint32))
        self.words += text

    def _next_rows(self, n: int) -> Floats:
        """`n` rows more, to be filled."""
        rows, row = self.rows, self.rows.n_rows
        while rows.n_rows < row + n:
            rows.make_room()
            rows.n_rows = min(row + n, len(rows.matrix))
        self._fill_to(rows.n_rows * self.width)
        return rows.matrix[row : row + n]

    def _check_length(self, length: int) -> None:
        if length > _LONGEST_WORD:
            raise FormatError("a word without end", path=self.path, expected=f"a space within {_LONGEST_WORD} bytes")

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


def _without_line_feeds(words: list[bytes], lengths: Longs) -> tuple[bytes, Longs]:
    """The words one after the other, and their lengths, without the line feeds before each, which end rows."""
    text = b"".join(words)
    before = (np.frombuffer(text + b" ", np.uint8)[np.cumsum(lengths) - lengths] == 0x0A) & (lengths > 0)
    if np.count_nonzero(before) == text.count(b"\n"):
        return text.replace(b"\n", b""), lengths - before
    words = [word.lstrip(b"\n") for word in words]
    return b"".join(words), np.fromiter(map(len, words), np.int64, len(words))
