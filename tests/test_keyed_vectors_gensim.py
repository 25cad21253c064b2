"""KeyedVectors against gensim's own, on the same random vectors: the same names, arguments, results and exceptions."""

from __future__ import annotations

import copy
import inspect
import pickle
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kotovec.corpus.vocabulary import Vocabulary
from kotovec.vectors import KeyedVectors

gensim_models = pytest.importorskip("gensim.models")

N, SIZE = 300, 24
WORDS = [f"w{i}" for i in range(N)]
RNG = np.random.default_rng(7)
VECTORS = RNG.normal(size=(N, SIZE)).astype(np.float32)
COUNTS = RNG.integers(1, 50, N)


@pytest.fixture
def ours() -> KeyedVectors:
    return KeyedVectors(Vocabulary(WORDS, COUNTS), VECTORS.copy())


@pytest.fixture
def theirs() -> Any:
    vectors = gensim_models.KeyedVectors(SIZE)
    vectors.add_vectors(WORDS, VECTORS)
    for word, count in zip(WORDS, COUNTS.tolist(), strict=True):
        vectors.set_vecattr(word, "count", count)
    return vectors


def check(mine: Any, other: Any) -> None:
    """The same values, as near as float32 is, in the same shape."""
    if isinstance(other, (list, tuple)) and not isinstance(mine, np.ndarray):
        assert len(mine) == len(other)
        for a, b in zip(mine, other, strict=True):
            check(a, b)
    elif isinstance(other, (str, int)) or other is None:
        assert mine == other
    else:
        assert np.shape(mine) == np.shape(other)
        np.testing.assert_allclose(mine, other, rtol=2e-5, atol=2e-6)


