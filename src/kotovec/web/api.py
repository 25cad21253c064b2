"""The routes of the page: its own files, and JSON about the vault. Each takes GET (and HEAD) only."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from importlib.resources import files
from typing import Any, TypeAlias

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from kotovec.notes.answers import LinkFilter
from kotovec.web.answers import Answers
from kotovec.web.desk import Desk
from kotovec.web.live import Live
from kotovec.web.security import Json

LONGEST_QUERY = 1_000  # characters
_FILTERS: tuple[LinkFilter, ...] = ("unlinked", "linked", "all")
_LONG = ("/api/map", "/api/suggest")  # seconds at 10,000 notes
_KEY = re.compile(r"[0-9a-f]{12}")
_TYPES = {"html": "text/html", "css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}

Endpoint: TypeAlias = Callable[[Request], Awaitable[Response]]


def routes(desk: Desk[Answers], live: Live) -> list[Route]:
    """All that the server answers."""
    asked: dict[str, Callable[[Request], Callable[[Answers], dict[str, Any]]]] = {
        "/api/vault": lambda request: Answers.about,
        "/api/notes": _notes,
        "/api/search": _search,
        "/api/note/{key}": _note,
        "/api/note/{key}/related": _related,
        "/api/suggest": _suggest,
        "/api/map": lambda request: Answers.map,
        "/api/status": lambda request: Answers.status,
    }
    pages = _read_static()
    served = [
        Route("/", _static(pages, "index.html"), methods=["GET"]),
        Route("/static/{name}", _static(pages), methods=["GET"]),
        Route("/api/events", _events(live), methods=["GET"]),
    ]
    return served + [
        Route(path, _json(desk, live, parse, long=path in _LONG), methods=["GET"]) for path, parse in asked.items()
    ]


def _json(
    desk: Desk[Answers], live: Live, parse: Callable[[Request], Callable[[Answers], dict[str, Any]]], *, long: bool
) -> Endpoint:
    """`parse` makes a question for the desk out of a request; the answer carries the revision that it is true for."""

    async def endpoint(request: Request) -> Response:
        question = parse(request)
        revision = live.revision  # before: an answer may be newer than it says, never older
        answer = await desk.ask(question, long=long)
        return Json(answer | {"revision": revision})

    return endpoint


def _notes(request: Request) -> Callable[[Answers], dict[str, Any]]:
    first, n = _number(request, "first", 0, 0, 10_000_000), _number(request, "n", 100, 1, 1_000)
    return lambda answers: answers.notes(first, n)


def _search(request: Request) -> Callable[[Answers], dict[str, Any]]:
    text, n = request.query_params.get("q", ""), _number(request, "n", 20, 1, 100)
    if len(text) > LONGEST_QUERY:
        raise HTTPException(400, f"q: expected at most {LONGEST_QUERY} characters, found {len(text)}")
    return lambda answers: answers.search(text, n)


def _note(request: Request) -> Callable[[Answers], dict[str, Any]]:
    key = _key(request)
    return lambda answers: answers.note(key)


def _related(request: Request) -> Callable[[Answers], dict[str, Any]]:
    key, n = _key(request), _number(request, "n", 20, 1, 200)
    asked = request.query_params.get("filter", "unlinked")
    filter = next((each for each in _FILTERS if each == asked), None)
    if filter is None:
        raise HTTPException(400, f"filter: expected {', '.join(_FILTERS[:-1])} or {_FILTERS[-1]}")
    return lambda answers: answers.related(key, filter, n)


def _suggest(request: Request) -> Callable[[Answers], dict[str, Any]]:
    n = _number(request, "n", 30, 1, 200)
    return lambda answers: answers.suggest(n)


def _key(request: Request) -> str:
    key: str = request.path_params["key"]
    if not _KEY.fullmatch(key):
        raise HTTPException(404, "not the key of a note: expected 12 hexadecimal digits")
    return key


def _number(request: Request, name: str, default: int, least: int, most: int) -> int:
    text = request.query_params.get(name, str(default))
    if not re.fullmatch(r"[0-9]{1,8}", text) or not least <= int(text) <= most:
        raise HTTPException(400, f"{name}: expected a whole number from {least} to {most}")
    return int(text)


def _events(live: Live) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        if live.full:
            raise HTTPException(503, "too many pages are listening already")
        if request.method == "HEAD":
            return Response(media_type="text/event-stream")
        return StreamingResponse(live.events(), media_type="text/event-stream")

    return endpoint


def _read_static() -> dict[str, tuple[bytes, str]]:
    """The page's own files, by name: a request never becomes a path."""
    folder = files("kotovec.web") / "static"
    read = {file.name: file.read_bytes() for file in folder.iterdir() if file.is_file()}
    return {name: (data, _TYPES[name.rpartition(".")[2]]) for name, data in read.items()}


def _static(pages: dict[str, tuple[bytes, str]], fixed: str | None = None) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        name = fixed or request.path_params["name"]
        if name not in pages:
            raise HTTPException(404, "there is no such file")
        data, media_type = pages[name]
        return Response(data, media_type=media_type)

    return endpoint
