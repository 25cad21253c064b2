"""Files as one stream of text: decompressed, checked, with a newline after each.

Files are read, never memory-mapped: a file that is truncated while it is mapped would end the process.
"""

from __future__ import annotations

import os
import sys
from typing import Any

from kotovec.corpus.compression import HEAD, Decompressed, Read, compression_of
from kotovec.corpus.recoding import Recoded, is_utf8, japanese_encoding
from kotovec.corpus.sources import STDIN, TextFile, TextFiles, stamp, unreadable
from kotovec.errors import SourceError

_BOM = b"\xef\xbb\xbf"
_SAMPLE = 1 << 14  # bytes that tell an encoding
_WIDE_BOMS = {  # the longer first: UTF-32-LE begins as UTF-16-LE does
    b"\xff\xfe\0\0": "UTF-32",
    b"\0\0\xfe\xff": "UTF-32",
    b"\xff\xfe": "UTF-16",
    b"\xfe\xff": "UTF-16",
}


class FileStream:
    """The text of files in UTF-8, decompressed, without byte order marks, with a newline after each file."""

    def __init__(self, files: TextFiles, encoding: str = "utf-8") -> None:
        self.total = files.total
        self.encoding = encoding
        self.invalid = 0  # characters that are none of another encoding than UTF-8, of files that are closed
        self._read = 0  # bytes of files that are closed
        self._files = iter(files.files)
        self._current: _OpenFile | None = None

    @property
    def done(self) -> int:
        """Bytes read so far, as they are stored."""
        return self._read + (self._current.done if self._current else 0)

    def readinto(self, buffer: memoryview) -> int:
        """Fill a part of `buffer`; 0 only at the end. SourceError where a file cannot be read, or has changed."""
        if self._current is None:
            file = next(self._files, None)
            if file is None:
                return 0
            self._current = _OpenFile(file, self.encoding)
        size = self._current.readinto(buffer)
        if not size:
            self._current.finish()
            self._read += self._current.done
            self.invalid += self._current.invalid
            self._current = None
            buffer[0] = 0x0A
            size = 1
        return size

    def close(self) -> None:
        """Close the file that is open, without the checks at its end."""
        if self._current is not None:
            self._current.close()


class _OpenFile:
    """One file while it is read."""

    def __init__(self, file: TextFile, encoding: str) -> None:
        self.done = 0
        self._encoding = encoding
        self._recoded: Recoded | None = None
        self._path = file.path
        self._stamp = file.stamp
        try:
            self._raw: Any = sys.stdin.buffer if file.path == STDIN else open(file.path, "rb", buffering=0)
        except OSError as error:
            raise unreadable(file.path, error) from error
        try:
            self.readinto = self._decoded()
        except BaseException:
            self.close()
            raise

    def _decoded(self) -> Read:
        """What reads the text: behind the compression, if any, and behind a byte order mark."""
        self._check_unchanged()
        head = _read_exactly(self._read_raw, HEAD)
        read: Read = _Prefixed(head, self._read_raw).readinto
        if kind := compression_of(head, self._path):
            read = Decompressed(read, kind, self._path).readinto
        if not is_utf8(self._encoding):
            self._recoded = Recoded(read, self._encoding)
            return self._recoded.readinto
        head = _read_exactly(read, _SAMPLE)
        self._refuse_other_encodings(head)
        return _Prefixed(head.removeprefix(_BOM), read).readinto

    def _refuse_other_encodings(self, head: bytes) -> None:
        for bom, name in _WIDE_BOMS.items():
            if head.startswith(bom):
                raise SourceError(
                    f"is {name} text", path=self._path, expected="UTF-8", hint=f"try: --encoding {name.lower()}"
                )
        if found := japanese_encoding(head):
            raise SourceError(
                f"looks like {found[0]}", path=self._path, expected="UTF-8", hint=f"try: --encoding {found[1]}"
            )

    @property
    def invalid(self) -> int:
        """Characters that are none of the encoding, where that is not UTF-8."""
        return self._recoded.invalid if self._recoded else 0

    def _read_raw(self, buffer: memoryview) -> int:
        try:
            size = self._raw.readinto(buffer) or 0
        except OSError as error:
            raise unreadable(self._path, error) from error
        self.done += size
        return int(size)

    def finish(self) -> None:
        """Close the file after its end; SourceError where it is no longer what it was when it was found."""
        try:
            self._check_unchanged()
        finally:
            self.close()

    def _check_unchanged(self) -> None:
        if self._stamp and stamp(os.fstat(self._raw.fileno())) != self._stamp:
            raise SourceError("changed while it was read", path=self._path, hint="try again")

    def close(self) -> None:
        if self._path != STDIN:
            self._raw.close()


class _Prefixed:
    """Some bytes that were read ahead, then the rest."""

    def __init__(self, head: bytes, rest: Read) -> None:
        self._head, self._rest = memoryview(head), rest

    def readinto(self, buffer: memoryview) -> int:
        if not self._head:
            return self._rest(buffer)
        size = min(len(buffer), len(self._head))
        buffer[:size], self._head = self._head[:size], self._head[size:]
        return size


def _read_exactly(read: Read, size: int) -> bytes:
    """The next `size` bytes, fewer only at the end."""
    buffer, have = memoryview(bytearray(size)), 0
    while have < size and (more := read(buffer[have:])):
        have += more
    return bytes(buffer[:have])
