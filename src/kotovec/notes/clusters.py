"""Groups of notes about the same, and what to call them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from kotovec.notes.topics import unit
from kotovec.notes.weighting import SUBLINEAR

if TYPE_CHECKING:
    from kotovec.notes.arrays import VaultArrays
    from kotovec.notes.postings import Ints, Postings

Floats: TypeAlias = NDArray[Any]

MOST = 16  # clusters: as many as can be told apart by colour
_NOTES_PER_CLUSTER = 12  # at least, on average
_ROUNDS = 30
_WORDS = 3  # of a name
_SEED = 1


def n_clusters(n_notes: int) -> int:
    """How many groups suit so many notes: about the root of a third of them, 1 to MOST."""
    return int(np.clip(min(round((n_notes / 3) ** 0.5), n_notes // _NOTES_PER_CLUSTER), 1, MOST))


def cluster(vectors: Floats, n: int) -> Ints:
    """(n_rows,) Which of n groups each row is in, 0 the largest, by spherical k-means (Dhillon and Modha 2001).

    `vectors`: (n_rows, size), of length 1, or 0 where nothing is known; these join the largest group. The same vectors
    give the same groups.
    """
    if not vectors.size or n < 2:
        return np.zeros(len(vectors), np.int64)
    centres = _first_centres(vectors, n)
    labels = np.full(len(vectors), -1, np.int64)
    for _ in range(_ROUNDS):
        nearest = (vectors @ centres.T).argmax(axis=1)
        if np.array_equal(nearest, labels):
            break
        labels = nearest
        sums = np.zeros_like(centres)
        np.add.at(sums, labels, vectors)
        centres = unit(sums)
    known = np.linalg.norm(vectors, axis=1) > 0
    order = np.argsort(-np.bincount(labels[known], minlength=n), kind="stable")
    numbers = np.empty(n, np.int64)
    numbers[order] = np.arange(n)
    return np.where(known, numbers[labels], 0)


def _first_centres(vectors: Floats, n: int) -> Floats:
    """Rows far from one another: each drawn with the square of its distance to those before (k-means++)."""
    random = np.random.default_rng(_SEED)
    chosen = [int((vectors @ unit(vectors.sum(axis=0, keepdims=True))[0]).argmax())]
    nearest = vectors @ vectors[chosen[0]]
    while len(chosen) < n:
        chances = np.maximum(1 - nearest, 0).astype(np.float64) ** 2
        chances[chosen] = 0
        total = chances.sum()
        chosen.append(int(random.choice(len(vectors), p=chances / total)) if total > 0 else len(chosen) % len(vectors))
        nearest = np.maximum(nearest, vectors @ vectors[chosen[-1]])
    return np.array(vectors[chosen])


def names(arrays: VaultArrays, labels: Ints, idf: Floats) -> list[str]:
    """For each group its most telling words, with commas between them: frequent in it and rare elsewhere.

    Words of headings and names count twice.
    """
    telling = _telling(arrays.text, labels, idf) + _telling(arrays.headings, labels, idf)
    return [_name(row, arrays.terms) for row in telling]


def _telling(postings: Postings, labels: Ints, idf: Floats) -> Floats:
    """(n_groups, n_terms) Of the TF-IDF weight of each term, the mean in the group above that elsewhere."""
    n, n_terms = int(labels.max(initial=0)) + 1, postings.n_terms
    terms = np.repeat(np.arange(n_terms), postings.sizes())
    cells = labels[postings.notes] * n_terms + terms
    sums = np.bincount(cells, SUBLINEAR[postings.counts] * idf[terms], n * n_terms).reshape(n, n_terms)
    having = np.bincount(cells, minlength=n * n_terms).reshape(n, n_terms)
    sizes = np.bincount(labels, minlength=n)[:, np.newaxis]
    elsewhere = (sums.sum(axis=0) - sums) / np.maximum(len(labels) - sizes, 1)
    telling: Floats = (sums / np.maximum(sizes, 1) - elsewhere) * (having > 1)  # one note's word is not the group's
    return telling


def _name(telling: Floats, terms: list[str]) -> str:
    """The best words; not those that are parts of one that is there already, or have no letter."""
    chosen: list[str] = []
    for number in np.argsort(-telling, kind="stable")[:50].tolist():
        term = terms[number]
        if telling[number] <= 0 or len(chosen) == _WORDS:
            break
        if not any(character.isalpha() for character in term) or term.startswith("#"):
            continue
        if not any(term in other or other in term for other in chosen):
            chosen.append(term)
    return ", ".join(chosen)
