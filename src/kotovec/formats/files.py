"""What all formats share: opening files (plain or gzip), the header line, blocks of rows, one kind of error.

What could go wrong is input: headers that lie about sizes, rows that end too early, numbers that are none. So
sizes are checked against the file's length before anything is allocated, and every error is a FormatError.
"""

from __future__ import annotations

import gzip
import math
import os
import shutil
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple, Protocol, TypeAlias, cast

import numpy as np
from numpy.typing import NDArray

from kotovec.atomic import StrPath, atomic_write, check_writable
from kotovec.corpus.vocabulary import Vocabulary
from kotovec.errors import FormatError, KotovecError, MissingFileError, OutputError

Floats: TypeAlias = NDArray[np.float32]
Bytes: TypeAlias = NDArray[np.uint8]
Longs: TypeAlias = NDArray[np.int64]

MAX_VECTOR_SIZE = 1 << 20
MAX_WORDS = 1 << 32
GZIP_MAGIC = b"\x1f\x8b"
_HEADER_LIMIT = 64
_UNPACKED_AT_LEAST = 32 << 20  # bytes that any gzip file may unpack to, and beyond them so many for each byte of it:
_UNPACKED_PER_BYTE = 16  # vectors shrink to no less than a half, text of few digits to an eighth
_BLOCK_BYTES = 1 << 20  # of rows written at once; stays in the L2 cache


class Header(NamedTuple):
    """The first line of both word2vec formats."""

    n_words: int
    vector_size: int
    n_bytes: int  # of the line, with its end


@contextmanager
def open_input(path: StrPath) -> Iterator[tuple[BinaryIO, int | None]]:
    """An unbuffered stream and its length in bytes; None for gzip, whose length is known only at its end.

    FormatError for a file that cannot be opened or read (MissingFileError for one that is not there), and for
    gzip data that is damaged or cut off.
    """
    try:
        with open(path, "rb", buffering=0) as file:
            start = file.read(2)
            file.seek(0)
            if start == GZIP_MAGIC:
                with _Unpacked(file, os.fstat(file.fileno()).st_size, path) as unpacked:
                    yield cast(BinaryIO, unpacked), None
            else:
                yield cast(BinaryIO, file), os.fstat(file.fileno()).st_size
    except KotovecError:
        raise
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise FormatError(f"damaged gzip data: {error}", path=path) from error
    except FileNotFoundError as error:
        raise MissingFileError("no such file or folder", path=path) from error
    except OSError as error:
        raise FormatError(f"cannot read: {error.strerror or error}", path=path) from error


class _Unpacked(gzip.GzipFile):
    """What a gzip file holds; a small one that goes on for ever ends in a FormatError, not in all memory taken."""

    def __init__(self, file: Any, packed_size: int, path: StrPath) -> None:
        super().__init__("", "rb", fileobj=file)
        self._limit, self._path = _UNPACKED_AT_LEAST + _UNPACKED_PER_BYTE * packed_size, path

    def read(self, size: int | None = -1) -> bytes:
        block = super().read(size)
        if self.tell() > self._limit:
            raise FormatError(
                "the gzip data unpacks to more than vectors ever do",
                path=self._path,
                expected=f"at most {self._limit} bytes",
                hint="if it is yours, unpack it first",
            )
        return block


@contextmanager
def open_output(path: StrPath, *, gz: bool | None = None, level: int = 6) -> Iterator[BinaryIO]:
    """A file that takes its name when it is whole; compressed where the name ends in .gz, or as `gz` says."""
    with atomic_write(path) as file:
        if gz if gz is not None else os.fspath(path).endswith(".gz"):
            with gzip.GzipFile("", "wb", level, file, mtime=0) as packed:
                yield cast(BinaryIO, packed)
        else:
            yield file


def read_up_to(stream: BinaryIO, n_bytes: int) -> bytes:
    """The next `n_bytes`, fewer only at the end of the stream."""
    parts = []
    while n_bytes > 0 and (part := stream.read(min(n_bytes, 1 << 20))):
        parts.append(part)
        n_bytes -= len(part)
    return b"".join(parts)


def tsv_beside(path: StrPath, *others: str) -> Path:
    """The .tsv of the same name. OutputError where it is that of a file with one of these suffixes, of another form."""
    words = Path(path).with_suffix(".tsv")
    for other in map(words.with_suffix, others):
        if words.is_file() and other.is_file():
            raise OutputError(f"holds the words of {other}", path=words, hint="give the output another name")
    check_writable(words)
    return words


def parse_header(start: bytes, path: StrPath) -> Header:
    """The header `n_words vector_size` in the first bytes of a word2vec file."""
    line, newline, _ = start[:_HEADER_LIMIT].partition(b"\n")
    fields = line.split()
    if not newline or len(fields) != 2 or not all(field.isdigit() and len(field) < 20 for field in fields):
        shown = repr(line[:40].decode("utf-8", "replace"))
        raise FormatError("no word2vec header", path=path, place="line 1", expected="n_words vector_size", found=shown)
    n_words, vector_size = int(fields[0]), int(fields[1])
    check_vector_size(vector_size, path)
    if n_words > MAX_WORDS:
        raise FormatError("impossible number of words", path=path, expected=f"at most {MAX_WORDS}", found=n_words)
    return Header(n_words, vector_size, len(line) + 1)


