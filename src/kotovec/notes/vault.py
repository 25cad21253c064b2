"""A vault: a folder of notes, its index, and what one can ask of it. The face of this package."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from kotovec.errors import BusyError, NoteError, OutputError, SourceError
from kotovec.events import Callback, Event
from kotovec.notes.answers import (
    Entry,
    Found,
    LinkFilter,
    Related,
    RelatedNotes,
    Status,
    Suggestion,
    UpdateReport,
)
from kotovec.notes.batch import analyzer
from kotovec.notes.duplicates import Copies, near_copies
from kotovec.notes.index import VaultIndex
from kotovec.notes.link_block import without_block, write_block
from kotovec.notes.links import resolve
from kotovec.notes.lookup import find_note
from kotovec.notes.names import NameIndex
from kotovec.notes.outline import outline
from kotovec.notes.ranking import Ranker
from kotovec.notes.reading import Skipped, decode, parse_note, read_bytes
from kotovec.notes.reasons import Glimpse, Why, best_sections, glimpse
from kotovec.notes.scan import Scan, check_not_empty
from kotovec.notes.settings import Settings, write_settings
from kotovec.notes.snippets import snippet
from kotovec.notes.state import State
from kotovec.notes.status import status_of
from kotovec.notes.suggest import Pair, suggest
from kotovec.notes.vault_map import VaultMap, draw_map

if TYPE_CHECKING:
    from kotovec.notes.evaluation import Evaluation
    from kotovec.notes.held_out import Hide
    from kotovec.notes.note import Note
    from kotovec.notes.terms import Analyzer
    from kotovec.notes.tuning import Report, Tuned

__all__ = ["Entry", "LinkFilter", "UpdateReport", "Vault", "Why"]


def _ignore(event: Event) -> None:
    """Take an event and say nothing."""


class Vault:
    """What one can ask of a folder of notes; for one thread. A note is a number, its place in `entries`.

    Numbers hold until the next `update` that changes something; `Entry.key` holds as long as the path.
    """

    def __init__(self, index: VaultIndex, state: State, *, must_keep: bool = False) -> None:
        self._index, self._state, self._must_keep = index, state, must_keep
        self.root = index.root
        self.name = index.root.name or str(index.root)
        self.updated = UpdateReport()  # what the latest update found

    def update(self, callback: Callback | None = None, *, anew: bool = False) -> UpdateReport:
        """Read what changed in the folder; `anew`: read everything again.

        Where the index cannot be written, the notes are held in memory, and `notices` says so. BusyError where
        another process writes it for long; NoteError where the folder cannot be listed.
        """
        report = callback or _ignore
        try:
            state, self.updated = self._index.update(self._state, report, anew=anew)
        except BusyError:
            raise
        except OutputError as error:
            if self._must_keep or self._index.folder is None:
                raise
            self._index.folder = None
            self._index.notice(f"the index is not kept: {error}")
            state, self.updated = self._index.update(self._state, report, anew=anew)
        if state.arrays is not self._state.arrays or state.catalog is not self._state.catalog:
            self._forget()
        self._state = state
        return self.updated

    def check_not_empty(self) -> None:
        """NoteError where the folder holds no file of a note; it says what else it holds."""
        if not self._state.catalog.records:
            check_not_empty(Scan([], list(self._state.skipped), self.updated.other_files), self.root)

    def remember(self, settings: Settings) -> None:
        """Take these rules, vectors and weights from now on, and in later runs where the index is kept."""
        index, old = self._index, self._index.weights
        index.settings = settings
        self._forget()
        try:
            if index.folder is not None:
                with index.locked():
                    write_settings(index.folder, settings)
            if index.weights != old and self._state.catalog.notes:
                self._state = replace(self._state, calibration=Ranker(self._state.arrays, index.weights).calibration)
                self._state = index.save(self._state)
        except BusyError:
            raise
        except OutputError as error:
            if self._must_keep:
                raise
            index.notice(f"what was told is not kept: {error}")

    @property
    def settings(self) -> Settings:
        """The rules, vectors and weights in force."""
        return self._index.settings

    def _forget(self) -> None:
        for name in ("entries", "_ranker", "_names", "_by_key", "_map"):
            self.__dict__.pop(name, None)

    @cached_property
    def entries(self) -> Sequence[Entry]:
        """All notes, sorted by path."""
        n_links = self._state.arrays.links[:, 0].tolist()
        counts = [0] * len(self._state.catalog.notes)
        for note in n_links:
            counts[note] += 1
        return [
            Entry(_key(record.path), record.path, facts.title, record.n_words, n, facts.tags)
            for record, n in zip(self._state.catalog.notes, counts, strict=True)
            if (facts := record.facts)
        ]

    @cached_property
    def _ranker(self) -> Ranker:
        return Ranker(self._state.arrays, self._index.weights, self._state.calibration)

    @cached_property
    def _names(self) -> NameIndex:
        return self._state.catalog.names

    @cached_property
    def _by_key(self) -> dict[str, int]:
        return {entry.key: note for note, entry in enumerate(self.entries)}

    def find(self, name: str) -> int:
        """The note of this path, title or alias, whatever the case; NoteError that names near ones."""
        return find_note(name, self.root, self.entries, self._names)

    def by_key(self, key: str) -> int:
        """The note of an `Entry.key`; NoteError where it is gone."""
        try:
            return self._by_key[key]
        except KeyError:
            raise NoteError("no note has this key", found=repr(key)) from None

    def resolve(self, target: str, from_path: str) -> int | None:
        """The note that a link in the note at `from_path` leads to, as it is written there; None for none."""
        found = self._names.find(target, from_path)
        place = found[0] if found else self._names.find_path(target, from_path)
        return place if place >= 0 else None

    def related(self, note: int, n: int = 10, filter: LinkFilter = "unlinked", why: bool = True) -> RelatedNotes:
        """The n notes most related to a note; with the filter `unlinked`, how many linked ones it hides."""
        ranking = self._ranker.related(note, filter, n)
        linked = set(self._ranker.graph.neighbours(note).tolist())
        here = self._glimpse(note) if why else Glimpse([])
        items = []
        for other, score in zip(ranking.notes.tolist(), ranking.scores.tolist(), strict=True):
            entry = self.entries[other]
            reasons = self._why(note, other, here) if why else None
            items.append(Related(other, entry.key, entry.path, entry.title, score, other in linked, reasons))
        return RelatedNotes(items, len(linked) if filter == "unlinked" else 0)

    def _why(self, note: int, other: int, here: Glimpse) -> Why:
        there = self._glimpse(other)
        why = self._ranker.why(note, other, (here, there))
        return replace(why, section=best_sections(here.sections, there.sections))

    def _glimpse(self, note: int) -> Glimpse:
        """Of the note as it is now; of nothing where it is gone."""
        entry = self.entries[note]
        data = read_bytes(self.root, entry.path)
        if isinstance(data, Skipped):
            return Glimpse([])
        return glimpse(self._ranker, self._analyzer, entry.title, outline(decode(without_block(data))[0]))

    @cached_property
    def _analyzer(self) -> Analyzer:
        return analyzer()

    def _parsed(self, note: int) -> Note | None:
        """The note as it is now, or None where it is gone."""
        path = self.entries[note].path
        data = read_bytes(self.root, path)
        return None if isinstance(data, Skipped) else parse_note(without_block(data), path)

    def search(self, text: str, n: int = 20) -> list[Found]:
        """The notes that a few words find, by word and by meaning, best first."""
        found = []
        for hit in self._ranker.search(self._analyzer, text, n):
            entry = self.entries[hit.note]
            data = read_bytes(self.root, entry.path)
            line = "" if isinstance(data, Skipped) else snippet(decode(data)[0], hit.terms)
            found.append(Found(hit.note, entry.key, entry.path, entry.title, hit.score, line, list(hit.terms)))
        return found

    def suggest(self, n: int = 20, why: bool = True) -> list[Suggestion]:
        """The n pairs of notes that most deserve a link and have none, best first."""
        pairs = suggest(self._ranker, n)
        return [Suggestion(pair.a, pair.b, pair.score, self._why_of(pair) if why else None) for pair in pairs]

    def _why_of(self, pair: Pair) -> Why:
        return self._why(pair.a, pair.b, self._glimpse(pair.a))

    def duplicates(self, threshold: float = 0.8) -> list[Copies]:
        """Pairs of notes that have at least this share of their words in common, 0.5 to 1, the most alike first."""
        return near_copies(self._state.arrays, threshold)

    def map(self) -> VaultMap:
        """A place for each note, near those that are alike, and the group that it is in."""
        return self._map

    @cached_property
    def _map(self) -> VaultMap:
        return draw_map(self._ranker)

    def orphans(self) -> list[int]:
        """The notes that no link leads to or from."""
        return [note for note, degree in enumerate(self._ranker.graph.degrees.tolist()) if not degree]

    def status(self) -> Status:
        """What is in the index, and what became of each file."""
        return status_of(self._state, self._index)

    def evaluate(self, hide: Hide = "fifth", seed: int = 1, callback: Callback | None = None) -> Evaluation:
        """How well hidden links of this vault are found again; reads all notes. EvaluationError without links."""
        from kotovec.notes.evaluation import evaluate

        notes, targets = self._all_parsed()
        weights = self._index.weights
        return evaluate(notes, targets, self._analyzer, hide=hide, seed=seed, weights=weights, callback=callback)

    def tune(self, seed: int = 1, callback: Callback | None = None, report: Report | None = None) -> Tuned:
        """Weights by which more of this vault's own links are found; `remember` them to use them.

        Reads all notes. EvaluationError where there are too few links.
        """
        from kotovec.notes.tuning import tune

        notes, targets = self._all_parsed()
        return tune(notes, targets, self._analyzer, seed=seed, callback=callback, report=report)

    def _all_parsed(self) -> tuple[list[Note], Sequence[Sequence[int]]]:
        """All notes that are still there, and which of them each link leads to."""
        parsed = [self._parsed(note) for note in range(len(self.entries))]
        notes = [note for note in parsed if note is not None]
        return notes, resolve(notes).targets

    def text_of(self, note: int) -> str:
        """The text of a note as it is now; SourceError where it cannot be read."""
        return decode(self._data(note))[0]

    def _data(self, note: int) -> bytes:
        path = self.entries[note].path
        data = read_bytes(self.root, path)
        if isinstance(data, Skipped):
            raise SourceError(data.reason, path=path)
        return data

    def write_links(self, note: int, links: Sequence[str]) -> bool:
        """Write links, as they shall stand there, into a block at the end of a Markdown note; whether that changed it.

        Instead of those of an earlier block; nothing else in the note changes. The only thing here that writes to the
        vault. OutputError for a note that is no Markdown, or no UTF-8, or cannot be written.
        """
        return write_block(self.root / self.entries[note].path, self._data(note), links)


def _key(path: str) -> str:
    return hashlib.blake2b(path.encode("utf-8", "surrogatepass"), digest_size=6).hexdigest()
