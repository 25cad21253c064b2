"""Org files, read as plain text that knows headings, keywords, drawers, blocks and links."""

from __future__ import annotations

import re
from urllib.parse import unquote

from kotovec.notes.front_matter import FrontMatter
from kotovec.notes.link_syntax import BARE_URL, is_note_target
from kotovec.notes.text_buffer import NoteWriter

_KEYWORD = re.compile(r"^#\+(\w+):[ \t]*(.*)$", re.MULTILINE)
_HEADING = re.compile(r"(\*+)[ \t]+(?:(?:TODO|DONE|NEXT|WAITING)[ \t]+)?(.*?)(?:[ \t]+(:[\w@#%:]+:))?[ \t]*$")
_HIDDEN = re.compile(
    r"^[ \t]*#\+begin_(src|example|export|comment)\b.*?^[ \t]*#\+end_\1[ \t]*$"
    r"|^[ \t]*:[\w-]+:[ \t]*\n.*?^[ \t]*:END:[ \t]*$|^[ \t]*#(?:\+[^\n]*|[ \t][^\n]*)?$|^[ \t]*:[ \t][^\n]*$"
    r"|^[ \t]*(?:SCHEDULED|DEADLINE|CLOSED):[^\n]*$",
    re.MULTILINE | re.DOTALL | re.IGNORECASE,
)
_MARK = re.compile(rf"\[\[([^\[\]\n]+)\](?:\[([^\[\]\n]+)\])?\]|[=~](\S[^=~\n]*)[=~](?!\w)|{BARE_URL.pattern}")
_ID = re.compile(r"^[ \t]*:ID:[ \t]*(\S+)", re.MULTILINE | re.IGNORECASE)
_SCHEME = re.compile(r"[A-Za-z][\w+.-]*:")


def read_org_header(text: str) -> FrontMatter:
    """Title, file tags, aliases (`:ROAM_ALIASES:`), id and opt-out (`#+kotovec: false`) of an org file."""
    keywords = {match.group(1).casefold(): match.group(2).strip() for match in _KEYWORD.finditer(text)}
    aliases = re.search(r"^[ \t]*:ROAM_ALIASES:[ \t]*(.+)$", text, re.MULTILINE | re.IGNORECASE)
    found = re.findall(r'"([^"]+)"|(\S+)', aliases.group(1)) if aliases else []
    identity = _ID.search(text)
    return FrontMatter(
        body=text,
        title=keywords.get("title") or None,
        aliases=tuple(quoted or word for quoted, word in found),
        tags=tuple(keywords.get("filetags", "").replace(":", " ").split()),
        excluded=keywords.get("kotovec", "").casefold() in ("false", "no", "off"),
        properties={"id": identity.group(1)} if identity else {},
    )


def write_org(text: str, writer: NoteWriter) -> None:
    """Hand headings and lines of `text` to `writer`."""
    for line in _HIDDEN.sub("", text).splitlines():
        match = _HEADING.match(line)
        if match is None:
            _write_line(line, writer)
            writer.end_line()
            continue
        writer.begin_heading(min(6, len(match.group(1))))
        _write_line(match.group(2), writer)
        writer.end_heading()
        for tag in (match.group(3) or "").strip(":").split(":"):
            writer.add_tag(tag)


def _write_line(line: str, writer: NoteWriter) -> None:
    position = 0
    for match in _MARK.finditer(line):
        writer.add(line[position : match.start()])
        position = match.end()
        if match.group(1):
            _write_link(match.group(1), match.group(2), writer)
        elif match.group(3):
            writer.add_code(match.group(3))
    writer.add(line[position:])


def _write_link(target: str, label: str | None, writer: NoteWriter) -> None:
    path, _, heading = target.partition("::")
    kind, name = "wiki", path.removeprefix("id:")
    if path.startswith(("file:", "./", "../")) or path.endswith(".org"):
        kind, name = "markdown", unquote(path.removeprefix("file:"))
    if is_note_target(name) and not _SCHEME.match(name):
        writer.add_link("markdown" if kind == "markdown" else "wiki", name, heading.lstrip("*") or None, label or name)
    else:
        writer.add(label or "")
