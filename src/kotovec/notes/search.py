"""What a few words find: notes that have them, in their name before all, or words near them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from kotovec.notes.best import top
from kotovec.notes.topics import products
from kotovec.notes.weighting import K1

if TYPE_CHECKING:
    from kotovec.notes.postings import Ints
    from kotovec.notes.ranking import Ranker
    from kotovec.notes.terms import Analyzer

Floats: TypeAlias = NDArray[Any]

NAME, TOPIC = 0.6, 0.2  # beside 1 for the text
_NEAR, _N_NEAR, _NEAR_WEIGHT = 0.55, 4, 0.3  # words of at least this cosine count, so many, so much
_NEAR_MOST = 0.3  # of 1, however many near words a note has: one that has the words themselves comes first
_BEGINNING_WEIGHT, _N_BEGINNINGS = 0.6, 12  # words that begin with the last one asked for, as it is being typed
_LEAST = 0.04  # of 1: below, a note is not found


@dataclass(frozen=True, slots=True)
class Hit:
    """A note that was found. `terms` are those of the question, and words near them, that it has; the best first."""

    note: int
    score: float  # 0 to 100: how much of the question is in it
    terms: list[str]


def search(ranker: Ranker, analyzer: Analyzer, text: str, n: int = 20) -> list[Hit]:
    """The n best notes for a few words, the best first; none where nothing of the question is known."""
    asked = list(dict.fromkeys([*analyzer.terms(text), *analyzer.terms(text, japanese=True)]))
    terms, weights, near = _expanded(ranker, asked, typing=not text[-1:].isspace())
    if not len(terms):
        return []
    index = ranker.lexical.text
    most = float((weights[weights == 1] * index.bm25_rarity[terms[weights == 1]]).sum()) or float(
        (weights * index.bm25_rarity[terms]).max()
    )
    scale = most * (K1 + 1)
    instead = np.minimum(index.bm25(terms[near], weights[near]) / scale, _NEAR_MOST)
    found = np.minimum(index.bm25(terms[~near], weights[~near]) / scale + instead, 1)
    total = found + NAME * ranker.lexical.names_match(terms, weights) + TOPIC * _topic(ranker, terms, weights)
    score = total / (1 + NAME + TOPIC)
    best = [note for note in top(score, min(n, len(score))).tolist() if score[note] >= _LEAST]
    had = _had(ranker, best, terms, weights)
    return [Hit(note, 100 * float(score[note]), had[note]) for note in best]


def _expanded(ranker: Ranker, asked: list[str], *, typing: bool) -> tuple[Ints, Floats, NDArray[np.bool_]]:
    """The terms of a question that the vault has, at weight 1, those near them and those beginning as the last one.

    Each with its weight, and whether it is but near.
    """
    numbers = ranker.term_numbers
    weights = {numbers[term]: 1.0 for term in asked if term in numbers}
    known = list(weights)
    if typing and asked and len(asked[-1]) > 1:
        for number in sorted(ranker.beginning(asked[-1]))[:_N_BEGINNINGS]:  # the most frequent are the first
            weights.setdefault(number, _BEGINNING_WEIGHT)
    n_meant = len(weights)
    for term in known:
        for near, cosine in ranker.topics.nearest(term, _N_NEAR):
            if cosine >= _NEAR:
                weights.setdefault(near, _NEAR_WEIGHT * cosine)
    is_near = np.arange(len(weights)) >= n_meant
    return np.array(list(weights), np.int64), np.array(list(weights.values()), np.float64), is_near


def _topic(ranker: Ranker, terms: Ints, weights: Floats) -> Floats:
    """(n_notes,) 0 to 1: how near each note is to the words in meaning."""
    words = ranker.topics.words
    known = (terms < len(words)) & (weights == 1)
    if not known.any():
        return np.zeros(ranker.arrays.n_notes)
    vector = (weights[known] * ranker.lexical.idf[terms[known]]) @ words[terms[known]]
    cosines = products(ranker.topics.notes, vector / max(float(np.linalg.norm(vector)), 1e-9))
    return np.maximum(cosines, 0)


def _had(ranker: Ranker, notes: list[int], terms: Ints, weights: Floats) -> dict[int, list[str]]:
    """Which of the terms each of the notes has, the weightiest first."""
    had: dict[int, list[str]] = {note: [] for note in notes}
    wanted = np.zeros(ranker.arrays.n_notes, bool)
    wanted[notes] = True
    for term in terms[np.argsort(-weights, kind="stable")].tolist():
        found = ranker.arrays.text.notes[slice(*ranker.arrays.text.starts[term : term + 2])]
        for note in found[wanted[found]].tolist():
            had[note].append(ranker.arrays.terms[term])
    return had
