import numpy as np
import pytest

from kotovec.notes.link_features import LinkGraph

N = 30


@pytest.fixture
def links():
    """Of 30 notes, 26 with links; note 29 has none."""
    random = np.random.default_rng(1)
    pairs = {(int(a), int(b)) for a, b in random.integers(0, 26, (90, 2)) if a != b}
    return np.array(sorted(pairs), np.int32)


@pytest.fixture
def out(links):
    matrix = np.zeros((N, N))
    matrix[links[:, 0], links[:, 1]] = 1
    return matrix


def test_neighbours_are_those_linked_in_either_direction(links, out):
    graph, both = LinkGraph(links, N), np.maximum(out, out.T)
    for note in range(N):
        assert graph.neighbours(note).tolist() == np.flatnonzero(both[note]).tolist()
    assert graph.degrees.tolist() == both.sum(axis=1).tolist()


def test_common_neighbours_are_as_in_dense_matrices(links, out):
    both = np.maximum(out, out.T)
    dense = (both / np.maximum(both.sum(axis=1), 1)) @ both
    for note in range(N):
        assert LinkGraph(links, N).common(note) == pytest.approx(dense[note])


def test_votes_are_as_in_dense_matrices(links, out):
    similarities = np.random.default_rng(2).random((N, N))
    for note in range(N):
        others = np.where(np.arange(N) == note, 0, similarities[note] ** 3)
        dense = others @ (out / np.sqrt(np.maximum(out.sum(axis=1), 1))[:, np.newaxis])
        assert LinkGraph(links, N).votes(note, similarities[note]) == pytest.approx(dense)


def test_coupled_notes_vote_as_in_dense_matrices(links, out):
    both = np.maximum(out, out.T)
    degrees = np.maximum(both.sum(axis=1), 1)
    cosines = (both @ both) / np.sqrt(np.outer(degrees, degrees))
    np.fill_diagonal(cosines, 0)
    for note in range(N):
        assert LinkGraph(links, N).coupled(note) == pytest.approx((cosines @ out)[note])


def test_without_links_there_is_nothing_to_say():
    graph = LinkGraph(np.zeros((0, 2), np.int32), 3)
    assert graph.neighbours(0).tolist() == []
    for values in (graph.common(0), graph.coupled(0), graph.votes(0, np.ones(3))):
        assert values.tolist() == [0, 0, 0]
