import numpy as np
import pytest

import kotovec.notes.suggest
from kotovec.errors import ConfigError
from kotovec.notes.clusters import cluster, n_clusters, names
from kotovec.notes.duplicates import Bags, near_copies
from kotovec.notes.layout import positions
from kotovec.notes.ranking import Ranker
from kotovec.notes.suggest import suggest
from kotovec.notes.vault_map import draw_map
from ranking_vault import TOPICS, build, note, topical
from test_notes_ranking import with_topics

NOTES = topical(7)


@pytest.fixture(scope="module")
def ranker():
    return Ranker(with_topics(build(NOTES)))


@pytest.mark.parametrize("most", [1000, 15])
def test_suggestions_are_unlinked_pairs_of_one_topic(ranker, most, monkeypatch):
    monkeypatch.setattr(kotovec.notes.suggest, "_MOST_ASKED", most)
    pairs = suggest(ranker, 4)
    assert len(pairs) == 4
    for pair in pairs:
        assert pair.a < pair.b
        assert pair.b not in ranker.graph.neighbours(pair.a)
        assert NOTES[pair.a].path.split("/")[0] == NOTES[pair.b].path.split("/")[0]
    assert [pair.score for pair in pairs] == sorted((pair.score for pair in pairs), reverse=True)
    assert len({(pair.a, pair.b) for pair in pairs}) == len(pairs)


def test_the_best_suggestion_is_the_best_mean_of_both_directions(ranker):
    scores = np.stack([ranker.scores(number) for number in range(len(NOTES))])
    both = np.triu(scores + scores.T, 1)
    both[both == 0] = -np.inf
    for number in range(len(NOTES)):
        both[number, ranker.graph.neighbours(number)] = -np.inf
        both[number, ranker.features(number)["cosine"] > 0.9] = -np.inf
    best = suggest(ranker, 5)[0]
    assert (best.a, best.b) == np.unravel_index(both.argmax(), both.shape)


def test_no_note_is_in_more_than_two_suggestions(ranker):
    shown = [number for pair in suggest(ranker, 50) for number in (pair.a, pair.b)]
    assert max(shown.count(number) for number in shown) <= 2


def test_near_copies_are_no_suggestions():
    text = " ".join(f"word{number}" for number in range(60))
    arrays = with_topics(build([*topical(3), note("copy one.md", text), note("copy two.md", text)]))
    assert (12, 13) not in {(pair.a, pair.b) for pair in suggest(Ranker(arrays), 50)}


def test_vaults_with_nothing_to_suggest():
    assert suggest(Ranker(build([]))) == []
    assert suggest(Ranker(build([note("a.md", "tide")]))) == []
    linked = [note("a.md", "tide [[b]]"), note("b.md", "tide")]
    assert suggest(Ranker(build(linked))) == []


