"""Places for the nodes of a network: joined nodes attract each other, all nodes repel each other."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from kotovec.plots.projection import pca

_ROUNDS = 300
_GRAVITY = 0.06  # towards the centre: parts that nothing joins do not drift away
_FIRST_STEP = 0.15  # of the side of the picture


def spring_layout(
    rows: NDArray[np.float32],
    edges: NDArray[np.int64],
    weights: NDArray[np.float32],
    seed: int = 1,
) -> NDArray[np.float64]:
    """Places (n, 2) for n nodes joined by `edges` (n_edges, 2).

    Fruchterman and Reingold 1991, with a pull to the centre, from the PCA of the nodes' vectors (n, size); stronger
    edges pull more. The same arguments give the same places.
    """
    n = len(rows)
    places = pca(rows, 2).positions
    places /= np.abs(places).max() or 1.0
    places += np.random.default_rng(seed).normal(scale=0.01, size=places.shape)  # two nodes at one place never part
    ideal = 1.6 / np.sqrt(n)
    degrees = np.bincount(edges.ravel(), minlength=n)[edges].min(axis=1)  # a clique would else shrink to a point
    pull = ((0.5 + weights.astype(np.float64) / (np.abs(weights).max() or 1.0)) / np.sqrt(degrees))[:, np.newaxis]
    for step in _FIRST_STEP * (1 - np.arange(_ROUNDS) / _ROUNDS) ** 1.5:
        forces = _repulsion(places, ideal) - _GRAVITY * places / ideal
        between = places[edges[:, 1]] - places[edges[:, 0]]
        attraction = between * (np.linalg.norm(between, axis=1, keepdims=True) / ideal) * pull
        np.add.at(forces, edges[:, 0], attraction)
        np.add.at(forces, edges[:, 1], -attraction)
        strength = np.linalg.norm(forces, axis=1, keepdims=True)
        places += forces / np.maximum(strength, 1e-12) * np.minimum(strength, step)
    return places


def _repulsion(places: NDArray[np.float64], ideal: float) -> NDArray[np.float64]:
    """(n, 2) the sum over all other nodes of ideal**2 / distance, away from them."""
    across, down = places[:, 0], places[:, 1]
    x, y = across[:, np.newaxis] - across, down[:, np.newaxis] - down
    push = ideal**2 / np.maximum(x * x + y * y, 1e-9)
    return np.stack([(x * push).sum(axis=1), (y * push).sum(axis=1)], axis=1)
