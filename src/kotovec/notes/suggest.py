"""The pairs of notes that most deserve a link and have none, over a whole vault."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from kotovec.notes.best import top
from kotovec.notes.percentiles import percentiles
from kotovec.notes.weighting import standardised

if TYPE_CHECKING:
    from kotovec.notes.ranking import Ranker

Floats: TypeAlias = NDArray[Any]

_MOST_ASKED = 1000  # notes whose relations are computed in full: those that promise most, of a larger vault
_PER_NOTE = 3  # candidates of each
_REPEATS = 2  # suggestions that one note may be in: a list of twenty about one note helps nobody
_CANDIDATES = 5  # pairs looked at from both sides, for each that is asked for
_COPY = 0.9  # TF-IDF cosine: above, they are near-copies, which is another question
_ROWS = 512  # of a block of products


@dataclass(frozen=True, slots=True)
class Pair:
    """Two notes without a link between them, and a percentile, 0 to 100."""

    a: int
    b: int
    score: float


def suggest(ranker: Ranker, n: int = 20) -> list[Pair]:
    """The n best pairs, the best first: by the mean of the scores in both directions. Copies are no suggestions."""
    candidates: dict[tuple[int, int], float] = {}
    for note in _promising(ranker):
        scores = ranker.scores(note)
        _forbid(ranker, note, scores)
        for other in top(scores, min(_PER_NOTE, len(scores))).tolist():
            if np.isfinite(scores[other]):
                pair = (min(note, other), max(note, other))
                candidates[pair] = max(candidates.get(pair, -np.inf), float(scores[other]))
    in_order = sorted(candidates, key=lambda pair: (-candidates[pair], pair))
    best = list(islice((pair for pair in in_order if not _are_copies(ranker, *pair)), _CANDIDATES * n))
    rows = {note: ranker.scores(note) for note in {note for pair in best for note in pair}}
    return _chosen(ranker, {(a, b): float(rows[a][b] + rows[b][a]) / 2 for a, b in best}, n)


def _chosen(ranker: Ranker, both: dict[tuple[int, int], float], n: int) -> list[Pair]:
    """The n best pairs, each note in a few of them at most."""
    chosen: list[tuple[int, int]] = []
    times: Counter[int] = Counter()
    for pair in sorted(both, key=lambda pair: (-both[pair], pair)):
        if len(chosen) < n and max(times[note] for note in pair) < _REPEATS:
            times.update(pair)
            chosen.append(pair)
    scores = percentiles(np.array([both[pair] for pair in chosen]), ranker.quantiles)
    return [Pair(a, b, float(score)) for (a, b), score in zip(chosen, scores, strict=True)]


def _are_copies(ranker: Ranker, a: int, b: int) -> bool:
    text = ranker.lexical.text
    return float(text.cosine(*text.postings.row(a))[b]) > _COPY


def _forbid(ranker: Ranker, note: int, values: Floats) -> None:
    """Put -inf in place for the note itself and all that it has a link with."""
    values[note] = -np.inf
    values[ranker.graph.neighbours(note)] = -np.inf


def _promising(ranker: Ranker) -> list[int]:
    """All notes, or of many those that are nearest in meaning to another's name, or have rare names in their text."""
    n_notes = ranker.arrays.n_notes
    if n_notes <= _MOST_ASKED:
        return list(range(n_notes))
    nearest = np.zeros(n_notes)
    for first in range(0, n_notes, _ROWS):
        cosines = ranker.topics.notes[first : first + _ROWS] @ ranker.topics.names.T
        for row, note in enumerate(range(first, min(first + _ROWS, n_notes))):
            _forbid(ranker, note, cosines[row])
        nearest[first : first + _ROWS] = np.maximum(cosines.max(axis=1), -1)
    promise = standardised(nearest) + standardised(ranker.lexical.rarest_mention())
    return [int(note) for note in top(promise, _MOST_ASKED)]
