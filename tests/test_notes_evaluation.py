import math

import numpy as np
import pytest

from kotovec.corpus.stop_words import stop_words
from kotovec.errors import EvaluationError
from kotovec.notes.evaluation import evaluate, metrics, per_note, quality
from kotovec.notes.held_out import hold_out
from kotovec.notes.plain_rankings import PlainRankings, plain_tokens
from kotovec.notes.terms import Analyzer
from kotovec.notes.weights import Weights
from ranking_vault import note, targets_of, topical

NOTES = topical(8)
TARGETS = targets_of(NOTES)


@pytest.fixture(scope="module", params=["fifth", "all"])
def held(request):
    return request.param, hold_out(NOTES, TARGETS, Analyzer(), hide=request.param, seed=3)


@pytest.mark.parametrize(
    ("hits", "n_wanted", "expected"),
    [
        ([1, 0, 0], 1, (1, 1, 1)),
        ([0, 1, 0], 1, (1, 1 / 2, 1 / math.log2(3))),
        ([0, 0, 1, 1], 3, (2 / 3, 1 / 3, (1 / 2 + 1 / math.log2(5)) / (1 + 1 / math.log2(3) + 1 / 2))),
        ([0] * 10 + [1], 1, (0, 1 / 11, 0)),
        ([1] * 12, 12, (10 / 12, 1, 1)),
        ([0, 0], 3, (0, 0, 0)),
    ],
)  # fmt: skip
def test_recall_reciprocal_rank_and_ndcg_are_as_worked_by_hand(hits, n_wanted, expected):
    assert metrics(np.array(hits, bool), n_wanted) == pytest.approx(expected)


def test_hidden_links_are_gone_in_both_directions_with_their_text(held):
    hide, vault = held
    left = {tuple(pair) for pair in vault.arrays.links.tolist()}
    for here, others in vault.hidden.items():
        for there in others:
            assert (here, there) not in left
            assert (there, here) not in left
            assert NOTES[there].title not in vault.texts[here].split("\n", 1)[1]
    hidden = {(here, there) for here, others in vault.hidden.items() for there in others}
    assert len(hidden) + len(left) == vault.n_links == len({(a, b) for a, b in left | hidden})
    if hide == "all":
        assert not left
    else:
        pairs = {tuple(sorted(pair)) for pair in hidden}
        assert len(pairs) == round(0.2 * len({tuple(sorted(pair)) for pair in hidden | left}))


def test_links_that_stay_keep_their_text():
    vault = hold_out(NOTES, TARGETS, Analyzer(), hide="fifth", seed=3)
    here, there = vault.arrays.links[0].tolist()
    assert NOTES[there].title in vault.texts[here] or NOTES[here].title in vault.texts[there]


def test_the_seed_chooses_what_is_hidden():
    first, again, other = (hold_out(NOTES, TARGETS, Analyzer(), seed=seed).hidden for seed in (1, 1, 2))
    assert first == again != other


def test_of_few_links_one_is_hidden():
    notes = [note("a.md", "[[b]]"), note("b.md")]
    assert hold_out(notes, [[1], []], Analyzer()).hidden == {0: {1}}


def test_kotovec_finds_more_than_chance_and_the_same_seed_gives_the_same(held):
    hide, _ = held
    found = evaluate(NOTES, TARGETS, Analyzer(), hide=hide, seed=3)
    ours, bm25, tfidf, random = found.qualities
    assert [each.name for each in found.qualities] == ["kotovec", "BM25", "TF-IDF", "random"]
    assert min(ours.ndcg.value, tfidf.ndcg.value, bm25.ndcg.value) > 1.5 * random.ndcg.value
    for each in (ours, bm25, tfidf, random):
        for measured in (each.recall, each.reciprocal_rank, each.ndcg):
            assert 0 <= measured.low <= measured.value <= measured.high <= 1
    assert found == evaluate(NOTES, TARGETS, Analyzer(), hide=hide, seed=3)
    assert found.n_asked <= found.n_hidden <= found.n_links


def test_weights_are_used():
    nothing = Weights(**dict.fromkeys(Weights().as_dict(), 0))
    found = evaluate(NOTES, TARGETS, Analyzer(), hide="all", weights=nothing).qualities[0]
    assert found.ndcg.value < evaluate(NOTES, TARGETS, Analyzer(), hide="all").qualities[0].ndcg.value


def test_visible_neighbours_and_the_note_itself_are_no_answers():
    vault = hold_out(NOTES, TARGETS, Analyzer(), hide="fifth", seed=3)
    asked = next(iter(vault.hidden))
    best_is_excluded = np.zeros(len(NOTES))
    best_is_excluded[vault.excluded(asked)] = 9
    best_is_excluded[list(vault.hidden[asked])] = 1
    assert asked in vault.excluded(asked)
    assert per_note(vault, lambda _: best_is_excluded)[0].tolist() == [1, 1, 1]


def test_a_vault_without_links_cannot_be_evaluated():
    with pytest.raises(EvaluationError, match="no links between notes.*2 notes"):
        evaluate([note("a.md"), note("b.md")], [[], []], Analyzer())


def test_intervals_narrow_with_more_notes():
    random = np.random.default_rng(0)
    few, many = (quality("x", random.random((n, 3)), seed=1).ndcg for n in (20, 2000))
    assert many.high - many.low < few.high - few.low


TEXTS = [
    "Compost and soil: the soil's compost, soils!",
    "A boat, the boat, that sails the sea.",
    "Nothing in common here, except a boat",
    "a I",
    "naïve café Straße 2024 x2",
]


def test_plain_tfidf_is_scikit_learns():
    text = pytest.importorskip("sklearn.feature_extraction.text")
    words = sorted(word for word in stop_words("en") if "'" not in word)
    matrix = text.TfidfVectorizer(sublinear_tf=True, stop_words=words).fit_transform(TEXTS)
    expected = (matrix @ matrix.T).toarray()
    plain = PlainRankings(TEXTS)
    for number in range(len(TEXTS)):
        assert plain.tfidf(number) == pytest.approx(expected[number], abs=1e-6)


def test_plain_words_of_scripts_without_spaces_are_pairs():
    assert plain_tokens("機械学習 with GPUで") == ["機械", "械学", "学習", "gpu", "で"]


def test_plain_bm25_prefers_the_shorter_of_two_notes_with_the_word():
    plain = PlainRankings(["boat", "boat sea", "boat sea wind rope mast", "soil"])
    scores = plain.bm25(0)
    assert scores[1] > scores[2] > scores[3] == 0
