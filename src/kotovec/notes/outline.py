"""The sections of a note at a glance: for reasons, where reading each note in full would take longer than all else."""

from __future__ import annotations

import re

from kotovec.notes.note import Section

FRONT_MATTER = re.compile(r"(---|\+\+\+)[ \t]*\n.*?\n(?:\1|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_FENCED = re.compile(r"^[ \t]*(```+|~~~+).*?(?:^[ \t]*\1[`~]*[ \t]*$|\Z)", re.DOTALL | re.MULTILINE)
_ADDRESS = re.compile(r"\]\([^)\n]*\)|https?://\S+")
_HEADING = re.compile(r"^ {0,3}(#{1,6})[ \t]+(.*?)[ \t]*#*[ \t]*$", re.MULTILINE)
_READ = 100_000  # characters of a note that are looked at


def outline(text: str) -> list[Section]:
    """What stands under each `#` heading of Markdown, marks and all, without front matter, code blocks, addresses."""
    found = FRONT_MATTER.match(text)
    body = _ADDRESS.sub("]", _FENCED.sub("", text[found.end() if found else 0 :][:_READ]))
    sections, heading, level, start = [], "", 0, 0
    for match in _HEADING.finditer(body):
        sections.append(Section(heading, level, body[start : match.start()]))
        heading, level, start = match[2], len(match[1]), match.end()
    sections.append(Section(heading, level, body[start:]))
    return [section for section in sections if section.heading or section.text.strip()]
