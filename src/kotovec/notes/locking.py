"""One writer per index. The lock is the operating system's, so that a process that dies leaves none behind.

What could go wrong: a file system without locks (some network drives). There nothing is locked: the index is whole
all the same, and the last writer's holds.
"""

from __future__ import annotations

import errno
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from kotovec.errors import BusyError, OutputError

WAIT = 10.0  # seconds for which a second writer waits
_PAUSE = 0.05
_BYTE = 1 << 30  # where Windows locks: behind the text, which stays readable
_HELD = {errno.EWOULDBLOCK, errno.EAGAIN, errno.EACCES, errno.EDEADLK}


@contextmanager
def write_lock(folder: Path, wait: float = WAIT) -> Iterator[None]:
    """Hold the lock of an index while the block lasts; `folder` must exist.

    BusyError, with who holds it, where another process keeps it for longer than `wait` seconds.
    """
    path = folder / "lock"
    try:
        file = open(path, "r+b" if path.exists() else "x+b", buffering=0)  # noqa: SIM115
    except FileExistsError:
        file = open(path, "r+b", buffering=0)  # noqa: SIM115
    except OSError as error:
        raise OutputError(f"cannot be written: {error.strerror or error}", path=path) from error
    with file:
        _acquire(file, path, time.monotonic() + wait)
        try:
            yield
        finally:
            with suppress(OSError):
                file.truncate(0)
            _release(file)


def _acquire(file: BinaryIO, path: Path, deadline: float) -> None:
    while True:
        try:
            _lock(file)
            break
        except OSError as error:
            if error.errno not in _HELD:
                return
        if time.monotonic() > deadline:
            raise BusyError(
                f"the index is being written by {_holder(file)}", path=path.parent, hint="try again when that is done"
            )
        time.sleep(_PAUSE)
    with suppress(OSError):
        file.truncate(0)
        file.seek(0)
        file.write(str(os.getpid()).encode())


def _holder(file: BinaryIO) -> str:
    with suppress(OSError):
        file.seek(0)
        text = file.read(20).strip()
        if text.isdigit():
            return f"process {int(text)}"
    return "another process"


if os.name == "nt":
    import msvcrt

    def _lock(file: BinaryIO) -> None:
        file.seek(_BYTE)
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]

    def _release(file: BinaryIO) -> None:
        with suppress(OSError):
            file.seek(_BYTE)
            msvcrt.locking(file.fileno(), msvcrt.LK_UNLCK, 1)  # type: ignore[attr-defined,unused-ignore]

else:
    import fcntl

    def _lock(file: BinaryIO) -> None:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def _release(file: BinaryIO) -> None:
        with suppress(OSError):
            fcntl.flock(file, fcntl.LOCK_UN)