VECTOR = RNG.normal(size=SIZE).astype(np.float32)
CALLS: list[tuple[str, tuple[Any, ...], dict[str, Any]]] = [
    ("most_similar", ("w3",), {}),
    ("most_similar", (["w3"],), {"topn": 5}),
    ("most_similar", (["w3", "w4"], ["w5"]), {}),
    ("most_similar", (["w3", "w4"], ["w5"], 7), {}),
    ("most_similar", ("w3", "w4"), {}),
    ("most_similar", ([("w3", 2.0), "w4", ("w7", -0.5)], [("w5", -3)]), {}),
    ("most_similar", (VECTOR,), {}),
    ("most_similar", ([VECTOR, "w1", 5],), {}),
    ("most_similar", (VECTORS[:3],), {}),
    ("most_similar", (7,), {}),
    ("most_similar", (np.int64(7),), {}),
    ("most_similar", (), {"negative": ["w8"]}),
    ("most_similar", ("w3",), {"topn": None}),
    ("most_similar", ("w3",), {"topn": 0}),
    ("most_similar", ("w3",), {"topn": -1}),
    ("most_similar", ("w3",), {"topn": N + 5}),
    ("most_similar", ("w3",), {"restrict_vocab": 20}),
    ("most_similar", ("w33",), {"restrict_vocab": 20, "topn": 3}),
    ("most_similar", ("w33",), {"clip_start": 30, "clip_end": 90}),
    ("most_similar", ("w33",), {"clip_start": 250}),
    ("most_similar", ("w33",), {"clip_start": 250, "topn": None}),
    ("most_similar_cosmul", (["w3", "w4"], ["w5"]), {}),
    ("most_similar_cosmul", ("w3", "w4"), {"topn": 4}),
    ("most_similar_cosmul", (["w3"],), {"topn": None}),
    ("most_similar_cosmul", (["w3"],), {"topn": 0}),
    ("similar_by_word", ("w3", 5), {}),
    ("similar_by_word", ("w3", 5, 30), {}),
    ("similar_by_key", ("w3",), {"topn": 3, "restrict_vocab": 100}),
    ("similar_by_vector", (VECTOR, 4), {}),
    ("similar_by_vector", (VECTOR,), {"topn": None}),
    ("similarity", ("w1", "w2"), {}),
    ("similarity", (1, 2), {}),
    ("distance", ("w1", "w2"), {}),
    ("n_similarity", (["w1", "w2"], ["w3"]), {}),
    ("n_similarity", (["w1", "unknown"], ["w3"]), {}),
    ("distances", ("w1",), {}),
    ("distances", ("w1", ["w2", "w9"]), {}),
    ("distances", (VECTOR, ["w2"]), {}),
    ("cosine_similarities", (VECTOR, VECTORS), {}),
    ("doesnt_match", (["w1", "w2", "w3", "w9"],), {}),
    ("doesnt_match", (["w1", "unknown", "w3", "w9"],), {}),
    ("rank_by_centrality", (["w1", "w2", "w3"],), {}),
    ("rank_by_centrality", (["w1", "w2", "w3"], False), {}),
    ("closer_than", ("w1", "w2"), {}),
    ("words_closer_than", ("w1", "w2"), {}),
    ("word_vec", ("w5",), {}),
    ("wmdistance", (["w1", "w2", "w3"], ["w4", "w5"]), {}),
    ("wmdistance", (["w1", "w2", "w1", "unknown"], ["w4", "w1", "w9", "w9"]), {}),
    ("wmdistance", (["w1", "w2"], ["w2", "w1"]), {}),
    ("wmdistance", (["w1", "w2"], ["w3"]), {"norm": False}),
    ("wmdistance", (["w1"], ["w1"]), {}),
    ("wmdistance", (["w1"], ["unknown"]), {}),
    ("wmdistance", ([], ["w1"]), {}),
    ("rank", ("w1", "w2"), {}),
    ("rank", ("w1", "w1"), {}),
    ("most_similar_to_given", ("w1", ["w2", "w3", "w4"]), {}),
    ("relative_cosine_similarity", ("w1", "w2"), {}),
    ("relative_cosine_similarity", ("w1", "w2", 3), {}),
    ("get_mean_vector", (["w1", "w2", "unknown"],), {}),
    ("get_mean_vector", (["w1", 2, VECTOR],), {"weights": [1, -2, 0.5], "pre_normalize": False}),
    ("get_mean_vector", (["w1", "w2"],), {"weights": np.array([0.5, 2]), "post_normalize": True}),
    ("get_vector", ("w1",), {}),
    ("get_vector", ("w1",), {"norm": True}),
    ("get_vector", (5, True), {}),
    ("get_normed_vectors", (), {}),
    ("get_index", ("w5",), {}),
    ("get_index", (5,), {}),
    ("get_index", ("unknown", -1), {}),
    ("get_index", ("unknown",), {"default": 7}),
    ("has_index_for", ("unknown",), {}),
    ("has_index_for", ("w1",), {}),
    ("get_vecattr", ("w5", "count"), {}),
    ("__getitem__", ("w5",), {}),
    ("__getitem__", (["w5", "w6", 7],), {}),
    ("__getitem__", (7,), {}),
    ("__contains__", ("w5",), {}),
    ("__contains__", (N - 1,), {}),
    ("__contains__", (N,), {}),
    ("__len__", (), {}),
]


@pytest.mark.parametrize(("method", "args", "kwargs"), CALLS)
def test_results_are_those_of_gensim(
    method: str, args: tuple[Any, ...], kwargs: dict[str, Any], ours: KeyedVectors, theirs: Any
) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # gensim's own deprecations
        expected = getattr(theirs, method)(*args, **kwargs)
    check(getattr(ours, method)(*args, **kwargs), expected)


