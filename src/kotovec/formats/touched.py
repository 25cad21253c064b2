"""New memory asked of the system by a second thread, from its end, while it is being filled from its start.

A new array has no pages: the system finds and clears one when a byte of it is first written to, which takes as long as
filling it, and several times as long on virtual machines that give unused memory back. What could go wrong is that a
page is touched after it was filled. So both sides say under one lock how far they will go before they go there.
"""

from __future__ import annotations

import mmap
import os
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

_AT_ONCE = 16 << 20  # bytes: some milliseconds
_WORTH_A_THREAD = 4 * _AT_ONCE


@contextmanager
def touched_from_the_end(array: NDArray[Any]) -> Iterator[Callable[[int], None]]:
    """A function to be called with n before anything is written to the first n bytes of a new, contiguous array.

    Until then they may be overwritten with zeros. n never falls. Nothing is touched after the block.
    """
    if array.nbytes < _WORTH_A_THREAD or (os.cpu_count() or 1) < 2:
        yield lambda n_bytes: None
        return
    ends = _Ends(array)
    with ThreadPoolExecutor(1) as pool:
        ends.touching = pool.submit(ends.touch)
        try:
            yield ends.fill_to
        finally:
            ends.fill_to(array.nbytes)


class _Ends:
    """How far an array is filled from its start, and touched from its end."""

    touching: Future[None]

    def __init__(self, array: NDArray[Any]) -> None:
        self._bytes = array.reshape(-1).view(np.uint8)
        self._filled_to, self._touched_from = 0, array.nbytes
        self._lock = Lock()

    def touch(self) -> None:
        """Write a zero to each page, until what is filled comes near."""
        while self._claim():
            self._bytes[self._touched_from : self._touched_from + _AT_ONCE : mmap.PAGESIZE] = 0

    def _claim(self) -> bool:
        with self._lock:
            is_free = self._touched_from - _AT_ONCE >= self._filled_to
            self._touched_from -= _AT_ONCE if is_free else 0
            return is_free

    def fill_to(self, n_bytes: int) -> None:
        """The first `n_bytes` are the caller's from now on."""
        with self._lock:
            self._filled_to = n_bytes
            meets = n_bytes > self._touched_from
        if meets:
            self.touching.result()
