"""One request to an ASGI application, without a network and without a client that tidies up what is asked."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def text(self) -> str:
        return self.body.decode()


def request(
    app: Any,
    target: str,
    *,
    method: str = "GET",
    host: str | None = "127.0.0.1:8765",
    headers: Sequence[tuple[str, str]] = (),
) -> Answer:
    """Ask `app` for `target` as it stands: a path, percent-encoded or not, and a query."""
    raw_path, _, query = target.partition("?")
    hosts = [("host", host)] if host is not None else []
    scope = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": _decoded(raw_path),
        "raw_path": raw_path.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": [(name.lower().encode(), value.encode("latin-1")) for name, value in [*hosts, *headers]],
        "client": ("127.0.0.1", 50000),
        "server": ("127.0.0.1", 8765),
    }
    return asyncio.run(_ask(app, scope))


def _decoded(path: str) -> str:
    from urllib.parse import unquote

    return unquote(path)


async def _ask(app: Any, scope: dict[str, Any]) -> Answer:
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    await app(scope, receive, send)
    headers = {name.decode(): value.decode("latin-1") for name, value in sent[0]["headers"]}
    return Answer(sent[0]["status"], headers, b"".join(part.get("body", b"") for part in sent[1:]))