FAILURES: list[tuple[str, tuple[Any, ...], type[Exception]]] = [
    ("most_similar", ("unknown",), KeyError),
    ("most_similar", (["w1"], ["unknown"]), KeyError),
    ("most_similar", (), ValueError),
    ("most_similar", (np.ones(3, np.float32),), ValueError),
    ("most_similar", (N + 1,), KeyError),
    ("most_similar_cosmul", (), ValueError),
    ("most_similar_cosmul", ("unknown",), KeyError),
    ("similarity", ("w1", "unknown"), KeyError),
    ("n_similarity", ([], ["w1"]), ZeroDivisionError),
    ("distances", ("unknown",), KeyError),
    ("distances", ("w1", ["unknown"]), KeyError),
    ("doesnt_match", (["unknown"],), ValueError),
    ("doesnt_match", ([],), ValueError),
    ("rank", ("w1", "unknown"), KeyError),
    ("closer_than", ("w1", "unknown"), KeyError),
    ("get_mean_vector", ([],), ValueError),
    ("get_mean_vector", (["w1"], [1, 2]), ValueError),
    ("get_mean_vector", (["unknown"], None, True, False, False), KeyError),
    ("get_vector", ("unknown",), KeyError),
    ("get_index", ("unknown",), KeyError),
    ("__getitem__", ("unknown",), KeyError),
    ("__getitem__", ([],), ValueError),
    ("get_vecattr", ("w1", "colour"), KeyError),
    ("get_vecattr", ("unknown", "count"), KeyError),
    ("set_vecattr", ("w1", "count", 0.5), TypeError),
    ("relative_cosine_similarity", ("w1", "w2", 0), ValueError),
    ("load_word2vec_format", ("no such file",), FileNotFoundError),
    ("load", ("no such file",), FileNotFoundError),
    ("evaluate_word_pairs", ("no such file",), FileNotFoundError),
    ("evaluate_word_analogies", ("no such file",), FileNotFoundError),
    ("__getattribute__", ("vocab",), AttributeError),
    ("__getattribute__", ("index2word",), AttributeError),
    ("__getattribute__", ("vectors_norm",), AttributeError),
]


@pytest.mark.parametrize(("method", "args", "error"), FAILURES)
def test_exceptions_are_those_of_gensim(
    method: str, args: tuple[Any, ...], error: type[Exception], ours: KeyedVectors, theirs: Any
) -> None:
    with pytest.raises(error), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        getattr(theirs, method)(*args)
    with pytest.raises(error):
        getattr(ours, method)(*args)


NAMES = sorted({call[0] for call in CALLS} | {failure[0] for failure in FAILURES}) + [
    "add_vector", "add_vectors", "evaluate_word_analogies", "evaluate_word_pairs", "fill_norms",
    "intersect_word2vec_format", "save_word2vec_format", "sort_by_descending_frequency", "unit_normalize_all",
    "vectors_for_all", "init_sims",
]  # fmt: skip


@pytest.mark.parametrize("name", [name for name in NAMES if not name.startswith("__")])
def test_arguments_have_the_names_order_and_defaults_of_gensim(name: str) -> None:
    def arguments(cls: Any) -> list[tuple[str, Any]]:
        parameters = inspect.signature(getattr(cls, name)).parameters.values()
        return [(p.name, p.default) for p in parameters if p.kind is p.POSITIONAL_OR_KEYWORD and p.name != "self"]

    expected = arguments(gensim_models.KeyedVectors)
    assert arguments(KeyedVectors)[: len(expected)] == expected


@pytest.mark.parametrize("replace", [False, True])
def test_adding_vectors_gives_what_it_gives_in_gensim(replace: bool, ours: KeyedVectors, theirs: Any) -> None:
    new = RNG.normal(size=(3, SIZE)).astype(np.float32)
    for vectors in (ours, theirs):
        vectors.most_similar("w1")  # norms are known now
        vectors.add_vectors(["w3", "new", "newer"], new, replace=replace)
        vectors.__setitem__(["newest", "w4"], new[:2])
        vectors["single"] = new[2]
        vectors.fill_norms(force=True)
    assert ours.index_to_key == theirs.index_to_key
    assert ours.key_to_index == theirs.key_to_index
    np.testing.assert_array_equal(ours.vectors, theirs.vectors)
    check(ours.most_similar("new"), theirs.most_similar("new"))


