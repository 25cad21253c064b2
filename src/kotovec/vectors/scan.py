"""One pass over many rows by several threads, and the best of what each of them found."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from functools import lru_cache
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Found = TypeVar("Found")


def scan(n_rows: int, step: int, work: Callable[[Iterator[int]], Found], *, threads: int | None = None) -> list[Found]:
    """What each thread makes of the first rows of its blocks of `step` rows; at most `threads` (None: all processors).

    Blocks are handed out as threads become free: with equal shares all would wait for one whose processor another
    program needs. This thread is one of them, and does the work of any that is not free before it is done.
    """
    starts = iter(range(0, n_rows, step))  # its next() is atomic
    n_threads = max(1, min(threads or os.cpu_count() or 1, -(-n_rows // step)))
    if n_threads == 1:
        return [work(starts)]
    pool = _kept_threads(os.getpid(), n_threads - 1)
    others = [pool.submit(work, starts) for _ in range(n_threads - 1)]
    try:
        found = [work(starts)]
    except BaseException:
        for _ in starts:  # nothing more to do for the others
            pass
        raise
    finally:
        begun = [other for other in others if not other.cancel()]  # not those that wait behind another scan's
        wait(begun)
    return found + [other.result() for other in begun]


@lru_cache(2)
def _kept_threads(process_id: int, n_threads: int) -> ThreadPoolExecutor:
    """Threads that wait for work: to start one takes a twentieth of a query. A fork has a process id of its own."""
    return ThreadPoolExecutor(n_threads, "kept-for-scans")


def best_of(
    found: Sequence[tuple[NDArray[np.int64], NDArray[np.float32]]], n: int
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Ids and scores (n_queries, n) from those of several threads: the highest first, of equal ones the lowest id."""
    if len(found) == 1:
        return found[0]
    ids, scores = (np.concatenate(arrays, axis=1) for arrays in zip(*found, strict=True))
    order = np.lexsort((ids, -scores), axis=1)[:, :n]
    return np.take_along_axis(ids, order, 1), np.take_along_axis(scores, order, 1)
