import sys

import numpy as np
import pytest

from kotovec.errors import ConfigError, MissingExtraError, MissingWordError
from kotovec.plots import map_words, pca, project
from kotovec.plots import projection as module
from kotovec.plots.selection import select_words, similarity_matrix
from plots_case import TOPIC_OF, TOPICS, WORDS, topic_vectors

RNG = np.random.default_rng(3)
ROWS = RNG.normal(size=(300, 20)) * np.linspace(4, 1, 20) + 7


@pytest.mark.parametrize("dimensions", [2, 3])
def test_pca_gives_the_places_and_shares_of_a_singular_value_decomposition(dimensions):
    found = pca(ROWS.astype(np.float32), dimensions)
    centred = ROWS.astype(np.float32).astype(np.float64)
    centred -= centred.mean(axis=0)
    left, singular, _ = np.linalg.svd(centred, full_matrices=False)
    expected = (left * singular)[:, :dimensions]
    signs = np.sign((expected * found.positions).sum(axis=0))
    np.testing.assert_allclose(found.positions, expected * signs, atol=1e-8)
    np.testing.assert_allclose(found.explained, (singular**2 / (singular**2).sum())[:dimensions], atol=1e-12)


def test_pca_in_many_blocks_is_pca_in_one(monkeypatch):
    whole = pca(ROWS, 3)
    monkeypatch.setattr(module, "_BLOCK", 7)
    np.testing.assert_allclose(pca(ROWS, 3).positions, whole.positions, atol=1e-9)


def test_the_largest_component_of_each_direction_of_pca_is_positive():
    line = np.outer(np.arange(5.0), [1, -3, 2])
    rises = pca(line, 2).positions[:, 0]
    assert rises[0] > rises[-1]  # the largest component is that of -3, so the direction is turned
    assert pca(-line, 2).positions[:, 0][0] < pca(-line, 2).positions[:, 0][-1]


@pytest.mark.parametrize("shape", [(1, 5), (2, 5), (4, 1)])
def test_pca_of_fewer_words_or_numbers_than_axes_has_zeros(shape):
    found = pca(RNG.normal(size=shape), 3)
    assert found.positions.shape == (shape[0], 3)
    np.testing.assert_allclose(found.positions[:, min(shape[0] - 1, shape[1]) :], 0, atol=1e-9)
    assert sum(found.explained) <= 1 + 1e-12


@pytest.mark.parametrize("dimensions", [2, 3])
@pytest.mark.parametrize(
    ("method", "package"),
    [pytest.param("umap", "umap", marks=pytest.mark.slow), ("tsne", "sklearn.manifold")],  # UMAP compiles for 20 s
)
def test_umap_and_tsne_put_topics_apart_and_repeat_themselves(method, package, dimensions):
    pytest.importorskip(package, exc_type=ImportError)
    rows = select_words(topic_vectors(), WORDS, 1).rows
    places = project(rows, dimensions, method, seed=4).positions
    assert places.shape == (40, dimensions)
    np.testing.assert_array_equal(project(rows, dimensions, method, seed=4).positions, places)
    topics = np.array([list(TOPICS).index(TOPIC_OF[word]) for word in WORDS])
    distances = np.linalg.norm(places[:, np.newaxis] - places, axis=2)
    np.fill_diagonal(distances, np.inf)
    assert np.mean(topics[distances.argmin(axis=1)] == topics) > 0.85


@pytest.mark.parametrize(("method", "package"), [("umap", "umap"), ("tsne", "sklearn.manifold")])
def test_a_projection_that_is_not_installed_names_the_command(method, package, monkeypatch):
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(MissingExtraError, match=rf'pip install "kotovec\[{method}\]"'):
        project(ROWS, 2, method)


@pytest.mark.parametrize("method", ["umap", "tsne"])
def test_too_few_words_for_a_projection_are_said_before_it_begins(method):
    with pytest.raises(ConfigError, match="too few words for .*found 3; try pca"):
        project(ROWS[:3], 2, method)


@pytest.mark.parametrize(("dimensions", "method"), [(4, "pca"), (1, "pca"), (2, "lda")])
def test_unknown_choices_are_refused(dimensions, method):
    with pytest.raises(ConfigError, match="expected (2 or 3|pca or umap or tsne)"):
        project(ROWS, dimensions, method)


def test_the_most_frequent_words_come_by_their_counts_and_zeros_are_passed_over():
    vectors = topic_vectors()
    assert select_words(vectors, None, 3).words == WORDS[:3]
    vectors.expandos["count"][2:5] = [1, 2, 3]
    assert select_words(vectors, None, 40).words == [*WORDS[3:], *WORDS[2::-1]]


def test_without_counts_the_order_of_the_file_is_that_of_frequency():
    chosen = select_words(topic_vectors(counts=False), None, 5)
    assert chosen.words == WORDS[:5]
    assert chosen.counts is None


def test_given_words_stand_once_in_their_order_with_vectors_of_length_1():
    chosen = select_words(topic_vectors(), ["two", "red", "two"], 1)
    assert chosen.words == ["two", "red"]
    np.testing.assert_allclose(np.linalg.norm(chosen.rows, axis=1), 1, atol=1e-6)


def test_all_unknown_words_are_named_at_once():
    with pytest.raises(MissingWordError, match="'redd', 'blu'.*near spellings: red"):
        select_words(topic_vectors(), ["redd", "red", "blu"], 1)


def test_a_given_word_without_a_direction_is_named():
    with pytest.raises(ConfigError, match="zero or not finite: 'nothing', 'nowhere'"):
        select_words(topic_vectors(), ["red", "nothing", "nowhere"], 1)


def test_similarities_are_symmetric_with_ones_on_the_diagonal():
    found = similarity_matrix(select_words(topic_vectors(), None, 40).rows)
    assert (found == found.T).all()
    assert (np.diag(found) == 1).all()
    assert np.abs(found).max() <= 1


def test_the_neighbours_on_a_map_are_those_of_the_whole_vocabulary():
    vectors = topic_vectors()
    found = map_words(vectors, ["red", "two", "大阪"])
    assert found.n_searched == len(vectors)
    for word, neighbors in zip(found.words, found.neighbors, strict=True):
        expected = vectors.most_similar(word, topn=8)
        assert [n.word for n in neighbors] == [n.word for n in expected]
        np.testing.assert_allclose([n.similarity for n in neighbors], [n.similarity for n in expected], atol=1e-6)


def test_the_neighbours_on_a_map_are_those_shown_where_that_is_wanted():
    found = map_words(topic_vectors(), ["red", "two", "blue"], neighbors="shown")
    assert found.n_searched == 3
    assert [n.word for n in found.neighbors[0]] == ["blue", "two"]


def test_a_map_reaches_from_minus_1_to_1_around_its_middle():
    places = map_words(topic_vectors()).positions
    assert np.abs(places).max() == pytest.approx(1)
    np.testing.assert_allclose(places.max(axis=0) + places.min(axis=0), 0, atol=1e-12)


def test_a_map_of_one_word_is_a_point_in_the_middle():
    assert map_words(topic_vectors(), ["red"]).positions.tolist() == [[0, 0]]
