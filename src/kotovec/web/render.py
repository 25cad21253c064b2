"""A note's Markdown as HTML that is safe to show: no HTML of the note's own, nothing loaded, links within the page.

What could go wrong: a note is somebody else's text, and the page that shows it may read all the others. So Markdown is
parsed with HTML switched off, and what comes out is sanitised again by another library, with lists of what is allowed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from html import escape
from typing import TypeAlias

import mdurl
import nh3
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

LONGEST_TEXT = 400_000  # characters; more takes the parser seconds

LinkKey: TypeAlias = "Callable[[str], str | None]"  # the key of the note that a target names, or None

_TAGS = set(
    "a blockquote br code del em h2 h3 h4 h5 h6 hr li ol p pre s span strong table tbody td th thead tr ul".split()
)
_ATTRIBUTES = {"a": {"href", "title", "target"}, "ol": {"start"}}
_CLASSES = {"span": {"unresolved", "image"}}
_SCHEMES = {"http", "https", "mailto"}
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:")
_WIKILINK = re.compile(r"!?\[\[([^\[\]|#\n]*)(?:#([^\[\]|\n]*))?(?:\|([^\[\]\n]*))?\]\]")
_PICTURE = re.compile(r"\.(?:apng|avif|bmp|gif|jpe?g|png|svg|webp|mp[34]|m4a|ogg|wav|webm|mov|pdf|canvas)$", re.I)
_TASK = re.compile(r"\[([ xX])\] ")


@dataclass(frozen=True, slots=True)
class Rendered:
    """Sanitised HTML, and whether the text was longer than what is shown."""

    html: str
    cut: bool


def render(text: str, title: str, link_key: LinkKey, *, markdown: bool = True) -> Rendered:
    """A note's text without front matter, as HTML; a level-1 heading at its start that repeats `title` is left out.

    `link_key` is asked for each link within the vault; "" is the note itself. Without `markdown` it is plain text.
    """
    shown = text[:LONGEST_TEXT]
    raw = _parser().render(shown, {"link_key": link_key, "title": title}) if markdown else f"<pre>{escape(shown)}</pre>"
    html = nh3.clean(raw, tags=_TAGS, attributes=_ATTRIBUTES, allowed_classes=_CLASSES, url_schemes=_SCHEMES)
    return Rendered(html, len(text) > len(shown))


@cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
    parser.inline.ruler.before("link", "wikilink", _wikilink)
    parser.core.ruler.push("notes", _fit_into_page)
    parser.add_render_rule("image", _picture_rule)
    return parser


def _wikilink(state: StateInline, silent: bool) -> bool:
    """`[[Target#heading|alias]]` and `![[Target]]`, as an inline rule of markdown-it."""
    match = _WIKILINK.match(state.src, state.pos, state.posMax)
    if not match:
        return False
    target, heading, alias = (part and part.strip() for part in match.groups())
    if not (target or heading):
        return False
    if not silent:
        written = alias or (f"{target} › {heading}" if target and heading else target or heading)
        if match[0].startswith("!") and _PICTURE.search(target):
            state.push("span_open", "span", 1).attrs = {"class": "image"}
            state.push("text", "", 0).content = written
            state.push("span_close", "span", -1)
        else:
            opening = state.push("link_open", "a", 1)
            opening.attrs = _link_attributes(state.env["link_key"], target, heading or "")
            opening.markup = "wikilink"
            state.push("text", "", 0).content = written
            state.push("link_close", "a", -1)
    state.pos = match.end()
    return True


def _link_attributes(link_key: LinkKey, target: str, heading: str) -> dict[str, str | int | float]:
    key = link_key(target)
    if key is None:
        return {"class": "unresolved"}
    # a block (`^id`) has no heading to go to
    place = "/" + mdurl.encode(heading, "-_.!~*'()", keep_escaped=False) if heading and heading[0] != "^" else ""
    return {"href": f"#/note/{key}{place}"}


def _fit_into_page(state: StateCore) -> None:
    """Headings one level lower, since the page has the title; links to notes by key; boxes of tasks as signs."""
    _drop_title(state.tokens, state.env["title"])
    for i, token in enumerate(state.tokens):
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(int(token.tag[1]) + 1, 6)}"
        elif token.type == "inline" and token.children:
            _point_links(token.children, state.env["link_key"])
            first = token.children[0]
            if i >= 2 and state.tokens[i - 2].type == "list_item_open" and _TASK.match(first.content):
                first.content = ("☐ " if first.content[1] == " " else "☑ ") + first.content[4:]


def _drop_title(tokens: list[Token], title: str) -> None:
    if len(tokens) > 2 and tokens[0].tag == "h1" and tokens[1].content.strip() == title.strip():
        del tokens[:3]


def _point_links(children: Sequence[Token], link_key: LinkKey) -> None:
    """Links out open a page of their own, links to notes go to their keys, and those to nowhere are marked."""
    tags: list[str] = []
    for token in children:
        if token.type == "link_open":
            href = str(token.attrs.get("href", ""))
            if _SCHEME.match(href) or href.startswith("//"):
                token.attrs["target"] = "_blank"
            elif token.markup != "wikilink":
                target, _, heading = mdurl.decode(href).partition("#")
                token.attrs = _link_attributes(link_key, target, heading)
            if "href" not in token.attrs:
                token.tag = "span"
            tags.append(token.tag)
        elif token.type == "link_close":
            token.tag = tags.pop()


def _picture_rule(
    renderer: object, tokens: Sequence[Token], index: int, options: object, env: dict[str, object]
) -> str:
    """Pictures are not loaded: their text stands in their place."""
    token = tokens[index]
    name = token.content or mdurl.decode(str(token.attrs.get("src", ""))).rpartition("/")[2]
    return f'<span class="image">{escape(name)}</span>'