def test_vectors_can_be_added_to_none_one_by_one_as_in_gensim() -> None:
    mine, other = KeyedVectors(3), gensim_models.KeyedVectors(3)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # gensim's, that this is slow
        for i in range(50):
            assert mine.add_vector(f"x{i}", np.full(3, i)) == other.add_vector(f"x{i}", np.full(3, i))
    assert mine.index_to_key == other.index_to_key
    np.testing.assert_array_equal(mine.vectors, other.vectors)
    assert mine.vocabulary.words == mine.index_to_key


def test_attributes_are_kept_as_in_gensim(ours: KeyedVectors, theirs: Any) -> None:
    for vectors in (ours, theirs):
        vectors.set_vecattr("w1", "count", 5000)
        vectors.set_vecattr("w2", "colour", "red")
        vectors.set_vecattr("w2", "weight", 0.5)
    for attr in ("count", "colour", "weight"):
        for word in ("w1", "w2", "w3"):
            assert ours.get_vecattr(word, attr) == theirs.get_vecattr(word, attr)
    assert ours.vocabulary.counts[1] == 5000


def test_sorting_by_frequency_gives_gensims_order(ours: KeyedVectors, theirs: Any) -> None:
    ours.sort_by_descending_frequency()
    theirs.sort_by_descending_frequency()
    assert ours.index_to_key == theirs.index_to_key
    np.testing.assert_array_equal(ours.vectors, theirs.vectors)
    assert [ours.get_vecattr(w, "count") for w in WORDS] == COUNTS.tolist()
    check(ours.most_similar("w9"), theirs.most_similar("w9"))
    assert ours.vocabulary.words == ours.index_to_key


def test_unit_normalizing_gives_gensims_vectors(ours: KeyedVectors, theirs: Any) -> None:
    ours.unit_normalize_all()
    theirs.unit_normalize_all()
    check(ours.vectors, theirs.vectors)
    np.testing.assert_allclose(ours.norms, 1, rtol=1e-6)


def test_init_sims_is_deprecated_as_in_gensim(ours: KeyedVectors) -> None:
    with pytest.warns(DeprecationWarning, match="not needed"):
        ours.init_sims(replace=True)
    np.testing.assert_allclose(np.linalg.norm(ours.vectors, axis=1), 1, rtol=1e-6)


@pytest.mark.parametrize("attributes", [True, False])
def test_vectors_for_all_selects_as_gensim_does(attributes: bool, ours: KeyedVectors, theirs: Any) -> None:
    keys = ["w9", "unknown", "w1", "w9", "w200"]
    mine = ours.vectors_for_all(keys, copy_vecattrs=attributes)
    other = theirs.vectors_for_all(keys, copy_vecattrs=attributes)
    assert mine.index_to_key == other.index_to_key == ["w9", "w1", "w200"]
    np.testing.assert_array_equal(mine.vectors, other.vectors)
    if attributes:
        assert mine.get_vecattr("w1", "count") == other.get_vecattr("w1", "count")


@pytest.mark.parametrize("binary", [True, False])
@pytest.mark.parametrize("options", [{}, {"prefix": "*dt_"}, {"sort_attr": "colour"}])
def test_saved_files_hold_what_gensims_hold(
    binary: bool, options: dict[str, Any], ours: KeyedVectors, theirs: Any, tmp_path: Path
) -> None:
    ours.save_word2vec_format(tmp_path / "mine", binary=binary, **options)
    theirs.save_word2vec_format(str(tmp_path / "other"), binary=binary, **options)
    read = [
        gensim_models.KeyedVectors.load_word2vec_format(str(tmp_path / n), binary=binary) for n in ("mine", "other")
    ]
    assert read[0].index_to_key == read[1].index_to_key
    np.testing.assert_array_equal(read[0].vectors, read[1].vectors)


