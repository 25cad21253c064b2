"""What is known of a few notes after they were read: what a process that reads notes hands back."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

from kotovec.errors import MissingExtraError
from kotovec.notes.fields import Analyzed, analyze
from kotovec.notes.link_block import without_block
from kotovec.notes.note import Note
from kotovec.notes.reading import Skipped, digest, parse_note, read_bytes
from kotovec.notes.terms import Analyzer, character_pairs, japanese_segmenter


class Facts(NamedTuple):
    """Of a note, what is neither its terms nor on its file: names, links as they are written, what was odd."""

    title: str
    aliases: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    identity: str | None = None  # `id` in the front matter
    links: tuple[tuple[str, str], ...] = ()  # kind and target
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """One file that was read. Without `analyzed` it is no note of the index, and `reason` says why."""

    path: str
    digest: bytes  # 16 bytes; empty where it could not be read
    reason: str = ""
    facts: Facts | None = None
    analyzed: Analyzed | None = None


class Intake:
    """Reads notes of one vault."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._analyzer = analyzer()

    def read(self, paths: Sequence[str]) -> list[Reading]:
        """What is known of these notes, in their order."""
        return [self.read_one(path) for path in paths]

    def read_one(self, path: str) -> Reading:
        """What is known of one note; whatever is wrong with it is said in the answer.

        MissingExtraError where a package is missing, which is wrong with all of them.
        """
        data = read_bytes(self._root, path)
        if isinstance(data, Skipped):
            return Reading(path, b"", data.reason)
        try:
            note = parse_note(without_block(data), path)
            if note.excluded:
                return Reading(path, digest(data), EXCLUDED)
            return Reading(path, digest(data), "", _facts(note), analyze(note, self._analyzer))
        except MissingExtraError:
            raise
        except Exception as error:  # one note must not keep the others out
            text = f"unexpected {type(error).__name__}: {error}"[:200]
            return Reading(path, digest(data), f"it could not be parsed ({text}); please report it")


def check_extras() -> None:
    """MissingExtraError where a package that reading Markdown needs is not there."""
    parse_note(b"---\ntitle: a\n---\ntext\n", "a.md")


EXCLUDED = "its front matter asks to be left out"


def analyzer() -> Analyzer:
    """What makes terms of text; MeCab is loaded at the first Japanese word."""
    if not japanese_is_installed():
        return Analyzer()

    def segment(run: str) -> list[str]:
        known = japanese_segmenter()
        return character_pairs(run) if known is None else known(run)

    return Analyzer(segment)


def japanese_is_installed() -> bool:
    """Whether the `ja` extra is there."""
    return find_spec("fugashi") is not None


def _facts(note: Note) -> Facts:
    links = tuple((link.kind, link.target.replace("\n", " ")) for link in note.links)
    return Facts(note.title, note.aliases, note.tags, note.properties.get("id"), links, note.warnings)


def to_bytes(readings: Sequence[Reading]) -> bytes:
    """For a pipe."""
    rows = [[r.path, r.digest.hex(), r.reason, r.facts, r.analyzed and _values(r.analyzed)] for r in readings]
    return json.dumps(rows, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")


def from_bytes(data: bytes, words: dict[str, str]) -> list[Reading]:
    """From a pipe; equal words become one object, kept in `words`."""
    return [
        Reading(
            path,
            bytes.fromhex(digest),
            reason,
            Facts(*_frozen(facts, words)) if facts else None,
            Analyzed(*_frozen(analyzed, words)) if analyzed else None,
        )
        for path, digest, reason, facts, analyzed in json.loads(data.decode("utf-8", "surrogatepass"))
    ]


def _values(row: Analyzed) -> list[Any]:
    return [getattr(row, name) for name in row.__slots__]


def _frozen(value: list[Any], words: dict[str, str]) -> tuple[Any, ...]:
    """Lists as tuples, at any depth, with one object for equal strings."""
    if value and all(type(item) is str for item in value):
        return tuple(map(words.setdefault, value, value))
    return tuple(_frozen(item, words) if isinstance(item, list) else item for item in value)
