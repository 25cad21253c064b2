"""Lines `word v1 ... vn` of a stream into a matrix, block by block, with a clear error for the first bad line."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import BinaryIO, NoReturn

import numpy as np

from kotovec.atomic import StrPath
from kotovec.errors import FormatError
from kotovec.formats.files import (
    MAX_WORDS,
    Bytes,
    Floats,
    Longs,
    Rows,
    check_finite,
    check_vector_size,
    parse_header,
)

_BLOCK = 4 << 20
_LONGEST_LINE = 64 << 20
_LONGEST_NUMBER = 400
_FIRST_ROOM = 16 << 20  # bytes of rows, where their number is not known
_LARGEST = float(np.finfo(np.float32).max)
_PROBLEMS = ("", "", "a line without a word", "too few numbers", "too many numbers", "no number")


class LineReader:
    """Reads rows of text; afterwards `words` and `ends` hold their words, `rows` their numbers."""

    def __init__(self, path: StrPath, stream: BinaryIO, size: int | None, *, header: bool, limit: int | None) -> None:
        """`size`: bytes in the stream, None where not known; `limit`: rows wanted, None for all."""
        self.path, self.stream = path, stream
        self.words, self.ends = bytearray(), [np.empty(0, np.int64)]
        self._blocks = self._whole_lines()
        self._block = next(self._blocks, (bytearray(), 0))
        self._start = 0
        self.promised: int | None = None
        vector_size = self._read_header(size) if header else self._count_numbers()
        self.wanted = min(MAX_WORDS if limit is None else limit, MAX_WORDS if self.promised is None else self.promised)
        most = self.wanted if size is None else min(self.wanted, size // (2 * vector_size + 1) + 1)
        known = self.promised is not None and size is not None
        self.rows = Rows(vector_size, most if known else max(1, _FIRST_ROOM // (4 * vector_size)), most)

    def _whole_lines(self) -> Iterator[tuple[bytearray, int]]:
        """(buffer, bytes of it that are whole lines); a missing last line feed is put in its place."""
        buffer, kept = bytearray(_BLOCK + 1), 0
        while got := self.stream.readinto(memoryview(buffer)[kept:-1]):  # type: ignore[attr-defined]
            filled = kept + got
            end = buffer.rfind(b"\n", kept, filled) + 1
            if end:
                yield buffer, end
            elif filled == len(buffer) - 1:
                buffer = self._larger(buffer)
            kept = filled - end
            buffer[:kept] = buffer[end:filled]
        if kept:
            buffer[kept] = 10
            yield buffer, kept + 1

    def _larger(self, buffer: bytearray) -> bytearray:
        if len(buffer) > _LONGEST_LINE:
            raise FormatError(f"a line is longer than {_LONGEST_LINE >> 20} MiB", path=self.path)
        return buffer + bytearray(len(buffer))

    def _read_header(self, size: int | None) -> int:
        buffer, end = self._block
        header = parse_header(bytes(buffer[:end][:64]), self.path)
        self._start, self.promised = header.n_bytes, header.n_words
        least = header.n_bytes + header.n_words * (2 * header.vector_size + 1)
        if size is not None and least > size:
            raise FormatError(
                f"the header promises {header.n_words} words of {header.vector_size} numbers",
                path=self.path,
                expected=f"at least {least} bytes",
                found=f"{size} bytes",
            )
        return header.vector_size

    def _count_numbers(self) -> int:
        buffer, end = self._block
        fields = bytes(buffer[:end]).lstrip().partition(b"\n")[0].split()
        if not fields:
            raise FormatError("the file is empty", path=self.path, expected="lines of the form: word v1 ... vn")
        check_vector_size(len(fields) - 1, self.path)
        return len(fields) - 1

    def read(self) -> tuple[Floats, Longs]:
        """The matrix, and where in `words` each word ends; FormatError for a line that is none."""
        buffer, end = self._block
        whole_file = self.wanted == self.promised  # then rows beyond those promised are noticed
        while end and (whole_file or self.rows.n_rows < self.wanted):
            self._parse(np.frombuffer(buffer, np.uint8), self._start, end)
            buffer, end = next(self._blocks, (buffer, 0))
            self._start = 0
        if self.promised is not None and self.rows.n_rows < self.wanted:
            self._wrong_count(self.rows.n_rows)
        ends = np.concatenate(self.ends)
        self.ends.clear()
        return self.rows.done(), ends

    def _parse(self, buffer: Bytes, start: int, end: int) -> None:
        from kotovec.kernels import vector_text as kernel

        words, ends = np.empty(end, np.uint8), np.empty(1 << 16, np.int64)
        unsure = np.empty((max(4096, self.rows.matrix.shape[1]), 4), np.int64)
        while start < end:
            self.rows.make_room()
            matrix, first = self.rows.matrix, self.rows.n_rows
            n, start, n_bytes, n_unsure, status = kernel.parse_rows(
                buffer, start, end, matrix, first, words, ends, unsure
            )
            self.ends.append(ends[:n] + len(self.words))
            self.words += words[:n_bytes].data
            self._decide(buffer, unsure[:n_unsure])
            check_finite(matrix[first : first + n], first, self.path)
            self.rows.n_rows += n
            if status > kernel.FULL:
                self._refuse_line(buffer[start:end], status)
            if status == kernel.FULL and self.rows.n_rows == self.rows.most:
                return self._refuse_more(buffer[start:end])

    def _decide(self, buffer: Bytes, unsure: Longs) -> None:
        for row, column, begin, end in unsure.tolist():
            if end - begin > _LONGEST_NUMBER:
                raise FormatError("a number is too long", path=self.path, place=f"row {row}")
            self.rows.matrix[row, column] = nearest_float32(buffer[begin:end].tobytes().decode("ascii"))

    def _refuse_more(self, rest: Bytes) -> None:
        """The file goes on after the last row that is wanted: an error only where the header promised its end."""
        if self.wanted != self.promised:
            return
        more = sum(1 for line in rest.tobytes().split(b"\n") if line.strip())
        for buffer, end in self._blocks:
            more += sum(1 for line in bytes(buffer[:end]).split(b"\n") if line.strip())
        self._wrong_count(self.rows.n_rows + more)

    def _wrong_count(self, found: int) -> NoReturn:
        expected = f"{self.promised} words, as the header says"
        raise FormatError("wrong number of rows", path=self.path, expected=expected, found=found)

    def _refuse_line(self, rest: Bytes, status: int) -> NoReturn:
        line = rest.tobytes().partition(b"\n")[0]
        shown = repr(line[:60].decode("utf-8", "replace"))
        raise FormatError(
            _PROBLEMS[status],
            path=self.path,
            place=f"row {self.rows.n_rows}",
            expected=f"a word and {self.rows.matrix.shape[1]} numbers",
            found=f"{shown} of {len(line.split())} fields",
        )


def nearest_float32(text: str) -> np.float32:
    """The float32 nearest to a decimal number within its range, ties to even, by exact arithmetic; slow."""
    exact = Fraction(text)
    guess = np.float32(min(max(float(text), -_LARGEST), _LARGEST))
    bits = np.array([-1, 0, 1]) + int(abs(guess).view(np.uint32))
    around = np.copysign(bits[bits >= 0].astype(np.uint32).view(np.float32), guess)
    candidates = [number for number in around if np.isfinite(number)]
    return min(candidates, key=lambda number: (abs(Fraction(float(number)) - exact), int(number.view(np.uint32)) & 1))
