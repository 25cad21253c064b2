"""What notes are called, as terms, and where these names stand in the text of notes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kotovec.notes.mentions import find_names
from kotovec.notes.postings import MOST, Ints, note_type, starts_of


@dataclass(frozen=True, eq=False)
class NameTable:
    """Names by number. Of name k: note `notes[k]` is called so; its terms, in order, are part k of `terms`."""

    notes: NDArray[np.int32]  # (n_names,) ascending
    starts: Ints  # (n_names + 1,)
    terms: NDArray[np.int32]  # (starts[-1],)

    @classmethod
    def build(cls, notes: Sequence[int], names: Sequence[Sequence[int]]) -> NameTable:
        """From the terms of each name and the note that has it; a name without terms is left out."""
        kept = [(note, name) for note, name in zip(notes, names, strict=True) if name]
        kept.sort(key=lambda pair: pair[0])
        return cls(
            np.array([note for note, _ in kept], np.int32),
            starts_of(np.array([len(name) for _, name in kept], np.int64)),
            np.array([term for _, name in kept for term in name], np.int32),
        )

    def __len__(self) -> int:
        return len(self.notes)

    @property
    def sizes(self) -> Ints:
        """(n_names,) How many terms each has."""
        return np.diff(self.starts)

    @property
    def term_owners(self) -> Ints:
        """(starts[-1],) Which name each of the terms is in."""
        return np.repeat(np.arange(len(self)), self.sizes)

    def changed(self, places: Ints, added: NameTable) -> tuple[NameTable, Ints]:
        """With notes renumbered by `places` (-1: gone) and names added, and the new number of each name, -1 if gone."""
        notes = np.concatenate([places[self.notes], added.notes])
        order = np.argsort(notes, kind="stable")
        order = order[notes[order] >= 0]
        terms = np.concatenate([self.terms, added.terms])
        starts = np.concatenate([self.starts[:-1], added.starts[:-1] + len(self.terms)])
        sizes = np.concatenate([self.sizes, added.sizes])[order]
        new_starts = starts_of(sizes)
        taken = np.repeat(starts[order] - new_starts[:-1], sizes) + np.arange(new_starts[-1])
        numbers = np.full(len(notes), -1, np.int64)
        numbers[order] = np.arange(len(order))
        return NameTable(notes[order].astype(np.int32), new_starts, terms[taken]), numbers[: len(self)]


@dataclass(frozen=True, eq=False)
class Phrases:
    """Names of two terms and more that stand in texts: names[i] in that of notes[i], counts[i] times."""

    names: NDArray[np.int32]  # (n_phrases,)
    notes: NDArray[Any]  # (n_phrases,) as in Postings
    counts: NDArray[np.uint8]  # (n_phrases,) 1 to MOST

    def changed(self, places: Ints, name_numbers: Ints, added: Phrases, n_notes: int) -> Phrases:
        """With notes and names renumbered (-1: gone), and what was found in other texts."""
        notes, names = places[self.notes.astype(np.int64)], name_numbers[self.names]
        kept = (notes >= 0) & (names >= 0)
        return Phrases(
            np.concatenate([names[kept], added.names]).astype(np.int32),
            np.concatenate([notes[kept], added.notes]).astype(note_type(n_notes)),
            np.concatenate([self.counts[kept], added.counts]),
        )


def find_phrases(names: NameTable, sequences: Mapping[int, NDArray[np.int32]], n_notes: int) -> Phrases:
    """The names of two terms and more in texts, {note: terms with SEPARATOR between sections}; not in its own note."""
    empty = np.zeros(0, np.int32)
    ids = np.concatenate([empty, *sequences.values()])
    owners = np.repeat(np.array(list(sequences), np.int32), [len(part) for part in sequences.values()])
    which, notes, counts = find_names(ids, owners, names.starts, names.terms)
    other = names.notes[which] != notes
    return Phrases(
        which[other].astype(np.int32),
        notes[other].astype(note_type(n_notes)),
        np.minimum(counts[other], MOST).astype(np.uint8),
    )
