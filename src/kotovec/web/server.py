"""From an address to a running server and back: binding, Ctrl-C, and what is said where a port is taken."""

from __future__ import annotations

import asyncio
import dataclasses
import errno
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import uvicorn

from kotovec.errors import ConfigError, KotovecError
from kotovec.web.app import build
from kotovec.web.live import Live
from kotovec.web.security import Guard, is_any_address

if TYPE_CHECKING:
    from kotovec.notes.vault import Vault

_LARGEST_PORT = 65_535
_MOST_CONNECTIONS = 256
_HEADER_BYTES = 32_768


@dataclass(frozen=True, slots=True)
class Bound:
    """Sockets that take connections, which wait until `serve`; `guard` has the port that was given. Closes at exit."""

    sockets: list[Any]
    guard: Guard

    def __enter__(self) -> Bound:
        return self

    def __exit__(self, *_: object) -> None:
        for each in self.sockets:
            each.close()

    @property
    def address(self) -> str:
        """The page's address, with the token where one is needed."""
        host = self.guard.host
        if is_any_address(host):
            host = "::1" if ":" in host else "127.0.0.1"
        query = f"?token={self.guard.token}" if self.guard.token else ""
        return f"http://{f'[{host}]' if ':' in host else host}:{self.guard.port}/{query}"


def bind(guard: Guard) -> Bound:
    """Take the port of `guard`, any free one for 0. KotovecError, with what to try, where that cannot be had."""
    if not 0 <= guard.port <= _LARGEST_PORT:
        raise ConfigError("not a port", expected=f"0 to {_LARGEST_PORT}", found=guard.port)
    try:
        sockets = asyncio.run(_listen(guard))
    except OSError as error:
        raise _refusal(guard, error) from error
    return Bound(sockets, dataclasses.replace(guard, port=sockets[0].getsockname()[1]))


async def _listen(guard: Guard) -> list[Any]:
    """Listening sockets. asyncio binds them, and closes its own; copies stay."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(asyncio.Protocol, guard.host or None, guard.port, start_serving=False)
    sockets = [each.dup() for each in server.sockets]
    server.close()
    if guard.port == 0:  # a name with several addresses has got another port for each
        for each in sockets[1:]:
            each.close()
        del sockets[1:]
    for each in sockets:
        each.listen()
    return sockets


def _refusal(guard: Guard, error: OSError) -> KotovecError:
    where = f"port {guard.port} on {guard.host}"
    if error.errno == errno.EADDRINUSE:
        return KotovecError(
            f"{where} is in use, perhaps by another kotovec", hint=f"try: --port {guard.port + 1}, or --port 0 for any"
        )
    if error.errno in (errno.EACCES, errno.EPERM):
        return KotovecError(f"{where} is not allowed", hint="try a port above 1023, or --port 0 for any")
    return ConfigError(
        f"{guard.host} cannot be served: {error.strerror or error}",
        expected="an address of this machine",
        hint="try: --host 127.0.0.1",
    )


def serve(vault: Vault, bound: Bound, ready: Callable[[str], None]) -> None:
    """Serve the page until a signal ends it; `ready` is called with the address as soon as the page can be opened."""
    asyncio.run(prepare(vault, bound, ready).serve(bound.sockets))


def prepare(vault: Vault, bound: Bound, ready: Callable[[str], None], *, pause: float = 1.0) -> uvicorn.Server:
    """What `serve` runs; `pause` is the time between two looks for changes, in seconds."""
    app, live = build(vault, bound.guard, pause=pause)
    config = uvicorn.Config(
        app,
        loop="asyncio",
        http="h11",
        ws="none",
        lifespan="on",
        log_config=None,
        log_level="critical",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        limit_concurrency=_MOST_CONNECTIONS,
        timeout_graceful_shutdown=0,  # whoever still waits for an answer then gets none
        h11_max_incomplete_event_size=_HEADER_BYTES,
    )
    return _Server(config, live, lambda: ready(bound.address))


class _Server(uvicorn.Server):
    """uvicorn's, which would wait for open event streams at its end."""

    def __init__(self, config: uvicorn.Config, live: Live, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._live = live
        self._ready = ready

    async def startup(self, sockets: list[Any] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._ready()

    async def shutdown(self, sockets: list[Any] | None = None) -> None:
        self._live.stop()
        await super().shutdown(sockets)
