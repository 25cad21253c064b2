"""A note's Markdown as HTML that is safe to show: no HTML of the note's own, nothing loaded, links within the page.

What could go wrong: a note is somebody else's text, and the page that shows it may read all the others. So Markdown is
parsed with HTML switched off, and what comes out is sanitised again by another library, with lists of what is allowed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from html import escape
from typing import TypeAlias

import mdurl
import nh3
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from kotovec.notes.link_syntax import BARE_URL, is_note_target, split_wikilink, wikilink_label
from kotovec.notes.markdown_rules import comment, wikilink

LONGEST_TEXT = 400_000  # characters; more takes the parser seconds

LinkKey: TypeAlias = "Callable[[str], str | None]"  # the key of the note that a target names, or None

_TAGS = set(
    "a blockquote br code del em h2 h3 h4 h5 h6 hr li ol p pre s span strong table tbody td th thead tr ul".split()
)
_ATTRIBUTES = {"a": {"href", "title", "target"}, "ol": {"start"}}
_CLASSES = {"span": {"class": {"unresolved", "image"}}}
_SCHEMES = {"http", "https", "mailto"}
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:")
_CALLOUT = re.compile(r"\[!([\w-]+)\][+-]?[ \t]*(.*)", re.DOTALL)
_TASK = re.compile(r"\[[ xX]\] ")


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
    html = nh3.clean(raw, tags=_TAGS, attributes=_ATTRIBUTES, tag_attribute_values=_CLASSES, url_schemes=_SCHEMES)
    return Rendered(html, len(text) > len(shown))


@cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
    parser.inline.ruler.before("link", "wikilink", wikilink)
    parser.inline.ruler.before("link", "comment", comment)
    parser.core.ruler.push("notes", _fit_into_page)
    parser.add_render_rule("image", _picture_rule)
    return parser


def _fit_into_page(state: StateCore) -> None:
    """Headings one level lower, since the page has the title; links to notes by key; boxes of tasks as signs."""
    _drop_title(state.tokens, state.env["title"])
    for i, token in enumerate(state.tokens):
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(int(token.tag[1]) + 1, 6)}"
        elif token.type == "inline" and token.children:
            if i >= 2:
                token.children = list(_with_signs(token.children, state.tokens[i - 2].type))
            token.children = list(_with_links(token.children, state.env["link_key"]))


def _drop_title(tokens: list[Token], title: str) -> None:
    if len(tokens) > 2 and tokens[0].tag == "h1" and tokens[1].content.strip() == title.strip():
        del tokens[:3]


def _with_signs(children: Sequence[Token], container: str) -> Iterator[Token]:
    """What opens a list item or a quotation and has a meaning of its own: a task's box, Obsidian's `[!note] Title`."""
    first = children[0]
    callout = _CALLOUT.match(first.content) if container == "blockquote_open" else None
    if container == "list_item_open" and _TASK.match(first.content):
        first.content = ("☐ " if first.content[1] == " " else "☑ ") + first.content[4:]
    if callout:
        yield Token("strong_open", "strong", 1)
        yield Token("text", "", 0, content=callout[2] or callout[1].capitalize())
        yield Token("strong_close", "strong", -1)
        yield from children[1:]
    else:
        yield from children


def _with_links(children: Sequence[Token], link_key: LinkKey) -> Iterator[Token]:
    """The same tokens with links that a page can follow; those to nowhere are marked and lead nowhere."""
    tags: list[str] = []
    for token in children:
        if token.type in ("wikilink", "embed"):
            yield from _note_link(token, link_key)
        elif token.type == "text" and not tags:
            yield from _with_urls(token)
        elif token.type == "link_open":
            token.attrs.update(_where_to(str(token.attrs.pop("href", "")), link_key))
            token.tag = "a" if "href" in token.attrs else "span"
            tags.append(token.tag)
            yield token
        else:
            if token.type == "link_close":
                token.tag = tags.pop()
            yield token


def _note_link(token: Token, link_key: LinkKey) -> Iterator[Token]:
    target = split_wikilink(token.meta["target"])
    label = wikilink_label(target, token.meta["alias"]) or token.meta["target"]
    if token.type == "embed" and not is_note_target(target.name):
        yield from _wrapped(label, {"class": "image"})
    else:
        yield from _wrapped(label, _place(link_key(target.name), target.heading))


def _with_urls(token: Token) -> Iterator[Token]:
    """Addresses that stand in the text as they are become links."""
    end = 0
    for match in BARE_URL.finditer(token.content):
        if match.group().startswith(("https://", "http://")):
            yield Token("text", "", 0, content=token.content[end : match.start()])
            yield from _wrapped(match.group(), {"href": match.group(), "target": "_blank"})
            end = match.end()
    yield Token("text", "", 0, content=token.content[end:])


def _wrapped(text: str, attributes: dict[str, str]) -> Iterator[Token]:
    tag = "a" if "href" in attributes else "span"
    yield Token("link_open", tag, 1, attrs={**attributes})
    yield Token("text", "", 0, content=text)
    yield Token("link_close", tag, -1)


def _where_to(href: str, link_key: LinkKey) -> dict[str, str]:
    """The attributes of a Markdown link."""
    if _SCHEME.match(href) or href.startswith("//"):
        return {"href": href, "target": "_blank"}
    name, _, heading = mdurl.decode(href).partition("#")
    return _place(link_key(name.partition("?")[0]), heading)


def _place(key: str | None, heading: str | None) -> dict[str, str]:
    """The attributes of a link to a heading of a note, or to its beginning."""
    if key is None:
        return {"class": "unresolved"}
    place = "/" + mdurl.encode(heading, "-_.!~*'()", keep_escaped=False) if heading else ""
    return {"href": f"#/note/{key}{place}"}


def _picture_rule(
    renderer: object, tokens: Sequence[Token], index: int, options: object, env: dict[str, object]
) -> str:
    """Pictures are not loaded: their text stands in their place."""
    token = tokens[index]
    name = token.content or mdurl.decode(str(token.attrs.get("src", ""))).rpartition("/")[2]
    return f'<span class="image">{escape(name)}</span>'
