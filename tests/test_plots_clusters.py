import numpy as np
import pytest

from kotovec.errors import ConfigError
from kotovec.plots.clusters import cluster_words, spherical_k_means
from kotovec.plots.selection import select_words
from plots_case import TOPIC_OF, TOPICS, WORDS, topic_vectors


def rows_of(n, size, seed=0):
    rows = np.random.default_rng(seed).normal(size=(n, size)).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


@pytest.mark.parametrize(("n", "k"), [(50, 5), (200, 10), (7, 7), (30, 1)])
def test_each_row_is_in_the_group_of_its_nearest_centre_and_no_group_is_empty(n, k):
    rows = rows_of(n, 6)
    labels, centres, cohesion = spherical_k_means(rows, k, 1)
    sizes = np.bincount(labels, minlength=k)
    assert sizes.min() > 0
    assert (np.diff(sizes) <= 0).all()
    np.testing.assert_allclose(np.linalg.norm(centres, axis=1), 1, atol=1e-5)
    np.testing.assert_array_equal((rows @ centres.T).argmax(axis=1), labels)
    assert cohesion == pytest.approx((rows * centres[labels]).sum(axis=1).mean(), abs=1e-6)


def test_each_centre_is_the_direction_of_the_mean_of_its_group():
    rows = rows_of(120, 8)
    labels, centres, _ = spherical_k_means(rows, 6, 1)
    for group, centre in enumerate(centres):
        mean = rows[labels == group].mean(axis=0)
        np.testing.assert_allclose(centre, mean / np.linalg.norm(mean), atol=1e-5)


def test_groups_of_topics_are_the_topics():
    chosen = select_words(topic_vectors(), WORDS, 1)
    found = cluster_words(chosen.words, chosen.rows, 5)
    groups = [{TOPIC_OF[word] for word, label in zip(WORDS, found.labels, strict=True) if label == i} for i in range(5)]
    assert sorted(map(len, groups)) == [1] * 5
    assert set.union(*groups) == set(TOPICS)


def test_a_group_is_named_by_the_words_nearest_to_its_centre():
    chosen = select_words(topic_vectors(), TOPICS["family"], 1)
    found = cluster_words(chosen.words, chosen.rows, 1)
    mean = chosen.rows.mean(axis=0)
    nearest = np.argsort(-(chosen.rows @ mean))[:3]
    assert found.names == [", ".join(chosen.words[i] for i in nearest)]


def test_the_same_seed_gives_the_same_groups():
    rows = rows_of(100, 5)
    words = [f"w{i}" for i in range(100)]
    first, again = (cluster_words(words, rows, 8, seed=3) for _ in range(2))
    np.testing.assert_array_equal(first.labels, again.labels)
    assert first.names == again.names


def test_there_are_no_more_groups_than_different_vectors():
    rows = np.repeat(rows_of(3, 4), 5, axis=0)
    found = cluster_words([f"w{i}" for i in range(15)], rows, 10)
    assert len(found.names) == 3
    assert found.cohesion == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize(("n", "k"), [(1, 1), (8, 2), (50, 5), (5000, 10)])
def test_the_number_of_groups_grows_with_the_words_up_to_ten(n, k):
    assert len(cluster_words([str(i) for i in range(n)], rows_of(n, 4)).names) == k


@pytest.mark.parametrize("k", [-1, 9])
def test_a_number_of_groups_out_of_range_is_refused(k):
    with pytest.raises(ConfigError, match="expected 0 to 8, the words"):
        cluster_words(list("abcdefgh"), rows_of(8, 3), k)
