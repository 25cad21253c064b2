"""The two matrices that training changes, laid out for the kernels: padded rows, each aligned to a vector's bytes.

**Mirrored.** While a thread reads a row, its core fetches some of what lies behind it too, unasked. If that is a row
which another thread has just changed, the other one must fetch it back before it may write there again; it takes three
times as long where cores lie far apart, and with rows in the order of words it is met all the time, since the
neighbours of a frequent word are frequent too. So for several threads, input and output rows lie by turns in the same
memory, those of outputs in reverse, and beside the row of a frequent word is one of a rare word. Two threads on far
cores train 1.2 times as many words a second by that, on near ones about as many; one thread 0.94 to 1 times. Of rows
longer than a kilobyte less lies beside another: 1.1 times far, 0.95 near.

**In pairs of cache lines**, which are fetched together: no two rows share one, where that takes little memory. Far
cores train 1.08 times as many words a second. An odd number of pairs lies between two words (state.row_pitch has the
reason): 1.02 to 1.03 times, far or near, against an even number.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from kotovec.kernels.memory import LINE_PAIR, aligned_zeros
from kotovec.kernels.state import Model, row_pitch, row_size

_BLOCK = 1 << 16
_LONGEST = 256  # numbers of a row that is mirrored
_PAIR = LINE_PAIR // 4  # numbers in two cache lines
_WASTE = 1.25  # times the memory of tight rows, for rows in pairs of lines
_SMALL_WASTE = 1.5  # the same, where it is no more than ...
_SMALL = 64 << 20  # bytes


class Layout(NamedTuple):
    """Where rows lie, in numbers from the beginning of memory that both matrices share, or each has of its own."""

    step: int  # from one row to the next of the same matrix
    first_output: int  # from the first row to that of the outputs behind it; 0: they have their own memory

    @classmethod
    def of(cls, n_words: int, vector_size: int, threads: int) -> Layout:
        """The best one for so many threads."""
        size = row_size(vector_size)
        if threads == 1 or size > _LONGEST:
            return cls(row_pitch(size), 0)
        pairs, tight = -(-size // _PAIR), 2 * size
        wide = (2 * pairs + 1) * _PAIR
        small = 4 * n_words * (wide - tight) <= _SMALL
        if wide <= (_SMALL_WASTE if small else _WASTE) * tight:
            return cls(wide, pairs * _PAIR)
        return cls(row_pitch(tight), size)

    def n_bytes(self, n_words: int) -> int:
        """Of both matrices."""
        return 4 * n_words * self.step * (1 if self.first_output else 2)


class WordMatrix:
    """(n_words, vector_size) float32; rows padded to whole vectors of 8 or 16 floats (registers.py), the padding 0.

    `flat` is what kernels see: memory from the first word's row on, `step` floats from one row to the next; `rows` what
    everybody else sees, a view.
    """

    def __init__(self, flat: NDArray[np.float32], step: int, rows: NDArray[np.float32]) -> None:
        self.flat, self.step, self.rows = flat, step, rows

    def is_finite(self) -> bool:
        """False if any value is infinite or not a number."""
        n = rows_at_once(self.rows.shape[1])
        return all(bool(np.isfinite(self.rows[i : i + n]).all()) for i in range(0, len(self.rows), n))


def rows_at_once(vector_size: int) -> int:
    """So many that what is made of them stays small."""
    return max(_BLOCK // vector_size, 1)


@dataclass(frozen=True, slots=True)
class Weights:
    """What is learnt: `inputs` are the word vectors, `outputs` (syn1neg in word2vec.c) predict."""

    inputs: WordMatrix
    outputs: WordMatrix

    @classmethod
    def zeros(cls, n_words: int, vector_size: int, threads: int = 1) -> Weights:
        """Both matrices, zero; mirrored where it is of use to so many threads."""
        step, first = Layout.of(n_words, vector_size, threads)
        if not first:
            inputs, outputs = aligned_zeros(n_words * step), aligned_zeros(n_words * step)
            input_rows, output_rows = (flat.reshape(n_words, step)[:, :vector_size] for flat in (inputs, outputs))
            return cls(WordMatrix(inputs, step, input_rows), WordMatrix(outputs, step, output_rows))
        flat = aligned_zeros(n_words * step)
        places = flat.reshape(n_words, step)
        inputs, outputs = places[:, :vector_size], places[::-1, first : first + vector_size]
        return cls(WordMatrix(flat, step, inputs), WordMatrix(flat[len(flat) - step + first :], -step, outputs))

    @classmethod
    def initial(cls, n_words: int, vector_size: int, seed: int, threads: int = 1) -> Weights:
        """Input vectors uniform in +-0.5 / vector_size, output vectors zero, as in word2vec.c."""
        weights = cls.zeros(n_words, vector_size, threads)
        generator, n = np.random.default_rng(seed), rows_at_once(vector_size)
        for start in range(0, n_words, n):
            rows = weights.inputs.rows[start : start + n]
            rows[:] = (generator.random(rows.shape, np.float32) - np.float32(0.5)) / np.float32(vector_size)
        return weights

    @classmethod
    def of(cls, inputs: NDArray[np.floating], outputs: NDArray[np.floating], threads: int = 1) -> Weights:
        """Copies of two matrices, each (n_words, vector_size)."""
        n_words, vector_size = inputs.shape
        weights = cls.zeros(n_words, vector_size, threads)
        weights.inputs.rows[:], weights.outputs.rows[:] = inputs, outputs
        return weights

    def __reduce__(self) -> tuple[Any, ...]:
        """A copy has its own aligned memory, which the kernels take for granted, and rows that are a view of it."""
        threads = 2 if self.are_mirrored else 1
        return Weights.of, (self.inputs.rows, self.outputs.rows, threads)

    @property
    def are_mirrored(self) -> bool:
        """Whether both matrices lie in the same memory."""
        return self.outputs.step < 0

    @property
    def n_words(self) -> int:
        """Rows of each matrix."""
        return len(self.inputs.rows)

    @property
    def vector_size(self) -> int:
        """Columns of each matrix."""
        return int(self.inputs.rows.shape[1])

    @property
    def row_size(self) -> int:
        """Numbers in a row, with the padding."""
        return row_size(self.vector_size)

    def for_kernels(self) -> Model:
        """The same memory, as the kernels take it."""
        inputs, outputs = self.inputs, self.outputs
        size = self.row_size
        return Model(inputs.flat, outputs.flat, size, row_pitch(size), self.n_words, inputs.step, outputs.step)

    def is_finite(self) -> bool:
        """False if any value of either matrix is infinite or not a number."""
        return self.inputs.is_finite() and self.outputs.is_finite()
