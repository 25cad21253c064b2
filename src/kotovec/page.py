"""One HTML file that opens offline: the frame of every page that kotovec writes to disk.

What could go wrong: text of a stranger (words, file names) that the browser takes for markup or script, and anything
that is loaded from elsewhere. So data is JSON in which no character can end its element, and a content security policy
forbids every connection and every script but ours, which it knows by its hash.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

COLORS = """
:root { color-scheme: light; --ink: #1c2430; --dim: #586372; --line: #d9dee5; --paper: #fff; --raised: #f5f7f9;
  --accent: #1f62a8; --point: #2f6fb5; --mark: #b93d09; --bar: #bcd3ee; }
@media (prefers-color-scheme: dark) { :root:not([data-theme="light"]) { color-scheme: dark; --ink: #e6eaf0;
  --dim: #a0abb9; --line: #333c49; --paper: #14181f; --raised: #1c222b; --accent: #84b9f0; --point: #6ea8e6;
  --mark: #fb923c; --bar: #27496f; } }
:root[data-theme="dark"] { color-scheme: dark; --ink: #e6eaf0; --dim: #a0abb9; --line: #333c49; --paper: #14181f;
  --raised: #1c222b; --accent: #84b9f0; --point: #6ea8e6; --mark: #fb923c; --bar: #27496f; }
body { margin: 0; background: var(--paper); color: var(--ink);
  font: 15px/1.5 system-ui, "Noto Sans", "Noto Sans CJK JP", "Hiragino Sans", "Yu Gothic", sans-serif; }
h1 { font-size: 1.5rem; line-height: 1.25; margin: 0 0 .3rem; overflow-wrap: anywhere; }
.dim { color: var(--dim); overflow-wrap: anywhere; }
"""
_UNSAFE = re.compile("[<>&\u2028\u2029\ud800-\udfff]")


def html_page(title: str, *, style: str, body: str, script: str = "", data: Mapping[str, Any] | None = None) -> str:
    """The whole page. `body` is markup, already escaped; `script` may read `data` from the element `data`.

    Half a surrogate pair, which no file can hold, becomes a question mark.
    """
    policy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
    parts = [body]
    if data is not None:
        parts.append(f'<script type="application/json" id="data">{safe_json(data)}</script>')
    if script:
        digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
        policy += f"; script-src 'sha256-{digest}'"
        parts.append(f"<script>{script}</script>")
    page = "\n".join([*_head(title, policy, style), "<body>", *parts, "</body></html>\n"])
    return page.encode("utf-8", "replace").decode()


def _head(title: str, policy: str, style: str) -> Sequence[str]:
    return (
        "<!DOCTYPE html>",
        '<html lang="en">',
        '<head><meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{escape(title)}</title><style>{COLORS}{style}</style></head>",
    )


def safe_json(data: Mapping[str, Any]) -> str:
    """JSON that can stand in an HTML element: no character in it begins a tag, ends a line, or is half a pair."""
    text = json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return _UNSAFE.sub(lambda match: f"\\u{ord(match[0]):04x}", text)
