"""Weights tuned to one's own vault: links are hidden, and weights looked for that find more of them.

Other links than those that they were chosen by decide whether the new weights are taken, so a vault with few links, or
one that is like those the defaults were chosen on, keeps the defaults.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import NDArray

from kotovec.errors import EvaluationError
from kotovec.notes.evaluation import AT, per_note
from kotovec.notes.held_out import HeldOut, hold_out
from kotovec.notes.note import Note
from kotovec.notes.ranking import Ranker
from kotovec.notes.terms import Analyzer
from kotovec.notes.weights import DEFAULT, LARGEST, Weights

if TYPE_CHECKING:
    from kotovec.events import Callback

Report: TypeAlias = Callable[[int, int], None]  # rounds done, of so many

_FACTORS = (0.0, 0.5, 0.75, 1.33, 2.0)  # that a weight is tried with
_FIRST = 0.2  # what a weight of 0 is tried as
_ROUNDS = 2
_COST = 0.01  # of nDCG, per doubling of all weights away from their defaults: small gains are mostly chance
_LEAST_GAIN = 0.01  # of nDCG on other links, for the new weights to be taken
_MOST_ASKED = 400  # notes, of each set of hidden links
_FEWEST_ASKED = 20


@dataclass(frozen=True, slots=True)
class Tuned:
    """The weights to be used, and nDCG at 10 on links that had no part in choosing them."""

    weights: Weights
    before: float  # with the defaults
    after: float  # with what was found; where that is no real gain, `weights` are the defaults
    n_asked: int  # notes with hidden links that the weights were chosen by

    @property
    def changed(self) -> bool:
        """Whether the defaults are left."""
        return self.weights != DEFAULT


def tune(
    notes: Sequence[Note],
    targets: Sequence[Sequence[int]],
    analyzer: Analyzer,
    *,
    seed: int = 1,
    callback: Callback | None = None,
    report: Report | None = None,
) -> Tuned:
    """Hide a fifth of the links twice, choose weights by the one set, and check them by the other.

    `targets` as for `evaluate`. The same seed gives the same weights. EvaluationError with fewer than 20 notes whose
    links can be hidden.
    """
    chosen_by = _Features.of(hold_out(notes, targets, analyzer, seed=seed, callback=callback), seed)
    if len(chosen_by.ideal) < _FEWEST_ASKED:
        raise EvaluationError(
            "too few links to tune weights by",
            expected=f"{_FEWEST_ASKED} notes with hidden links",
            found=str(len(chosen_by.ideal)),
        )
    found = _climb(chosen_by, report or (lambda done, of: None))
    checked_by = hold_out(notes, targets, analyzer, seed=seed, part=1, callback=callback)
    before, after = (_ndcg(checked_by, weights) for weights in (DEFAULT, found))
    return Tuned(found if after >= before + _LEAST_GAIN else DEFAULT, before, after, len(chosen_by.ideal))


def _ndcg(held: HeldOut, weights: Weights) -> float:
    return float(per_note(held, Ranker(held.arrays, weights).scores)[:, 2].mean())


@dataclass(frozen=True, eq=False)
class _Features:
    """The standardised features of some notes with all others, and what is to be found."""

    values: NDArray[np.float32]  # (n_features, n_asked, n_notes)
    wanted: NDArray[np.bool_]  # (n_asked, n_notes)
    out: NDArray[np.bool_]  # (n_asked, n_notes) no answers
    ideal: NDArray[np.float64]  # (n_asked,) the best discounted gain

    @classmethod
    def of(cls, held: HeldOut, seed: int) -> _Features:
        ranker, n_notes = Ranker(held.arrays), held.arrays.n_notes
        asked = np.array(list(held.hidden), np.int64)
        asked = np.sort(np.random.default_rng(seed).permutation(asked)[:_MOST_ASKED])
        values = np.zeros((len(_NAMES), len(asked), n_notes), np.float32)
        wanted, out = np.zeros((2, len(asked), n_notes), bool)
        for row, note in enumerate(asked.tolist()):
            found = ranker.weighable(note)
            for number, name in enumerate(_NAMES):
                values[number, row] = found[name]
            wanted[row, list(held.hidden[note])] = True
            out[row, held.excluded(note)] = True
        sizes = np.minimum(wanted.sum(axis=1), AT)
        return cls(values, wanted, out, np.cumsum(_DISCOUNTS)[sizes - 1])

    def ndcg(self, scores: NDArray[np.float32]) -> float:
        """The mean, from (n_asked, n_notes) scores."""
        scores = np.where(self.out, -np.inf, scores)
        n = min(AT, scores.shape[1])
        best = np.argpartition(-scores, n - 1, axis=1)[:, :n]
        order = np.argsort(-np.take_along_axis(scores, best, axis=1), axis=1, kind="stable")
        hits = np.take_along_axis(self.wanted, np.take_along_axis(best, order, axis=1), axis=1)
        return float(((hits * _DISCOUNTS[:n]).sum(axis=1) / self.ideal).mean())


_NAMES = tuple(field.name for field in fields(Weights))
_DISCOUNTS = 1 / np.log2(np.arange(2, AT + 2))


def _climb(features: _Features, report: Report) -> Weights:
    """One weight after the other is changed for as long as that finds more, at a price for going far."""
    weights = DEFAULT.as_dict()
    totals = sum(weight * features.values[number] for number, weight in enumerate(weights.values()))
    scores = np.asarray(totals, np.float32)
    best = features.ndcg(scores)
    for round_ in range(_ROUNDS):
        for number, name in enumerate(_NAMES):
            report(round_ * len(_NAMES) + number, _ROUNDS * len(_NAMES))
            old = weights[name]
            for new in [old * factor for factor in _FACTORS] if old else [_FIRST]:
                moved = scores + (new - weights[name]) * features.values[number]
                trial = weights | {name: new}
                value = features.ndcg(moved) - _price(trial)
                if new <= LARGEST and value > best + 1e-4:
                    best, scores, weights = value, moved, trial
    return replace(DEFAULT, **weights)


def _price(weights: dict[str, float]) -> float:
    default = DEFAULT.as_dict()
    far = [abs(np.log2((weights[name] + _FIRST) / (default[name] + _FIRST))) for name in _NAMES]
    return _COST * float(np.mean(far))
