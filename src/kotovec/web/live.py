"""Changes of the vault as server-sent events: looked for while a page listens, and told to all that do."""

from __future__ import annotations

import asyncio
import json
import logging
import secrets
import time
from collections.abc import AsyncIterator
from typing import Any

from kotovec.errors import KotovecError
from kotovec.web.answers import Answers
from kotovec.web.desk import Desk

MOST_STREAMS = 64  # pages that listen at once
_HEARTBEAT = 15.0  # seconds; a page that has gone is noticed at a write
_SHARE = 0.05  # of one core, for looking
_LONGEST_PAUSE = 30.0  # seconds

_log = logging.getLogger(__name__)


class Live:
    """Updates the vault every `pause` seconds while somebody listens; more rarely where that takes long."""

    def __init__(self, desk: Desk[Answers], pause: float = 1.0) -> None:
        self._desk = desk
        self._pause = pause
        self._start = secrets.token_hex(4)
        self._changes = 0
        self._trouble: str | None = None
        self._listeners: set[asyncio.Queue[str | None]] = set()
        self._someone = asyncio.Event()
        self._stopped = False

    @property
    def revision(self) -> str:
        """A word that is another one after each change of the vault, and after a new start."""
        return f"{self._start}-{self._changes}"

    @property
    def full(self) -> bool:
        """Whether no more pages can listen."""
        return len(self._listeners) >= MOST_STREAMS

    async def run(self) -> None:
        """Look for changes until cancelled."""
        while True:
            await self._someone.wait()
            began = time.monotonic()
            await self.look()
            taken = time.monotonic() - began
            await asyncio.sleep(min(max(self._pause, taken / _SHARE), _LONGEST_PAUSE))

    async def look(self) -> None:
        """Update the vault once, and tell the listeners what changed, or what is wrong."""
        try:
            report = await self._desk.ask(Answers.update)
        except Exception as error:  # the vault may be gone for a while: a disk unplugged, a folder renamed
            self._tell_trouble(error)
            return
        counts = {name: getattr(report, name) for name in ("added", "changed", "removed", "renamed")}
        if report.any:
            self._changes += 1
        if report.any or self._trouble:
            self._trouble = None
            self._tell(_event("change", counts | {"revision": self.revision}))

    def _tell_trouble(self, error: Exception) -> None:
        if not isinstance(error, KotovecError | OSError):
            _log.error("looking for changes: unexpected %s: %s", type(error).__name__, error)
        if self._trouble != str(error):
            self._trouble = str(error)
            self._tell(_event("trouble", {"problem": self._trouble}))

    def _tell(self, event: str | None) -> None:
        for listener in self._listeners:
            listener.put_nowait(event)

    async def events(self) -> AsyncIterator[str]:
        """What one page hears: `hello` with the revision, then each `change` and `trouble`, until `stop`."""
        heard: asyncio.Queue[str | None] = asyncio.Queue()
        self._listeners.add(heard)
        self._someone.set()
        try:
            yield "retry: 2000\n" + _event("hello", {"revision": self.revision})
            if self._trouble:
                yield _event("trouble", {"problem": self._trouble})
            while not self._stopped:
                try:
                    event = await asyncio.wait_for(heard.get(), _HEARTBEAT)
                except asyncio.TimeoutError:
                    event = ": still here\n\n"
                if event is None:
                    return
                yield event
        finally:
            self._listeners.discard(heard)
            if not self._listeners:
                self._someone.clear()

    def stop(self) -> None:
        """End all streams, those that have yet to begin too."""
        self._stopped = True
        self._tell(None)


def _event(name: str, data: dict[str, Any]) -> str:
    return f"event: {name}\ndata: {json.dumps(data)}\n\n"
