"""Which note each link means. Loops, and links of a note to itself, are links like any other."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from kotovec.notes.names import NameIndex
from kotovec.notes.note import LinkKind, Note


class WrittenLink(Protocol):
    """What of a link is needed to find its note: an index need not store more."""

    @property
    def kind(self) -> LinkKind:
        """How it was written."""

    @property
    def target(self) -> str:
        """What it names."""


@dataclass(frozen=True, slots=True)
class LinkTable:
    """`targets[note]` has one entry per link of that note: the index of the note it points to, or -1."""

    targets: tuple[tuple[int, ...], ...]


def resolve(notes: Sequence[Note]) -> LinkTable:
    """Look up every link of every note; a note's index is its place in `notes`."""
    resolver = Resolver(name_index(notes))
    return LinkTable(tuple(resolver.targets(note.links, note.path) if note.links else () for note in notes))


def name_index(notes: Sequence[Note]) -> NameIndex:
    """The index of the names of `notes`."""
    return NameIndex(
        [note.path for note in notes],
        [note.title for note in notes],
        [note.aliases for note in notes],
        [note.properties.get("id") for note in notes],
    )


class Resolver:
    """Resolves the links of one note after another; what was looked up once is remembered."""

    def __init__(self, names: NameIndex) -> None:
        self._names = names
        self._known: dict[tuple[bool, str, str], int] = {}
        self._anywhere: dict[str, int] = {}  # wikilinks that mean the same from every folder

    def targets(self, links: Iterable[WrittenLink], from_path: str) -> tuple[int, ...]:
        """For each link of the note at `from_path`, the index of the note it points to, or -1."""
        folder = posixpath.dirname(from_path)
        return tuple([self._resolve(link.kind == "markdown", link.target, folder, from_path) for link in links])

    def _resolve(self, is_path: bool, target: str, folder: str, from_path: str) -> int:
        if not is_path and target in self._anywhere:
            return self._anywhere[target]
        key = (is_path, target, folder)
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = self._look_up(is_path, target, from_path)
        return found

    def _look_up(self, is_path: bool, target: str, from_path: str) -> int:
        if is_path:
            return self._names.find_path(target, from_path)
        found = self._names.find(target, from_path)
        if len(found) < 2 and not target.startswith("."):
            self._anywhere[target] = found[0] if found else -1
        return found[0] if found else -1
