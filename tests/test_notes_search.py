import numpy as np
import pytest

from kotovec.notes.ranking import Ranker
from kotovec.notes.terms import Analyzer
from ranking_vault import build, note, topical
from test_notes_ranking import with_topics

NOTES = [
    *topical(5),
    note("Harbour lights.md", "nothing else"),
    note("Walks.md", "along the harbour, with lights, " + "and much besides " * 20),
    note("本.md", "機械学習の本を読む"),
]
ANALYZER = Analyzer()


@pytest.fixture(scope="module")
def ranker():
    return Ranker(with_topics(build(NOTES)))


def paths(ranker, text, n=20):
    return [NOTES[hit.note].path for hit in ranker.search(ANALYZER, text, n)]


def test_a_name_is_better_than_the_same_words_in_the_text(ranker):
    assert paths(ranker, "harbour lights ")[:2] == ["Harbour lights.md", "Walks.md"]


def test_scores_fall_from_100_at_most_to_above_0(ranker):
    scores = [hit.score for hit in ranker.search(ANALYZER, "tide boat", 20)]
    assert scores == sorted(scores, reverse=True)
    assert all(0 < score <= 100 for score in scores)


def test_words_near_those_asked_for_find_notes_that_do_not_have_them(ranker):
    found = [hit for hit in ranker.search(ANALYZER, "mast ", 30) if "mast" not in hit.terms]
    assert found
    assert all(NOTES[hit.note].path.startswith(("sea", "Harb", "Walks")) for hit in found)


def test_words_near_do_not_add_up_to_the_word_itself():
    notes = [
        *topical(5)[:15],
        note("Log.md", "the tide of this day, " + "and some words besides " * 3),
        note("Tackle.md", "boat anchor sail wave rope mast " * 9),
    ]
    hits = Ranker(with_topics(build(notes))).search(ANALYZER, "tide ", 20)
    found = {notes[hit.note].path: hit for hit in hits}
    assert "tide" not in found["Tackle.md"].terms
    assert len(found["Tackle.md"].terms) > 2
    assert found["Log.md"].score > 1.5 * found["Tackle.md"].score


def test_of_words_equally_near_the_more_frequent_are_taken(ranker):
    number = ranker.term_numbers["harbour"]
    near = [word for word, _ in ranker.topics.nearest(number, 4)]
    cosines = ranker.topics.words @ ranker.topics.words[number]
    assert near == [word for word in np.flatnonzero(cosines > cosines[near[0]] - 1e-6).tolist() if word != number][:4]


def test_the_beginning_of_a_word_finds_it_while_it_is_typed(ranker):
    assert paths(ranker, "lighth")[0].startswith("sea/")
    assert paths(ranker, "lighth ") == []


def test_the_words_that_a_note_has_are_told(ranker):
    best = ranker.search(ANALYZER, "harbour lights ", 1)[0]
    assert best.terms[:2] == ["harbour", "light"]


def test_scripts_without_spaces_are_searched(ranker):
    assert paths(ranker, "機械")[0] == "本.md"


@pytest.mark.parametrize("text", ["", " ", "the of and", "zzzz ", "***"])
def test_what_says_nothing_finds_nothing(ranker, text):
    assert ranker.search(ANALYZER, text) == []


def test_no_more_than_asked_for(ranker):
    assert len(ranker.search(ANALYZER, "tide", 2)) == 2
