"""Where text comes from: the files that names, folders and globs stand for, and how these were when found."""

from __future__ import annotations

import glob
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Protocol, TypeAlias

from kotovec.errors import MissingSourceError, SourceError

StrPath: TypeAlias = "str | os.PathLike[str]"

STDIN = "-"


class ByteStream(Protocol):
    """Text as one sequence of bytes, in whatever pieces it comes."""

    @property
    def done(self) -> int:
        """Bytes read so far, as they are stored."""

    @property
    def total(self) -> int | None:
        """All bytes, None where unknown."""

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
        return TextFile(path, stamp(os.stat(path)))
    except (OSError, ValueError) as error:
        raise unreadable(path, error) from error


def stamp(status: os.stat_result) -> tuple[int, int] | None:
    """Size in bytes and time of the last change in ns, of a regular file; None for anything else."""
    return (status.st_size, status.st_mtime_ns) if stat.S_ISREG(status.st_mode) else None


def unreadable(path: str, error: Exception) -> SourceError:
    """The SourceError for what the operating system says of a file."""
    if isinstance(error, FileNotFoundError):
        return MissingSourceError("no such file or folder", path=path)
    reason = error.strerror if isinstance(error, OSError) else str(error)
    return SourceError(f"cannot be read: {reason or error}", path=path)
