"""What the links of a vault say of two notes, without the words of the links themselves."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from kotovec.notes.postings import Ints, starts_of

Floats: TypeAlias = NDArray[Any]


class LinkGraph:
    """The links of a vault, in both directions."""

    def __init__(self, links: NDArray[Any], n_notes: int) -> None:
        """`links`: (n_links, 2) from and to, each pair once, none to itself."""
        self.n_notes = n_notes
        self._from, self._to = links[:, 0].astype(np.int64), links[:, 1].astype(np.int64)
        both = np.concatenate([links, links[:, ::-1]]).astype(np.int64)
        keys = np.unique(both[:, 0] * max(n_notes, 1) + both[:, 1])
        ones, self._ends = np.divmod(keys, max(n_notes, 1))
        self.degrees = np.bincount(ones, minlength=n_notes)
        self._starts = starts_of(self.degrees)
        self._out_degrees = np.bincount(self._from, minlength=n_notes)

    def neighbours(self, note: int) -> Ints:
        """The notes that link to a note, or that it links to; ascending, each once."""
        return self._ends[self._starts[note] : self._starts[note + 1]]

    def linked_from(self, note: int) -> Ints:
        """The notes that a note links to."""
        targets: Ints = self._to[self._from == note]
        return targets

    def votes(self, note: int, similarities: Floats) -> Floats:
        """(n_notes,) What is linked from notes like this one: the sum, over the other notes that link to each, of
        their similarity to this note (0 to 1) to the third power, less for those that link to much.
        """
        weights = np.maximum(similarities, 0) ** 3 / np.sqrt(np.maximum(self._out_degrees, 1))
        weights[note] = 0
        return np.bincount(self._to, weights[self._from], self.n_notes)

    def common(self, note: int) -> Floats:
        """(n_notes,) Links shared, in either direction: the sum over common neighbours of 1 / how many links they have
        (resource allocation: Zhou, Lü and Zhang 2009).
        """
        return self._spread(note, 1 / np.maximum(self.degrees, 1))

    def coupled(self, note: int) -> Floats:
        """(n_notes,) What is linked from notes that share links with this one: the sum of their links' cosines."""
        shared = self._spread(note, np.ones(self.n_notes))
        cosines = shared / np.sqrt(np.maximum(self.degrees * self.degrees[note], 1))
        cosines[note] = 0
        return np.bincount(self._to, cosines[self._from], self.n_notes)

    def _spread(self, note: int, weights: Floats) -> Floats:
        """(n_notes,) The sum of `weights` over the neighbours of each note that are this note's too."""
        near = self.neighbours(note)
        sizes = self.degrees[near]
        places = np.repeat(self._starts[near] - np.cumsum(sizes) + sizes, sizes) + np.arange(int(sizes.sum()))
        return np.bincount(self._ends[places], np.repeat(weights[near], sizes), self.n_notes)
