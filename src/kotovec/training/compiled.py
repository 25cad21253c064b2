"""The machine code for training: from the cache, or compiled, if time allows by another process.

Numba compiles one function at a time, on one core, and a training kernel takes it three seconds. So a run whose kernel
is not known to be in the cache has it compiled by a process beside it, while it reads its text and compiles what that
takes, and what the kernel calls, and finds it in the cache when it is ready to train. Where that does not work, for
whatever reason, it compiles.
"""

from __future__ import annotations

import gc
import importlib.metadata
import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from kotovec import children
from kotovec.kernels.folders import cache_folder
from kotovec.machine import cores
from kotovec.training.config import Architecture, TrainConfig

if TYPE_CHECKING:
    from kotovec.kernels.arguments import TrainingKernel

PROGRAM = children.program_of("kotovec.training.compiled")

_PATIENCE = 60.0  # seconds, longer than compiling takes on a slow machine

_helpers: dict[tuple[Architecture, int], subprocess.Popen[bytes]] = {}  # by what they compile


@contextmanager
def compiled_ahead(config: TrainConfig) -> Iterator[None]:
    """While the body reads text, a process of our own compiles what it will train with; it ends with the body at last.

    None is started on one core, where the cache is known to have the kernel, or where there is no cache.
    """
    name = (config.architecture, config.negative)
    helper = None
    if name not in _helpers and _is_worthwhile(*name):
        with suppress(OSError):  # no more processes for this user: compile here, later
            helper = _helpers[name] = children.start(PROGRAM)
            _tell(helper, json.dumps(name))
    try:
        yield
    finally:
        if helper:
            del _helpers[name]
            children.end(helper)


def load_kernel(config: TrainConfig) -> TrainingKernel:
    """The machine code for this configuration: compiled now, or taken from the cache."""
    name = (config.architecture, config.negative)
    import_module("kotovec.kernels.apart")  # which the kernel calls: compiled while the helper compiles the kernel
    if helper := _helpers.get(name):
        with suppress(subprocess.TimeoutExpired):
            helper.wait(_PATIENCE)
    kernel = _make(*name)
    marker = _marker(*name)
    if marker and not marker.exists():
        with suppress(OSError):  # the disk is full
            marker.touch()
    return kernel


def _make(architecture: Architecture, negative: int) -> TrainingKernel:
    make: Callable[[int], TrainingKernel]
    if architecture == "skipgram":
        from kotovec.kernels.skipgram import skipgram_kernel as make
    else:
        from kotovec.kernels.cbow import cbow_kernel as make
    return make(negative)


def _is_worthwhile(architecture: Architecture, negative: int) -> bool:
    if cores() < 2 or not sys.executable or hasattr(sys, "frozen"):  # a program with Python inside is not a Python
        return False
    marker = _marker(architecture, negative)
    return marker is not None and not marker.exists()


def _marker(architecture: Architecture, negative: int) -> Path | None:
    """An empty file that says: this kernel has been compiled. It is a hint, and may be wrong; None without a cache.

    It is asked for before numba is imported, which takes half a second, and so does not ask Numba's own index.
    """
    folder = cache_folder()
    if folder is None:
        return None
    version = importlib.metadata.version("numba")
    return Path(folder) / f"{architecture}-{negative}.{sys.implementation.cache_tag}-numba-{version}"


def _tell(helper: subprocess.Popen[bytes], message: str) -> None:
    if helper.stdin:
        helper.stdin.write(message.encode() + b"\n")
        helper.stdin.flush()


def main() -> None:
    """In the helper: compile what the first line asks for, and end, at the latest when the parent has ended."""
    gc.disable()  # it would look at all that the compiler holds, again and again: 4 to 8 % of the time
    silent = os.open(os.devnull, os.O_WRONLY)
    for stream in (1, 2):  # the parent compiles by itself what fails here, and tells of it then
        os.dup2(silent, stream)
    name = json.loads(sys.stdin.buffer.readline())
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _make(*name)


def _end_with_parent() -> None:
    os.read(sys.stdin.fileno(), 1)  # not the stream, whose lock Python wants when it ends
    os._exit(1)
