"""Processes that read notes: paths go out, what is known of the notes comes back, in the order of the paths.

What could go wrong: a process dies, Ctrl-C arrives at any moment, or this process is killed. The processes end by
themselves when their input ends; they are in a session of their own, so Ctrl-C in a terminal is this process's affair
alone; and a reply that does not come is an error, not a wait. Nothing is pickled: they answer in JSON.
"""

from __future__ import annotations

import json
import queue
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any, cast

from kotovec import children
from kotovec.corpus.frames import CONFIG, TEXT, read_frame, write_frame
from kotovec.errors import SourceError
from kotovec.machine import cores
from kotovec.notes.batch import Intake, Reading, check_extras, from_bytes
from kotovec.notes.reader_process import PROGRAM

CHUNK = 64  # notes that a process is asked for at once
_PAYS = 1_000_000  # bytes of notes that take half a second, twice what a process takes to start
_MOST_PROCESSES = 8


def read_notes(
    root: Path, paths: Sequence[str], n_bytes: int, told: Callable[[int], object], processes: int | None = None
) -> Iterator[list[Reading]]:
    """What is known of the notes at `paths`, some at a time, in their order; `told` hears how many are done.

    Several processes where that pays for `n_bytes` of text.
    """
    chunks = [paths[first : first + CHUNK] for first in range(0, len(paths), CHUNK)]
    if processes is None:
        processes = min(cores(), _MOST_PROCESSES, 1 + n_bytes // _PAYS)
    done = 0
    for batch in _in_processes(root, chunks, processes) if processes > 1 else _here(root, chunks):
        done += len(batch)
        told(done)
        yield batch


def _here(root: Path, chunks: Sequence[Sequence[str]]) -> Iterator[list[Reading]]:
    intake = Intake(root)
    return (intake.read(chunk) for chunk in chunks)


def _in_processes(root: Path, chunks: Sequence[Sequence[str]], processes: int) -> Iterator[list[Reading]]:
    check_extras()  # a process could not say it
    crew = _Crew(root)
    pool = ThreadPoolExecutor(processes, thread_name_prefix="kotovec-notes")
    pending: deque[Future[list[Reading]]] = deque()
    try:
        for chunk in chunks:
            pending.append(pool.submit(crew.read, chunk))
            if len(pending) > 2 * processes:
                yield pending.popleft().result()
        while pending:
            yield pending.popleft().result()
    finally:
        for future in pending:
            future.cancel()
        crew.kill()
        pool.shutdown()
        crew.kill()  # one that was just being started


class _Crew:
    """Processes that wait for work, or are at it; started when there is work for one more."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._words: dict[str, str] = {}
        self._idle: queue.SimpleQueue[_Process] = queue.SimpleQueue()
        self._all: list[_Process] = []
        self._closed = False

    def read(self, paths: Sequence[str]) -> list[Reading]:
        """One batch, on whatever thread calls it."""
        try:
            process = self._idle.get_nowait()
        except queue.Empty:
            if self._closed:
                raise SourceError("reading was stopped") from None
            process = _Process()
            self._all.append(process)
            process.ask(CONFIG, json.dumps(str(self._root)))
        batch = from_bytes(process.ask(TEXT, json.dumps(paths)), self._words)
        self._idle.put(process)
        return batch

    def kill(self) -> None:
        """End all processes; whoever waits for one gets an error."""
        self._closed = True
        for process in self._all:
            process.kill()


class _Process:
    """One process that reads notes."""

    def __init__(self) -> None:
        self._process = children.start(PROGRAM)

    def ask(self, kind: bytes, text: str) -> bytes:
        """The reply to a message; SourceError where the process has died."""
        with suppress(OSError, ValueError):  # a process that has died is seen at the reply
            write_frame(cast(Any, self._process.stdin), kind, text.encode())
        with suppress(OSError, ValueError):
            frame = read_frame(cast(Any, self._process.stdout))
            if frame is not None:
                return frame[1]
        code = self._process.wait()
        raise SourceError(
            f"a process that reads notes ended with exit code {code}",
            hint="perhaps memory ran out; fewer at once need less: --processes 1",
        )

    def kill(self) -> None:
        """End it, and free what it holds."""
        children.end(self._process)
