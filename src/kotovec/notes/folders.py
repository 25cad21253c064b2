"""How near two notes are in the tree of folders."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePosixPath

import numpy as np
from numpy.typing import NDArray


class Folders:
    """The folders of a vault's notes."""

    def __init__(self, paths: Sequence[str]) -> None:
        parents = [path.rpartition("/")[0] for path in paths]
        numbers = {parent: number for number, parent in enumerate(dict.fromkeys(parents))}
        self._of_notes = np.array([numbers[parent] for parent in parents], np.int64)
        self._parts = [PurePosixPath(parent).parts for parent in numbers]

    def closeness(self, note: int) -> NDArray[np.float64]:
        """(n_notes,) 0 to 1: the share of the folders on both paths that the two have in common; 0 at the top."""
        own = self._parts[self._of_notes[note]]
        values = [2 * _common(own, other) / max(len(own) + len(other), 1) for other in self._parts]
        return np.array(values, np.float64)[self._of_notes]


def _common(a: Sequence[str], b: Sequence[str]) -> int:
    """How many folders the two share from the top."""
    n = 0
    for one, other in zip(a, b, strict=False):
        if one != other:
            break
        n += 1
    return n
