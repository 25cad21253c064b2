"""The one thing that is ever written into a note, and only where the user asks: a block of links at its end.

It stands between two HTML comments, so that it can be renewed, and left out when notes are read: what kotovec
suggested is no evidence for what it suggests next. All bytes outside the block stay what they were.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from kotovec.atomic import atomic_write
from kotovec.errors import OutputError

BEGIN = b"<!-- kotovec: related notes -->"
END = b"<!-- kotovec: end -->"
_BLOCK = re.compile(
    rb"(?<=\n)" + re.escape(BEGIN) + rb"(?P<newline>\r?\n)(?:- [^\n]*\n)*" + re.escape(END) + rb"(?:\r?\n|\Z)"
)


def without_block(data: bytes) -> bytes:
    """The bytes of a note without its block."""
    before, after = _around(data) or (data, b"")
    return before + after


def with_block(data: bytes, links: Sequence[str]) -> bytes:
    """The bytes of a note with these links in its block, which is put at the end if it has none; no links, no block."""
    before, after = _around(data) or (data, b"")
    if not links:
        return before + after
    newline = b"\r\n" if b"\r\n" in before else b"\n"
    lines = [b"", BEGIN, *(b"- " + link.encode("utf-8", "surrogateescape") for link in links), END, b""]
    return before + newline.join(lines) + after


def _around(data: bytes) -> tuple[bytes, bytes] | None:
    """What stands before and after the block; None where there is none. The newline before it is part of it."""
    if END not in data:
        return None
    blocks = list(_BLOCK.finditer(data))
    if not blocks:
        return None
    return data[: blocks[-1].start()].removesuffix(blocks[-1]["newline"]), data[blocks[-1].end() :]


def write_block(path: Path, data: bytes, links: Sequence[str]) -> bool:
    """Give the note at `path`, whose bytes are `data`, a block of these links; whether that changes it.

    OutputError for a note that is no Markdown, or no UTF-8, or cannot be written.
    """
    if path.suffix.lower() not in (".md", ".markdown"):
        raise OutputError("links are written into Markdown only", path=path, expected=".md or .markdown")
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise OutputError("is not valid UTF-8, and is left alone", path=path, found=str(error)) from None
    new = with_block(data, links)
    if new != data:
        with atomic_write(path) as file:
            file.write(new)
    return new != data
