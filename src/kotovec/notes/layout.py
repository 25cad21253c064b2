"""Where each note is on the map: near what it is like and what it has links with."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from kotovec.notes.postings import Ints

Floats: TypeAlias = NDArray[Any]

_NEIGHBOURS = 8
_ROUNDS = 250
_REPELLED = 4  # random others, for each neighbour
_A, _B = 1.577, 0.895  # of the curve 1 / (1 + a d^2b) that says how near is near enough (UMAP, at min_dist 0.1)
_FARTHEST_STEP = 4.0
_CELL = 4000  # rows that are compared with all others; of more notes, each with those of its slice of the first axes
_ROWS = 512
_OUTLIERS = 0.99  # of the radii are on the map; those beyond are drawn to its edge
_SEED = 1


def positions(vectors: Floats, links: NDArray[Any]) -> Floats:
    """(n, 2) float32 from -1 to 1: a force-directed layout (McInnes, Healy and Melville 2018, without their weights).

    `vectors`: (n, size) of length 1, or 0 where nothing is known. `links`: (n_links, 2). The same input gives the same
    positions.
    """
    n = len(vectors)
    if n < 3:
        return np.array([[0, 0], [0.5, 0]], np.float32)[:n]
    places = _main_axes(vectors)
    edges = np.unique(np.concatenate([_nearest(vectors, places), links.astype(np.int64)]), axis=0)
    return _on_the_map(_pulled(places, edges))


def _main_axes(vectors: Floats) -> Floats:
    """(n, 2) The first two principal components, at a spread of about 10; a spiral in place of what says nothing."""
    n = len(vectors)
    angles = np.arange(n) * np.pi * (3 - 5**0.5)
    spiral = np.stack([np.cos(angles), np.sin(angles)], axis=1) * np.sqrt((np.arange(n) + 0.5) / n)[:, np.newaxis]
    if vectors.shape[1] < 2:
        return np.asarray(10 * spiral)
    centred = vectors - vectors.mean(axis=0)
    _, axes = np.linalg.eigh(centred.T @ centred)
    found = centred @ _signed(axes[:, ::-1][:, :2])
    return np.asarray(10 * found / max(float(np.abs(found).max()), 1e-9) + 0.1 * spiral)


def _signed(axes: Floats) -> Floats:
    """Axes whose largest number is positive: eigenvectors have no sign of their own."""
    largest = axes[np.abs(axes).argmax(axis=0), np.arange(axes.shape[1])]
    signed: Floats = axes * np.where(largest < 0, -1, 1)
    return signed


def _nearest(vectors: Floats, places: Floats) -> Ints:
    """(n_edges, 2) Each row and those with the highest cosine; of many rows, among those near it on the first axis."""
    if not vectors.shape[1]:
        return np.zeros((0, 2), np.int64)
    order = np.argsort(places[:, 0], kind="stable")
    edges = []
    for first in range(0, len(order), _CELL):
        cell = order[first : first + _CELL]
        k = min(_NEIGHBOURS, len(cell) - 1)
        for start in range(0, len(cell), _ROWS) if k else ():
            rows = cell[start : start + _ROWS]
            cosines = vectors[rows] @ vectors[cell].T
            cosines[np.arange(len(rows)), np.arange(start, start + len(rows))] = -2
            best = np.argpartition(-cosines, k - 1, axis=1)[:, :k]
            alike = cosines[np.arange(len(rows))[:, np.newaxis], best] > 0
            edges.append(np.stack([np.repeat(rows, k), cell[best].reshape(-1)], axis=1)[alike.reshape(-1)])
    return np.concatenate(edges) if edges else np.zeros((0, 2), np.int64)


def _pulled(places: Floats, edges: Ints) -> Floats:
    """Neighbours pull at each other, and random others push, less and less."""
    random, n = np.random.default_rng(_SEED), len(places)
    ones, others = edges[:, 0], edges[:, 1]
    for round_ in range(_ROUNDS):
        rate = 1 - round_ / _ROUNDS
        pull = _step(places[ones] - places[others], attract=True)
        move = _sums(ones, pull, n) - _sums(others, pull, n)
        pushed = np.repeat(np.arange(n), _REPELLED)
        away = places[pushed] - places[random.integers(0, n, len(pushed))]
        move += _sums(pushed, _step(away, attract=False), n) * (len(edges) / n)
        places = places + rate * np.clip(move, -_FARTHEST_STEP, _FARTHEST_STEP) * 0.25
    return places


def _step(apart: Floats, *, attract: bool) -> Floats:
    """The gradient of UMAP's cross entropy for pairs so far apart, (n, 2); that of two at one place is 0."""
    squares = np.maximum((apart * apart).sum(axis=1, keepdims=True), 1e-12)
    near = 1 + _A * squares**_B
    if attract:
        factors = -2 * _A * _B * squares ** (_B - 1) / near
    else:
        factors = 2 * _B / ((0.001 + squares) * near)
    step: Floats = np.clip(factors * apart, -_FARTHEST_STEP, _FARTHEST_STEP)
    return step


def _sums(rows: Ints, values: Floats, n: int) -> Floats:
    return np.stack([np.bincount(rows, column, n) for column in values.T], axis=1).astype(np.float64)


def _on_the_map(places: Floats) -> Floats:
    """From -1 to 1."""
    ranks = np.argsort(np.argsort(places, axis=0, kind="stable"), axis=0, kind="stable") / (len(places) - 1)
    spread = np.abs(places - np.median(places, axis=0)).max()
    mixed = places / max(float(spread), 1e-9) + 2 * ranks  # by rank, clumps become wider and gaps smaller
    centred = mixed - np.median(mixed, axis=0)
    radii = np.linalg.norm(centred, axis=1)
    edge = max(float(np.quantile(radii, _OUTLIERS)), 1e-9)
    shrunk = centred * np.minimum(1, edge / np.maximum(radii, 1e-9))[:, np.newaxis]
    return np.asarray(shrunk / edge, np.float32)
