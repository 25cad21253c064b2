"""A vault for the tests of the page: the facade of kotovec.notes, over plain files, without any learning.

It is quick, and what it answers can be foreseen: notes are related by the words that they share.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from kotovec.errors import KotovecError


@dataclass
class Entry:
    key: str
    path: str
    title: str
    n_words: int
    n_links: int
    tags: tuple[str, ...]


@dataclass
class Why:
    shared: list[tuple[str, float]]
    near: list[tuple[str, str, float]]
    links: list[int]
    tags: list[str]
    section: tuple[str, str] | None


@dataclass
class Related:
    note: int
    score: float
    linked: bool
    why: Why


@dataclass
class RelatedNotes:
    items: list[Related]
    hidden: int


@dataclass
class Found:
    note: int
    score: float
    snippet: str
    terms: list[str]


@dataclass
class Suggestion:
    a: int
    b: int
    score: float
    why: Why


@dataclass
class VaultMap:
    x: np.ndarray
    y: np.ndarray
    cluster: np.ndarray
    names: list[str]


@dataclass
class UpdateReport:
    added: int = 0
    changed: int = 0
    removed: int = 0
    renamed: int = 0


@dataclass
class FileStatus:
    path: str
    state: str
    reason: str = ""
    warnings: tuple[str, ...] = ()
    n_words: int = 0
    size: int = 0


@dataclass
class Status:
    files: list[FileStatus] = field(default_factory=list)


class FakeVault:
    def __init__(self, root: Path) -> None:
        self.root = root
        self.name = root.name
        self.trouble: Exception | None = None
        self._read()

    def _read(self) -> None:
        paths = sorted(path for path in self.root.rglob("*.md"))
        self._files = {path.relative_to(self.root).as_posix(): path.read_bytes() for path in paths}
        self._words = [set(re.findall(r"\w{4,}", data.decode().casefold())) for data in self._files.values()]
        self.entries = [self._entry(path, data.decode()) for path, data in self._files.items()]
        stems = {Path(entry.path).stem: i for i, entry in enumerate(self.entries)}
        targets = [re.findall(r"\[\[([^\]|#]+)", data.decode()) for data in self._files.values()]
        self._links = [{stems[t] for t in of_note if t in stems} for of_note in targets]

    def _entry(self, path: str, text: str) -> Entry:
        title = re.match(r"# (.+)", text)
        key = hashlib.blake2b(path.encode(), digest_size=6).hexdigest()
        tags = tuple(re.findall(r"#(\w+)", text))
        return Entry(key, path, title[1] if title else Path(path).stem, len(text.split()), text.count("[["), tags)

    def by_key(self, key: str) -> int:
        for i, entry in enumerate(self.entries):
            if entry.key == key:
                return i
        raise KotovecError(f"no note has the key {key}")

    def resolve(self, target: str, from_path: str) -> int | None:
        name = target.removesuffix(".md")
        return next((i for i, e in enumerate(self.entries) if name in (Path(e.path).stem, e.title)), None)

    def _why(self, a: int, b: int) -> Why:
        shared = sorted(self._words[a] & self._words[b])
        both = sorted(self._links[a] & self._links[b])
        tags = sorted(set(self.entries[a].tags) & set(self.entries[b].tags))
        return Why([(w, 1.0) for w in shared[:8]], [("raven", "crow", 0.8)], both, tags, ("Here", "There"))

    def related(self, note: int, n: int = 10, filter: str = "unlinked", why: bool = True) -> RelatedNotes:
        items = []
        for i in range(len(self.entries)):
            linked = i in self._links[note] or note in self._links[i]
            if i != note:
                common = len(self._words[note] & self._words[i])
                items.append(Related(i, 100.0 * common / (common + 5), linked, self._why(note, i)))
        kept = [item for item in items if filter == "all" or item.linked == (filter == "linked")]
        kept.sort(key=lambda item: -item.score)
        return RelatedNotes(kept[:n], len(items) - len(kept))

    def search(self, text: str, n: int = 20) -> list[Found]:
        asked = text.casefold().split()
        found = []
        for i, data in enumerate(self._files.values()):
            words = data.decode().casefold()
            hits = [word for word in asked if word in words or word in self.entries[i].title.casefold()]
            if hits:
                found.append(Found(i, 100.0 * len(hits) / len(asked), data.decode()[:120], hits))
        return sorted(found, key=lambda hit: -hit.score)[:n]

    def suggest(self, n: int = 20) -> list[Suggestion]:
        pairs = [(a, b) for a in range(len(self.entries)) for b in range(a)]
        unlinked = [(a, b) for a, b in pairs if b not in self._links[a] and a not in self._links[b]]
        return [Suggestion(a, b, 90.0, self._why(a, b)) for a, b in unlinked[:n]]

    def map(self) -> VaultMap:
        n = len(self.entries)
        turn = np.arange(n, dtype=np.float32) * np.float32(2 * np.pi / max(n, 1))
        return VaultMap(np.cos(turn), np.sin(turn), np.arange(n) % 2, ["birds", "trees"])

    def update(self) -> UpdateReport:
        if self.trouble:
            raise self.trouble
        before = self._files
        self._read()
        both = before.keys() & self._files.keys()
        changed = sum(before[path] != self._files[path] for path in both)
        return UpdateReport(len(self._files) - len(both), changed, len(before) - len(both))

    def status(self) -> Status:
        indexed = [FileStatus(e.path, "indexed", n_words=e.n_words) for e in self.entries]
        return Status([*indexed, FileStatus("odd.md", "skipped", "larger than 50 MB")])

    def text_of(self, note: int) -> str:
        return (self.root / self.entries[note].path).read_text()
