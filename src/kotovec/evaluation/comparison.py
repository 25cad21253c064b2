"""Two models on their common words: do they agree on what is alike, and which words do they see differently?"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kotovec.corpus.vocabulary import Vocabulary
from kotovec.errors import ConfigError, EvaluationError
from kotovec.vectors import KeyedVectors
from kotovec.vectors.correlation import Correlation, pearson, spearman
from kotovec.vectors.lookup import Matrix, nonzero

RESTRICT_VOCAB = 10_000
SEED = 1
_PAIRS = 100_000
_FEWEST = 3  # common words
_BLOCK = 1024  # words whose neighbours' vectors are held at once


@dataclass(frozen=True, slots=True)
class MovedWord:
    """A word that the models see differently, with its nearest words in both.

    `change`: 1 less the cosine of its two lists of similarities with all those neighbours (Hamilton et al. 2016),
    0 where they are proportional; `overlap`: the share of neighbours that both have, 0 to 1.
    """

    word: str
    change: float
    overlap: float
    first_neighbors: list[str]
    second_neighbors: list[str]


@dataclass(frozen=True, slots=True)
class Comparison:
    """How far two models agree. The vectors may have different sizes: only similarities are compared."""

    n_first: int  # words
    n_second: int
    n_common: int
    n_compared: int  # the first of the common words, in the order of the first model
    topn: int
    overlap: float  # mean share of the topn nearest words that both models have, 0 to 1
    pearson: Correlation  # of the similarities of random pairs
    spearman: Correlation
    n_pairs: int
    moved: list[MovedWord]  # the highest change first

    def as_dict(self) -> dict[str, Any]:
        """All figures as plain numbers, lists and dicts."""
        correlations = {
            name: {"value": found.statistic, "p_value": found.pvalue}
            for name, found in (("pearson", self.pearson), ("spearman", self.spearman))
        }
        return dataclasses.asdict(self) | correlations


@dataclass(frozen=True, slots=True)
class _Side:
    """One model, on the common words only: rows of length 1, and for each word the ids of its nearest words."""

    units: Matrix
    neighbors: NDArray[np.int64]

    def similarities(self, words: NDArray[np.int64], others: NDArray[np.int64]) -> NDArray[np.float64]:
        """(n, m) cosines of the word ids `words` (n,) with `others` (n, m)."""
        found: NDArray[np.float64] = np.einsum("ij,ikj->ik", self.units[words], self.units[others]).astype(np.float64)
        return found


def compare(
    first: KeyedVectors,
    second: KeyedVectors,
    *,
    topn: int = 10,
    n_moved: int = 20,
    restrict_vocab: int | None = RESTRICT_VOCAB,
    seed: int = SEED,
) -> Comparison:
    """Compare two models on the first `restrict_vocab` (None: all) of their common words.

    Neighbours are looked for among these words only. Words whose vector is zero in a model are no common words.
    EvaluationError for fewer than three common words; ConfigError for numbers out of range.
    """
    for name, value, least in (("topn", topn, 1), ("n_moved", n_moved, 0), ("restrict_vocab", restrict_vocab, 1)):
        if value is not None and value < least:
            raise ConfigError(f"{name} is out of range", expected=f"{least} or more", found=value)
    words, ids = _common(first, second)
    n_common = len(words)
    if n_common < _FEWEST:
        raise EvaluationError("too few words in common", expected=f"{_FEWEST} or more", found=n_common)
    words, ids = words[:restrict_vocab], ids[:restrict_vocab]
    topn = min(topn, len(words) - 1)
    sides = _side(first, words, ids[:, 0], topn), _side(second, words, ids[:, 1], topn)
    overlaps = _overlaps(sides[0].neighbors, sides[1].neighbors)
    of_pairs = _pair_similarities(sides, seed)
    return Comparison(
        n_first=len(first),
        n_second=len(second),
        n_common=n_common,
        n_compared=len(words),
        topn=topn,
        overlap=float(overlaps.mean()),
        pearson=pearson(*of_pairs),
        spearman=spearman(*of_pairs),
        n_pairs=len(of_pairs[0]),
        moved=_moved(words, sides, overlaps, n_moved),
    )


def _common(first: KeyedVectors, second: KeyedVectors) -> tuple[list[str], NDArray[np.int64]]:
    """The words of both, in the order of the first, and (n, 2) their ids."""
    theirs = second.key_to_index
    pairs = [(i, theirs[word]) for i, word in enumerate(first.index_to_key) if word in theirs]
    ids = np.array(pairs, np.int64).reshape(-1, 2)
    ids = ids[(first.norms[ids[:, 0]] > 0) & (second.norms[ids[:, 1]] > 0)]
    return [str(first.index_to_key[i]) for i in ids[:, 0].tolist()], ids


def _side(vectors: KeyedVectors, words: list[str], ids: NDArray[np.int64], topn: int) -> _Side:
    rows = vectors.vectors[ids].astype(np.float32)
    units = rows / nonzero(np.linalg.norm(rows, axis=1))[:, np.newaxis]
    neighbors, _ = KeyedVectors(Vocabulary(words), units).nearest(units, topn, own=np.arange(len(units)))
    return _Side(units, neighbors)


def _overlaps(first: NDArray[np.int64], second: NDArray[np.int64]) -> NDArray[np.float64]:
    """(n,) the share of each row of `first` that is in the same row of `second`."""
    shared = (first[:, :, np.newaxis] == second[:, np.newaxis, :]).any(axis=2)
    shares: NDArray[np.float64] = shared.mean(axis=1)
    return shares


def _pair_similarities(sides: tuple[_Side, _Side], seed: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The similarities of random pairs of different words in both models."""
    n = len(sides[0].units)
    random = np.random.default_rng(seed)
    words = random.integers(0, n, _PAIRS)
    others = (words + random.integers(1, n, _PAIRS)) % n
    first, second = (side.similarities(words, others[:, np.newaxis])[:, 0] for side in sides)
    return first, second


def _moved(
    words: list[str], sides: tuple[_Side, _Side], overlaps: NDArray[np.float64], n_moved: int
) -> list[MovedWord]:
    changes = np.concatenate(
        [_changes(sides, np.arange(at, min(at + _BLOCK, len(words)))) for at in range(0, len(words), _BLOCK)]
    )
    order = np.argsort(-changes, kind="stable")[:n_moved]
    return [
        MovedWord(
            words[i],
            float(changes[i]),
            float(overlaps[i]),
            [words[j] for j in sides[0].neighbors[i].tolist()],
            [words[j] for j in sides[1].neighbors[i].tolist()],
        )
        for i in order.tolist()
    ]


def _changes(sides: tuple[_Side, _Side], block: NDArray[np.int64]) -> NDArray[np.float64]:
    """(n,) how differently the two models see each word of a block."""
    others = np.concatenate([side.neighbors[block] for side in sides], axis=1)
    first, second = (side.similarities(block, others) for side in sides)
    lengths = np.linalg.norm(first, axis=1) * np.linalg.norm(second, axis=1)
    cosines: NDArray[np.float64] = (first * second).sum(axis=1) / nonzero(lengths)
    return 1 - cosines
