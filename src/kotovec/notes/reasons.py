"""Why two notes are related: the words that carried the score, and what else they share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from kotovec.notes.weighting import SUBLINEAR
from kotovec.notes.whole_words import runs_of, whole_word, whole_words

if TYPE_CHECKING:
    from kotovec.notes.note import Section
    from kotovec.notes.postings import Ints
    from kotovec.notes.ranking import Ranker
    from kotovec.notes.terms import Analyzer

Counts: TypeAlias = NDArray[Any]
Weighed: TypeAlias = list[tuple[str, dict[int, float]]]  # sections by heading: terms and their weights

_FEWEST = 3  # terms of a section that can be compared
_FEW = 3  # of near words, of which some turn out to be none, so many times more are looked for
_ASKED = 40  # of this note's weightiest terms, for which near ones are looked for


class Glimpse(NamedTuple):
    """What reasons need of the text of a note."""

    sections: Weighed
    text: str = ""
    in_pairs: bool = False  # whether its terms of scripts without spaces are but pairs of characters


@dataclass(frozen=True, slots=True)
class Why:
    """The reasons that a note is related to this one, the weightiest first; each list may be empty."""

    shared: list[tuple[str, float]] = field(
        default_factory=list
    )  # terms of both; share of what all terms carry, 0 to 1
    near: list[tuple[str, str, float]] = field(default_factory=list)  # a term here, another one there, cosine
    links: list[int] = field(default_factory=list)  # notes that both are linked with, in either direction
    tags: list[str] = field(default_factory=list)
    named_here: bool = False  # a whole name of the other stands in this note
    named_there: bool = False  # a whole name of this note stands in the other
    section: tuple[str, str] | None = None  # the most alike sections, here and there, by heading; "" is the opening


def explain(
    ranker: Ranker,
    note: int,
    other: int,
    texts: tuple[Glimpse, Glimpse] | None = None,
    *,
    n_terms: int = 6,
    n_near: int = 3,
) -> Why:
    """All reasons but the sections, which the arrays do not have (see `best_sections`).

    Given both `texts`, words stand for pairs of characters, as far as they can be told.
    """
    arrays, idf = ranker.arrays, ranker.lexical.idf
    here, here_counts = arrays.text.row(note)
    there, there_counts = arrays.text.row(other)
    common, at_here, at_there = np.intersect1d(here, there, assume_unique=True, return_indices=True)
    values = SUBLINEAR[here_counts[at_here]] * SUBLINEAR[there_counts[at_there]] * idf[common] ** 2
    named = {arrays.terms[term]: value for term, value in zip(common.tolist(), values.tolist(), strict=True)}
    carried = {term: value for term, value in named.items() if not _is_tag(term)}
    total = sum(carried.values()) or 1.0
    in_pairs = texts is not None and (texts[0].in_pairs or texts[1].in_pairs)
    near = _near(ranker, (here, here_counts), (there, there_counts), n_near * (_FEW if in_pairs else 1))
    if texts is not None and in_pairs:
        runs = runs_of(texts[0].text), runs_of(texts[1].text)
        carried = whole_words(carried, *runs)
        near = _near_words(near, *(each if text.in_pairs else None for each, text in zip(runs, texts, strict=True)))
    return Why(
        shared=[(term, carried[term] / total) for term in sorted(carried, key=lambda term: -carried[term])[:n_terms]],
        near=near[:n_near],
        links=np.intersect1d(ranker.graph.neighbours(note), ranker.graph.neighbours(other)).tolist(),
        tags=[term[1:] for term in named if _is_tag(term)],
        named_here=bool(ranker.lexical.mentions(note, here, here_counts)[other] > 0),
        named_there=bool(ranker.lexical.mentions(other, there, there_counts)[note] > 0),
    )


def _near_words(
    near: list[tuple[str, str, float]], here: frozenset[str] | None, there: frozenset[str] | None
) -> list[tuple[str, str, float]]:
    """Those of which both are words, with the words for pairs of characters, which stand in these runs; none twice."""
    found: dict[tuple[str, str], float] = {}
    for ours, theirs, cosine in near:
        one = ours if here is None else whole_word(ours, here)
        two = theirs if there is None else whole_word(theirs, there)
        if one and two and one not in two and two not in one:
            found.setdefault((one, two), cosine)
    return [(*pair, cosine) for pair, cosine in found.items()]


def _near(
    ranker: Ranker, here: tuple[Ints, Counts], there: tuple[Ints, Counts], n: int
) -> list[tuple[str, str, float]]:
    """Terms of one only, each with the nearest of those that only the other has; the weightiest first."""
    words, idf = ranker.topics.words, ranker.lexical.idf
    terms = ranker.arrays.terms
    known = np.zeros(len(terms), bool)
    known[: len(words)] = ranker.topics.well_known
    only_here, only_there = _only(here, there, known), _only(there, here, known)
    weights = SUBLINEAR[only_here[1]] * idf[only_here[0]]
    asked = only_here[0][np.argsort(-weights, kind="stable")[:_ASKED]]
    if not len(asked) or not len(only_there[0]):
        return []
    cosines = words[asked] @ words[only_there[0]].T
    nearest = cosines.argmax(axis=1)
    values = cosines[np.arange(len(asked)), nearest]
    pairs: list[tuple[str, str, float]] = []
    taken: set[int] = set()
    for row in np.argsort(-values * idf[asked], kind="stable").tolist():
        pair = terms[asked[row]], terms[only_there[0][nearest[row]]]
        if values[row] >= ranker.topics.near and nearest[row] not in taken and len(pairs) < n and not _is_tag(*pair):
            taken.add(int(nearest[row]))
            pairs.append((*pair, float(values[row])))
    return pairs


def _is_tag(*terms: str) -> bool:
    """Whether one of them is a tag: those are told of on their own."""
    return any(term.startswith("#") for term in terms)


def _only(one: tuple[Ints, Counts], other: tuple[Ints, Counts], known: NDArray[np.bool_]) -> tuple[Ints, Counts]:
    """The known terms that `one` has and `other` has not, and their counts."""
    kept = known[one[0]] & ~np.isin(one[0], other[0], assume_unique=True)
    return one[0][kept], one[1][kept]


def glimpse(ranker: Ranker, analyzer: Analyzer, title: str, sections: Sequence[Section]) -> Glimpse:
    """Of a note with this title and these sections."""
    text = "\n".join([title, *(f"{section.heading}\n{section.text}" for section in sections)])
    return Glimpse(weigh_sections(ranker, analyzer, sections), text, analyzer.in_pairs(text))


def best_sections(ours: Weighed, theirs: Weighed) -> tuple[str, str] | None:
    """The headings of the two sections, one of each note, with the highest TF-IDF cosine; None where none is above 0.

    Only where one of the notes has several sections is there anything to tell.
    """
    if max(len(ours), len(theirs)) < 2:
        return None
    best, found = 0.0, None
    for heading, weights in ours:
        for other_heading, other_weights in theirs:
            small, large = sorted((weights, other_weights), key=len)
            cosine = sum(value * large.get(term, 0.0) for term, value in small.items())
            if cosine > best:
                best, found = cosine, (heading, other_heading)
    return found


def weigh_sections(ranker: Ranker, analyzer: Analyzer, sections: Sequence[Section]) -> Weighed:
    """The heading of each section, and its terms' TF-IDF weights at length 1."""
    numbers = ranker.term_numbers
    found = []
    for section in sections:
        terms = analyzer.terms(f"{section.heading}\n{section.text}\n{section.code}")
        ids, counts = np.unique([numbers[term] for term in terms if term in numbers], return_counts=True)
        if len(ids) >= _FEWEST:
            weights = SUBLINEAR[np.minimum(counts, 255)] * ranker.lexical.idf[ids.astype(np.int64)]
            weights /= np.linalg.norm(weights)
            found.append((section.heading, dict(zip(ids.tolist(), weights.tolist(), strict=True))))
    return found
