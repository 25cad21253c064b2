"""Which note each link means. Loops, and links of a note to itself, are links like any other."""

from __future__ import annotations

import posixpath
from collections.abc import Sequence
from dataclasses import dataclass

from kotovec.notes.names import NameIndex
from kotovec.notes.note import LinkKind, Note


@dataclass(frozen=True, slots=True)
class LinkTable:
    """`targets[note]` has one entry per link of that note: the index of the note it points to, or -1."""

    targets: tuple[tuple[int, ...], ...]


def resolve(notes: Sequence[Note]) -> LinkTable:
    """Look up every link of every note; a note's index is its place in `notes`."""
    names = name_index(notes)
    resolver = Resolver(names)
    return LinkTable(
        tuple(
            tuple(resolver.resolve(link.kind, link.target, note.path) for link in note.links) if note.links else ()
            for note in notes
        )
    )


def name_index(notes: Sequence[Note]) -> NameIndex:
    """The index of the names of `notes`."""
    return NameIndex(
        [note.path for note in notes],
        [note.title for note in notes],
        [note.aliases for note in notes],
        [note.properties.get("id") for note in notes],
    )


class Resolver:
    """Resolves links by name and kind, for an index that stores only these; what was looked up once is remembered."""

    def __init__(self, names: NameIndex) -> None:
        self._names = names
        self._known: dict[tuple[bool, str, str], int] = {}

    def resolve(self, kind: LinkKind, target: str, from_path: str) -> int:
        """The index of the note that a link of `kind` in the note at `from_path` points to, or -1."""
        key = (kind == "markdown", target, posixpath.dirname(from_path))
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = self._look_up(kind, target, from_path)
        return found

    def _look_up(self, kind: LinkKind, target: str, from_path: str) -> int:
        if kind == "markdown":
            return self._names.find_path(target, from_path)
        return next(iter(self._names.find(target, from_path)), -1)
