"""How a note is linked to from another one: `[[name]]`, with the path where two notes share a name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import PurePosixPath

from kotovec.notes.link_syntax import NOTE_SUFFIXES

_NOT_IN_WIKILINKS = set("[]|#^\n")


class Wikilinks:
    """The links to the notes of a vault, given their paths (with `/`, relative to it)."""

    def __init__(self, paths: Iterable[str]) -> None:
        self._count = Counter(_stem(path).casefold() for path in paths)

    def to(self, path: str, title: str) -> str:
        """A link that Obsidian, Foam and Logseq resolve; a Markdown link where the name cannot stand in a wikilink.

        The file's name is what counts there, so a title that differs stands behind `|`.
        """
        stem = _stem(path)
        target = stem if self._count[stem.casefold()] < 2 else path.removesuffix(".md")
        shown = " ".join(title.split())
        if _NOT_IN_WIKILINKS & set(target):
            return f"[{shown.replace('[', '(').replace(']', ')')}](<{path}>)"
        if shown == target or _NOT_IN_WIKILINKS & set(shown):
            return f"[[{target}]]"
        return f"[[{target}|{shown}]]"


def _stem(path: str) -> str:
    name = PurePosixPath(path).name
    return PurePosixPath(name).stem if name.endswith(NOTE_SUFFIXES) else name
