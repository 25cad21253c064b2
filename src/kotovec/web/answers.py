"""What the page asks of a vault, as plain values for JSON.

Two threads ask (see `desk`): `map` and `suggest`, which take seconds where there are many notes, beside all the rest.
A vault can be read by both; what changes it, `update`, is put off while a long answer is worked out.
"""

from __future__ import annotations

import threading
from functools import cached_property
from typing import TYPE_CHECKING, Any

from kotovec._version import __version__
from kotovec.errors import KotovecError
from kotovec.notes.answers import UpdateReport
from kotovec.notes.front_matter import read_front_matter
from kotovec.notes.wikilinks import Wikilinks
from kotovec.web.render import LinkKey, render

if TYPE_CHECKING:
    from kotovec.notes.answers import LinkFilter
    from kotovec.notes.reasons import Why
    from kotovec.notes.vault import Vault


class MissingNote(KotovecError):
    """A key that no note of the vault has (any more)."""


class Answers:
    """A vault as the page sees it. `update` is the only way from one state of the vault to the next."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault
        self._state = _State(vault)
        self._same = threading.Lock()  # who holds it relies on the state

    def update(self) -> UpdateReport:
        """Read what changed in the vault's folder; nothing, for now, while a long answer is worked out."""
        if not self._same.acquire(blocking=False):
            return UpdateReport()
        try:
            report = self._vault.update()
            if report.any:
                self._state = _State(self._vault)
            return report
        finally:
            self._same.release()

    def about(self) -> dict[str, Any]:
        """The vault's name, its number of notes, and this version."""
        return {"name": self._vault.name, "n_notes": len(self._vault.entries), "version": __version__}

    def notes(self, first: int, n: int) -> dict[str, Any]:
        """Notes by title, `n` of them from `first` on."""
        order = self._state.by_title
        return {"total": len(order), "notes": [self._state.named(note) for note in order[first : first + n]]}

    def search(self, text: str, n: int) -> dict[str, Any]:
        """The notes that `text` finds, best first."""
        found = self._vault.search(text, n) if text.strip() else []
        hits = [
            self._state.named(hit.note) | {"score": hit.score, "snippet": hit.snippet, "terms": list(hit.terms)}
            for hit in found
        ]
        return {"query": text, "found": hits}

    def note(self, key: str) -> dict[str, Any]:
        """A note with its rendered text."""
        note = self._index(key)
        entry = self._vault.entries[note]
        text, markdown = self._vault.text_of(note), entry.path.endswith((".md", ".markdown"))
        if markdown:
            text = read_front_matter(text).body
        shown = render(text, entry.title, self._link_key(note), markdown=markdown)
        more = {"html": shown.html, "cut": shown.cut, "tags": list(entry.tags), "n_words": entry.n_words}
        return self._state.named(note) | more

    def related(self, key: str, filter: LinkFilter, n: int) -> dict[str, Any]:
        """What is related to a note, and how many notes the filter hides."""
        answer = self._vault.related(self._index(key), n, filter, why=True)
        items = [
            self._state.named(item.note) | {"score": item.score, "linked": item.linked, "why": self._why(item.why)}
            for item in answer.items
        ]
        return {"items": items, "hidden": answer.hidden}

    def suggest(self, n: int) -> dict[str, Any]:
        """The pairs of notes that most deserve a link."""
        with self._same:
            named, known = self._state.named, self._state.suggestions
            if n not in known:
                known[n] = [
                    {"a": named(pair.a), "b": named(pair.b), "score": pair.score, "why": self._why(pair.why)}
                    for pair in self._vault.suggest(n)
                ]
            return {"pairs": known[n]}

    def map(self) -> dict[str, Any]:
        """Where each note stands, and in which cluster; `names` by cluster."""
        with self._same:
            return self._state.map

    def status(self) -> dict[str, Any]:
        """What was indexed, what was not, and why."""
        status = self._vault.status()
        files = [
            {
                "path": file.path,
                "state": file.state,
                "reason": file.reason,
                "warnings": list(file.warnings),
                "n_words": file.n_words,
                "key": self._state.keys.get(file.path),
            }
            for file in status.files
        ]
        facts = ("n_notes", "n_words", "text_size", "index", "index_size", "indexed_at", "version", "vectors", "tuned")
        return {"files": files} | {name: getattr(status, name) for name in facts}

    def _index(self, key: str) -> int:
        try:
            return self._vault.by_key(key)
        except KotovecError as error:
            raise MissingNote("no note of the vault has this key", found=key) from error

    def _link_key(self, note: int) -> LinkKey:
        """Where links in the text of `note` lead."""
        entries = self._vault.entries

        def key(target: str) -> str | None:
            found = self._vault.resolve(target, entries[note].path) if target else note
            return None if found is None else entries[found].key

        return key

    def _why(self, why: Why | None) -> dict[str, Any] | None:
        if why is None:
            return None
        return {
            "shared": [term for term, _ in why.shared],
            "near": [[here, there] for here, there, _ in why.near],
            "links": [self._state.named(note) for note in why.links],
            "tags": list(why.tags),
            "named": [why.named_here, why.named_there],
            "section": list(why.section) if why.section else None,
        }


class _State:
    """What is computed once for a state of the vault, where it is asked for."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault
        self.suggestions: dict[int, list[dict[str, Any]]] = {}  # by their number

    @cached_property
    def by_title(self) -> list[int]:
        entries = self._vault.entries
        return sorted(range(len(entries)), key=lambda note: (entries[note].title.casefold(), entries[note].path))

    @cached_property
    def keys(self) -> dict[str, str]:
        return {entry.path: entry.key for entry in self._vault.entries}

    @cached_property
    def wikilinks(self) -> Wikilinks:
        return Wikilinks(entry.path for entry in self._vault.entries)

    @cached_property
    def map(self) -> dict[str, Any]:
        placed, entries = self._vault.map(), self._vault.entries
        return {
            "keys": [entry.key for entry in entries],
            "titles": [entry.title for entry in entries],
            "x": [round(float(x), 4) for x in placed.x],
            "y": [round(float(y), 4) for y in placed.y],
            "cluster": [int(cluster) for cluster in placed.cluster],
            "names": list(placed.names),
        }

    def named(self, note: int) -> dict[str, Any]:
        """How every list names a note: key, title, path, and the text that links to it."""
        entry = self._vault.entries[note]
        return {
            "key": entry.key,
            "title": entry.title,
            "path": entry.path,
            "wikilink": self.wikilinks.to(entry.path, entry.title),
        }
