"""Groups of words: k-means on the sphere, and names for the groups."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kotovec.errors import ConfigError

_STARTS = 4  # runs from different seeds, of which the best is kept
_ROUNDS = 100  # at most; some ten are enough for a thousand words
_MOST = 10  # groups, where nobody says how many: there are no more colours that all people tell apart
_NAME_WORDS = 3


@dataclass(frozen=True, slots=True, eq=False)
class Clusters:
    """A partition of words, the largest group first."""

    labels: NDArray[np.int64]  # (n,) the group of each word; no group is empty
    names: list[str]  # of each group: the words nearest to its centre
    cohesion: float  # mean cosine similarity of words and the centre of their group


def cluster_words(words: list[str], rows: NDArray[np.float32], k: int | None = None, seed: int = 1) -> Clusters:
    """Words, and their vectors of length 1 (n, size), in `k` groups; None chooses by the number of words, 0 makes one.

    Groups where there are fewer different vectors than `k` are as many as these. ConfigError for k < 0 or more groups
    than words.
    """
    if k is None:
        k = min(max(1, round((len(words) / 2) ** 0.5)), _MOST)
    if not 0 <= k <= len(words):
        raise ConfigError("the number of clusters is out of range", expected=f"0 to {len(words)}, the words", found=k)
    labels, centres, cohesion = spherical_k_means(rows, max(k, 1), seed)
    closeness = (rows * centres[labels]).sum(axis=1)
    return Clusters(labels, [_name(words, closeness, labels == group) for group in range(len(centres))], cohesion)


def _name(words: list[str], closeness: NDArray[np.float32], members: NDArray[np.bool_]) -> str:
    own = np.flatnonzero(members)
    central = own[np.argsort(-closeness[own], kind="stable")[:_NAME_WORDS]]
    return ", ".join(words[i] for i in central.tolist())


def spherical_k_means(
    rows: NDArray[np.float32], k: int, seed: int
) -> tuple[NDArray[np.int64], NDArray[np.float32], float]:
    """Labels (n,), centres of length 1 (k, size), and the mean cosine similarity of rows with their centre.

    Dhillon and Modha 2001 (doi 10.1023/A:1007612920971), from the seeds of k-means++ (Arthur and Vassilvitskii 2007),
    the best of four starts. `rows` (n, size) are of length 1. The largest group comes first.
    """
    random = np.random.default_rng(seed)
    runs = [_refine(rows, _seeds(rows, k, random)) for _ in range(_STARTS)]
    labels, centres, cohesion = max(runs, key=lambda run: run[2])
    order = np.argsort(-np.bincount(labels, minlength=len(centres)), kind="stable")
    return np.argsort(order)[labels], centres[order], cohesion


def _seeds(rows: NDArray[np.float32], k: int, random: np.random.Generator) -> NDArray[np.float32]:
    """Rows to start from, each drawn with a chance that grows with its distance from those already drawn."""
    drawn = [int(random.integers(len(rows)))]
    distances = 1 - rows @ rows[drawn[0]]
    while len(drawn) < k:
        weights = np.where(distances > 1e-6, distances, 0).astype(np.float64)
        if not weights.any():  # fewer different rows than groups
            break
        drawn.append(int(random.choice(len(rows), p=weights / weights.sum())))
        distances = np.minimum(distances, 1 - rows @ rows[drawn[-1]])
    return rows[drawn]


def _refine(
    rows: NDArray[np.float32], centres: NDArray[np.float32]
) -> tuple[NDArray[np.int64], NDArray[np.float32], float]:
    """Assign rows to the nearest centre and move centres to the mean direction, until nothing changes."""
    labels = np.full(len(rows), -1)
    for _ in range(_ROUNDS):
        scores = rows @ centres.T
        nearest = scores.argmax(axis=1)
        _fill_empty(nearest, scores)
        if np.array_equal(nearest, labels):
            break
        labels = nearest
        centres = _mean_directions(rows, labels, centres)
    return labels, centres, float((rows * centres[labels]).sum(axis=1).mean())


def _fill_empty(nearest: NDArray[np.int64], scores: NDArray[np.float32]) -> None:
    """Give each empty group, in place, the row that fits its own group worst and is not alone in it."""
    sizes = np.bincount(nearest, minlength=scores.shape[1])
    for group in np.flatnonzero(sizes == 0).tolist():
        fit = np.where(sizes[nearest] > 1, scores[np.arange(len(nearest)), nearest], np.inf)
        worst = int(fit.argmin())
        sizes[nearest[worst]] -= 1
        nearest[worst], sizes[group] = group, 1


def _mean_directions(
    rows: NDArray[np.float32], labels: NDArray[np.int64], before: NDArray[np.float32]
) -> NDArray[np.float32]:
    sums = (labels == np.arange(len(before))[:, np.newaxis]).astype(np.float32) @ rows
    lengths = np.linalg.norm(sums, axis=1, keepdims=True)
    moved: NDArray[np.float32] = np.where(lengths > 0, sums / np.where(lengths > 0, lengths, 1), before)
    return moved.astype(np.float32)
