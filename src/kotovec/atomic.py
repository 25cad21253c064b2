"""Files and folders that appear whole or not at all: what stood there before stands there until the new is ready.

What could go wrong: a full disk, an interrupt or a crash in the middle of a write. So everything is written under
a temporary name in the same folder, flushed to disk, and then renamed, which the file system does in one step.
"""

from __future__ import annotations

import os
import secrets
import shutil
import stat
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, TypeAlias

from kotovec.errors import KotovecError, OutputError

StrPath: TypeAlias = "str | os.PathLike[str]"


@contextmanager
def atomic_write(path: StrPath) -> Iterator[BinaryIO]:
    """A binary file for writing that takes the name `path` when the block ends without an exception.

    After any exception (KeyboardInterrupt too) the temporary file is gone and what stood at `path` stands there
    still. An OSError of the block, such as a full disk, becomes an OutputError that names `path`; a broken pipe
    stays what it is. A target that is no regular file (/dev/stdout, a FIFO) is written directly.
    """
    check_writable(path)
    with _as_output_error(path):
        if _is_special(path):
            with open(path, "wb") as file:
                yield file
            return
        target = os.path.realpath(path)  # a link stays a link: the file behind it is replaced
        temporary = _temporary_name(target)
        try:
            with open(temporary, "xb") as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            with suppress(FileNotFoundError):
                shutil.copymode(target, temporary)
            os.replace(temporary, target)
        except BaseException:
            with suppress(OSError):
                os.unlink(temporary)
            raise


@contextmanager
def atomic_folder(path: StrPath, holds: Collection[str] = ()) -> Iterator[Path]:
    """An empty folder to write files into, which takes the name `path` when the block ends without an exception.

    It replaces an empty file (what `NamedTemporaryFile` leaves to reserve a name), and a folder only where that is
    empty, or all its entries are named in `holds` and the first name of `holds` is among them; anything else at `path`
    is an OutputError. Other promises as for `atomic_write`.
    """
    check_writable(path, folder=True, holds=holds)
    target = os.path.realpath(path)
    with _as_output_error(path):
        temporary = _temporary_name(target)
        try:
            os.mkdir(temporary)
            yield Path(temporary)
            _flush_files(temporary)
            _replace_folder(temporary, target)
        except BaseException:
            shutil.rmtree(temporary, ignore_errors=True)
            raise


def check_writable(path: StrPath, *, folder: bool = False, holds: Collection[str] = ()) -> None:
    """OutputError where `path` could not be written by `atomic_write` (or `atomic_folder`, given `folder=True`).

    For use before hours of work. Leaves nothing behind; whether the disk is large enough is not checked.
    """
    with _as_output_error(path):
        if not folder and _is_special(path):
            if not os.access(path, os.W_OK):
                raise OutputError("cannot be written: no permission", path=path)
            return
        target = os.path.realpath(path)
        _check_parent(path, os.path.dirname(target))
        with suppress(FileNotFoundError):
            os.lstat(target)  # a name that no file system takes fails here, not at the rename
        if folder:
            _check_folder_target(path, target, holds)
        elif os.path.isdir(target):
            raise OutputError("is a folder", path=path, expected="a file name", hint="name a file in it")
        elif os.path.exists(target) and not os.access(target, os.W_OK):
            raise OutputError("is write-protected", path=path)
        probe = _temporary_name(target)
        with open(probe, "xb"):
            pass
        os.unlink(probe)


def _check_parent(path: StrPath, parent: str) -> None:
    if not os.path.exists(parent):
        raise OutputError(f"the folder {parent} does not exist", path=path, hint="make it first")
    if not os.path.isdir(parent):
        raise OutputError(f"{parent} is a file, not a folder", path=path)


def _check_folder_target(path: StrPath, target: str, holds: Collection[str]) -> None:
    if not os.path.lexists(target):
        return
    if not os.path.isdir(target):
        if _is_empty_file(target):
            return
        raise OutputError("is a file", path=path, expected="a folder or a new name")
    entries = set(os.listdir(target))
    foreign = sorted(entries - set(holds))
    if foreign:
        raise OutputError(
            "is a folder with other things in it, and is left alone",
            path=path,
            expected="a new name or an empty folder",
            found=foreign[0],
        )
    if entries and next(iter(holds)) not in entries:
        raise OutputError(
            "is a folder that kotovec did not write, and is left alone",
            path=path,
            expected="a new name or an empty folder",
            found=min(entries),
        )


def _is_empty_file(path: str) -> bool:
    return os.path.isfile(path) and not os.path.islink(path) and os.path.getsize(path) == 0


def _is_special(path: StrPath) -> bool:
    """Whether writing must go to `path` itself: a device, a pipe, or a standard stream redirected to a file."""
    try:
        mode = os.stat(path).st_mode
    except OSError:
        return False
    if stat.S_ISREG(mode):
        return os.path.abspath(path).startswith(("/dev/", "/proc/")) and not os.path.realpath(path).startswith(
            "/dev/shm/"  # noqa: S108  (a file system like any other)
        )
    return not stat.S_ISDIR(mode)


def _temporary_name(target: str) -> str:
    folder, name = os.path.split(target)
    return os.path.join(folder, f".{name[:40]}.{secrets.token_hex(6)}.tmp")


def _flush_files(folder: str) -> None:
    for entry in os.scandir(folder):
        with open(entry.path, "rb+") as file:
            os.fsync(file.fileno())


def _replace_folder(temporary: str, target: str) -> None:
    """Rename; a folder that stands at `target` is put aside first, and put back where the rename fails."""
    if _is_empty_file(target):
        os.unlink(target)
    if not os.path.isdir(target):
        os.rename(temporary, target)
        return
    old = _temporary_name(target)
    os.rename(target, old)
    try:
        os.rename(temporary, target)
    except BaseException:
        os.rename(old, target)
        raise
    shutil.rmtree(old, ignore_errors=True)


@contextmanager
def _as_output_error(path: StrPath) -> Iterator[None]:
    try:
        yield
    except (KotovecError, BrokenPipeError):
        raise
    except OSError as error:
        raise OutputError(f"cannot be written: {error.strerror or error}", path=path) from error
