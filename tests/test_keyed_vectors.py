from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from kotovec.corpus.vocabulary import Vocabulary
from kotovec.errors import ConfigError, FormatError, MissingExtraError, MissingWordError, UnsupportedError
from kotovec.formats import save
from kotovec.kernels.memory import aligned_zeros
from kotovec.kernels.top_k import PANEL, SCRATCH_FLOATS, find_highest
from kotovec.vectors import KeyedVectors, Neighbor
from kotovec.vectors.batch import packed_queries
from kotovec.vectors.neighbors import highest
from kotovec.vectors.products import products
from kotovec.vectors.spelling import near_spellings

RNG = np.random.default_rng(5)
WORDS = [f"word{i}" for i in range(2000)]
VECTORS = RNG.normal(size=(2000, 20)).astype(np.float32)
COUNTS = np.arange(2000, 0, -1)


@pytest.fixture
def vectors() -> KeyedVectors:
    return KeyedVectors(Vocabulary(WORDS, COUNTS), VECTORS.copy())


def nearest_words(query: np.ndarray, n: int, allowed: np.ndarray | None = None) -> list[str]:
    """The slow way."""
    similarities = VECTORS @ query / np.linalg.norm(VECTORS, axis=1) / np.linalg.norm(query)
    order = [i for i in np.argsort(-similarities) if allowed is None or allowed[i]]
    return [WORDS[i] for i in order[:n]]


def test_results_have_names_and_unpack_like_pairs(vectors: KeyedVectors) -> None:
    neighbor = vectors.most_similar("word1", topn=1)[0]
    word, similarity = neighbor
    assert isinstance(neighbor, Neighbor)
    assert (word, similarity) == (neighbor.word, neighbor.similarity)
    assert similarity == pytest.approx(vectors.similarity("word1", word), abs=1e-6)


def test_a_missing_word_is_a_key_error_with_near_spellings() -> None:
    vectors = KeyedVectors(Vocabulary(["king", "kings", "queen", "Paris"]), np.ones((4, 2), np.float32))
    with pytest.raises(KeyError, match="'kingg' is not in the vocabulary; near spellings: king, kings"):
        vectors["kingg"]
    with pytest.raises(MissingWordError, match="near spellings: Paris"):
        vectors.most_similar("paris")
    with pytest.raises(MissingWordError, match="not in the vocabulary: 'x', 'y'"):
        vectors.most_similar_many(["king", "x", "y"])


def test_of_several_missing_words_each_has_its_nearest_spelling() -> None:
    vectors = KeyedVectors(Vocabulary(["king", "kings", "queen"]), np.eye(3, dtype=np.float32))
    with pytest.raises(KeyError, match="not in the vocabulary: 'kingg', 'qeen', 'xyz'; near spellings: king, queen$"):
        vectors.get_indices(["kingg", "king", "qeen", "xyz"])


def test_near_spellings_are_searched_only_when_the_text_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    def search(*_: Any) -> list[str]:
        pytest.fail("searched")

    monkeypatch.setattr("kotovec.vectors.lookup.near_spellings", search)
    vectors = KeyedVectors(Vocabulary(["king"]), np.ones((1, 2), np.float32))
    with pytest.raises(KeyError):
        vectors["kingg"]


@pytest.mark.parametrize("word", ["", "x" * 100, "言葉"])
def test_strange_words_have_no_near_spellings(word: str) -> None:
    assert near_spellings(word, {"king": 0, "": 1}) == []


def test_words_are_made_only_when_they_are_asked_for() -> None:
    def fail() -> Vocabulary:
        pytest.fail("made")

    vectors = KeyedVectors(fail, VECTORS)
    assert len(vectors) == 2000 and vectors.vector_size == 20
    assert vectors.norms.shape == (2000,)


def test_words_and_vectors_must_fit() -> None:
    with pytest.raises(ConfigError, match="do not fit: expected 3 rows, found shape"):
        KeyedVectors(Vocabulary("abc"), np.ones((2, 2), np.float32))
    late = KeyedVectors(lambda: Vocabulary("abc"), np.ones((2, 2), np.float32))
    with pytest.raises(ConfigError, match="do not fit"):
        _ = late.index_to_key


@pytest.mark.parametrize("size", [None, 0, -1])
def test_vectors_without_words_need_a_size(size: int | None) -> None:
    with pytest.raises(ConfigError, match="vector_size"):
        KeyedVectors(vector_size=size)


