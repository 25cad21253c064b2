"""The two matrices that training changes, laid out for the kernels: padded rows, 64-byte aligned."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kotovec.kernels.state import Model, aligned_zeros, row_size

_BLOCK = 1 << 16


class WordMatrix:
    """(n_words, vector_size) float32; rows padded to whole vectors of 8 or 16 floats (registers.py), the padding 0.

    `flat` is what kernels see, n_words * row_size floats; `rows` what everybody else sees, a view.
    """

    def __init__(self, n_words: int, vector_size: int) -> None:
        self.row_size = row_size(vector_size)
        self._sizes = n_words, vector_size
        self.flat = aligned_zeros(n_words * self.row_size)
        padded = self.flat.reshape(n_words, self.row_size)
        self.rows: NDArray[np.float32] = padded[:, :vector_size]

    def __reduce__(self) -> tuple[Any, ...]:
        """A copy has its own aligned memory, which the kernels take for granted, and rows that are a view of it."""
        return _copied, (*self._sizes, self.rows)

    def is_finite(self) -> bool:
        """False if any value is infinite or not a number."""
        return all(
            bool(np.isfinite(self.flat[start : start + _BLOCK]).all()) for start in range(0, len(self.flat), _BLOCK)
        )


def _copied(n_words: int, vector_size: int, rows: NDArray[np.float32]) -> WordMatrix:
    matrix = WordMatrix(n_words, vector_size)
    matrix.rows[:] = rows
    return matrix


@dataclass(frozen=True, slots=True)
class Weights:
    """What is learnt: `inputs` are the word vectors, `outputs` (syn1neg in word2vec.c) predict."""

    inputs: WordMatrix
    outputs: WordMatrix

    @classmethod
    def initial(cls, n_words: int, vector_size: int, seed: int) -> Weights:
        """Input vectors uniform in +-0.5 / vector_size, output vectors zero, as in word2vec.c."""
        weights = cls(WordMatrix(n_words, vector_size), WordMatrix(n_words, vector_size))
        generator = np.random.default_rng(seed)
        rows_at_once = max(_BLOCK // vector_size, 1)
        for start in range(0, n_words, rows_at_once):
            rows = weights.inputs.rows[start : start + rows_at_once]
            rows[:] = (generator.random(rows.shape, np.float32) - np.float32(0.5)) / np.float32(vector_size)
        return weights

    @classmethod
    def of(cls, inputs: NDArray[np.floating], outputs: NDArray[np.floating]) -> Weights:
        """Copies of two matrices, each (n_words, vector_size)."""
        n_words, vector_size = inputs.shape
        weights = cls(WordMatrix(n_words, vector_size), WordMatrix(n_words, vector_size))
        weights.inputs.rows[:], weights.outputs.rows[:] = inputs, outputs
        return weights

    @property
    def n_words(self) -> int:
        """Rows of each matrix."""
        return len(self.inputs.rows)

    @property
    def vector_size(self) -> int:
        """Columns of each matrix."""
        return int(self.inputs.rows.shape[1])

    def for_kernels(self) -> Model:
        """The same memory, as the kernels take it."""
        return Model(self.inputs.flat, self.outputs.flat, self.inputs.row_size, self.n_words)

    def is_finite(self) -> bool:
        """False if any value of either matrix is infinite or not a number."""
        return self.inputs.is_finite() and self.outputs.is_finite()
