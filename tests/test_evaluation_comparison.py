from __future__ import annotations

import json

import numpy as np
import pytest
from numpy.typing import NDArray

from kotovec.corpus.vocabulary import Vocabulary
from kotovec.errors import ConfigError, EvaluationError
from kotovec.evaluation.comparison import compare
from kotovec.vectors import KeyedVectors

RNG = np.random.default_rng(6)
WORDS = [f"w{i}" for i in range(80)]
MATRIX = RNG.normal(size=(80, 10)).astype(np.float32)


def make(matrix: NDArray[np.float32], words: list[str] | None = None) -> KeyedVectors:
    return KeyedVectors(Vocabulary(words or WORDS[: len(matrix)]), matrix)


def rotation(size: int) -> NDArray[np.float32]:
    return np.linalg.qr(RNG.normal(size=(size, size)))[0].astype(np.float32)


def test_a_rotated_and_stretched_model_is_the_same() -> None:
    found = compare(make(MATRIX), make(3 * MATRIX @ rotation(10)))
    assert found.overlap == 1
    assert found.pearson.statistic == pytest.approx(1, abs=1e-6)
    assert found.spearman.statistic == pytest.approx(1, abs=1e-5)
    assert all(word.change < 1e-5 and word.overlap == 1 for word in found.moved)


def test_unrelated_models_share_as_many_neighbours_as_chance_gives() -> None:
    found = compare(make(MATRIX), make(RNG.normal(size=(80, 25)).astype(np.float32)))
    assert found.overlap == pytest.approx(10 / 79, abs=0.04)
    assert abs(found.spearman.statistic) < 0.1


def test_words_that_changed_places_moved_most() -> None:
    other = MATRIX.copy()
    other[[5, 60]] = MATRIX[[60, 5]]
    found = compare(make(MATRIX), make(other), n_moved=3)
    assert {word.word for word in found.moved[:2]} == {"w5", "w60"}
    assert found.moved[1].change > 3 * found.moved[2].change
    assert [word.change for word in found.moved] == sorted((word.change for word in found.moved), reverse=True)


def test_neighbours_and_change_are_those_of_the_slow_way() -> None:
    first, second = make(MATRIX), make(MATRIX + RNG.normal(size=MATRIX.shape).astype(np.float32))
    for moved in compare(first, second, topn=4, n_moved=80).moved:
        nearest = [[word for word, _ in model.most_similar(moved.word, topn=4)] for model in (first, second)]
        assert [moved.first_neighbors, moved.second_neighbors] == nearest
        assert moved.overlap == len({*nearest[0]} & {*nearest[1]}) / 4
        a, b = (
            np.array([model.similarity(moved.word, word) for word in sum(nearest, [])]) for model in (first, second)
        )
        assert moved.change == pytest.approx(1 - a @ b / np.linalg.norm(a) / np.linalg.norm(b), abs=1e-5)


def test_only_common_words_with_vectors_count_in_the_order_of_the_first() -> None:
    words = [*reversed(WORDS[40:]), "other"]
    matrix = np.vstack([MATRIX[40:][::-1], RNG.normal(size=(1, 10))]).astype(np.float32)
    matrix[0] = 0
    found = compare(make(MATRIX), make(matrix, words), restrict_vocab=20)
    assert (found.n_first, found.n_second, found.n_common, found.n_compared) == (80, 41, 39, 20)
    assert {word.word for word in found.moved} == set(WORDS[40:60])
    assert found.overlap == 1


def test_fewer_words_than_neighbours_are_all_neighbours() -> None:
    found = compare(make(MATRIX[:4]), make(MATRIX[:4]), topn=50)
    assert (found.topn, found.overlap) == (3, 1)


def test_the_seed_decides_the_pairs() -> None:
    other = make(RNG.normal(size=(80, 5)).astype(np.float32))
    first, again, third = (compare(make(MATRIX), other, seed=seed) for seed in (1, 1, 2))
    assert first == again
    assert first.pearson != third.pearson


def test_too_few_common_words_are_an_error() -> None:
    with pytest.raises(EvaluationError, match="too few words in common: expected 3 or more, found 0"):
        compare(make(MATRIX), make(MATRIX[:2], ["a", "b"]))


@pytest.mark.parametrize("options", [{"topn": 0}, {"n_moved": -1}, {"restrict_vocab": 0}])
def test_numbers_out_of_range_are_refused(options: dict[str, int]) -> None:
    with pytest.raises(ConfigError, match="out of range"):
        compare(make(MATRIX), make(MATRIX), **options)


def test_the_dict_is_json() -> None:
    found = json.loads(json.dumps(compare(make(MATRIX), make(MATRIX)).as_dict()))
    assert set(found["spearman"]) == {"value", "p_value"}
    assert len(found["moved"]) == 20