def test_nothing_is_copied_and_strided_views_are_searched() -> None:
    padded = np.zeros((2000, 32), np.float32)
    padded[:, :20] = VECTORS
    vectors = KeyedVectors(Vocabulary(WORDS), padded[:, :20])
    assert np.shares_memory(vectors.vectors, padded)
    words = [neighbor.word for neighbor in vectors.most_similar(VECTORS[3], topn=5)]
    assert words == nearest_words(VECTORS[3], 5)


def test_vectors_that_are_given_out_cannot_be_written(vectors: KeyedVectors) -> None:
    with pytest.raises(ValueError, match="read-only"):
        vectors["word1"][0] = 1
    vectors.vectors[1] = 0


def test_words_with_zero_vectors_are_nobodys_neighbours_and_like_nothing(vectors: KeyedVectors) -> None:
    changed = VECTORS[:5].copy()
    changed[2] = 0
    few = KeyedVectors(Vocabulary(WORDS[:5]), changed)
    assert {n.word for n in few.most_similar("word0")} == {"word1", "word3", "word4"}
    assert {n.word for n in few.most_similar_many(["word0"])[0]} == {"word1", "word3", "word4"}
    assert {n.word for n in few.most_similar_cosmul("word0")} == {"word1", "word3", "word4"}
    assert few.similarity("word0", "word2") == 0
    assert few.distances("word0")[2] == 1
    assert not few.get_vector("word2", norm=True).any()


@pytest.mark.parametrize("batch", [False, True])
def test_queries_can_be_restricted(batch: bool, vectors: KeyedVectors) -> None:
    def query(**options: Any) -> list[str]:
        found = (
            vectors.most_similar_many(["word9"], 8, **options)[0]
            if batch
            else vectors.most_similar("word9", topn=8, **options)
        )
        return [neighbor.word for neighbor in found]

    allowed = np.ones(2000, bool)
    allowed[9] = False
    assert query() == nearest_words(VECTORS[9], 8, allowed)
    best = query()[:3]
    excluded = allowed.copy()
    excluded[vectors.get_indices(best)] = False
    assert query(exclude=best) == nearest_words(VECTORS[9], 8, excluded)
    frequent = allowed & (COUNTS >= 1000)
    assert query(min_count=1000) == nearest_words(VECTORS[9], 8, frequent)
    assert query(restrict_vocab=100) == nearest_words(VECTORS[9], 8, allowed & (np.arange(2000) < 100))
    among = ["word5", "word9", "word700", best[0]]
    some = allowed & np.isin(np.arange(2000), vectors.get_indices(among))
    assert query(among=among) == nearest_words(VECTORS[9], 8, some)
    assert query(among=among, exclude=among) == []
    for options in ({"among": ["unknown"]}, {"exclude": ["unknown"]}):
        with pytest.raises(MissingWordError, match="'unknown'"):
            query(**options)


def test_min_count_without_counts_is_refused() -> None:
    vectors = KeyedVectors(Vocabulary("abc"), np.eye(3, dtype=np.float32))
    with pytest.raises(ConfigError, match="min_count needs counts"):
        vectors.most_similar("a", min_count=2)


@pytest.mark.parametrize("n_queries", [0, 1, 3, 1500])
@pytest.mark.parametrize("topn", [0, 1, 7, 3000])
def test_many_queries_give_what_each_gives_alone(n_queries: int, topn: int, vectors: KeyedVectors) -> None:
    few = KeyedVectors(Vocabulary(WORDS[:600]), VECTORS[:600])
    queries = [f"word{(7 * i) % 600}" for i in range(min(n_queries, 100))]
    found = few.most_similar_many(queries, topn)
    assert len(found) == len(queries)
    for query, neighbors in zip(queries[:20], found, strict=False):
        alone = few.most_similar(query, topn=topn)
        assert [n.word for n in neighbors] == [n.word for n in alone]
        np.testing.assert_allclose([n.similarity for n in neighbors], [n.similarity for n in alone], atol=1e-6)
    rows = RNG.normal(size=(n_queries, 20))
    ids, similarities = vectors.nearest(rows, min(topn, 5))
    assert ids.shape == similarities.shape == (n_queries, min(topn, 5))
    for row, found_ids in zip(rows[:5], ids, strict=False):
        assert [WORDS[i] for i in found_ids] == nearest_words(row.astype(np.float32), min(topn, 5))


