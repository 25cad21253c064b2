"""A small vault of our own writing, with links: 50 notes of somebody who bakes, digs, runs and plays the cello."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import suppress
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from kotovec.atomic import atomic_write, check_writable
from kotovec.errors import KotovecError, OutputError

if TYPE_CHECKING:
    from importlib.abc import Traversable


def copy_vault(to: Path) -> None:
    """Write the notes into the folder `to`, which is made. OutputError where it is there and not empty.

    After any exception `to` is again what it was: missing, or empty.
    """
    is_new = _check_empty(to)
    try:
        for path, data in _notes(files(__name__) / "vault", to):
            path.parent.mkdir(parents=True, exist_ok=True)
            with atomic_write(path) as file:
                file.write(data)
    except BaseException as error:
        _remove(to, is_new)
        if isinstance(error, OSError) and not isinstance(error, KotovecError):
            raise OutputError(f"cannot be written: {error.strerror or error}", path=to) from error
        raise


def _check_empty(to: Path) -> bool:
    """Whether there is nothing at `to` yet; OutputError where notes cannot be written there."""
    check_writable(to, folder=True)
    if not os.path.lexists(to):
        return True
    if not to.is_dir():
        raise OutputError("is a file", path=to, expected="a new name or an empty folder")
    return False


def _notes(folder: Traversable, to: Path) -> Iterator[tuple[Path, bytes]]:
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if entry.is_dir():
            yield from _notes(entry, to / entry.name)
        elif entry.name.endswith(".md"):
            yield to / entry.name, entry.read_bytes()


def _remove(folder: Path, whole: bool) -> None:
    with suppress(OSError):
        for entry in folder.iterdir():
            shutil.rmtree(entry) if entry.is_dir() else entry.unlink()
        if whole:
            folder.rmdir()
