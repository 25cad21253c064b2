"""Where text comes from: files, folders, globs, stdin; all become one sequence of bytes.

Files are read, never memory-mapped: a file that is truncated while it is mapped would end the process.
"""

from __future__ import annotations

import glob
import os
import stat
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Any, Protocol, TypeAlias

from kotovec.corpus.compression import HEAD, Decompressed, Read, compression_of
from kotovec.errors import SourceError

StrPath: TypeAlias = "str | os.PathLike[str]"

STDIN = "-"
_BOM = b"\xef\xbb\xbf"
_WIDE_BOMS = {  # the longer first: UTF-32-LE begins as UTF-16-LE does
    b"\xff\xfe\0\0": "UTF-32",
    b"\0\0\xfe\xff": "UTF-32",
    b"\xff\xfe": "UTF-16",
    b"\xfe\xff": "UTF-16",
}


class ByteStream(Protocol):
    """Text as one sequence of bytes, in whatever pieces it comes."""

    done: int  # bytes read so far, as they are stored
    total: int | None  # all of them, None where unknown

    def readinto(self, buffer: memoryview, /) -> int:
        """Fill a part of `buffer`; 0 only at the end."""


@dataclass(frozen=True)
class TextFile:
    """One file to read, and how it was when it was found; `stamp` is None for what is no regular file."""

    path: str
    stamp: tuple[int, int] | None  # size in bytes, time of the last change in ns


@dataclass(frozen=True)
class TextFiles:
    """Files to read one after the other, as `find_files` gives them."""

    files: tuple[TextFile, ...]

    @property
    def total(self) -> int | None:
        """Bytes of all files, None where one of them is a pipe."""
        sizes = [file.stamp[0] if file.stamp else None for file in self.files]
        return None if None in sizes else sum(size or 0 for size in sizes)


def find_files(*sources: StrPath) -> TextFiles:
    """The files that these names stand for: a file, a folder with all in it, a glob, or `-` for stdin.

    Folders are walked in sorted order, and what is hidden (`.name`) in them is left out. SourceError where a name
    stands for nothing.
    """
    if not sources:
        raise SourceError("no sources of text were given", expected="a file, a folder, a glob, or - for stdin")
    return TextFiles(tuple(chain.from_iterable(_expand(os.fspath(source)) for source in sources)))


def _expand(source: str) -> Iterator[TextFile]:
    if source == STDIN:
        yield TextFile(STDIN, None)
    elif os.path.isdir(source):
        yield from _walk(source)
    elif os.path.lexists(source) or not glob.has_magic(source):
        yield _stamped(source)
    else:
        matches = sorted(glob.glob(source, recursive=True))
        if not matches:
            raise SourceError("no file matches", path=source)
        for match in matches:
            if not os.path.isdir(match):
                yield _stamped(match)
            elif "**" not in source:  # `**` has named the files in the folder already
                yield from _walk(match)


def _walk(folder: str) -> Iterator[TextFile]:
    def refuse(error: OSError) -> None:
        raise SourceError(f"cannot be read: {error.strerror}", path=error.filename) from error

    found = False
    for parent, folders, names in os.walk(folder, onerror=refuse):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(name for name in names if not name.startswith(".")):
            file = _stamped(os.path.join(parent, name))
            if file.stamp:
                found = True
                yield file
    if not found:
        raise SourceError("the folder has no files in it", path=folder)


def _stamped(path: str) -> TextFile:
    try:
        return TextFile(path, _stamp(os.stat(path)))
    except (OSError, ValueError) as error:
        raise _unreadable(path, error) from error


def _stamp(status: os.stat_result) -> tuple[int, int] | None:
    return (status.st_size, status.st_mtime_ns) if stat.S_ISREG(status.st_mode) else None


def _unreadable(path: str, error: Exception) -> SourceError:
    if isinstance(error, FileNotFoundError):
        return SourceError("no such file or folder", path=path)
    reason = error.strerror if isinstance(error, OSError) else str(error)
    return SourceError(f"cannot be read: {reason or error}", path=path)


class FileStream:
    """The text of files, decompressed, without byte order marks, with a newline after each file."""

    def __init__(self, files: TextFiles) -> None:
        self.done, self.total = 0, files.total
        self._files = iter(files.files)
        self._current: _OpenFile | None = None

    def readinto(self, buffer: memoryview) -> int:
        """Fill a part of `buffer`; 0 only at the end. SourceError where a file cannot be read, or has changed."""
        if self._current is None:
            file = next(self._files, None)
            if file is None:
                return 0
            self._current = _OpenFile(file)
        before = self._current.done
        size = self._current.readinto(buffer)
        self.done += self._current.done - before
        if not size:
            self._current.finish()
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
        self._head = b""
        try:
            self._raw: Any = sys.stdin.buffer if file.path == STDIN else open(file.path, "rb", buffering=0)
        except OSError as error:
            raise _unreadable(file.path, error) from error
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
            raise _unreadable(self._path, error) from error
        self.done += size
        return int(size)

    def finish(self) -> None:
        """Close the file after its end; SourceError where it is no longer what it was when it was found."""
        try:
            self._check_unchanged()
            if self._stamp and self.done != self._stamp[0]:
                raise SourceError("changed while it was read", path=self._path, hint="try again")
        finally:
            self.close()

    def _check_unchanged(self) -> None:
        if self._stamp and _stamp(os.fstat(self._raw.fileno())) != self._stamp:
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
