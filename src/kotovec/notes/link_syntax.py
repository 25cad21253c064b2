"""What a link says about its target, before anything is looked up: one reading for Markdown, plain text and org."""

from __future__ import annotations

import re
from typing import NamedTuple

NOTE_SUFFIXES = (".md", ".markdown", ".txt", ".org")
WIKILINK = re.compile(r"\[\[(?P<target>[^\[\]\n|]*)(?:\|(?P<alias>(?:[^\[\]\n]|\[[^\[\]\n]*\])*))?\]\]")
BARE_URL = re.compile(r"(?<![A-Za-z0-9.+-])[A-Za-z][A-Za-z0-9.+-]{1,11}://[^\s<>`\"\[\]]*[^\s<>`\".,;:!?)\[\]*_']")
_PERCENT = re.compile(r"(?:%[0-9A-Fa-f]{2})+")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9.+-]+:")
_ATTACHMENT = re.compile(
    r"\.(?:png|jpe?g|gif|svg|webp|bmp|tiff?|ico|avif|heic|mp[34]|m4[av]|mov|mkv|webm|ogg|ogv|wav|flac|3gp|opus"
    r"|pdf|docx?|xlsx?|pptx?|odt|ods|epub|zip|gz|tar|7z|csv|tsv|canvas|base)$",
    re.IGNORECASE,
)


class Target(NamedTuple):
    """Where a link points: a name or a path, and the heading there."""

    name: str
    heading: str | None


def split_wikilink(inner: str) -> Target:
    r"""`Note#Heading`, `Note#^block`, `Note#A#B` (the last counts); `\` before `|` in a table is no part of it."""
    name, _, heading = inner.rstrip("\\").partition("#")
    heading = heading.rpartition("#")[2].strip()
    return Target(name.strip(), heading if heading and not heading.startswith("^") else None)


def wikilink_label(target: Target, alias: str | None) -> str:
    """What a reader sees of a wikilink: its alias, else `Note`, `Note > Heading` or `Heading`."""
    if alias is not None and alias.strip():
        return alias.strip()
    return " > ".join(part for part in target if part)


def markdown_target(href: str) -> Target | None:
    """The target of a Markdown link, decoded from %20 and the like; None if it is outside, or within the same note."""
    if _SCHEME.match(href) or href.startswith(("//", "#", "?")):
        return None
    path, _, heading = href.partition("#")
    name = percent_decoded(path.partition("?")[0]).strip()
    return Target(name, percent_decoded(heading) or None) if is_note_target(name) else None


def percent_decoded(text: str) -> str:
    """`%20` as a blank, and so on; bytes that are no UTF-8 as U+FFFD."""
    if "%" not in text:
        return text
    return _PERCENT.sub(lambda match: bytes.fromhex(match.group().replace("%", "")).decode("utf-8", "replace"), text)


def is_note_target(name: str) -> bool:
    """Whether a note may go by this name: not an empty one, nor that of an image or another attachment."""
    return bool(name) and "\0" not in name and not _ATTACHMENT.search(name)
