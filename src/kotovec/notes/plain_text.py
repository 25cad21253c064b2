"""Plain text (.txt, and Markdown too long to parse): as it stands, with its wikilinks and tags."""

from __future__ import annotations

import re

from kotovec.notes.link_syntax import BARE_URL, WIKILINK, is_note_target, split_wikilink, wikilink_label
from kotovec.notes.markdown_rules import TAG
from kotovec.notes.text_buffer import NoteWriter

_TAG = TAG.pattern.replace("<target>", "<tag>")
_MARK = re.compile(rf"(?P<link>!?{WIKILINK.pattern})|(?P<url>{BARE_URL.pattern})|(?<!\S){_TAG}")


def write_plain_text(text: str, writer: NoteWriter) -> None:
    """Hand `text` to `writer`; wikilinks show their alias or target, URLs are left out."""
    position = 0
    for match in _MARK.finditer(text):
        writer.add(text[position : match.start()])
        position = match.end()
        if match.group("link"):
            _write_link(match, writer)
        elif not match.group("url"):
            writer.add(match.group())
            if not match.group("tag").isdigit():
                writer.add_tag(match.group("tag"))
    writer.add(text[position:])


def _write_link(match: re.Match[str], writer: NoteWriter) -> None:
    target, alias = split_wikilink(match.group("target")), match.group("alias")
    embed = match.group().startswith("!")
    visible = "" if embed else wikilink_label(target, alias)
    if is_note_target(target.name):
        writer.add_link("embed" if embed else "wiki", *target, visible=visible)
    else:
        writer.add(visible)
