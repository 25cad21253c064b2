"""The page of a vault, really served on a free port of loopback: in a thread for tests, which stop it themselves."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

from kotovec.web import server
from kotovec.web.security import Guard


@contextmanager
def served(vault: Any, *, host: str = "127.0.0.1", token: str | None = None, pause: float = 0.05) -> Iterator[str]:
    """The address of the page while the block lasts."""
    ready = threading.Event()
    with ThreadPoolExecutor(1) as other_thread:  # in this one playwright has a loop of its own
        bound = other_thread.submit(server.bind, Guard(host, 0, token)).result()
    with bound:
        serving = server.prepare(vault, bound, lambda _: ready.set(), pause=pause)
        thread = threading.Thread(target=lambda: asyncio.run(serving.serve(bound.sockets)))
        thread.start()
        try:
            assert ready.wait(10)
            yield bound.address
        finally:
            serving.should_exit = True
            thread.join(10)
            assert not thread.is_alive()
