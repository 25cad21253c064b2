import math
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from kotovec.errors import ConfigError
from kotovec.notes.best import top
from kotovec.notes.fields import analyze
from kotovec.notes.percentiles import distribution, percentiles
from kotovec.notes.ranking import Ranker
from kotovec.notes.terms import Analyzer
from kotovec.notes.weighting import standardised
from kotovec.notes.weights import DEFAULT, Weights
from kotovec.notes.word_vectors import with_vectors
from ranking_vault import TOPICS, build, note, topical

NOTES = topical(6)
WORDS_OF = {word: topic for topic, words in TOPICS.items() for word in words.split()}


def with_topics(arrays):
    """Word vectors that know which topic a word is of."""
    axes = {topic: axis for axis, topic in enumerate(TOPICS)}
    vectors = np.full((len(arrays.terms), len(axes) + 1), 0.05, np.float32)
    for row, term in enumerate(arrays.terms):
        vectors[row, axes.get(WORDS_OF.get(term, term), len(axes))] = 1
    return with_vectors(arrays, vectors)


def ranker(notes=NOTES, weights=DEFAULT):
    return Ranker(with_topics(build(notes)), weights)


def bags(notes):
    analyzer = Analyzer()
    return [Counter(analyze(each, analyzer).counted) for each in notes]


def slow_tfidf(texts):
    n = len(texts)
    df = Counter(term for text in texts for term in text)
    rows = [{t: (1 + math.log(c)) * (math.log((1 + n) / (1 + df[t])) + 1) for t, c in text.items()} for text in texts]
    norms = [math.sqrt(sum(value**2 for value in row.values())) for row in rows]
    return [
        [sum(a[t] * b.get(t, 0) for t in a) / (x * y) for b, y in zip(rows, norms, strict=True)]
        for a, x in zip(rows, norms, strict=True)
    ]


def slow_bm25(texts, k1=1.2, b=0.75):
    n = len(texts)
    df = Counter(term for text in texts for term in text)
    lengths = [sum(text.values()) for text in texts]
    mean = sum(lengths) / n
    return [
        [
            sum(
                (1 + math.log(count))
                * math.log(1 + (n - df[term] + 0.5) / (df[term] + 0.5))
                * (text[term] * (k1 + 1))
                / (text[term] + k1 * (1 - b + b * length / mean))
                for term, count in question.items()
            )
            for text, length in zip(texts, lengths, strict=True)
        ]
        for question in texts
    ]


@pytest.mark.parametrize(("name", "slow"), [("cosine", slow_tfidf), ("bm25", slow_bm25)])
def test_tfidf_and_bm25_are_what_plain_python_gives(name, slow):
    expected = slow(bags(NOTES))
    mine = ranker()
    for number in range(len(NOTES)):
        assert mine.features(number)[name] == pytest.approx(expected[number], rel=1e-5, abs=1e-6)


def test_notes_of_a_topic_are_related_and_others_are_not():
    mine = ranker()
    for number, each in enumerate(NOTES):
        found = mine.related(number, "all", 5).notes
        assert {NOTES[other].path.split("/")[0] for other in found} == {each.path.split("/")[0]}


def test_the_filters_show_each_other_note_once():
    mine = ranker()
    unlinked, linked, both = (mine.related(2, kind, 100) for kind in ("unlinked", "linked", "all"))
    assert sorted([*unlinked.notes, *linked.notes]) == sorted(both.notes)
    assert sorted(both.notes) == [number for number in range(len(NOTES)) if number != 2]
    assert set(linked.notes) == {0, 1, 3}
    assert both.n_hidden == 0


def test_hidden_are_those_that_would_stand_before_the_last_one_shown():
    mine = ranker()
    scores = mine.scores(2)
    shown = mine.related(2, "unlinked", 2)
    expected = sum(scores[other] > scores[shown.notes[-1]] for other in (0, 1, 3))
    assert shown.n_hidden == expected > 0


def test_scores_shown_are_percentiles_that_fall():
    scores = ranker().related(0, "all", 23).scores
    assert (np.diff(scores) <= 0).all()
    assert 0 <= scores[-1] < 50 < scores[0] <= 100


def test_a_vault_of_one_note_has_nothing_related():
    found = ranker([note("alone.md", "tide")]).related(0)
    assert len(found.notes) == 0
    assert found.n_hidden == 0


def test_notes_without_words_are_ranked_too():
    mine = ranker([note("a.md"), note("b.md"), note("c.md", "tide")])
    assert len(mine.related(0).notes) == 2
    assert np.isfinite(mine.scores(0)).all()


