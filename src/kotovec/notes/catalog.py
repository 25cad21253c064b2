"""The files of a vault as the index knows them: what they were like when they were read, and what they link to."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple, TypeAlias, cast

import numpy as np

from kotovec.errors import FormatError
from kotovec.notes.batch import Facts
from kotovec.notes.links import Resolver
from kotovec.notes.names import NameIndex
from kotovec.notes.note import LinkKind
from kotovec.notes.ragged import Ragged, pack_words, unpack_words
from kotovec.notes.storage import Array

KINDS: tuple[LinkKind, ...] = ("wiki", "embed", "markdown", "front-matter")
_DIGEST = 16  # bytes
_NO_DIGEST = bytes(_DIGEST)
_TICK = 50_000_000  # ns; changes within one tick of a file system's clock may leave a file the same time
_COARSE_TICK = 2_000_000_000  # of a FAT file system
_NUMBERS = ("size", "mtime_ns", "seen_ns", "n_words")

Links: TypeAlias = tuple[tuple[str, str], ...]  # kind and target


class Record(NamedTuple):
    """One file: what it was like when it was read. Without `facts` it is no note of the index, and `reason` says why.

    `facts.links` is empty here: see `LinkTexts`.
    """

    path: str
    size: int
    mtime_ns: int
    seen_ns: int  # the time before it was read
    digest: bytes  # empty where it could not be read
    n_words: int
    reason: str
    facts: Facts | None

    def holds_for(self, size: int, mtime_ns: int) -> bool:
        """Whether a file of this size and time is surely the one that was read."""
        tick = _TICK if mtime_ns % 1_000_000_000 else _COARSE_TICK
        same = size == self.size and mtime_ns == self.mtime_ns
        return same and mtime_ns < self.seen_ns - tick and bool(self.digest)


@dataclass(frozen=True, eq=False)
class LinkTexts:
    """The links of each note as they are written, and the note that each leads to, or -1; rows are notes."""

    targets: list[str]  # each different one once
    numbers: Ragged  # int32, of `targets`
    kinds: Ragged  # uint8, of KINDS
    resolved: Ragged  # int32

    @classmethod
    def none(cls) -> LinkTexts:
        """Of no notes."""
        empty = (Ragged.of([], dtype) for dtype in (np.int32, np.uint8, np.int32))
        return cls([], *empty)

    def updated(
        self, places: np.ndarray[Any, Any], fresh: Mapping[int, Links], old: Catalog, new: Catalog
    ) -> LinkTexts:
        """After a change: notes get the numbers `places` (-1: gone), and the numbers in `fresh` have these links.

        Where all names are what they were, only links that are new are looked up; where all links are too, this is it.
        """
        named_alike = old.naming == new.naming
        if named_alike and all(self.of(note) == list(links) for note, links in fresh.items()):
            return self
        known = {target: number for number, target in enumerate(self.targets)}
        kept = np.flatnonzero(places >= 0)
        order = np.argsort(places[kept], kind="stable")
        numbers = _merged(
            self.numbers, kept[order], places,
            {note: [known.setdefault(target, len(known)) for _, target in links] for note, links in fresh.items()},
        )  # fmt: skip
        kinds = _merged(
            self.kinds, kept[order], places,
            {note: [KINDS.index(kind) for kind, _ in links] for note, links in fresh.items()},
        )  # fmt: skip
        targets = list(known)
        if named_alike:
            found = {note: self._resolved(note, links, new) for note, links in fresh.items()}
            return LinkTexts(targets, numbers, kinds, _merged(self.resolved, kept[order], places, found))
        return LinkTexts(targets, numbers, kinds, _resolve_all(targets, numbers, kinds, Resolver(new.names), new))

    def of(self, note: int) -> list[tuple[str, str]]:
        """The links of one note, kind and target."""
        numbers, kinds = self.numbers[note].tolist(), self.kinds[note].tolist()
        return [(KINDS[kind], self.targets[number]) for number, kind in zip(numbers, kinds, strict=True)]

    def _resolved(self, note: int, links: Links, new: Catalog) -> Sequence[int]:
        """Where these links of a note lead; those that it had before lead where they led."""
        known = dict(zip(self.of(note), self.resolved[note].tolist(), strict=True))
        if all(link in known for link in links):
            return [known[link] for link in links]
        return Resolver(new.names).targets(_written(links), new.notes[note].path)

    def is_sound(self) -> bool:
        """Whether all numbers are what they say: for what comes from a file."""
        columns, n_notes = (self.numbers, self.kinds, self.resolved), len(self.numbers)
        if not all(column.is_sound(n_notes) for column in columns):
            return False
        same = all(np.array_equal(column.starts, self.numbers.starts) for column in columns)
        bounds = zip(columns, (0, 0, -1), (len(self.targets), len(KINDS), n_notes), strict=True)
        return same and all(
            not column.values.size or (int(column.values.min()) >= low and int(column.values.max()) < high)
            for column, low, high in bounds
        )


def _merged(column: Ragged, kept: Any, places: Any, fresh: Mapping[int, Sequence[int]]) -> Ragged:
    """Kept rows at their new places, fresh ones between them."""
    rows = column.take(kept)
    at = sorted(fresh)
    added = Ragged.of([fresh[note] for note in at], column.values.dtype)
    before = np.searchsorted(places[kept], at)  # kept rows that come before each fresh one
    lengths = np.insert(rows.lengths, before, added.lengths)
    values = np.insert(rows.values, np.repeat(rows.starts[before], added.lengths), added.values)
    return Ragged(np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64), values)


def _resolve_all(targets: list[str], numbers: Ragged, kinds: Ragged, resolver: Resolver, new: Catalog) -> Ragged:
    found: list[int] = []
    for record, row, of_kinds in zip(new.notes, numbers.to_lists(), kinds.to_lists(), strict=True):
        if row:
            links = [_Written(KINDS[kind], targets[number]) for number, kind in zip(row, of_kinds, strict=True)]
            found += resolver.targets(links, record.path)
    return Ragged(numbers.starts, np.array(found, np.int32))


class _Written(NamedTuple):
    """A link as the resolver takes it."""

    kind: LinkKind
    target: str


def _written(links: Links) -> list[_Written]:
    return [_Written(cast("LinkKind", kind), target) for kind, target in links]


@dataclass(frozen=True, eq=False)
class Catalog:
    """All files of a vault, sorted by path; `notes` are those with facts, and a note's number is its place there."""

    records: list[Record] = field(default_factory=list)

    def __post_init__(self) -> None:
        notes = [record for record in self.records if record.facts is not None]
        object.__setattr__(self, "notes", notes)
        naming = [(record.path, *_names(record.facts)) for record in notes if record.facts]
        object.__setattr__(self, "naming", naming)

    notes: list[Record] = field(init=False)
    naming: list[tuple[Any, ...]] = field(init=False)  # all that links are looked up by

    @cached_property
    def names(self) -> NameIndex:
        """What finds notes by name."""
        columns = [list(column) for column in zip(*self.naming, strict=True)] or [[], [], [], []]
        return NameIndex(*columns)

    def number_arrays(self) -> dict[str, Array]:
        """For the index: what changes with every note."""
        digests = b"".join([record.digest.ljust(_DIGEST, b"\0") for record in self.records])
        numbers = [(r.size, r.mtime_ns, r.seen_ns, r.n_words) for r in self.records]
        columns = np.array(numbers, np.int64).reshape(-1, len(_NUMBERS)).T
        named = dict(zip(_NUMBERS, columns, strict=True))
        return {"digests": np.frombuffer(digests, np.uint8).reshape(-1, _DIGEST), **named}

    def text_arrays(self) -> dict[str, Array]:
        """For the index: names and the like, without the paths of the notes."""
        rows = [
            ["" if r.facts else r.path, r.reason, r.facts and [*_names(r.facts), r.facts.tags, r.facts.warnings]]
            for r in self.records
        ]
        text = json.dumps(rows, separators=(",", ":"), ensure_ascii=False).encode("utf-8", "surrogatepass")
        return {"records": np.frombuffer(text, np.uint8)}

    def says_the_same(self, other: Catalog) -> bool:
        """Whether the `text_arrays` are the same."""
        return [(r.facts, r.reason) for r in self.records] == [(r.facts, r.reason) for r in other.records] and [
            r.path for r in self.records if r.facts is None
        ] == [r.path for r in other.records if r.facts is None]

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, Array], paths: Sequence[str]) -> Catalog:
        """From both kinds of arrays and the paths of the notes; FormatError where they are not what was given."""
        try:
            path_of_note = iter(paths)
            rows = json.loads(arrays["records"].tobytes().decode("utf-8", "surrogatepass"))
            blob = arrays["digests"].tobytes()
            rows_of = range(0, len(blob), _DIGEST)
            digests = [b"" if blob[at : at + _DIGEST] == _NO_DIGEST else blob[at : at + _DIGEST] for at in rows_of]
            columns = (arrays[name].tolist() for name in _NUMBERS)
            records = [
                Record(
                    path if facts is None else next(path_of_note),
                    size,
                    mtime_ns,
                    seen_ns,
                    digest,
                    n_words,
                    reason,
                    _facts(facts),
                )
                for (path, reason, facts), digest, size, mtime_ns, seen_ns, n_words in zip(
                    rows, digests, *columns, strict=True
                )
            ]
            if not all(type(record.path) is str and type(record.reason) is str for record in records):
                raise ValueError("a path that is none")
            if next(path_of_note, None) is not None:
                raise ValueError("paths without notes")
            return cls(records)
        except (KeyError, TypeError, ValueError, RecursionError, StopIteration, RuntimeError) as error:
            raise FormatError(f"the files of an index are damaged: {error}") from error


