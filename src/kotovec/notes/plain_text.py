"""Plain text (.txt, and Markdown too long to parse): as it stands, with its wikilinks and tags."""

from __future__ import annotations

import re

from kotovec.notes.link_syntax import WIKILINK, is_note_target, split_wikilink, wikilink_label
from kotovec.notes.markdown_rules import TAG
from kotovec.notes.text_buffer import NoteWriter

_TAG = TAG.pattern.replace("<target>", "<tag>")
# each alternative begins with a letter of its own, so that the search skips what cannot begin one
_MARK = re.compile(rf"{WIKILINK.pattern}|{_TAG}|https?://[^\s<>`\"\[\]]*[^\s<>`\".,;:!?)\[\]*_']")


def write_plain_text(text: str, writer: NoteWriter) -> None:
    """Hand `text` to `writer`; wikilinks show their alias or target, URLs are left out."""
    position = 0
    for match in _MARK.finditer(text):
        start = match.start()
        embed = text[start] == "[" and text[start - 1 : start] == "!"
        writer.add(text[position : start - embed])
        position = match.end()
        if text[start] == "[":
            _write_link(match, embed, writer)
        elif text[start] == "#":
            writer.add(match.group())
            if not match.group("tag").isdigit() and not text[start - 1 : start].strip():
                writer.add_tag(match.group("tag"))
    writer.add(text[position:])


def _write_link(match: re.Match[str], embed: bool, writer: NoteWriter) -> None:
    target = split_wikilink(match.group("target"))
    visible = "" if embed else wikilink_label(target, match.group("alias"))
    if is_note_target(target.name):
        writer.add_link("embed" if embed else "wiki", *target, visible=visible)
    else:
        writer.add(visible)
