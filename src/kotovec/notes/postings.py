"""Which notes have which terms, and how often: arrays in the order of the terms, in three bytes for each pair."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Ints: TypeAlias = NDArray[np.int64]

MOST = 255  # occurrences of a term in a note; more count as many


@dataclass(frozen=True, eq=False)
class Postings:
    """Of term t: `notes[starts[t]:starts[t + 1]]` have it, in no order but each once, `counts[...]` times."""

    starts: Ints  # (n_terms + 1,)
    notes: NDArray[Any]  # (n_postings,) uint16, or int32 where there are more notes
    counts: NDArray[np.uint8]  # (n_postings,) 1 to MOST

    @classmethod
    def build(cls, notes: Ints, terms: Ints, n_notes: int, n_terms: int) -> Postings:
        """From occurrences: that of terms[i] in notes[i], both (n_occurrences,)."""
        keys, counts = np.unique(terms * max(n_notes, 1) + notes, return_counts=True)
        rows = keys // max(n_notes, 1)
        return cls(
            starts_of(np.bincount(rows, minlength=n_terms)),
            (keys - rows * max(n_notes, 1)).astype(note_type(n_notes)),
            np.minimum(counts, MOST).astype(np.uint8),
        )

    @property
    def n_terms(self) -> int:
        """How many terms there are, with and without notes."""
        return len(self.starts) - 1

    def sizes(self) -> Ints:
        """(n_terms,) In how many notes each term is."""
        return np.diff(self.starts)

    def row(self, note: int) -> tuple[Ints, NDArray[np.uint8]]:
        """The terms of one note, ascending, and their counts."""
        places = np.flatnonzero(self.notes == note)
        return np.searchsorted(self.starts, places, side="right") - 1, self.counts[places]

    def places(self, terms: Ints) -> tuple[Ints, Ints]:
        """Where the postings of these terms are, one term after the other, and how many each has."""
        firsts, sizes = self.starts[terms], self.starts[terms + 1] - self.starts[terms]
        ends = np.cumsum(sizes)
        offsets = np.repeat(firsts - ends + sizes, sizes)
        return offsets + np.arange(len(offsets)), sizes

    def reordered(self, order: Ints) -> Postings:
        """With the terms in another order: `order` has the old number of each new term."""
        taken, sizes = self.places(order)
        return Postings(starts_of(sizes), self.notes[taken], self.counts[taken])

    def changed(self, places: Ints, added: Postings, n_notes: int) -> Postings:
        """With notes renumbered by `places` (-1: gone), and the postings of `added`, which may have more terms."""
        moved = places[self.notes.astype(np.int64)]
        kept = moved >= 0
        n_new = added.n_terms - self.n_terms
        starts = np.concatenate([[0], np.cumsum(kept)])[self.starts]
        starts = np.append(starts, np.full(n_new, starts[-1]))
        at = np.repeat(starts[1:], added.sizes())
        return Postings(
            starts + added.starts,
            np.insert(moved[kept], at, added.notes).astype(note_type(n_notes)),
            np.insert(self.counts[kept], at, added.counts),
        )


def note_type(n_notes: int) -> type[np.generic]:
    """The smallest type that numbers so many notes."""
    return np.uint16 if n_notes <= 1 << 16 else np.int32


def starts_of(sizes: NDArray[Any]) -> Ints:
    """(n + 1,) Where each of the n parts of these sizes begins, and the end of the last."""
    return np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
