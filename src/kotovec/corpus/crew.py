"""Processes that tokenise: started when there is work for one more, asked through pipes, ended at once.

What could go wrong: a process dies (MeCab is C++), Ctrl-C arrives at any moment, or this process is killed. The
processes end by themselves when their input ends; they are in a session of their own, so Ctrl-C in a terminal is
this process's affair alone; and a reply that does not come is an error, not a wait.
"""

from __future__ import annotations

import json
import queue
import signal
from contextlib import suppress
from dataclasses import asdict
from typing import Any, cast

from kotovec import children, errors
from kotovec.corpus.frames import CONFIG, ERROR, TEXT, read_frame, write_frame
from kotovec.corpus.japanese import Tokenised
from kotovec.corpus.japanese_config import JapaneseConfig
from kotovec.corpus.japanese_worker import PROGRAM
from kotovec.errors import SourceError

_PIPE_SIZE = 1 << 20  # bytes, which any user may have


class Crew:
    """Processes that wait for work, or are at it; started when there is work for one more."""

    def __init__(self, config: JapaneseConfig) -> None:
        self._config = config
        self._idle: queue.SimpleQueue[WorkerProcess] = queue.SimpleQueue()
        self._all: list[WorkerProcess] = []
        self._closed = False

    def tokenize(self, block: bytes) -> Tokenised:
        """The tokens of a block, on whatever thread calls it."""
        try:
            process = self._idle.get_nowait()
        except queue.Empty:
            if self._closed:
                raise SourceError("tokenising was stopped") from None
            process = WorkerProcess()
            self._all.append(process)
            process.configure(self._config)
        result = process.tokenize(block)
        self._idle.put(process)
        return result

    def kill(self) -> None:
        """End all processes; whoever waits for one gets an error."""
        self._closed = True
        for process in self._all:
            process.kill()


class WorkerProcess:
    """One process that tokenises."""

    def __init__(self) -> None:
        self._process = children.start(PROGRAM)
        for pipe in (self._process.stdin, self._process.stdout):
            _widen(cast(Any, pipe).fileno())

    def configure(self, config: JapaneseConfig) -> None:
        """Open dictionary and id map; raises what the process says."""
        self._ask(CONFIG, json.dumps(asdict(config)).encode())

    def tokenize(self, block: bytes) -> Tokenised:
        """The tokens of a block; its last line goes on in the next block if it has no end."""
        counts = json.loads(self._ask(TEXT, block))
        data = self._reply()
        return Tokenised(**counts | {"data": data if block.endswith(b"\n") else data + b" "})

    def _ask(self, kind: bytes, data: bytes) -> bytes:
        with suppress(OSError):  # a process that has died is seen at the reply
            write_frame(cast(Any, self._process.stdin), kind, data)
        return self._reply()

    def _reply(self) -> bytes:
        frame = read_frame(cast(Any, self._process.stdout))
        if frame is None:
            raise self._died()
        kind, data = frame
        if kind == ERROR:
            parts = json.loads(data)
            raise errors.remade(getattr(errors, parts.pop("class")), parts)
        return data

    def _died(self) -> SourceError:
        code = self._process.wait()
        how = f"was killed by {_signal_name(-code)}" if code < 0 else f"ended with exit code {code}"
        return SourceError(
            f"a process that tokenises {how}",
            hint="perhaps memory ran out, then fewer --threads need less; or the dictionary is damaged",
        )

    def kill(self) -> None:
        """End it, and free what it holds."""
        children.end(self._process)


def _widen(pipe: int) -> None:
    """Room for a whole block in a pipe, so that neither side waits for the other in the middle of one (Linux)."""
    with suppress(ImportError, AttributeError, OSError):
        import fcntl

        fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, _PIPE_SIZE)  # type: ignore[attr-defined,unused-ignore]


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