def check_vector_size(vector_size: int, path: StrPath) -> None:
    """FormatError for a size that no vectors have."""
    if not 1 <= vector_size <= MAX_VECTOR_SIZE:
        raise FormatError("impossible vector size", path=path, expected=f"1 to {MAX_VECTOR_SIZE}", found=vector_size)


class Rows:
    """A float32 matrix that fills from the top, and grows only with what was really read.

    `matrix` has room for `capacity` rows, of which the first `n_rows` are filled.
    """

    def __init__(self, vector_size: int, capacity: int, most: int) -> None:
        """Room for `capacity` rows now, and never for more than `most`."""
        self.most = most
        self.n_rows = 0
        self.matrix: Floats = np.empty((min(capacity, most), vector_size), np.float32)

    def make_room(self) -> None:
        """Twice the room, where it is full and may grow."""
        capacity, vector_size = self.matrix.shape
        if self.n_rows == capacity < self.most:
            self.matrix.resize((min(self.most, max(2 * capacity, 1024)), vector_size), refcheck=False)

    def done(self) -> Floats:
        """The filled rows; unused room is given back."""
        self.matrix.resize((self.n_rows, self.matrix.shape[1]), refcheck=False)
        return self.matrix


def make_vocabulary(blob: bytes | Bytes, ends: Longs, path: StrPath, counts: Longs | None = None) -> Vocabulary:
    """A vocabulary of words that were read; FormatError names the first that is no UTF-8."""
    raw = np.frombuffer(blob, np.uint8) if isinstance(blob, bytes) else blob
    try:
        return Vocabulary.from_utf8(raw, ends, counts)
    except KotovecError as error:
        text, start = raw.tobytes(), 0
        for row, end in enumerate(ends.tolist()):
            try:
                text[start:end].decode()
            except UnicodeDecodeError:
                shown = repr(text[start:end].decode("utf-8", "backslashreplace"))
                raise FormatError("a word is no UTF-8", path=path, place=f"word {row}", found=shown) from error
            start = end
        raise FormatError(str(error), path=path) from error


def check_words(vocabulary: Vocabulary, forbidden: bytes, format_name: str, *, empty: bool) -> None:
    """FormatError naming the first word with a byte of `forbidden`, or that is empty where `empty` is False."""
    blob, ends = vocabulary.utf8
    bad = np.flatnonzero(np.isin(blob, np.frombuffer(forbidden, np.uint8)))[:1]
    word_ids = np.searchsorted(ends, bad, side="right").tolist()
    if not empty:
        word_ids += np.flatnonzero(np.diff(ends, prepend=0) == 0)[:1].tolist()
    if word_ids:
        word = vocabulary.word_bytes(min(word_ids)).decode()
        raise FormatError(
            f"the {format_name} format cannot hold the word {word!r}",
            expected="words without white space" if b" " in forbidden else "words without tabs and line ends",
            hint="another format may",
        )


class MatrixRows(Protocol):
    """What a writer needs of a matrix (n_words, vector_size): an array, or rows that are made when asked for."""

    @property
    def shape(self) -> tuple[int, ...]: ...  # noqa: D102
    def __len__(self) -> int: ...
    def __getitem__(self, rows: slice, /) -> NDArray[Any]: ...


class Reordered:
    """Rows of a matrix in another order, taken block by block: no second matrix."""

    def __init__(self, vectors: NDArray[Any], order: Longs) -> None:
        self.vectors, self.order = vectors, order
        self.shape: tuple[int, ...] = (len(order), vectors.shape[1])

    def __len__(self) -> int:
        return len(self.order)

    def __getitem__(self, rows: slice, /) -> NDArray[Any]:
        taken: NDArray[Any] = self.vectors[self.order[rows]]
        return taken


def row_blocks(vectors: MatrixRows, path: StrPath) -> Iterator[tuple[int, Floats]]:
    """(first row, contiguous float32 rows) over the whole matrix, about a megabyte each, never a copy of it all.

    FormatError for a number that is not finite: nobody could read it back.
    """
    step = max(1, _BLOCK_BYTES // max(1, 4 * vectors.shape[1]))
    for first in range(0, len(vectors), step):
        with np.errstate(over="ignore", invalid="ignore"):
            block = np.ascontiguousarray(vectors[first : first + step], np.float32)
        check_finite(block, first, path)
        yield first, block


def check_finite(block: Floats, first: int, path: StrPath) -> None:
    """FormatError naming the first row of `block` (row `first` of the file) with NaN or infinity."""
    with np.errstate(over="ignore", invalid="ignore"):
        if math.isfinite(block.sum(dtype=np.float32)):
            return  # the sum is quick, and not finite if any number is not
    bad = np.flatnonzero(~np.isfinite(block).all(axis=1))
    if len(bad):
        raise FormatError("a number is not finite", path=path, place=f"row {first + int(bad[0])}")


def check_room(path: StrPath, n_bytes: int) -> None:
    """OutputError where the disk cannot hold `n_bytes`: known before an hour of writing."""
    folder = os.path.dirname(os.path.realpath(path))
    regular = os.path.isfile(path) or not os.path.exists(path)
    if regular and os.path.isdir(folder) and shutil.disk_usage(folder).free < n_bytes:
        raise OutputError(f"not enough room on the disk: {n_bytes:,} bytes are needed", path=path)
