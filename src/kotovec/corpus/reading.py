"""Files as one stream of text: decompressed, checked, with a newline after each.

Files are read, never memory-mapped: a file that is truncated while it is mapped would end the process.
"""

from __future__ import annotations

import os
import sys
from typing import Any

from kotovec.corpus.compression import HEAD, Decompressed, Read, compression_of
from kotovec.corpus.sources import STDIN, TextFile, TextFiles, stamp, unreadable
from kotovec.errors import SourceError

_BOM = b"\xef\xbb\xbf"
_WIDE_BOMS = {  # the longer first: UTF-32-LE begins as UTF-16-LE does
    b"\xff\xfe\0\0": "UTF-32",
    b"\0\0\xfe\xff": "UTF-32",
    b"\xff\xfe": "UTF-16",
    b"\xfe\xff": "UTF-16",
}


class FileStream:
    """The text of files, decompressed, without byte order marks, with a newline after each file."""

    def __init__(self, files: TextFiles) -> None:
        self.total = files.total
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
            self._current = _OpenFile(file)
        size = self._current.readinto(buffer)
        if not size:
            self._current.finish()
            self._read += self._current.done
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

    def __init__(self, file: TextFile) -> None:
        self.done = 0
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
        head = _read_exactly(read, 4)
        for bom, name in _WIDE_BOMS.items():
            if head.startswith(bom):
                raise SourceError(
                    f"is {name} text", path=self._path, expected="UTF-8", hint=f"convert it with: iconv -f {name}"
                )
        return _Prefixed(head.removeprefix(_BOM), read).readinto

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
