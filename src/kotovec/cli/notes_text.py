"""Notes in words: titles that a terminal shows safely, columns in every script, reasons on one line each."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kotovec.notes.answers import Entry
    from kotovec.notes.reasons import Why

_WIDEST = 44  # columns of a title
_TERMS = 6  # shown of each kind


def safe(text: str) -> str:
    """The same on one line, with `?` for control characters: a title must not steer the terminal."""
    return "".join("?" if unicodedata.category(letter) in ("Cc", "Cf", "Cs", "Zl", "Zp") else letter for letter in text)


def width(text: str) -> int:
    """How many columns of a terminal a text takes."""
    return sum(
        0 if unicodedata.combining(letter) else 2 if unicodedata.east_asian_width(letter) in "WF" else 1
        for letter in text
    )


def padded(text: str, columns: int) -> str:
    """A text in so many columns; a longer one ends with `…`."""
    if width(text) > columns:
        while width(text) > columns - 1:
            text = text[:-1]
        text += "…"
    return text + " " * (columns - width(text))


def note_lines(rows: Sequence[tuple[float | None, str, str, Sequence[str]]]) -> list[str]:
    """Lines of score, title and path, each followed by more of its own, indented."""
    rows = [(score, safe(title), safe(path), more) for score, title, path, more in rows]
    columns = min(_WIDEST, max((width(title) for _, title, _, _ in rows), default=0))
    lines = []
    for score, title, path, more in rows:
        lines.append(("" if score is None else f"{score:5.1f}  ") + f"{padded(title, columns)}  {path}")
        lines += [" " * (0 if score is None else 7) + "  " + line for line in more]
    return lines


def why_lines(why: Why | None, entries: Sequence[Entry]) -> list[str]:
    """Reasons, a line for each kind that there is."""
    if why is None:
        return []
    names = {"the other one here": why.named_here, "this one there": why.named_there}
    kinds = {
        "by name": [place for place, named in names.items() if named],
        "same words": [term for term, _ in why.shared],
        "near words": [f"{here} ~ {there}" for here, there, _ in why.near],
        "links to both": [entries[note].title for note in why.links],
        "tags": ["#" + tag for tag in why.tags],
        "sections": [" / ".join(part or "(beginning)" for part in why.section)] if why.section else [],
    }
    return [f"{kind}: {safe(', '.join(found[:_TERMS]))}" for kind, found in kinds.items() if found]


def why_dict(why: Why | None, entries: Sequence[Entry]) -> dict[str, Any] | None:
    """Reasons as plain values; notes by path."""
    if why is None:
        return None
    return {
        "shared": [[term, round(float(weight), 4)] for term, weight in why.shared],
        "near": [[here, there, round(float(similarity), 4)] for here, there, similarity in why.near],
        "links": [entries[note].path for note in why.links],
        "tags": list(why.tags),
        "named_here": why.named_here,
        "named_there": why.named_there,
        "section": list(why.section) if why.section else None,
    }


def many(number: int, noun: str) -> str:
    """`1 note`, `2 notes`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
