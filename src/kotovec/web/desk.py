"""One thread that does everything with the vault, one thing after the other.

A vault that is being updated cannot be asked, and an answer takes milliseconds. The thread is a daemon: whatever it is
at, Ctrl-C ends the process at once; the index is written atomically, so nothing is lost.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future
from queue import SimpleQueue
from typing import Any, Generic, TypeVar

Vault = TypeVar("Vault")
Answer = TypeVar("Answer")


class Desk(Generic[Vault]):
    """A vault, and the only thread that touches it."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault
        self._questions: SimpleQueue[tuple[Future[Any], Callable[[Vault], Any]] | None] = SimpleQueue()
        threading.Thread(target=self._work, name="kotovec vault", daemon=True).start()

    async def ask(self, question: Callable[[Vault], Answer]) -> Answer:
        """What `question` gives when it is called with the vault, or raises; dropped where the caller is cancelled."""
        future: Future[Answer] = Future()
        self._questions.put((future, question))
        return await asyncio.wrap_future(future)

    def close(self) -> None:
        """Let the thread end when it is done with what was asked before."""
        self._questions.put(None)

    def _work(self) -> None:
        while (asked := self._questions.get()) is not None:
            future, question = asked
            if not future.set_running_or_notify_cancel():
                continue
            try:
                future.set_result(question(self._vault))
            except BaseException as error:  # whatever it is, the caller is waiting for it
                future.set_exception(error)
