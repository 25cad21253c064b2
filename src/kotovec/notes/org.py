"""Org files, read as plain text that knows headings, keywords, drawers, blocks and links."""

from __future__ import annotations

import re

from kotovec.notes.front_matter import FrontMatter
from kotovec.notes.link_syntax import BARE_URL, is_note_target, percent_decoded
from kotovec.notes.text_buffer import NoteWriter

_KEYWORD = re.compile(r"^#\+(\w+):[ \t]*(.*)$", re.MULTILINE)
_HEADING = re.compile(r"(\*+)[ \t]+(?:(?:TODO|DONE|NEXT|WAITING)[ \t]+)?")
_TAGS = re.compile(r":[\w@#%:]+:")
_BLOCK = re.compile(r"#\+begin_(src|example|export|comment)\b", re.IGNORECASE)
_DRAWER = re.compile(r":[\w-]+:")
_NO_TEXT = re.compile(r"#(?:\+|[ \t]|$)|:[ \t]|(?:SCHEDULED|DEADLINE|CLOSED):")
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
    """Hand headings and lines of `text` to `writer`; code and drawers end at the next heading at the latest."""
    until = ""  # the line, folded, that ends what is being left out
    for line in text.splitlines():
        heading, bare = _HEADING.match(line), line.strip()
        if heading:
            until = ""
            _write_heading(len(heading.group(1)), line[heading.end() :].strip(), writer)
        elif until:
            until = "" if bare.casefold() == until else until
        elif block := _BLOCK.match(bare):
            until = f"#+end_{block.group(1).casefold()}"
        elif _DRAWER.fullmatch(bare):
            until = ":end:"
        elif not _NO_TEXT.match(bare):
            _write_line(line, writer)
            writer.end_line()


def _write_heading(level: int, heading: str, writer: NoteWriter) -> None:
    words = heading.split()
    tags = words[-1] if words and _TAGS.fullmatch(words[-1]) else ""
    writer.begin_heading(min(6, level))
    _write_line(heading.removesuffix(tags), writer)
    writer.end_heading()
    for tag in filter(None, tags.split(":")):
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
        kind, name = "markdown", percent_decoded(path.removeprefix("file:"))
    if is_note_target(name) and not _SCHEME.match(name):
        writer.add_link("markdown" if kind == "markdown" else "wiki", name, heading.lstrip("*") or None, label or name)
    else:
        writer.add(label or "")
