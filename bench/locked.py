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
from numba import types
from numba.extending import intrinsic

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


def in_small_spans(kernel: Kernel, n_words: int, mutex: Mutex | None) -> Kernel:
    """A kernel that trains its span n_words at a time, holding the mutex, if there is one, during each of them."""
    if mutex is None:

        @numba.njit(nogil=True)
        def cut(model, tables, scratch, span, ids, first, stop, address):
            for start in range(first, stop, n_words):
                kernel(model, tables, scratch, _part(span, start, min(start + n_words, stop)), ids)

    else:
        lock, unlock = mutex.lock, mutex.unlock

        @numba.njit(nogil=True)
        def cut(model, tables, scratch, span, ids, first, stop, address):
            for start in range(first, stop, n_words):
                lock(address)
                kernel(model, tables, scratch, _part(span, start, min(start + n_words, stop)), ids)
                unlock(address)

    def train(model: Any, tables: Any, scratch: Any, span: Span, ids: Any) -> None:
        cut(model, tables, scratch, span, ids, span.start, span.stop, mutex.address if mutex else 0)

    return train


@intrinsic
def _part(typing_context, span, start, stop):
    """The words [start, stop) of a span, with random numbers of their own; Span may have any other fields."""

    def codegen(context, builder, signature, args):
        part, start, stop = args
        key = builder.add(builder.extract_value(part, Span._fields.index("key")), start)
        for name, value in (("start", start), ("stop", stop), ("key", key)):
            part = builder.insert_value(part, value, Span._fields.index(name))
        return part

    return span(span, types.int64, types.int64), codegen