def random_notes(n=60, seed=0):
    """Notes of which each of the last third is a changed copy of one of the first."""
    random = np.random.default_rng(seed)
    words = [f"word{number}" for number in range(300)]
    texts = [random.choice(words, 80).tolist() for _ in range(n)]
    for copy in range(2 * n // 3, n):
        texts[copy] = texts[copy - 2 * n // 3][:]
        for at in random.choice(80, random.integers(0, 25), replace=False):
            texts[copy][at] = str(random.choice(words))
    return [note(f"{number:03}.md", " ".join(text)) for number, text in enumerate(texts)]


def true_similarities(notes):
    from collections import Counter

    from ranking_vault import analyzed

    bags = [Counter(one.counted) for one in analyzed(notes)]
    return np.array([[sum((a & b).values()) / max(sum((a | b).values()), 1) for b in bags] for a in bags])


def test_copies_are_those_that_comparing_all_with_all_finds():
    notes = random_notes()
    truth = true_similarities(notes)
    expected = {(a, b) for a, b in np.argwhere(np.triu(truth, 1) >= 0.7).tolist()}
    found = near_copies(build(notes), 0.7)
    assert len(expected) > 5
    assert {(copies.a, copies.b) for copies in found} == expected
    for copies in found:
        assert copies.similarity == pytest.approx(truth[copies.a, copies.b])
    assert [copies.similarity for copies in found] == sorted((copies.similarity for copies in found), reverse=True)


def test_minhash_estimates_the_true_similarity():
    notes = random_notes(90, seed=1)
    truth = true_similarities(notes)
    signatures = Bags.of(build(notes)).signatures(np.arange(90))
    estimates = (signatures[:, np.newaxis] == signatures).mean(axis=2)
    errors = (estimates - truth)[np.triu_indices(90, 1)]
    assert abs(errors.mean()) < 0.01
    assert errors.std() < 0.06


def test_a_crowd_of_equal_notes_is_not_compared_pair_by_pair():
    text = " ".join(f"word{number}" for number in range(40))
    found = near_copies(build([note(f"{number}.md", text, title="same") for number in range(300)]), 0.9)
    assert 299 <= len(found) < 2000
    assert {number for copies in found for number in (copies.a, copies.b)} == set(range(300))


def test_short_notes_are_no_copies():
    assert near_copies(build([note("a.md", "tide boat"), note("b.md", "tide boat")])) == []
    assert near_copies(build([])) == []


@pytest.mark.parametrize("threshold", [0.4, 1.1, float("nan")])
def test_thresholds_out_of_range_are_refused(threshold):
    with pytest.raises(ConfigError, match="threshold is out of range"):
        near_copies(build([]), threshold)


def test_groups_are_the_topics(ranker):
    labels = cluster(ranker.topics.notes, 4)
    for first in range(0, 28, 7):
        assert len(set(labels[first : first + 7])) == 1
    assert len(set(labels)) == 4


def test_groups_are_named_by_their_words(ranker):
    labels = cluster(ranker.topics.notes, 4)
    for label, name in enumerate(names(ranker.arrays, labels, ranker.lexical.idf)):
        topic = NOTES[int(np.flatnonzero(labels == label)[0])].path.split("/")[0]
        assert set(name.split(", ")) <= {topic, *TOPICS[topic].split()}
        assert len(name.split(", ")) == 3


def test_the_largest_group_is_the_first():
    vectors = np.repeat(np.eye(3), [2, 9, 5], axis=0)
    assert np.bincount(cluster(vectors, 3)).tolist() == [9, 5, 2]


@pytest.mark.parametrize(("n_notes", "n"), [(0, 1), (5, 1), (150, 7), (10_000, 16)])
def test_as_many_groups_as_can_be_told_apart(n_notes, n):
    assert n_clusters(n_notes) == n


def test_the_map_puts_topics_apart(ranker):
    drawn = draw_map(ranker)
    places = np.stack([drawn.x, drawn.y], axis=1)
    assert places.dtype == np.float32
    assert np.abs(places).max() <= 1 + 1e-6
    distances = np.linalg.norm(places[:, np.newaxis] - places, axis=2)
    topics = np.repeat(np.arange(4), 7)
    same = topics[:, np.newaxis] == topics
    assert distances[same & ~np.eye(28, dtype=bool)].mean() < 0.5 * distances[~same].mean()
    again = draw_map(ranker)
    assert np.array_equal(drawn.x, again.x)
    assert np.array_equal(drawn.cluster, again.cluster)


def test_linked_notes_are_near_each_other_where_words_say_nothing():
    links = np.array([[a, a + 1] for a in range(0, 40, 2)], np.int32)
    places = positions(np.zeros((40, 0), np.float32), links)
    distances = np.linalg.norm(places[:, np.newaxis] - places, axis=2)
    joined = distances[links[:, 0], links[:, 1]].mean()
    assert joined < 0.7 * distances.mean()


@pytest.mark.parametrize("n", [0, 1, 2, 3])
def test_small_vaults_have_maps(n):
    drawn = draw_map(Ranker(build([note(f"{number}.md", "tide") for number in range(n)])))
    assert drawn.x.shape == drawn.y.shape == drawn.cluster.shape == (n,)
    assert np.isfinite(drawn.x).all()
    assert len(drawn.names) == 1
