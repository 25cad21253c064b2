"""Which word a context makes likely: the model asked what it was trained to answer."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from kotovec.vectors.neighbors import highest
from kotovec.vectors.products import products


def likely_words(
    hidden: NDArray[np.float32], output_vectors: NDArray[np.float32], topn: int | None
) -> list[tuple[int, float]]:
    """(word id, probability) of the `topn` likeliest words (None: all), by the softmax over all words.

    `hidden` (vector_size,): the sum or mean of the context's vectors. Negative sampling trains no softmax, so the
    probabilities are a measure and no frequencies; gensim has the same.
    """
    scores = products(output_vectors, hidden)
    probabilities = np.exp(scores - scores.max(initial=-np.inf))
    probabilities /= probabilities.sum()
    best = highest(probabilities, len(probabilities) if topn is None else topn)
    return list(zip(best.tolist(), probabilities[best].tolist(), strict=True))
