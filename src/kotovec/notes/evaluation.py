"""How good the ranking is on a vault: some of its links are hidden, and looked for. Aggregates only."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from kotovec.errors import EvaluationError
from kotovec.notes.best import top
from kotovec.notes.held_out import HeldOut, Hide, hold_out
from kotovec.notes.note import Note
from kotovec.notes.plain_rankings import PlainRankings
from kotovec.notes.ranking import Ranker
from kotovec.notes.terms import Analyzer
from kotovec.notes.weights import DEFAULT, Weights

if TYPE_CHECKING:
    from kotovec.events import Callback

Scores: TypeAlias = Callable[[int], NDArray[Any]]  # of a note with all notes, (n_notes,)

AT = 10
LEVEL = 0.95
_RESAMPLES = 2000


@dataclass(frozen=True, slots=True)
class Measured:
    """A mean over notes, and its 95 % interval over samples of the notes, drawn with replacement (Efron 1979)."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Quality:
    """How well one ranking finds the hidden links of a note, as means over the notes that have any."""

    name: str
    recall: Measured  # share of the hidden links among the first AT
    reciprocal_rank: Measured  # 1 / place of the first hidden link
    ndcg: Measured  # normalised discounted cumulative gain at AT, each hidden link worth 1


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The qualities of kotovec's ranking and of plain ones, and of how much they were measured."""

    qualities: list[Quality]
    n_notes: int
    n_links: int  # from a note to another one, each pair once
    n_hidden: int
    n_asked: int  # notes with hidden links
    hide: Hide
    seed: int


def evaluate(
    notes: Sequence[Note],
    targets: Sequence[Sequence[int]],
    analyzer: Analyzer,
    *,
    hide: Hide = "fifth",
    seed: int = 1,
    weights: Weights = DEFAULT,
    callback: Callback | None = None,
) -> Evaluation:
    """Hide links, index what is left, and look for them: kotovec, BM25, TF-IDF and chance, in this order.

    `targets`: for each note, which note each of its links points to, -1 for none. The same seed gives the same
    numbers. EvaluationError without links between notes.
    """
    held = hold_out(notes, targets, analyzer, hide=hide, seed=seed, callback=callback)
    if not held.hidden:
        raise EvaluationError(
            "there are no links between notes to be hidden",
            expected="a vault with links",
            found=f"{len(notes)} note" + "s" * (len(notes) != 1),
        )
    ranker, plain, random = Ranker(held.arrays, weights), PlainRankings(held.texts), np.random.default_rng(seed)
    rankings: list[tuple[str, Scores]] = [
        ("kotovec", ranker.scores),
        ("BM25", plain.bm25),
        ("TF-IDF", plain.tfidf),
        ("random", lambda note: random.random(len(notes))),
    ]
    return Evaluation(
        qualities=[quality(name, per_note(held, scores), seed=seed) for name, scores in rankings],
        n_notes=len(notes),
        n_links=held.n_links,
        n_hidden=sum(map(len, held.hidden.values())),
        n_asked=len(held.hidden),
        hide=hide,
        seed=seed,
    )


def per_note(held: HeldOut, scores: Scores) -> NDArray[np.float64]:
    """(n_asked, 3) Recall at AT, reciprocal rank and nDCG at AT of each note with hidden links, in their order.

    Ranked are all other notes but those that a visible link joins to the note; of equal ones the first is better.
    """
    rows = np.zeros((len(held.hidden), 3))
    for row, (note, wanted) in enumerate(held.hidden.items()):
        values = np.array(scores(note), np.float64)
        values[held.excluded(note)] = -np.inf
        ranked = top(values, len(values))
        rows[row] = metrics(np.isin(ranked, list(wanted)), len(wanted))
    return rows


def metrics(hits: NDArray[np.bool_], n_wanted: int) -> tuple[float, float, float]:
    """Recall at AT, reciprocal rank and nDCG at AT, each 0 to 1, of a ranking: whether each place holds what is wanted.

    nDCG: Järvelin and Kekäläinen 2002, with gain 1 and discount 1 / log2(place + 1), place 1 the first.
    """
    first = hits[:AT]
    discounts = 1 / np.log2(np.arange(2, AT + 2))
    places = np.flatnonzero(hits)
    return (
        float(first.sum()) / n_wanted,
        1 / (float(places[0]) + 1) if len(places) else 0.0,
        float(discounts[: len(first)] @ first) / float(discounts[:n_wanted].sum()),
    )


def quality(name: str, rows: NDArray[np.float64], *, seed: int) -> Quality:
    """The means of what `per_note` gives, with their intervals."""
    recall, reciprocal_rank, ndcg = (_measured(column, seed) for column in rows.T)
    return Quality(name, recall, reciprocal_rank, ndcg)


def _measured(values: NDArray[np.float64], seed: int) -> Measured:
    random = np.random.default_rng(seed)
    means = [values[random.integers(0, len(values), len(values))].mean() for _ in range(_RESAMPLES)]
    low, high = np.quantile(means, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return Measured(float(values.mean()), float(low), float(high))
