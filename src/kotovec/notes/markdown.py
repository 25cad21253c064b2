"""Markdown -> sections, links and tags. markdown-it parses; here its tokens become plain text."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any

from kotovec.errors import MissingExtraError
from kotovec.notes.link_syntax import is_note_target, markdown_target, split_wikilink, wikilink_label
from kotovec.notes.markdown_rules import add_rules
from kotovec.notes.plain_text import write_plain_text
from kotovec.notes.text_buffer import NoteWriter

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

# without any of these a paragraph is its own plain text: half of the time is saved
_SPECIAL = re.compile(r"[\[\]`*_<&\\$^#~{]|%%|://|==|\(\(|::|:END:")
_TASK = re.compile(r"\A(?:\[[^\[\]]\][ \t]+|(?:TODO|DONE|DOING|LATER|NOW|WAITING|CANCELED|CANCELLED)(?=\s))")
_HIGHLIGHT = re.compile(r"==([^=\n]+)==")
_CALLOUT = re.compile(r"\A\[![\w-]+\][+-]?[ \t]*")
_BLOCK_ID = re.compile(r"(?:^|(?<![ \t])[ \t]+|(?<=\n))\^[A-Za-z0-9-]+$")
_BLOCK_REFERENCE = re.compile(r"\(\([0-9a-fA-F]{8}-[0-9a-fA-F-]{27}\)\)")
_LOGSEQ_LINE = re.compile(
    r"^[ \t]*(?:id|collapsed|heading|created[-_]at|updated[-_]at|background-color|ls-type|hl-[\w-]+|card-[\w-]+"
    r"|query-[\w-]+|template[\w-]*|logseq\.[\w.-]+)::(?: .*)?$\n?",
    re.MULTILINE,
)
_DRAWER = re.compile(r":LOGBOOK:\n(?:(?!:LOGBOOK:).)*?:END:", re.DOTALL)
_HIDDEN_HTML = re.compile(
    r"<!--.*?(?:-->|\Z)|<(script|style|pre|code|svg|textarea)\b[^<>]*>.*?(?:</\1\s*>|\Z)", re.DOTALL | re.IGNORECASE
)
_HTML_TAG = re.compile(r"<(/?)([A-Za-z][\w-]*)(?:[^>]*?\bhref\s*=\s*[\"']?([^\"'\s>]*))?", re.DOTALL)
_MAX_BRACKETS = 2_000  # in one block; each unclosed one makes markdown-it look to the end of the block
_PHRASING = frozenset("a abbr b bdi cite del em font i ins kbd mark q s small span strike strong sub sup u var".split())


@cache
def _parser() -> MarkdownIt:
    try:
        from markdown_it import MarkdownIt
    except ImportError as error:
        raise MissingExtraError("markdown-it-py", "notes", "reading notes") from error
    md = MarkdownIt("commonmark").enable(["table", "strikethrough"]).disable("inline")
    # targets are read by kotovec, as they are written
    md.normalizeLink = md.normalizeLinkText = lambda url: url  # type: ignore[method-assign,assignment]
    md.validateLink = lambda url: True  # type: ignore[method-assign]
    add_rules(md)
    return md


def write_markdown(text: str, writer: NoteWriter) -> None:
    """Parse `text` and hand everything in it to `writer`, in reading order."""
    md, env = _parser(), {}  # type: ignore[var-annotated]
    inline = _Inline(writer, lambda content: _inline_tokens(md, content, env))
    first_of_item = False
    for token in md.parse(text, env):
        if token.type == "inline":
            inline.write(token.content, first_of_item)
            first_of_item = False
        elif token.type == "heading_open":
            writer.begin_heading(int(token.tag[1]))
        elif token.type == "heading_close":
            writer.end_heading()
        elif token.type in ("list_item_open", "blockquote_open"):
            first_of_item = True
        elif token.type == "html_block":
            inline.write(_HIDDEN_HTML.sub(" ", token.content).strip())


def _inline_tokens(md: MarkdownIt, content: str, env: dict[str, Any]) -> list[Token]:
    tokens: list[Token] = []
    md.inline.parse(content, md, env, tokens)
    return tokens


class _Inline:
    """Writes the content of one block after the other."""

    def __init__(self, writer: NoteWriter, parse: Callable[[str], list[Token]]) -> None:
        self._writer = writer
        self._parse = parse
        self._links: list[bool | None] = []  # open links: to a note, to elsewhere, None for an autolink
        self._hidden = 0  # within how many <code> and the like

    def write(self, content: str, first_of_item: bool = False) -> None:
        """Plain text, links and tags of a paragraph, a heading or a cell, and the end of its line."""
        if not _SPECIAL.search(content) and not first_of_item:
            self._writer.add(content)
        elif content.count("[") > _MAX_BRACKETS:
            write_plain_text(content, self._writer)
        else:
            for token in self._parse(_without_marks(content, first_of_item)):
                self._write_token(token)
            self._close_all()
        self._writer.end_line()

    def _close_all(self) -> None:
        """HTML may have left a link open."""
        while self._links:
            self._close_link()
        self._hidden = 0

    def _write_token(self, token: Token) -> None:
        kind = token.type
        if kind == "html_inline":
            self._write_html(token.content)
        elif self._hidden or (self._links and self._links[-1] is None and kind != "link_close"):
            return
        elif kind in ("text", "text_special"):
            self._writer.add(_HIGHLIGHT.sub(r"\1", token.content) if "==" in token.content else token.content)
        elif kind in ("softbreak", "hardbreak"):
            self._writer.add_break()
        elif kind == "code_inline":
            self._writer.add_code(token.content)
        elif kind == "link_open":
            self._open_link(str(token.attrs.get("href", "")), token.info == "auto")
        elif kind == "link_close":
            self._close_link()
        elif kind == "image":
            for child in token.children or ():
                self._write_token(child)
        elif kind in ("wikilink", "embed", "tag", "linked_tag"):
            self._write_wiki(kind, token.meta["target"], token.meta["alias"])

    def _open_link(self, href: str, auto: bool = False) -> None:
        target = None if auto else markdown_target(href)
        if target is not None:
            self._writer.open_link("markdown", target.name, target.heading)
        self._links.append(None if auto else target is not None)

    def _close_link(self) -> None:
        if self._links and self._links.pop():
            self._writer.close_link()

    def _write_wiki(self, kind: str, inner: str, alias: str | None) -> None:
        target = split_wikilink(inner)
        if kind in ("tag", "linked_tag"):
            self._writer.add_tag(inner.rstrip("\\"))
        if kind == "tag":
            self._writer.add(f"#{inner}")
        elif not is_note_target(target.name):
            self._writer.add("" if kind == "embed" else wikilink_label(target, alias))
        elif kind == "embed":
            self._writer.add_link("embed", *target, visible="")
        else:
            self._writer.add_link("wiki", *target, visible=wikilink_label(target, alias))

    def _write_html(self, html: str) -> None:
        match = _HTML_TAG.match(html)
        if match is None:
            return
        closing, name, href = match.group(1), match.group(2).lower(), match.group(3)
        if name in ("code", "pre", "script", "style"):
            self._hidden = max(0, self._hidden + (-1 if closing else 1))
        elif name == "a" and (closing or href is not None):
            self._close_link() if closing else self._open_link(href)
        elif name not in _PHRASING:
            self._writer.add(" ")


def _without_marks(content: str, first_of_item: bool) -> str:
    """The content of a block without what only some tools read: task boxes, block ids, properties, references."""
    if first_of_item:
        content = _CALLOUT.sub("", _TASK.sub("", content))
    if "^" in content:
        content = _BLOCK_ID.sub("", content)
    if "((" in content:
        content = _BLOCK_REFERENCE.sub("", content)
    if "::" in content:
        content = _LOGSEQ_LINE.sub("", content)
    if ":END:" in content:
        content = _DRAWER.sub("", content)
    return content.strip()
