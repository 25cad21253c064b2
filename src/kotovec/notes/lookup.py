"""From what a person calls a note to the note: a path, a title, an alias; near names where there is none."""

from __future__ import annotations

import difflib
import os
from collections.abc import Sequence
from pathlib import Path

from kotovec.errors import NoteError
from kotovec.notes.answers import Entry
from kotovec.notes.names import NameIndex, fold, without_suffix

_NEAR = 5  # names shown


def find_note(name: str, root: Path, entries: Sequence[Entry], names: NameIndex) -> int:
    """The number of the note; NoteError, with near names, where there is none of this name or several."""
    at = {entry.path: note for note, entry in enumerate(entries)}
    for path in _paths(name, root):
        if path in at:
            return at[path]
    found = names.find(name) if name.strip() else []
    exact = [note for note in found if name in (entries[note].path, without_suffix(entries[note].path))]
    if len(found) == 1 or exact:
        return (exact or found)[0]
    if found:
        shown = ", ".join(entries[note].path for note in found[:_NEAR])
        raise NoteError(f"{name!r} may be {len(found)} notes", hint=f"name one by its path: {shown}")
    near = near_names(name, entries)
    raise NoteError(f"no note is called {name!r}", hint="near names: " + ", ".join(near) if near else None)


def _paths(name: str, root: Path) -> list[str]:
    """What a path from the current folder, or an absolute one, is within the vault."""
    try:
        real = os.path.realpath(name)
        path = os.path.relpath(real, root)
    except (OSError, ValueError):  # another drive; a NUL
        return []
    return [] if path.startswith("..") else [path.replace(os.sep, "/")]


def near_names(name: str, entries: Sequence[Entry]) -> list[str]:
    """Titles and paths that look like `name`: those that hold it first, then those that share letters with it."""
    wanted = fold(name.strip())
    if not wanted:
        return []
    folded: dict[str, str] = {}
    for entry in entries:
        folded.setdefault(fold(entry.title), entry.title)
        stem = without_suffix(entry.path)
        folded.setdefault(fold(stem), entry.path)
        folded.setdefault(fold(stem.rpartition("/")[2]), entry.path)
    within = sorted((text for text in folded if wanted in text), key=len)[:_NEAR]
    alike = difflib.get_close_matches(wanted, folded, n=_NEAR, cutoff=0.6)
    return list(dict.fromkeys(folded[text] for text in [*within, *alike]))[:_NEAR]
