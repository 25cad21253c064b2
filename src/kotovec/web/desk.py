"""Two threads that do everything with the vault: one for what takes milliseconds, one for what takes seconds.

They are daemons: whatever they are at, Ctrl-C ends the process at once; the index is written atomically, so nothing is
lost. What may not happen at the same time is for those who are asked to know.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future
from queue import SimpleQueue
from typing import Any, Generic, TypeAlias, TypeVar

Asked = TypeVar("Asked")
Answer = TypeVar("Answer")
Questions: TypeAlias = "SimpleQueue[tuple[Future[Any], Callable[[Asked], Any]] | None]"


class Desk(Generic[Asked]):
    """Somebody who can be asked, and the only threads that do so; each takes one question after the other."""

    def __init__(self, asked: Asked) -> None:
        self._asked = asked
        self._short: Questions[Asked] = SimpleQueue()
        self._long: Questions[Asked] = SimpleQueue()
        for questions in (self._short, self._long):
            threading.Thread(target=self._work, args=(questions,), name="kotovec vault", daemon=True).start()

    async def ask(self, question: Callable[[Asked], Answer], *, long: bool = False) -> Answer:
        """What `question` gives when it is called with who is asked, or raises; dropped if the caller is cancelled.

        `long`: it may take seconds, and others should not wait for it.
        """
        future: Future[Answer] = Future()
        (self._long if long else self._short).put((future, question))
        return await asyncio.wrap_future(future)

    def close(self) -> None:
        """Let the threads end when they are done with what was asked before."""
        self._short.put(None)
        self._long.put(None)

    def _work(self, questions: Questions[Asked]) -> None:
        while (asked := questions.get()) is not None:
            future, question = asked
            if not future.set_running_or_notify_cancel():
                continue
            try:
                future.set_result(question(self._asked))
            except BaseException as error:  # whatever it is, the caller is waiting for it
                future.set_exception(error)
