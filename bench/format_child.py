"""One library, one file, in a process of its own: the seconds of the first call and of later ones, as JSON.

python bench/format_child.py kotovec|gensim load|save|open bin|text|native|mcv1 FILE TIMES

What is imported before the clock starts is what a script imports by name. `save` reads FILE before, and writes beside
it.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from typing import Any

_waited = [0.0]  # seconds of fsync


def _timed_fsync(descriptor: int, wait: Callable[[int], None] = os.fsync) -> None:
    began = time.perf_counter()
    wait(descriptor)
    _waited[0] += time.perf_counter() - began


def _call(who: str, verb: str, form: str, path: str) -> Callable[[], Any]:
    if verb == "open":
        import kotovec.vectors
        from kotovec import load

        assert kotovec.vectors
        return lambda: load(path)
    if who == "kotovec":
        from kotovec import KeyedVectors
    else:
        from gensim.models import KeyedVectors
    if verb == "load":
        return lambda: KeyedVectors.load_word2vec_format(path, binary=form == "bin")
    vectors = KeyedVectors.load_word2vec_format(path, binary=form == "bin")
    return lambda: vectors.save_word2vec_format(f"{path}.{who}", binary=form == "bin")


def main() -> None:
    """Print what each call took, by the clock and of the processors, and how much of it was waiting for the disk."""
    who, verb, form, path, times = sys.argv[1:]
    call = _call(who, verb, form, path)
    os.fsync = _timed_fsync  # type: ignore[assignment]
    calls = []
    for _ in range(int(times)):
        _waited[0] = 0.0
        began, cpu_began = time.perf_counter(), time.process_time()
        call()
        cpu_seconds = time.process_time() - cpu_began
        calls.append({"seconds": time.perf_counter() - began, "cpu_seconds": cpu_seconds, "fsync": _waited[0]})
    print(json.dumps(calls))


if __name__ == "__main__":
    main()
