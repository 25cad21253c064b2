"""The ASGI application: routes behind the wall, errors as JSON, and the watch over the vault while it runs."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from kotovec.errors import KotovecError
from kotovec.web.answers import Answers, MissingNote
from kotovec.web.api import routes
from kotovec.web.desk import Desk
from kotovec.web.live import Live
from kotovec.web.security import Guard, Wall, refuse

if TYPE_CHECKING:
    from kotovec.notes.vault import Vault

_log = logging.getLogger(__name__)


def build(vault: Vault, guard: Guard, *, pause: float = 1.0) -> tuple[ASGIApp, Live]:
    """The application that shows `vault` to whom `guard` lets in, and its live events.

    The vault belongs to the application from here on. `pause` is the time between two looks for changes, in seconds.
    """
    desk = Desk(Answers(vault))
    live = Live(desk, pause)

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        watch = asyncio.create_task(live.run())
        yield
        live.stop()
        watch.cancel()
        with suppress(asyncio.CancelledError):
            await watch
        desk.close()

    app = Starlette(
        routes=routes(desk, live),
        lifespan=lifespan,
        exception_handlers={
            HTTPException: _say_http,
            MissingNote: _say_missing,
            KotovecError: _say_problem,
            Exception: _say_unexpected,
        },
    )
    app.router.redirect_slashes = False
    return Wall(_Quiet(app), guard), live


class _Quiet:
    """ASGI middleware: what was answered as an error is not raised again, so that the server prints no traceback."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "http":
            with suppress(Exception):
                await self._app(scope, receive, send)
        else:
            await self._app(scope, receive, send)


async def _say_http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return refuse(error.status_code, error.detail, dict(error.headers or {}))


async def _say_missing(request: Request, error: Exception) -> Response:
    return refuse(404, str(error))


async def _say_problem(request: Request, error: Exception) -> Response:
    return refuse(500, str(error))


async def _say_unexpected(request: Request, error: Exception) -> Response:
    if isinstance(error, ClientDisconnect):
        return Response()
    problem = f"unexpected {type(error).__name__}"
    _log.error("%s: %s: %s", request.url.path, problem, error, exc_info=_log.isEnabledFor(logging.DEBUG))
    return refuse(500, f"{problem}; the terminal of kotovec says more")