@pytest.mark.parametrize("n", [0, 1, 3])
def test_a_vault_without_links_or_vectors_is_ranked(n):
    arrays = build([note(f"{number}.md", "tide boat") for number in range(n)])
    for number in range(n):
        assert np.isfinite(Ranker(arrays).scores(number)).all()
    assert Ranker(arrays).search(Analyzer(), "tide")[:1] == Ranker(arrays).search(Analyzer(), "tide", 1)


FEATURE_VAULT = [
    note("Old Boat.md", "mast rope sail"),
    note("walk.md", "saw an old boat near rope makers"),
    note("x/one.md", "old things; a boat far off", aliases=("Coral bank",)),
    note("x/two.md", "at the coral bank"),
    note("x/y/three.md", "nothing alike"),
]


def test_a_whole_name_in_the_text_is_a_mention_and_its_parts_are_not():
    mention = ranker(FEATURE_VAULT).features(1)["mention"]
    assert mention[0] > 0
    assert ranker(FEATURE_VAULT).features(2)["mention"][0] == 0


def test_an_alias_is_a_name():
    assert ranker(FEATURE_VAULT).features(3)["mention"][2] > 0


def test_the_share_of_a_name_in_the_text_does_not_ask_for_order():
    here = ranker(FEATURE_VAULT).features(2)["names_here"]
    assert here[0] == pytest.approx(1)
    assert 0 <= here[3] < 1


def test_a_name_counts_in_the_text_of_others():
    there = ranker(FEATURE_VAULT).features(0)["names_there"]
    assert there[1] > there[4] == 0


def test_names_that_many_notes_have_are_mentioned_often():
    mentioned = ranker(FEATURE_VAULT).features(4)["mentioned"]
    assert mentioned[0] == pytest.approx(math.log(2))
    assert mentioned[4] == 0


def test_folders_are_near_by_what_they_share():
    assert ranker(FEATURE_VAULT).features(2)["folder"] == pytest.approx([0, 0, 1, 1, 2 / 3])
    assert ranker(FEATURE_VAULT).features(0)["folder"] == pytest.approx([0] * 5)


def test_the_name_of_a_topic_is_near_notes_about_it():
    notes = [*NOTES, note("sea.md", "elsewhere")]
    topic = ranker(notes).features(len(notes) - 2)["topic"]
    kitchen = ranker([*NOTES, note("sea.md"), note("kitchen.md")]).features(20)["topic"]
    assert kitchen[-1] > kitchen[-2] + 0.5
    assert topic.shape == (len(notes),)


def test_standardised_values_have_mean_0_and_variance_1_without_the_note_itself():
    values = standardised(np.array([1.0, 2, 50, 3]), without=2)
    assert values[2] == 0
    assert values[[0, 1, 3]].mean() == pytest.approx(0, abs=1e-6)
    assert (values[[0, 1, 3]] ** 2).mean() == pytest.approx(1)
    assert standardised(np.full(4, 7.0), without=1).tolist() == [0, 0, 0, 0]
    assert standardised(np.zeros(0)).tolist() == []


def test_percentiles_tell_how_many_pairs_are_less_related():
    sample = np.random.default_rng(0).normal(size=100_000)
    quantiles = distribution(sample)
    assert percentiles(np.array([-10.0, 0, 1.2816, 10]), quantiles) == pytest.approx([0, 50, 90, 100], abs=0.5)
    assert percentiles(np.array([3.0]), quantiles)[0] < percentiles(np.array([3.5]), quantiles)[0] < 100


def test_a_given_calibration_is_used():
    mine = ranker()
    again = Ranker(mine.arrays, calibration=mine.calibration._replace(quantiles=mine.quantiles - 100))
    assert again.related(0).scores.tolist() == [100] * 10


def test_the_best_are_the_first_of_equal_ones():
    scores = np.array([1.0, 3, 2, 3, 3, 0])
    assert top(scores, 2).tolist() == [1, 3]
    assert top(scores, 6).tolist() == [1, 3, 4, 2, 0, 5]
    assert top(scores, 0).tolist() == []


def test_weights_go_out_and_come_back():
    weights = Weights(cosine=2)
    assert Weights.from_dict(weights.as_dict()) == weights
    assert Weights.from_dict({"bm25": 0}) == replace(DEFAULT, bm25=0)


@pytest.mark.parametrize("value", [-1, 101, float("nan"), "1", True, None])
def test_weights_that_are_none_are_refused(value):
    with pytest.raises(ConfigError, match="weight cosine is out of range"):
        Weights(cosine=value)


def test_unknown_weights_are_refused():
    with pytest.raises(ConfigError, match="unknown weight 'sine'.*cosine"):
        Weights.from_dict({"sine": 1})


def test_without_a_weight_a_feature_does_not_count():
    only = Weights(**{name: 0 for name in DEFAULT.as_dict()} | {"folder": 1})
    assert np.array_equal(ranker(weights=only).scores(0), standardised(ranker().features(0)["folder"], without=0))
