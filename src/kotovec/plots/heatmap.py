"""A heatmap: the similarity of every two words of a list."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kotovec.errors import ConfigError
from kotovec.plots.selection import check_choice, select_words, similarity_matrix
from kotovec.plots.seriation import similar_order
from kotovec.vectors import KeyedVectors

HEATMAP_TOP = 40
MOST_CELLS_ACROSS = 500
ORDERS = ("similar", "given")
_NEGATIVE_ENOUGH = 1 / 3  # of the highest: below it, 0 has a colour of its own


@dataclass(frozen=True, slots=True, eq=False)
class Heatmap:
    """Words, and the cosine similarity of every two of them."""

    words: list[str]  # in the order of rows and columns
    similarities: NDArray[np.float32]  # (n, n), symmetric

    @property
    def limits(self) -> tuple[float, float]:
        """What the ends of the colours mean: the lowest and highest similarity of two different words.

        With similarities far below 0 both ends are as far from 0, so that the middle colour means 0.
        """
        others = self.similarities[~np.eye(len(self.words), dtype=bool)]
        low, high = float(others.min()), float(others.max())
        if low < -_NEGATIVE_ENOUGH * max(high, 0):
            low, high = -max(-low, high), max(-low, high)
        return (low, high) if high > low else (low - 0.5, high + 0.5)

    @property
    def is_diverging(self) -> bool:
        """Whether the colours run from -limit over 0 to +limit."""
        low, high = self.limits
        return low == -high

    def as_dict(self) -> dict[str, Any]:
        """Plain lists and numbers."""
        return {
            "kind": "heatmap",
            "words": self.words,
            "similarities": np.round(self.similarities.astype(np.float64), 6).tolist(),
            "limits": list(self.limits),
            "diverging": self.is_diverging,
        }


def similarity_heatmap(
    vectors: KeyedVectors, words: Iterable[Any] | None = None, *, top: int = HEATMAP_TOP, order: str = "similar"
) -> Heatmap:
    """The heatmap of the given words, or of the `top` most frequent ones.

    `order`: "similar" puts similar words side by side, "given" leaves them as they come. ConfigError for fewer than
    2 words and more than 500; other errors as for `select_words`.
    """
    check_choice("order", order, ORDERS)
    chosen = select_words(vectors, words, top, fewest=2)
    if len(chosen.words) > MOST_CELLS_ACROSS:
        raise ConfigError(
            "too many words for a heatmap", expected=f"at most {MOST_CELLS_ACROSS}", found=len(chosen.words)
        )
    similarities = similarity_matrix(chosen.rows)
    ranks = similar_order(similarities) if order == "similar" else list(range(len(chosen.words)))
    return Heatmap([chosen.words[i] for i in ranks], similarities[np.ix_(ranks, ranks)])
