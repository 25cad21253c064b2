"""Who may ask, and what a browser may do with the answer: one wall around every route.

What could go wrong: a page of somebody else's that is open in the same browser. It can send requests to 127.0.0.1, and
by DNS rebinding it can even read the answers under a name of its own. So Host must be one of ours, a request that says
that it comes from another site is refused, and the answers allow no script, style or connection but our own.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import json
import platform
import re
from dataclasses import dataclass
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kotovec.errors import ConfigError

LONGEST_TARGET = 8_192  # bytes of path and query

_HEADERS = {
    "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    "cache-control": "no-store",
}
_HOST = re.compile(r"(?P<name>\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(?::(?P<port>[0-9]{1,5}))?")
_LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})
_NEEDS_TOKEN = "this page needs its token: open the address that kotovec printed, with ?token= and the token"  # noqa: S105


@dataclass(frozen=True, slots=True)
class Guard:
    """What a server bound to `host` and `port` lets in; `token` is asked for where there is one."""

    host: str
    port: int
    token: str | None = None

    def __post_init__(self) -> None:
        if self.token is None and not is_loopback(self.host):
            raise ConfigError(
                f"on {self.host} other machines can read the notes: a token is needed",
                hint="add --token with a long random word, or leave --host at 127.0.0.1",
            )
        if self.token is not None and not re.fullmatch(r"[!-~]+", self.token):
            raise ConfigError("not a token", expected="letters, digits and signs of ASCII", found=repr(self.token))

    @property
    def cookie_name(self) -> str:
        """One per port: cookies are shared by all servers of a machine."""
        return f"kotovec_{self.port}"

    @property
    def cookie(self) -> str:
        """What the cookie holds: proof of the token, and not the token itself."""
        assert self.token is not None
        return hmac.new(self.token.encode(), b"kotovec notes serve", hashlib.sha256).hexdigest()

    def knows_host(self, host: str | None) -> bool:
        """Whether the Host header names this server.

        A server on all addresses cannot know its names; there an address is let in too, since only a name can be
        bound again to another address, and so is the name of the machine.
        """
        match = _HOST.fullmatch(host or "")
        if not match or int(match["port"] or 80) != self.port:
            return False
        name = match["name"].lower().strip("[]")
        if name in _LOOPBACK_NAMES or name == self.host.lower():
            return True
        return is_any_address(self.host) and (is_address(name) or name in _machine_names())

    def knows_token(self, token: str) -> bool:
        """Whether this is the token, in a time that does not depend on where the two differ."""
        return self.token is not None and hmac.compare_digest(token.encode(), self.token.encode())

    def lets_in(self, request: Request) -> bool:
        """Whether no token is needed, or the request brings it: `Authorization: Bearer`, or our cookie."""
        if self.token is None:
            return True
        scheme, _, word = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer" and self.knows_token(word.strip()):
            return True
        return hmac.compare_digest(request.cookies.get(self.cookie_name, "").encode(), self.cookie.encode())


def is_address(host: str) -> bool:
    """Whether `host` is an IPv4 or IPv6 address, without brackets."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def is_any_address(host: str) -> bool:
    """Whether binding `host` serves every address of the machine."""
    return not host or (is_address(host) and ipaddress.ip_address(host).is_unspecified)


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach a server bound to `host`; a name that is not localhost might be anything."""
    return host.lower() == "localhost" or (is_address(host) and ipaddress.ip_address(host).is_loopback)


def _machine_names() -> set[str]:
    name = platform.node().lower()
    return {name, f"{name}.local"} if name else set()


class Wall:
    """ASGI middleware: refuses what `Guard` does not let in, and puts the headers on every answer."""

    def __init__(self, app: ASGIApp, guard: Guard) -> None:
        self._app = app
        self._guard = guard

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; lifespan passes through."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(_HEADERS)
            await send(message)

        answer = self._refusal(Request(scope)) or self._app
        await answer(scope, receive, send_with_headers)

    def _refusal(self, request: Request) -> Response | None:
        """What is said to a request that goes no further, or None."""
        headers, guard = request.headers, self._guard
        if len(headers.getlist("host")) != 1 or not guard.knows_host(headers["host"]):
            return refuse(421, "this server does not go by that name; open the address that kotovec printed")
        if len(request.scope["raw_path"]) + len(request.scope["query_string"]) > LONGEST_TARGET:
            return refuse(414, f"the address is longer than {LONGEST_TARGET} bytes")
        if headers.get("content-length", "0") != "0" or "transfer-encoding" in headers:
            return refuse(413, "nothing here takes a body")
        if not _is_from_here(request):
            return refuse(403, "another site may not ask this server")
        if guard.token is not None and request.url.path == "/" and "token" in request.query_params:
            return _first_visit(guard, request)
        if not guard.lets_in(request):
            return _ask_for_token(request)
        return None


class Json(JSONResponse):
    """JSON, whatever is in it: half a surrogate pair (a file name that is no Unicode) becomes a question mark."""

    def render(self, content: Any) -> bytes:
        """The body."""
        text = json.dumps(content, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        return text.encode("utf-8", "replace")


def refuse(status: int, problem: str, headers: dict[str, str] | None = None) -> Json:
    """An error as JSON: `{"error": problem}`."""
    return Json({"error": problem}, status, headers)


def _is_from_here(request: Request) -> bool:
    """Whether the request comes from our own page, from a person, or from no browser; a link elsewhere may open `/`."""
    headers: Headers = request.headers
    origin = headers.get("origin")
    if origin is not None and origin != f"{request.scope['scheme']}://{headers['host']}":
        return False
    if headers.get("sec-fetch-site", "none") in ("same-origin", "none"):
        return True
    return headers.get("sec-fetch-mode") == "navigate" and request.url.path == "/" and request.method == "GET"


def _first_visit(guard: Guard, request: Request) -> Response:
    """Turn the token in the address into a cookie, and take it out of the address."""
    if not guard.knows_token(request.query_params["token"]):
        return _ask_for_token(request)
    answer: Response = RedirectResponse("/", 303)
    if request.headers.get("sec-fetch-site") == "cross-site":
        # a strict cookie is not sent along a redirect that another site began; it is when the page itself goes on
        answer = HTMLResponse("<!doctype html><title>kotovec</title>", headers={"refresh": "0; url=/"})
    answer.set_cookie(guard.cookie_name, guard.cookie, max_age=365 * 86_400, httponly=True, samesite="strict")
    return answer


def _ask_for_token(request: Request) -> Response:
    wanted = {"www-authenticate": "Bearer"}
    if request.url.path == "/" and "text/html" in request.headers.get("accept", ""):
        return HTMLResponse(f"<!doctype html><title>kotovec</title><p>{_NEEDS_TOKEN}.", 401, wanted)
    return refuse(401, _NEEDS_TOKEN, wanted)
