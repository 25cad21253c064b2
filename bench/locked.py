"""The baseline that Hogwild is measured against: the same updates, with one lock around each small span of words.

A lock from Python would cost more than the words under it take, so it is taken in machine code: the mutex of the
system's thread library (Linux and macOS).
"""

from __future__ import annotations

import ctypes
import sys
from typing import Any

import numba
import numpy as np

from kotovec.kernels.arguments import SPAN_PLACE, Arguments, TrainingKernel
from kotovec.kernels.state import Span
from kotovec.training.worker import Kernel

_MUTEX_BYTES = 256  # more than any system's pthread_mutex_t


class Mutex:
    """A mutex that machine code can take: `address`, `lock` and `unlock`. OSError where the system has none."""

    def __init__(self) -> None:
        if sys.platform == "win32":
            raise OSError("this system has no pthread_mutex_lock")
        library = ctypes.CDLL(None)
        self._memory = np.zeros(_MUTEX_BYTES, np.uint8)
        self.address = self._memory.ctypes.data
        self.lock = _function(library, "pthread_mutex_lock", ctypes.c_size_t)
        self.unlock = _function(library, "pthread_mutex_unlock", ctypes.c_size_t)
        _function(library, "pthread_mutex_init", ctypes.c_size_t, ctypes.c_size_t)(self.address, 0)


def _function(library: Any, name: str, *arguments: Any) -> Any:
    function = getattr(library, name)
    function.argtypes, function.restype = arguments, ctypes.c_int
    return function


def in_small_spans(kernel: TrainingKernel, n_words: int, mutex: Mutex | None) -> Kernel:
    """A kernel that trains its span n_words at a time, holding the mutex, if there is one, during each of them.

    The parts have random numbers of their own.
    """
    train_part = kernel.compiled
    start, stop, key = (SPAN_PLACE + Span._fields.index(name) for name in ("start", "stop", "key"))
    if mutex is None:

        @numba.njit(nogil=True)
        def cut(block, address):
            first, end, first_key = block[start], block[stop], block[key]
            for at in range(first, end, n_words):
                block[start], block[stop], block[key] = at, min(at + n_words, end), first_key + at
                train_part(block.ctypes.data)

    else:
        lock, unlock = mutex.lock, mutex.unlock

        @numba.njit(nogil=True)
        def cut(block, address):
            first, end, first_key = block[start], block[stop], block[key]
            for at in range(first, end, n_words):
                block[start], block[stop], block[key] = at, min(at + n_words, end), first_key + at
                lock(address)
                train_part(block.ctypes.data)
                unlock(address)

    def train(arguments: Arguments) -> None:
        cut(arguments.block.copy(), mutex.address if mutex else 0)

    return train
