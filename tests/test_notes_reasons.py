from dataclasses import replace

import numpy as np
import pytest

from kotovec.notes.ranking import Ranker
from kotovec.notes.reasons import best_sections, weigh_sections
from kotovec.notes.terms import Analyzer
from ranking_vault import build, note
from test_notes_ranking import with_topics

NOTES = [
    note("Log.md", "tide tide anchor near the old boat [[Chart]]\n# Music\nchord melody piano", tags=("sea", "plan")),
    note("Old Boat.md", "sail anchor mast rope [[Chart]]\n# Songs\nchord melody rhythm", tags=("sea",)),
    note("Chart.md", "reef"),
    note("Soil.md", "seed compost reef"),
]


@pytest.fixture(scope="module")
def ranker():
    return Ranker(with_topics(build(NOTES)))


def test_shared_words_come_with_their_share_of_what_all_carry(ranker):
    shared = ranker.why(0, 1).shared
    assert {"anchor", "chord", "melody", "old", "boat"} <= {term for term, _ in shared}
    assert sum(share for _, share in shared) <= 1
    assert [share for _, share in shared] == sorted((share for _, share in shared), reverse=True)


def test_near_words_are_of_one_note_each_and_are_not_shared(ranker):
    near = ranker.why(0, 1).near
    assert ("piano", "rhythm") in {(here, there) for here, there, _ in near}
    for here, there, cosine in near:
        assert here not in {"anchor", "chord", "melody"}
        assert here != there
        assert cosine > 0.4


def test_shared_links_and_tags_are_reasons(ranker):
    why = ranker.why(0, 1)
    assert why.links == [2]
    assert why.tags == ["sea"]


def test_a_name_in_the_text_is_a_reason(ranker):
    assert ranker.why(0, 1).named_here
    assert not ranker.why(0, 1).named_there
    assert ranker.why(1, 0).named_there


def test_notes_with_nothing_in_common_have_no_reasons(ranker):
    why = ranker.why(0, 3)
    assert (why.shared, why.links, why.tags, why.named_here, why.named_there) == ([], [], [], False, False)


def test_the_best_sections_are_named_by_their_headings(ranker):
    weighed = [weigh_sections(ranker, Analyzer(), note.sections) for note in NOTES]
    assert best_sections(weighed[0], weighed[1]) == ("Music", "Songs")
    assert best_sections(weighed[2], weighed[3]) is None


def test_words_are_near_only_where_their_cosine_stands_out_in_their_vault():
    generator = np.random.default_rng(1)
    words = [f"word{number}" for number in range(200)]
    notes = [note("One.md", " ".join(words[:100])), note("Two.md", " ".join(words[100:]))]
    arrays = build(notes)
    vectors = generator.standard_normal((len(arrays.terms), 400)) + 1  # any two have a cosine of about 0.5
    numbers = [arrays.terms.index(word) for word in ("word7", "word150")]
    vectors[numbers[1]] = vectors[numbers[0]] + 0.1
    vectors[arrays.terms.index("word8")] = vectors[arrays.terms.index("word151")] = generator.standard_normal(400)
    ranker = Ranker(replace(arrays, word_vectors=vectors.astype(np.float16)))
    assert 0.6 < ranker.topics.near < 0.95
    assert {(here, there) for here, there, _ in ranker.why(0, 1).near} == {("word7", "word150"), ("word8", "word151")}


def test_a_tag_is_no_near_word():
    notes = [note("One.md", "tide", tags=("sea",)), note("Two.md", "sail", tags=("ship",))]
    arrays = build(notes)
    vectors = np.eye(len(arrays.terms), dtype=np.float16)
    vectors[arrays.terms.index("#ship")] = vectors[arrays.terms.index("tide")]
    vectors[arrays.terms.index("#sea")] = vectors[arrays.terms.index("sail")]
    assert Ranker(replace(arrays, word_vectors=vectors)).why(0, 1).near == []