def test_many_queries_need_a_list_or_a_matrix_of_the_right_size(vectors: KeyedVectors) -> None:
    with pytest.raises(ConfigError, match="a list of words or a matrix"):
        vectors.most_similar_many("word1")
    with pytest.raises(ConfigError, match="queries of another size"):
        vectors.most_similar_many(np.ones((2, 19)))


@settings(deadline=None, max_examples=150)
@given(
    scores=hnp.arrays(np.float32, st.integers(1, 700), elements=st.sampled_from([-1, 0, 0.5, 2, np.nan, -np.inf])),
    n=st.integers(0, 9),
)
def test_the_highest_scores_are_found_in_order(scores: np.ndarray, n: int) -> None:
    clean = np.where(np.isnan(scores), -np.inf, scores)
    expected = np.argsort(-clean, kind="stable")[:n]
    np.testing.assert_array_equal(highest(scores, n), expected)


def test_the_highest_of_many_scores_are_found_in_order() -> None:
    scores = RNG.normal(size=100_001).astype(np.float32)
    scores[::1000] = 2.5  # many that are equal
    np.testing.assert_array_equal(highest(scores, 150), np.argsort(-scores, kind="stable")[:150])


@settings(deadline=None, max_examples=150)
@given(
    seed=st.integers(0, 2**32 - 1),
    n_words=st.integers(1, 100),
    size=st.sampled_from([1, 2, 3, 16, 33]),
    n_queries=st.integers(1, 19),
    k=st.integers(1, 120),
    data=st.data(),
)
def test_the_kernel_keeps_the_highest_over_several_ranges_of_words(
    seed: int, n_words: int, size: int, n_queries: int, k: int, data: st.DataObject
) -> None:
    rng = np.random.default_rng(seed)
    words = rng.integers(-2, 3, (n_words, size)).astype(np.float32)  # small whole numbers: many scores are equal
    queries = rng.integers(-2, 3, (n_queries, size)).astype(np.float32)
    scale = rng.choice(np.array([0.5, 2, np.nan], np.float32), n_words)
    own = rng.integers(-1, n_words, n_queries)
    cut = data.draw(st.integers(0, n_words))
    best, ids = np.full((n_queries, k), -np.inf, np.float32), np.full((n_queries, k), -1)
    panel, tile = aligned_zeros(PANEL * size), aligned_zeros(SCRATCH_FLOATS)
    for first, last in ((0, cut), (cut, n_words)):
        find_highest(words, scale, first, last, packed_queries(queries), own, panel, tile, best, ids)
    scores = queries @ (words * scale[:, np.newaxis]).T
    for row, own_id, values, found in zip(scores, own, best, ids, strict=True):
        row[own_id] = np.nan if own_id >= 0 else row[own_id]
        usable = np.flatnonzero(~np.isnan(row))
        expected = usable[np.argsort(-row[usable], kind="stable")][:k]
        np.testing.assert_array_equal(found[: len(expected)], expected)
        np.testing.assert_array_equal(values[: len(expected)], row[expected])
        assert (found[len(expected) :] == -1).all()


