"""An order in which similar things stand side by side, so that a heatmap shows its blocks."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def similar_order(similarities: NDArray[np.floating]) -> list[int]:
    """A permutation of range(n) for (n, n) symmetric similarities.

    Groups are joined by average linkage, the most similar two first; of the four ways to put two groups side by
    side, the one whose ends that meet are most similar is taken.
    """
    n = len(similarities)
    links = np.array(similarities, np.float64)
    np.fill_diagonal(links, -np.inf)
    groups: dict[int, list[int]] = {i: [i] for i in range(n)}
    for _ in range(n - 1):
        low, high = sorted(divmod(int(links.argmax()), n))
        sizes = len(groups[low]), len(groups[high])
        joined = (sizes[0] * links[low] + sizes[1] * links[high]) / sum(sizes)
        groups[low] = _side_by_side(groups[low], groups.pop(high), similarities)
        links[low] = links[:, low] = joined
        links[high] = links[:, high] = links[low, low] = -np.inf
    return groups[0] if n else []


def _side_by_side(first: list[int], second: list[int], similarities: NDArray[np.floating]) -> list[int]:
    ways = [(a, b) for a in (first, first[::-1]) for b in (second, second[::-1])]
    left, right = max(ways, key=lambda way: float(similarities[way[0][-1], way[1][0]]))
    return left + right
