"""A vault for the tests of the page: the facade of kotovec.notes, over plain files, without any learning.

It is quick, and what it answers can be foreseen: notes are related by the words that they share.
"""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import numpy as np

from kotovec.errors import KotovecError
from kotovec.notes.answers import Entry, FileStatus, Found, Related, RelatedNotes, Status, Suggestion, UpdateReport
from kotovec.notes.names import NameIndex
from kotovec.notes.reasons import Why
from kotovec.notes.vault_map import VaultMap


class FakeVault:
    def __init__(self, root: Path) -> None:
        self.root = root
        self.name = root.name
        self.updated = UpdateReport()
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
        paths = [entry.path for entry in self.entries]
        place = NameIndex(paths, [entry.title for entry in self.entries]).find(target, from_path)
        return place[0] if place else None

    def _why(self, a: int, b: int) -> Why:
        shared = sorted(self._words[a] & self._words[b])
        both = sorted(self._links[a] & self._links[b])
        tags = sorted(set(self.entries[a].tags) & set(self.entries[b].tags))
        return Why(
            [(w, 1.0) for w in shared[:8]], [("raven", "crow", 0.8)], both, tags, False, b == 0, ("Here", "There")
        )

    def related(self, note: int, n: int = 10, filter: str = "unlinked", why: bool = True) -> RelatedNotes:
        items = []
        for i in range(len(self.entries)):
            linked = i in self._links[note] or note in self._links[i]
            if i != note:
                items.append(self._related(note, i, linked))
        kept = [item for item in items if filter == "all" or item.linked == (filter == "linked")]
        kept.sort(key=lambda item: -item.score)
        return RelatedNotes(kept[:n], len(items) - len(kept))

    def _related(self, note: int, other: int, linked: bool) -> Related:
        entry, common = self.entries[other], len(self._words[note] & self._words[other])
        score = 100.0 * common / (common + 5)
        return Related(other, entry.key, entry.path, entry.title, score, linked, self._why(note, other))

    def search(self, text: str, n: int = 20) -> list[Found]:
        asked = text.casefold().split()
        found = []
        for i, data in enumerate(self._files.values()):
            words = data.decode().casefold()
            hits = [word for word in asked if word in words or word in self.entries[i].title.casefold()]
            if hits:
                e, score = self.entries[i], 100.0 * len(hits) / len(asked)
                found.append(Found(i, e.key, e.path, e.title, score, data.decode()[:120], hits))
        return sorted(found, key=lambda hit: -hit.score)[:n]

    def suggest(self, n: int = 20) -> list[Suggestion]:
        pairs = [(a, b) for a in range(len(self.entries)) for b in range(a)]
        unlinked = [(a, b) for a, b in pairs if b not in self._links[a] and a not in self._links[b]]
        return [Suggestion(a, b, 90.0, self._why(a, b)) for a, b in unlinked[:n]]

    def map(self) -> VaultMap:
        n = len(self.entries)
        turn = np.arange(n, dtype=np.float32) * np.float32(2 * np.pi / max(n, 1))
        return VaultMap(np.cos(turn), np.sin(turn), np.arange(n, dtype=np.int64) % 2, ["birds", "trees"])

    def update(self) -> UpdateReport:
        if self.trouble:
            raise self.trouble
        before = self._files
        self._read()
        both = before.keys() & self._files.keys()
        changed = sum(before[path] != self._files[path] for path in both)
        return UpdateReport(len(self._files) - len(both), changed, len(before) - len(both))

    def status(self) -> Status:
        files = [FileStatus(e.path, "indexed", n_words=e.n_words) for e in self.entries]
        files.append(FileStatus("huge.md", "skipped", "larger than 50 MB"))
        n_words = sum(e.n_words for e in self.entries)
        return Status(files, len(self.entries), n_words, 1000, None, 0, 1.0, "0", None, False)

    def text_of(self, note: int) -> str:
        return (self.root / self.entries[note].path).read_text()