@pytest.mark.parametrize("threads", [1, 2, 3])
def test_threads_share_the_words_and_find_the_same(threads: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kotovec.vectors.batch._WORDS", 16)
    monkeypatch.setattr("kotovec.vectors.batch._QUERIES", 7)
    vectors = KeyedVectors(Vocabulary(WORDS), VECTORS)
    ids, similarities = vectors.nearest(VECTORS[:20], 30, threads=threads)
    for query, found in zip(VECTORS[:20], ids, strict=True):
        assert [WORDS[i] for i in found] == nearest_words(query, 30)
    assert (np.diff(similarities, axis=1) <= 0).all()
    with pytest.raises(ConfigError, match="threads is out of range"):
        vectors.nearest(VECTORS[:1], 1, threads=0)


@pytest.mark.parametrize("size", [1, 5, 16, 20])
@pytest.mark.parametrize("n_words", [1, 3, 2000])
def test_products_on_threads_are_those_of_numpy(size: int, n_words: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kotovec.vectors.products._LARGE", 1)
    monkeypatch.setattr("kotovec.vectors.products._BLOCK", 100)
    query = RNG.normal(size=size).astype(np.float32)
    for vectors in (VECTORS[:n_words, :size], VECTORS[:n_words, :size].copy(), VECTORS[::3, :size][:n_words]):
        np.testing.assert_allclose(products(vectors, query), vectors @ query, rtol=1e-4, atol=1e-5)
    for vectors in (VECTORS[:n_words, :size].astype(np.float16), VECTORS[::-1, :size], VECTORS.T[:size].copy().T):
        np.testing.assert_allclose(products(vectors, query), vectors @ query, rtol=1e-2, atol=1e-2)


def test_rows_with_padding_are_not_copied_for_each_question(monkeypatch: pytest.MonkeyPatch) -> None:
    """As a model has them that was just trained. NumPy's product would copy them all first."""
    monkeypatch.setattr("kotovec.vectors.products._COPIED", 1)
    padded, query = VECTORS[:, :17], np.ones(17, np.float32)
    expected = padded @ query

    def no_product(*arguments: Any) -> None:
        raise AssertionError("copies the rows")

    with monkeypatch.context() as patch:
        patch.setattr("kotovec.vectors.products.np.dot", no_product)
        np.testing.assert_allclose(products(padded, query), expected, rtol=1e-4, atol=1e-5)
        with pytest.raises(AssertionError, match="copies the rows"):  # few, and one behind the other: NumPy is as fast
            products(padded.copy(), query)
        patch.delitem(sys.modules, "numba")
        with pytest.raises(AssertionError, match="copies the rows"):  # to import Numba takes longer
            products(padded, query)


@pytest.mark.parametrize("options", [{}, {"restrict_vocab": 700}, {"clip_start": 300, "clip_end": 900}])
def test_one_pass_on_threads_finds_what_sorting_all_scores_finds(
    options: dict[str, int], vectors: KeyedVectors, monkeypatch: pytest.MonkeyPatch
) -> None:
    vectors.vectors = vectors.vectors.copy()
    vectors.vectors[[5, 600]] = vectors.vectors[[7, 7]]  # equal scores
    vectors.vectors[[8, 601]] = 0
    vectors.fill_norms(force=True)
    asked = [(["word7", ("word20", 0.5)], ["word3"], {"exclude": ["word9"]}), ("word8", None, {}), (400, None, {})]
    asked += [("word7", None, {"among": ["word5", "word600", "word601", "word7"]})]
    plain = [vectors.most_similar(a, b, topn=30, **options, **more) for a, b, more in asked]
    monkeypatch.setattr("kotovec.vectors.products._LARGE", 1)
    monkeypatch.setattr("kotovec.vectors.products._BLOCK", 100)
    for (a, b, more), expected in zip(asked, plain, strict=True):
        found = vectors.most_similar(a, b, topn=30, **options, **more)
        assert [word for word, _ in found] == [word for word, _ in expected]
        np.testing.assert_allclose([s for _, s in found], [s for _, s in expected], atol=1e-5)


def test_norms_follow_every_change(vectors: KeyedVectors) -> None:
    _ = vectors.norms
    vectors["word1"] = np.full(20, 3)
    assert vectors.norms[1] == pytest.approx(np.sqrt(180), rel=1e-6)
    vectors.vectors = vectors.vectors * 2
    assert vectors.norms[1] == pytest.approx(2 * np.sqrt(180), rel=1e-6)
    vectors.vectors[1] = 1
    vectors.fill_norms(force=True)
    assert vectors.norms[1] == pytest.approx(np.sqrt(20), rel=1e-6)


def test_adding_vectors_is_checked_before_anything_changes(vectors: KeyedVectors) -> None:
    for keys, rows, message in (
        (["a", "b"], np.ones((2, 3)), "another size: expected 20, found 3"),
        (["a", "a"], np.ones((2, 20)), "given twice"),
    ):
        with pytest.raises(ValueError, match=message):
            vectors.add_vectors(keys, rows)
    with pytest.raises(ConfigError, match="one count for each word"):
        vectors.add_vectors(["a"], np.ones((1, 20)), {"count": np.array([1, 2])})
    assert len(vectors) == len(vectors.index_to_key) == 2000 and "a" not in vectors


def test_extras_are_added_with_their_vectors(vectors: KeyedVectors) -> None:
    vectors.add_vectors(["a", "word3"], np.ones((2, 20)), {"count": np.array([77, 88])})
    assert vectors.get_vecattr("a", "count") == 77
    assert vectors.get_vecattr("word3", "count") == COUNTS[3]
    vectors.add_vectors(["word3"], np.ones((1, 20)), {"count": np.array([88])}, replace=True)
    assert vectors.get_vecattr("word3", "count") == 88
    assert vectors.vocabulary.counts[[3, 2000]].tolist() == [88, 77]


def test_saved_vectors_are_loaded_with_counts_and_configuration(vectors: KeyedVectors, tmp_path: Path) -> None:
    vectors.config = {"vector_size": 20}
    vectors.add_vector("new", np.ones(20))
    vectors.save(tmp_path / "model.kv")
    loaded = KeyedVectors.load(tmp_path / "model.kv", mmap="r")
    assert loaded.index_to_key == [*WORDS, "new"]
    assert loaded.config == {"vector_size": 20}
    assert loaded.get_vecattr("word0", "count") == 2000
    np.testing.assert_array_equal(loaded.vectors, vectors.vectors)
    loaded.add_vector("newer", np.zeros(20))
    assert len(loaded) == 2002


@pytest.mark.parametrize("options", [{"append": True}, {"total_vec": 5}, {"binary": True, "write_header": False}])
def test_what_cannot_be_saved_is_refused(options: dict[str, Any], vectors: KeyedVectors, tmp_path: Path) -> None:
    with pytest.raises(UnsupportedError, match="not supported"):
        vectors.save_word2vec_format(tmp_path / "v", **options)
    assert not list(tmp_path.iterdir())


def test_a_pickle_of_gensims_is_refused_with_advice(tmp_path: Path) -> None:
    (tmp_path / "model.kv").write_bytes(b"\x80\x04\x95\x10\x00\x00\x00")
    with pytest.raises(FormatError, match="a pickle.*save_word2vec_format"):
        KeyedVectors.load(tmp_path / "model.kv")


@pytest.mark.parametrize(("module", "call"), [("ot", "wmdistance"), ("gensim.models", "to_gensim")])
def test_a_missing_extra_is_an_import_error_with_the_pip_command(
    module: str, call: str, vectors: KeyedVectors, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(MissingExtraError, match=r"pip install \"kotovec\["):
        getattr(vectors, call)(*([["word1"], ["word2"]] if call == "wmdistance" else []))


def test_word_movers_distance_moves_words() -> None:
    pytest.importorskip("ot")
    vectors = KeyedVectors(Vocabulary("abc"), np.array([[0, 0], [3, 4], [6, 8]], np.float32))
    assert vectors.wmdistance(["a", "x"], ["b"], norm=False) == pytest.approx(5)
    assert vectors.wmdistance(["a", "b"], ["b", "c"], norm=False) == pytest.approx(5)
    assert vectors.wmdistance(["a"], ["a"]) == 0
    assert vectors.wmdistance(["x"], ["a"]) == float("inf")


@pytest.mark.parametrize("dtype", [np.float16, np.float32])
def test_precomputed_vectors_give_the_same_results_until_they_change(
    dtype: type, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    vectors = KeyedVectors(Vocabulary(WORDS), VECTORS.astype(dtype), precompute=True)
    assert f"{VECTORS.nbytes} bytes more" in caplog.text
    plain = KeyedVectors(Vocabulary(WORDS), VECTORS.astype(dtype))
    for mine, other in zip(vectors.most_similar("word3"), plain.most_similar("word3"), strict=True):
        assert mine.word == other.word and mine.similarity == pytest.approx(other.similarity, abs=2e-3)
    vectors["word5"] = VECTORS[3]
    assert vectors.most_similar("word3", topn=1)[0].word == "word5"


def test_half_precision_vectors_are_searched(tmp_path: Path) -> None:
    vectors = KeyedVectors(Vocabulary(WORDS), VECTORS.astype(np.float16))
    assert vectors.most_similar("word4", topn=1)[0].similarity == pytest.approx(
        KeyedVectors(Vocabulary(WORDS), VECTORS).most_similar("word4", topn=1)[0].similarity, abs=0.01
    )
    save(tmp_path / "v.bin", vectors.vocabulary, vectors.vectors)
    np.testing.assert_array_equal(KeyedVectors.load(tmp_path / "v.bin").vectors, vectors.vectors)
