import itertools

import numpy as np
import pytest

from kotovec.errors import ConfigError
from kotovec.plots import network as module
from kotovec.plots import similarity_heatmap, similarity_network
from kotovec.plots.heatmap import Heatmap
from kotovec.plots.network import find_edges
from kotovec.plots.seriation import similar_order
from plots_case import TOPIC_OF, WORDS, topic_vectors


def rows_of(n, size=6):
    rows = np.random.default_rng(n).normal(size=(n, size)).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def edges_by_hand(rows, threshold, nearest):
    similarity = {(i, j): float(rows[i] @ rows[j]) for i, j in itertools.permutations(range(len(rows)), 2)}
    found = set()
    for i, j in similarity:
        better = sum(similarity[i, k] > similarity[i, j] for k in range(len(rows)) if k not in (i, j))
        is_near = nearest is None or better < nearest
        if is_near and (threshold is None or similarity[i, j] >= threshold):
            found.add((min(i, j), max(i, j)))
    return sorted(found)


@pytest.mark.parametrize(("threshold", "nearest"), [(0.3, None), (None, 2), (0.4, 3), (None, 100), (-1, None)])
def test_edges_are_those_of_a_search_of_all_pairs(threshold, nearest):
    rows = rows_of(31)
    edges, weights = find_edges(rows, threshold, nearest)
    assert list(map(tuple, edges.tolist())) == edges_by_hand(rows, threshold, nearest)
    np.testing.assert_allclose(weights, (rows[edges[:, 0]] * rows[edges[:, 1]]).sum(axis=1), atol=1e-6)


def test_a_network_joins_words_of_one_topic_and_names_those_left_alone():
    vectors = topic_vectors()
    vectors.add_vector("stranger", -np.ones(12, np.float32))
    found = similarity_network(vectors, [*WORDS, "stranger"], threshold=0.6)
    assert found.alone == ["stranger"]
    assert "stranger" not in found.words
    for i, j in found.edges.tolist():
        assert TOPIC_OF[found.words[i]] == TOPIC_OF[found.words[j]]
    assert len(found.words) == len(found.positions) == len(found.clusters.labels) == len(found.counts)


def test_without_a_threshold_each_word_has_its_three_nearest():
    found = similarity_network(topic_vectors())
    assert found.nearest == 3
    assert np.bincount(found.edges.ravel()).min() >= 3


def test_the_layout_repeats_itself_and_puts_joined_words_nearer_than_others():
    found, again = (similarity_network(topic_vectors(), threshold=0.6, seed=2) for _ in range(2))
    np.testing.assert_array_equal(found.positions, again.positions)
    distances = np.linalg.norm(found.positions[:, np.newaxis] - found.positions, axis=2)
    joined = np.zeros(distances.shape, bool)
    joined[tuple(found.edges.T)] = True
    apart = ~(joined | joined.T | np.eye(len(joined), dtype=bool))
    assert distances[joined].mean() < 0.5 * distances[apart].mean()
    assert np.isfinite(found.positions).all()
    assert np.abs(found.positions).max() == pytest.approx(1)


def test_words_with_the_same_vector_get_places_of_their_own():
    vectors = topic_vectors()
    vectors.add_vectors(["twin", "twin2"], np.stack([vectors["red"], vectors["red"]]))
    places = similarity_network(vectors, ["red", "twin", "twin2"]).positions
    assert len(np.unique(places.round(3), axis=0)) == 3


def test_a_threshold_that_leaves_no_edge_names_the_highest_similarity():
    rows = rows_of(9)
    highest = (rows @ rows.T - 2 * np.eye(9)).max()
    with pytest.raises(ConfigError, match=f"the most similar two have {highest:.3f}; try a lower"):
        find_edges(rows, 0.999, None)


def test_too_many_edges_are_refused_with_a_threshold_that_would_do(monkeypatch):
    monkeypatch.setattr(module, "MOST_EDGES", 50)
    rows = rows_of(40)
    with pytest.raises(ConfigError, match="expected at most 50, found 780; try a threshold of") as caught:
        find_edges(rows, -1, None)
    threshold = float(str(caught.value).split("threshold of ")[1].split(",")[0])
    assert 0 < len(find_edges(rows, threshold, None)[0]) <= 50


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"threshold": 1.5}, "threshold is out of range"),
        ({"nearest": 0}, "nearest is out of range"),
        ({"words": ["red"]}, "too few words to plot: expected 2 or more, found 1"),
        ({"top": 0}, "top is out of range"),
    ],
)
def test_wrong_options_of_a_network_are_refused(options, text):
    with pytest.raises(ConfigError, match=text):
        similarity_network(topic_vectors(), **options)


@pytest.mark.parametrize("n", [1, 2, 3, 17, 60])
def test_the_order_of_similar_words_is_a_permutation(n):
    rows = rows_of(n)
    assert sorted(similar_order(rows @ rows.T)) == list(range(n))


def test_the_order_of_similar_words_keeps_topics_together():
    found = similarity_heatmap(topic_vectors(), WORDS)
    topics = [TOPIC_OF[word] for word in found.words]
    assert sum(a != b for a, b in itertools.pairwise(topics)) == 4


def test_side_by_side_words_are_more_similar_than_in_the_given_order():
    def beside(order):
        found = similarity_heatmap(topic_vectors(), WORDS, order=order)
        return np.diag(found.similarities, 1).mean()

    assert beside("similar") > beside("given") + 0.4


def test_a_heatmap_in_the_given_order_has_the_similarities_of_the_library():
    vectors, words = topic_vectors(), ["two", "red", "one"]
    found = similarity_heatmap(vectors, words, order="given")
    assert found.words == words
    expected = [[vectors.similarity(a, b) for b in words] for a in words]
    np.testing.assert_allclose(found.similarities, expected, atol=1e-6)


@pytest.mark.parametrize(
    ("values", "limits", "diverging"),
    [([0.2, 0.8], (0.2, 0.8), False), ([-0.1, 0.9], (-0.1, 0.9), False), ([-0.6, 0.5], (-0.6, 0.6), True)],
)
def test_the_colours_run_over_the_values_and_around_zero_where_many_are_below(values, limits, diverging):
    low, high = values
    plot = Heatmap(list("abc"), np.array([[1, low, high], [low, 1, high], [high, high, 1]], np.float32))
    assert plot.limits == pytest.approx(limits)
    assert plot.is_diverging == diverging


def test_a_heatmap_of_equal_values_still_has_a_scale():
    low, high = Heatmap(["a", "b"], np.array([[1, 0.5], [0.5, 1]], np.float32)).limits
    assert low < 0.5 < high


def test_a_heatmap_of_too_many_words_or_an_unknown_order_is_refused(monkeypatch):
    monkeypatch.setattr("kotovec.plots.heatmap.MOST_CELLS_ACROSS", 10)
    with pytest.raises(ConfigError, match="expected at most 10, found 40"):
        similarity_heatmap(topic_vectors())
    with pytest.raises(ConfigError, match="expected similar or given, found 'random'"):
        similarity_heatmap(topic_vectors(), order="random")
