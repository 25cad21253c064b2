"""The line of a note that a search is shown by: raw text, lightly cleaned, with most of the words looked for."""

from __future__ import annotations

import re
from collections.abc import Sequence

_WIDTH = 160  # characters
_READ = 100_000  # characters of a note that are looked at
_MARKS = re.compile(r"^[\s>#*+-]+|[*_`~=]{2,}|!?\[\[(?:[^\]|]*\|)?|\]\]|\]\([^)]*\)|!?\[(?!\[)")


def snippet(text: str, terms: Sequence[str]) -> str:
    """At most about 160 characters around the words that begin with the most of `terms`, casefolded; "" for none."""
    lines = text[:_READ].split("\n")
    wanted = [term.casefold() for term in terms]
    best = max(range(len(lines)), key=lambda at: (_hits(lines[at], wanted), -at), default=0)
    if not wanted or not _hits(lines[best], wanted):
        return ""
    line = " ".join(_MARKS.sub("", lines[best]).split())
    folded = line.casefold()
    first = min((place for term in wanted if (place := folded.find(term)) >= 0), default=0)
    start = max(0, min(first - _WIDTH // 4, len(line) - _WIDTH))
    cut = line[start : start + _WIDTH]
    return ("…" if start else "") + cut.strip() + ("…" if start + _WIDTH < len(line) else "")


def _hits(line: str, wanted: Sequence[str]) -> int:
    folded = line.casefold()
    return sum(term in folded for term in wanted)
