"""Near-copies: notes with nearly the same words, found by MinHash (Broder 1997) without comparing all with all."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from kotovec.errors import ConfigError
from kotovec.notes.arrays import VaultArrays
from kotovec.notes.postings import Ints, starts_of

Hashes: TypeAlias = NDArray[np.uint32]

BANDS, ROWS = 16, 4  # a pair of similarity s shares a band with probability 1 - (1 - s ** ROWS) ** BANDS
_MARGIN = 0.15  # below the threshold, for estimates from 64 hashes, whose deviation is 0.06 at most
_CROWD = 40  # equal notes of which not every pair is compared
_FEWEST = 12  # terms of a note: shorter ones are alike by chance
_NOTES_AT_ONCE = 2000


@dataclass(frozen=True, slots=True)
class Copies:
    """Two notes, and the share of their words that they have in common, each as often as in both: 0 to 1."""

    a: int
    b: int
    similarity: float


def near_copies(arrays: VaultArrays, threshold: float = 0.8) -> list[Copies]:
    """All pairs of notes with at least this similarity, the most alike first; of many equal ones, some of the pairs.

    Similarity: the Jaccard index of the bags of terms, names and headings included. `threshold`: 0.5 to 1, else
    ConfigError; below 0.5, one pair in three would be missed.
    """
    if not 0.5 <= threshold <= 1:
        raise ConfigError("the threshold is out of range", expected="a number from 0.5 to 1", found=repr(threshold))
    bags = Bags.of(arrays)
    long = np.flatnonzero(bags.sizes >= _FEWEST)
    if len(long) < 2:
        return []
    signatures = bags.signatures(long)
    found = []
    for a, b in _candidates(signatures):
        if float((signatures[a] == signatures[b]).mean()) >= threshold - _MARGIN:
            similarity = bags.similarity(int(long[a]), int(long[b]))
            if similarity >= threshold:
                found.append(Copies(int(long[a]), int(long[b]), similarity))
    return sorted(found, key=lambda pair: (-pair.similarity, pair.a, pair.b))


@dataclass(frozen=True, eq=False)
class Bags:
    """The terms of each note, note after note: those of note i are part i of `terms` and `counts`."""

    starts: Ints  # (n_notes + 1,)
    terms: NDArray[np.int32]
    counts: NDArray[np.uint8]

    @classmethod
    def of(cls, arrays: VaultArrays) -> Bags:
        """From the postings, which are in the order of the terms."""
        text = arrays.text
        order = np.argsort(text.notes, kind="stable")
        terms = np.repeat(np.arange(text.n_terms, dtype=np.int32), text.sizes())
        return cls(starts_of(np.bincount(text.notes, minlength=arrays.n_notes)), terms[order], text.counts[order])

    @property
    def sizes(self) -> Ints:
        """(n_notes,) How many different terms each has."""
        return np.diff(self.starts)

    def similarity(self, a: int, b: int) -> float:
        """The sum of the smaller counts by that of the larger ones, 0 to 1."""
        (ours, mine), (theirs, yours) = self._bag(a), self._bag(b)
        _, at, there = np.intersect1d(ours, theirs, assume_unique=True, return_indices=True)
        common = int(np.minimum(mine[at], yours[there]).sum())
        return common / max(int(mine.sum()) + int(yours.sum()) - common, 1)

    def _bag(self, note: int) -> tuple[NDArray[np.int32], Ints]:
        part = slice(int(self.starts[note]), int(self.starts[note + 1]))
        return self.terms[part], self.counts[part].astype(np.int64)

    def signatures(self, notes: Ints) -> Hashes:
        """(n, BANDS * ROWS) The least of each hash over each note's terms; a term that occurs k times is k elements."""
        signatures = np.empty((len(notes), BANDS * ROWS), np.uint32)
        for first in range(0, len(notes), _NOTES_AT_ONCE):
            block = notes[first : first + _NOTES_AT_ONCE]
            hashes, starts = self._elements(block)
            for column, factor in enumerate(_FACTORS):
                mixed = ((hashes * factor) >> np.uint64(32)).astype(np.uint32)
                signatures[first : first + len(block), column] = np.minimum.reduceat(mixed, starts)
        return signatures

    def _elements(self, notes: Ints) -> tuple[NDArray[np.uint64], Ints]:
        """A hash for each occurrence of each term in these notes, which are none empty, and where each note begins."""
        sizes = self.sizes[notes]
        places = np.repeat(self.starts[notes] - np.cumsum(sizes) + sizes, sizes) + np.arange(int(sizes.sum()))
        counts = self.counts[places].astype(np.int64)
        ends = np.cumsum(counts)
        nth = np.arange(int(ends[-1])) - np.repeat(ends - counts, counts)
        elements = np.repeat(self.terms[places].astype(np.uint64), counts) * np.uint64(256) + nth.astype(np.uint64)
        lasts = np.cumsum(sizes) - 1
        return _mixed(elements), np.concatenate([[0], ends[lasts[:-1]]])


def _mixed(values: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """SplitMix64's finaliser: each bit of the input changes half of those of the output."""
    values = (values + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    mixed: NDArray[np.uint64] = values ^ (values >> np.uint64(31))
    return mixed


_FACTORS = _mixed(np.arange(1, BANDS * ROWS + 1, dtype=np.uint64)) | np.uint64(1)


def _candidates(signatures: Hashes) -> Iterator[tuple[int, int]]:
    """Pairs of rows, (smaller, larger), that agree in all of a band; each pair once."""
    seen: set[tuple[int, int]] = set()
    for band in range(BANDS):
        _, groups, sizes = np.unique(
            signatures[:, band * ROWS : (band + 1) * ROWS], axis=0, return_inverse=True, return_counts=True
        )
        order = np.argsort(groups.reshape(-1), kind="stable")
        for first, size in zip(starts_of(sizes)[:-1].tolist(), sizes.tolist(), strict=True):
            if size > 1:
                for pair in _pairs(order[first : first + size].tolist()):
                    if pair not in seen:
                        seen.add(pair)
                        yield pair


def _pairs(rows: list[int]) -> Iterator[tuple[int, int]]:
    """All pairs; of a crowd, each with the one before it."""
    if len(rows) > _CROWD:
        yield from zip(rows, rows[1:], strict=False)
        return
    for at, row in enumerate(rows):
        for other in rows[at + 1 :]:
            yield row, other