@pytest.mark.filterwarnings("ignore")  # gensim leaves the file open
def test_saved_text_without_header_and_vocabulary_are_gensims(ours: KeyedVectors, theirs: Any, tmp_path: Path) -> None:
    ours.save_word2vec_format(tmp_path / "a", fvocab=tmp_path / "av", write_header=False)
    theirs.save_word2vec_format(str(tmp_path / "b"), fvocab=str(tmp_path / "bv"), write_header=False)
    assert (tmp_path / "av").read_bytes() == (tmp_path / "bv").read_bytes()
    mine = KeyedVectors.load_word2vec_format(tmp_path / "b", no_header=True)
    other = gensim_models.KeyedVectors.load_word2vec_format(str(tmp_path / "a"), no_header=True)
    assert mine.index_to_key == other.index_to_key
    np.testing.assert_array_equal(mine.vectors, other.vectors)


@pytest.mark.parametrize("binary", [True, False])
@pytest.mark.parametrize("options", [{}, {"limit": 20}, {"datatype": np.float64}, {"fvocab": "vocab"}])
def test_loaded_files_are_what_gensim_loads(
    binary: bool, options: dict[str, Any], theirs: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    theirs.save_word2vec_format("v", fvocab="vocab", binary=binary)
    mine = KeyedVectors.load_word2vec_format("v", binary=binary, **options)
    other = gensim_models.KeyedVectors.load_word2vec_format("v", binary=binary, **options)
    assert mine.index_to_key == other.index_to_key
    assert mine.vectors.dtype == other.vectors.dtype
    np.testing.assert_allclose(mine.vectors, other.vectors, rtol=1e-6)
    assert [mine.get_vecattr(w, "count") for w in ("w5", "w6") if w in mine] == [
        other.get_vecattr(w, "count") for w in ("w5", "w6") if w in other
    ]


@pytest.mark.parametrize("binary", [True, False])
def test_intersecting_replaces_shared_vectors_as_in_gensim(
    binary: bool, ours: KeyedVectors, theirs: Any, tmp_path: Path
) -> None:
    new = KeyedVectors(Vocabulary(["w5", "other", "w7"]), np.ones((3, SIZE), np.float32))
    new.save_word2vec_format(tmp_path / "v", binary=binary)
    ours.intersect_word2vec_format(tmp_path / "v", binary=binary)
    assert "other" not in ours and len(ours) == N
    np.testing.assert_array_equal(ours[["w5", "w7"]], np.ones((2, SIZE)))
    np.testing.assert_array_equal(ours["w6"], VECTORS[6])
    small = KeyedVectors(Vocabulary(["w5"]), np.ones((1, 3), np.float32))
    small.save_word2vec_format(tmp_path / "small", binary=binary)
    with pytest.raises(ValueError, match="another size"):
        ours.intersect_word2vec_format(tmp_path / "small", binary=binary)


def test_vectors_go_to_gensim_and_back_without_a_copy(ours: KeyedVectors) -> None:
    other = ours.to_gensim()
    assert np.shares_memory(other.vectors, ours.vectors)
    assert other.get_vecattr("w5", "count") == COUNTS[5]
    check(ours.most_similar("w5"), other.most_similar("w5"))
    back = KeyedVectors.from_gensim(other)
    assert np.shares_memory(back.vectors, ours.vectors)
    assert back.vocabulary == ours.vocabulary


@pytest.mark.parametrize(
    ("name", "instead"), [("vocab", "key_to_index"), ("index2word", "index_to_key"), ("resize_vectors", "add_vectors")]
)
def test_names_that_are_no_more_say_what_to_use(name: str, instead: str, ours: KeyedVectors) -> None:
    with pytest.raises(AttributeError, match=f"no attribute '{name}'; use {instead}"):
        getattr(ours, name)
    assert not hasattr(ours, "anything_else")


def test_a_copy_and_a_pickle_of_vectors_are_vectors_of_their_own(ours: KeyedVectors, tmp_path: Path) -> None:
    ours.save(tmp_path / "native")
    ours.save(tmp_path / "v.npy", format="npy")
    for original in (ours, KeyedVectors.load(tmp_path / "native"), KeyedVectors.load(tmp_path / "v.npy")):
        for made in (copy.deepcopy(original), pickle.loads(pickle.dumps(original))):
            check(made.most_similar("w1"), ours.most_similar("w1"))
            made.vectors[1] = 0
            assert original.vectors[1].any()