def link_pairs(links: LinkTexts) -> Array:
    """(n_links, 2) int32: from and to, sorted, each pair once, without links to the note itself and to none."""
    rows, to = np.repeat(np.arange(len(links.resolved)), links.resolved.lengths), links.resolved.values
    real = (to >= 0) & (to != rows)
    pairs = np.unique(rows[real] * len(links.resolved) + to[real])
    return np.stack(np.divmod(pairs, max(len(links.resolved), 1)), axis=1).astype(np.int32)


def link_arrays(links: LinkTexts) -> dict[str, Array]:
    """For the index."""
    return {
        "targets": pack_words(links.targets),
        "n_targets": np.array([len(links.targets)], np.int64),
        "starts": links.numbers.starts,
        "numbers": links.numbers.values,
        "kinds": links.kinds.values,
        "resolved": links.resolved.values,
    }


def links_from_arrays(arrays: Mapping[str, Array]) -> LinkTexts:
    """What `link_arrays` gave; FormatError otherwise."""
    try:
        starts = arrays["starts"]
        columns = (Ragged(starts, arrays[name]) for name in ("numbers", "kinds", "resolved"))
        links = LinkTexts(unpack_words(arrays["targets"], int(arrays["n_targets"][0])), *columns)
        if not links.is_sound():
            raise ValueError("numbers out of range")
        return links
    except (KeyError, IndexError, ValueError) as error:
        raise FormatError(f"the links of an index are damaged: {error}") from error


def _names(facts: Facts) -> tuple[str, tuple[str, ...], str | None]:
    return facts.title, facts.aliases, facts.identity


def _facts(row: Any) -> Facts | None:
    if row is None:
        return None
    title, aliases, identity, tags, warnings = row
    "".join([title, *aliases, *tags, *warnings, identity or ""])  # a TypeError for anything but texts
    return Facts(title, tuple(aliases), tuple(tags), identity, (), tuple(warnings))
