"""Rows of different lengths in flat arrays, and words in one blob: what an index holds instead of Python objects."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Ragged:
    """`n` rows; row `i` is `values[starts[i]:starts[i + 1]]`. `starts` (n + 1,) int64 begins with 0."""

    starts: Ints
    values: NDArray[Any]

    @classmethod
    def of(cls, rows: Sequence[Sequence[Any] | NDArray[Any]], dtype: Any) -> Ragged:
        """From one sequence per row."""
        starts = starts_of([len(row) for row in rows])
        filled = [np.asarray(row, dtype) for row in rows if len(row)]
        return cls(starts, np.concatenate(filled) if filled else np.empty(0, dtype))

    def __len__(self) -> int:
        return len(self.starts) - 1

    def __getitem__(self, row: int) -> NDArray[Any]:
        return self.values[self.starts[row] : self.starts[row + 1]]

    def to_lists(self) -> list[list[Any]]:
        """All rows as plain lists."""
        values, starts = self.values.tolist(), self.starts.tolist()
        return [values[first:end] for first, end in zip(starts[:-1], starts[1:], strict=True)]

    @property
    def lengths(self) -> Ints:
        """(n,) int64."""
        return np.diff(self.starts)

    def take(self, rows: Ints) -> Ragged:
        """These rows, in this order; a slice where they follow one another."""
        if len(rows) and rows[-1] - rows[0] == len(rows) - 1 and bool((np.diff(rows) == 1).all()):
            first, last = self.starts[rows[0]], self.starts[rows[-1] + 1]
            return Ragged(self.starts[rows[0] : rows[-1] + 2] - first, self.values[first:last])
        starts = starts_of(self.lengths[rows])
        places = np.arange(starts[-1]) + np.repeat(self.starts[rows] - starts[:-1], np.diff(starts))
        return Ragged(starts, self.values[places])

    def is_sound(self, n: int) -> bool:
        """Whether these are `n` rows that fill `values` exactly: for what comes from a file."""
        starts = self.starts
        return (
            starts.shape == (n + 1,)
            and self.values.ndim == 1
            and int(starts[0]) == 0
            and int(starts[-1]) == len(self.values)
            and bool((np.diff(starts) >= 0).all())
        )


def concatenate(parts: Sequence[Ragged]) -> Ragged:
    """The rows of all parts, one part after the other; at least one part."""
    return Ragged(
        starts_of(np.concatenate([part.lengths for part in parts])), np.concatenate([part.values for part in parts])
    )


def starts_of(lengths: Sequence[int] | Ints) -> Ints:
    """(n + 1,) int64: where rows of these lengths begin, and the end of the last."""
    starts = np.zeros(len(lengths) + 1, np.int64)
    np.cumsum(lengths, out=starts[1:])
    return starts


def pack_words(words: Iterable[str]) -> NDArray[np.uint8]:
    """Words as UTF-8, a line each; words hold no line feed. Surrogates of odd file names are kept."""
    return np.frombuffer("\n".join(words).encode("utf-8", "surrogatepass"), np.uint8)


def unpack_words(blob: NDArray[np.uint8], n: int) -> list[str]:
    """The `n` words of `pack_words`; ValueError where there are not so many."""
    words = blob.tobytes().decode("utf-8", "surrogatepass").split("\n") if n else []
    if len(words) != n:
        raise ValueError(f"expected {n} words, found {len(words)}")
    return words
