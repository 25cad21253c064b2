from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kotovec.corpus.vocabulary import Vocabulary
from kotovec.errors import ConfigError
from kotovec.vectors import KeyedVectors
from kotovec.vectors.correlation import incomplete_beta, mean_ranks, pearson, spearman

RNG = np.random.default_rng(9)
WORDS = [f"{'W' if i % 3 else 'w'}{i // 2}" for i in range(200)]
WORDS = list(dict.fromkeys(WORDS))
VECTORS = RNG.normal(size=(len(WORDS), 12)).astype(np.float32)
VECTORS[40:80] = VECTORS[:40] + 1  # so that some analogies hold


@pytest.fixture
def vectors() -> KeyedVectors:
    return KeyedVectors(Vocabulary(WORDS), VECTORS)


@pytest.fixture
def analogies(tmp_path: Path) -> Path:
    lines = [": first\n"]
    for i in range(30):
        lines.append(f"{WORDS[i]} {WORDS[40 + i]} {WORDS[i + 1]} {WORDS[41 + i]}\n")
    lines += [": second part\n", "a line of five words\n", f"{WORDS[1]} unknown {WORDS[2]} {WORDS[3]}\n"]
    lines += [f"{a.lower()} {b} {c.upper()} {d}\n" for a, b, c, d in RNG.choice(WORDS, (20, 4))]
    (tmp_path / "questions.txt").write_text("".join(lines))
    return tmp_path / "questions.txt"


@pytest.fixture
def pairs(tmp_path: Path) -> Path:
    lines = [f"{a}\t{b}\t{s:.2f}\n" for (a, b), s in zip(RNG.choice(WORDS, (40, 2)), RNG.random(40), strict=True)]
    lines += ["# a comment\tb\t1\n", "two\tfields\n", "w1\tunknown\t3\n", "w1\tw2\tnone\n"]
    (tmp_path / "pairs.tsv").write_text("".join(lines))
    return tmp_path / "pairs.tsv"


OPTIONS: list[dict[str, Any]] = [
    {}, {"case_insensitive": False}, {"restrict_vocab": 60}, {"dummy4unknown": True},
]  # fmt: skip


@pytest.mark.parametrize("options", OPTIONS)
def test_analogies_score_as_in_gensim(options: dict[str, Any], vectors: KeyedVectors, analogies: Path) -> None:
    pytest.importorskip("gensim")
    expected = vectors.to_gensim().evaluate_word_analogies(str(analogies), **options)
    score, sections = vectors.evaluate_word_analogies(analogies, **options)
    assert score == expected[0] > 0
    assert [section["section"] for section in sections] == ["first", "second part", "Total accuracy"]
    for mine, other in zip(sections, expected[1], strict=True):
        assert sorted(mine["correct"]) == sorted(other["correct"])
        assert sorted(mine["incorrect"]) == sorted(other["incorrect"])


@pytest.mark.parametrize("options", OPTIONS)
def test_word_pairs_score_as_in_gensim(options: dict[str, Any], vectors: KeyedVectors, pairs: Path) -> None:
    pytest.importorskip("gensim")
    expected = vectors.to_gensim().evaluate_word_pairs(str(pairs), **options)
    found = vectors.evaluate_word_pairs(pairs, **options)
    np.testing.assert_allclose(found[0], expected[0], rtol=1e-5)
    np.testing.assert_allclose(found[1], expected[1], rtol=1e-5)
    assert found[2] == expected[2]


def test_analogies_by_multiplication_find_what_cosmul_finds(vectors: KeyedVectors, analogies: Path) -> None:
    score, sections = vectors.evaluate_word_analogies(analogies, similarity_function="most_similar_cosmul")
    assert score > 0
    a, b, c, d = sections[0]["correct"][0]
    by_upper = {word.upper(): word for word in reversed(WORDS)}
    best = vectors.most_similar_cosmul([by_upper[b], by_upper[c]], [by_upper[a]], topn=1)[0].word
    assert best.upper() == d


def test_bad_evaluation_files_are_refused(vectors: KeyedVectors, tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("a b c d\n")
    with pytest.raises(ValueError, match="line 1: a question before the first section"):
        vectors.evaluate_word_analogies(path)
    with pytest.raises(ValueError, match="no pair with known words"):
        vectors.evaluate_word_pairs(path)
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(OSError, match="cannot read"):
        vectors.evaluate_word_pairs(path)
    with pytest.raises(OSError, match="no such file"):
        vectors.evaluate_word_analogies(tmp_path / "nothing")
    with pytest.raises(ConfigError, match="unknown similarity_function"):
        vectors.evaluate_word_analogies(path, similarity_function="magic")


@settings(deadline=None, max_examples=100)
@given(
    xs=st.lists(st.integers(0, 9), min_size=3, max_size=60),
    seed=st.integers(0, 1000),
    noise=st.sampled_from([0, 0.5, 20]),
)
def test_correlations_and_p_values_are_those_of_scipy(xs: list[int], seed: int, noise: float) -> None:
    stats = pytest.importorskip("scipy.stats")
    x = np.array(xs, float)
    y = x + np.round(np.random.default_rng(seed).normal(0, 1, len(x)) * noise, 1)
    if len(set(x)) == 1 or len(set(y)) == 1:
        assert np.isnan(pearson(x, y)).all()
        return
    np.testing.assert_allclose(pearson(x, y), tuple(stats.pearsonr(x, y)), rtol=1e-6, atol=1e-6)
    np.testing.assert_allclose(spearman(x, y), tuple(stats.spearmanr(x, y)), rtol=1e-6, atol=1e-6)


def test_equal_values_share_their_mean_rank() -> None:
    np.testing.assert_array_equal(mean_ranks(np.array([3, 1, 3, 2, 3])), [4, 1, 4, 2, 4])


def test_the_incomplete_beta_function_has_its_known_values() -> None:
    assert incomplete_beta(1, 1, 0.25) == pytest.approx(0.25)
    assert incomplete_beta(2, 2, 0.5) == pytest.approx(0.5)
    assert incomplete_beta(0.5, 0.5, 0.5) == pytest.approx(0.5)
    assert incomplete_beta(3, 1, 0.5) == pytest.approx(0.125)
    assert (incomplete_beta(3, 2, 0), incomplete_beta(3, 2, 1)) == (0, 1)
