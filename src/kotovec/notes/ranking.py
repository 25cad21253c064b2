"""What is related to a note, what a few words find: the features, weighted and added up."""

from __future__ import annotations

import sys
from bisect import bisect_left
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from kotovec.notes.arrays import VaultArrays
from kotovec.notes.best import top
from kotovec.notes.calibration import Calibration, score_quantiles, trust_in_links
from kotovec.notes.folders import Folders
from kotovec.notes.lexical import Lexical
from kotovec.notes.link_features import LinkGraph
from kotovec.notes.percentiles import percentiles
from kotovec.notes.postings import Ints
from kotovec.notes.reasons import Glimpse, Why, explain
from kotovec.notes.search import Hit, search
from kotovec.notes.terms import Analyzer
from kotovec.notes.topics import Topics
from kotovec.notes.weighting import SUBLINEAR, standardised
from kotovec.notes.weights import DEFAULT, Weights

Filter: TypeAlias = Literal["unlinked", "linked", "all"]
Floats: TypeAlias = NDArray[Any]

_OF_LINKS = frozenset({"votes", "common", "coupled"})  # features


@dataclass(frozen=True, slots=True, eq=False)
class Ranking:
    """Notes, the best first, with scores 0 to 100, and how many others the filter hides among the best."""

    notes: Ints
    scores: NDArray[np.float64]
    n_hidden: int


class Ranker:
    """Answers for one state of a vault. Nothing of the arrays is changed; what is computed once is kept."""

    def __init__(self, arrays: VaultArrays, weights: Weights = DEFAULT, calibration: Calibration | None = None) -> None:
        """`calibration`: of an earlier state of the vault, which saves measuring it again."""
        self.arrays = arrays
        self.weights = weights
        self.lexical = Lexical(arrays)
        self.topics = Topics(arrays)
        self.graph = LinkGraph(arrays.links, arrays.n_notes)
        self._folders = Folders(arrays.paths)
        if calibration is not None:
            self.trust, self.quantiles = calibration

    def related(self, note: int, filter: Filter = "unlinked", n: int = 10) -> Ranking:
        """The n notes most related to a note: those without a link between the two, those with one, or all.

        `n_hidden`: how many of the others would stand before the last one shown.
        """
        scores = self.scores(note)
        scores[note] = -np.inf
        linked = np.zeros(self.arrays.n_notes, bool)
        linked[self.graph.neighbours(note)] = True
        shown = {"unlinked": ~linked, "linked": linked, "all": np.ones_like(linked)}[filter]
        shown[note] = False
        best = top(np.where(shown, scores, -np.inf), min(n, int(shown.sum())))
        hidden = ~shown
        hidden[note] = False
        last = scores[best[-1]] if len(best) else np.inf
        n_hidden = int((scores[hidden] > last).sum()) if len(best) else int(hidden.sum())
        return Ranking(best, percentiles(scores[best], self.quantiles), n_hidden)

    def scores(self, note: int) -> Floats:
        """(n_notes,) The weighted sum of the standardised features; higher is more related. 0 for the note itself."""
        total = np.zeros(self.arrays.n_notes, np.float32)
        for name, values in self.weighable(note).items():
            total += getattr(self.weights, name) * values
        return total

    def weighable(self, note: int) -> dict[str, Floats]:
        """(n_notes,) each feature, standardised; those of links times the trust in this vault's links."""
        return {
            name: standardised(values, without=note) * np.float32(self.trust if name in _OF_LINKS else 1)
            for name, values in self.features(note).items()
        }

    def features(self, note: int) -> dict[str, Floats]:
        """(n_notes,) each feature, under the name of its weight."""
        terms, counts = self.arrays.text.row(note)
        cosine = self.lexical.text.cosine(terms, counts)
        return {
            "cosine": cosine,
            "bm25": self.lexical.text.bm25(terms, SUBLINEAR[counts]),
            "names_here": self.lexical.names_here(terms),
            "names_there": self.lexical.names_there(note),
            "mention": self.lexical.mentions(note, terms, counts),
            "mentioned": self.lexical.mentioned,
            "headings": self.lexical.headings(note),
            "topic": self.topics.of_note(note),
            "folder": self._folders.closeness(note),
            "votes": self.graph.votes(note, cosine),
            "common": self.graph.common(note),
            "coupled": self.graph.coupled(note),
        }

    def why(self, note: int, other: int, texts: tuple[Glimpse, Glimpse] | None = None) -> Why:
        """The reasons that `other` is related to `note`, but for the sections: see `reasons.explain`."""
        return explain(self, note, other, texts)

    def search(self, analyzer: Analyzer, text: str, n: int = 20) -> list[Hit]:
        """The n notes that a few words find, the best first."""
        return search(self, analyzer, text, n)

    @cached_property
    def term_numbers(self) -> dict[str, int]:
        """The number of each term of the vault."""
        return {term: number for number, term in enumerate(self.arrays.terms)}

    def beginning(self, text: str) -> list[int]:
        """The numbers of the terms that begin so."""
        terms = self._sorted_terms
        first = bisect_left(terms, text)
        last = bisect_left(terms, text + chr(sys.maxunicode), first)
        return [self.term_numbers[term] for term in terms[first:last]]

    @cached_property
    def _sorted_terms(self) -> list[str]:
        return sorted(self.arrays.terms)

    @cached_property
    def trust(self) -> float:
        """0 to 1: how much this vault's links tell of further ones; see `calibration`."""
        return trust_in_links(self)

    @cached_property
    def quantiles(self) -> NDArray[np.float32]:
        """The distribution of scores over pairs of notes, from a sample; `percentiles` reads it."""
        return score_quantiles(self)

    @property
    def calibration(self) -> Calibration:
        """What was measured, for the Ranker of another state of the same vault."""
        return Calibration(self.trust, self.quantiles)
