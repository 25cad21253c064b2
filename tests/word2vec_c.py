"""The updates of the original program, one pair after the other, in plain Python: an answer from outside.

From Mikolov et al. 2013 ("Distributed Representations of Words and Phrases", eq. 4) and the C program's order of work:
each target of a pair is scored and updated before the next one is looked at, the context word's vector last.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float64]


def train_hidden(h: Matrix, outputs: Matrix, targets: list[tuple[int, int]], alpha: float) -> Matrix:
    """Update the outputs for one hidden vector; gives the error to add to its inputs."""
    error = np.zeros_like(h)
    for word, label in targets:
        g = (label - 1 / (1 + np.exp(-float(h @ outputs[word])))) * alpha
        error += g * outputs[word]
        outputs[word] += g * h
    return error


def skipgram_pair(inputs: Matrix, outputs: Matrix, context: int, targets: list[tuple[int, int]], alpha: float) -> None:
    inputs[context] += train_hidden(inputs[context], outputs, targets, alpha)


def cbow_window(
    inputs: Matrix, outputs: Matrix, contexts: list[int], targets: list[tuple[int, int]], alpha: float
) -> None:
    error = train_hidden(inputs[contexts].mean(axis=0), outputs, targets, alpha)
    for context in contexts:
        inputs[context] += error


def train_skipgram(
    sentences: list[list[int]], counts: NDArray[np.int64], vector_size: int, window: int, negative: int, epochs: int
) -> Matrix:
    """A plain run without subsampling, alpha 0.025 falling to 0.0001; gives the input vectors."""
    generator = np.random.default_rng(1)
    inputs = (generator.random((len(counts), vector_size)) - 0.5) / vector_size
    outputs = np.zeros_like(inputs)
    noise_share = counts**0.75 / (counts**0.75).sum()
    done, total = 0, epochs * sum(map(len, sentences))
    for _ in range(epochs):
        for sentence in sentences:
            alpha = 0.025 + (0.0001 - 0.025) * done / total
            done += len(sentence)
            noise = generator.choice(len(counts), (len(sentence), 2 * window, negative), p=noise_share)
            for centre, word in enumerate(sentence):
                reach = int(generator.integers(1, window + 1))
                around = sentence[max(centre - reach, 0) : centre] + sentence[centre + 1 : centre + reach + 1]
                for context, drawn in zip(around, noise[centre], strict=False):
                    _learn_pair(inputs, outputs, context, np.append(word, drawn[drawn != word]), alpha)
    return inputs


def _learn_pair(inputs: Matrix, outputs: Matrix, context: int, targets: NDArray[np.int64], alpha: float) -> None:
    x, y = inputs[context], outputs[targets]
    g = -alpha / (1 + np.exp(-(y @ x)))
    g[0] += alpha
    np.add.at(outputs, targets, np.outer(g, x))
    inputs[context] += g @ y
