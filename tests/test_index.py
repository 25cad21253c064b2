"""The approximate index: it answers like the exact search, says how well, and is never read from what is not ours."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("usearch")

from kotovec.cli.query import Questions
from kotovec.corpus.vocabulary import Vocabulary
from kotovec.errors import (
    ConfigError,
    FormatError,
    KotovecError,
    MissingExtraError,
    MissingFileError,
    OutputError,
    StaleIndexError,
)
from kotovec.formats import load, save
from kotovec.vectors import KeyedVectors
from kotovec.vectors.index_file import vectors_digest

N, SIZE = 3000, 24
RNG = np.random.default_rng(3)
ROWS = (RNG.normal(size=(30, SIZE))[RNG.integers(0, 30, N)] + 0.6 * RNG.normal(size=(N, SIZE))).astype(np.float32)
ROWS[[5, 77]] = 0
WORDS = [f"w{i}" for i in range(N)]


@pytest.fixture
def vectors() -> KeyedVectors:
    return KeyedVectors(Vocabulary(WORDS, range(N, 0, -1)), ROWS.copy())


def words_of(neighbors: list[tuple[str, float]]) -> list[str]:
    return [word for word, _ in neighbors]


def test_the_index_finds_nearly_what_the_exact_search_finds(vectors: KeyedVectors) -> None:
    facts = vectors.build_index(threads=1)
    asked = [f"w{i}" for i in range(100, 400, 3)]
    found = [vectors.most_similar(word, index="hnsw") for word in asked]
    exact = [vectors.most_similar(word) for word in asked]
    shared = [len(set(words_of(a)) & set(words_of(b))) for a, b in zip(found, exact, strict=True)]
    assert all(len(neighbors) == 10 for neighbors in found)
    assert np.mean(shared) / 10 > 0.95 and facts.recall > 0.95
    assert abs(np.mean(shared) / 10 - facts.recall) < 0.05
    for neighbors in found:
        similarities = [similarity for _, similarity in neighbors]
        assert similarities == sorted(similarities, reverse=True)
        assert similarities[0] == pytest.approx(max(similarities))
    assert found[0][0].similarity == pytest.approx(vectors.similarity("w100", found[0][0].word), abs=1e-5)


def test_the_recall_that_is_shown_is_a_measured_one(vectors: KeyedVectors, monkeypatch: pytest.MonkeyPatch) -> None:
    from kotovec.vectors.hnsw import HnswIndex

    monkeypatch.setattr(HnswIndex, "search", lambda self, query, n: (np.arange(n), np.zeros(n, np.float32)))
    facts = vectors.build_index(threads=1)
    assert facts.recall < 0.1 and facts.expansion == 2048


def test_a_lower_recall_looks_at_fewer_nodes(vectors: KeyedVectors) -> None:
    assert vectors.build_index(recall=0.0, threads=1, connectivity=4, expansion_add=8).expansion == 64
    assert vectors.build_index(recall=1.0, threads=1, connectivity=2, expansion_add=1).expansion > 64


def test_words_without_a_vector_and_excluded_words_are_not_found(vectors: KeyedVectors) -> None:
    assert vectors.build_index(threads=1).n_vectors == N - 2
    exact = words_of(vectors.most_similar("w8", topn=20))
    assert exact[3] not in words_of(vectors.most_similar("w8", topn=15, exclude=exact[3:5], index="hnsw"))
    assert len(vectors.most_similar("w8", topn=15, exclude=exact[3:5], index="hnsw")) == 15
    everything = words_of(vectors.most_similar("w8", topn=2 * N, index="hnsw"))
    assert len(set(everything)) == len(everything) <= N - 3
    assert not {"w8", "w5", "w77"} & set(everything)


def test_sums_of_words_are_asked_like_words(vectors: KeyedVectors) -> None:
    vectors.build_index(threads=1)
    found = vectors.most_similar([("w1", 2.0), "w2"], ["w3"], topn=5, index="hnsw")
    exact = vectors.most_similar([("w1", 2.0), "w2"], ["w3"], topn=5)
    assert len(set(words_of(found)) & set(words_of(exact))) >= 4
    assert {"w1", "w2", "w3"}.isdisjoint(words_of(found))


@pytest.mark.parametrize("n", [0, 1, 40])
def test_many_words_are_answered_as_one_by_one(n: int, vectors: KeyedVectors) -> None:
    vectors.build_index(threads=1)
    asked, options = WORDS[100 : 100 + n], {"exclude": ["w3", "w4"], "index": "hnsw"}
    many = vectors.most_similar_many(asked, 7, **options)
    one_by_one = [vectors.most_similar(word, topn=7, **options) for word in asked]
    assert list(map(words_of, many)) == list(map(words_of, one_by_one))
    assert [[s for _, s in found] for found in many] == [pytest.approx([s for _, s in found]) for found in one_by_one]


def test_many_vectors_are_answered_too_and_leave_out_only_what_is_excluded(vectors: KeyedVectors) -> None:
    vectors.build_index(threads=1)
    found = vectors.most_similar_many(ROWS[100:103], 5, exclude=["w101"], threads=1, index="hnsw")
    assert [words_of(neighbors)[0] == f"w{i}" for i, neighbors in enumerate(found, 100)] == [True, False, True]
    assert [len(neighbors) for neighbors in found] == [5, 5, 5]
    assert vectors.most_similar_many(["w1", "w2"], 0, index="hnsw") == [[], []]
    few = vectors.most_similar_many(["w1", "w2"], 2 * N, index="hnsw")
    assert max(map(len, few)) <= N - 3 and not {"w1", "w5", "w77"} & set(words_of(few[0]))


def test_words_keys_and_vectors_are_asked_alike(vectors: KeyedVectors) -> None:
    vectors.build_index(threads=1)
    expected = vectors.most_similar("w9", topn=4, index="hnsw")
    assert vectors.similar_by_word("w9", 4, index="hnsw") == vectors.similar_by_key("w9", 4, index="hnsw") == expected
    assert words_of(vectors.similar_by_vector(ROWS[9], 5, index="hnsw")) == ["w9", *words_of(expected)]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"restrict_vocab": 10}, "restrict_vocab is not for index='hnsw'; try: index='exact'"),
        ({"among": np.array([])}, "among is not for index='hnsw'"),
        ({"min_count": 3}, "min_count is not for index='hnsw'"),
        ({"threads": 0}, "threads is out of range"),
        ({"exclude": ["yeti"]}, "'yeti' is not in the vocabulary"),
        ({"index": "annoy"}, "unknown index: expected exact or hnsw, found 'annoy'"),
    ],
)
def test_what_the_index_cannot_do_for_many_is_refused_by_name(
    options: dict[str, object], message: str, vectors: KeyedVectors
) -> None:
    with pytest.raises(ConfigError, match=r"no index|unknown index|is not for"):
        vectors.most_similar_many(["w1"], **{"index": "hnsw", **options})
    vectors.build_index(threads=1)
    with pytest.raises(KotovecError, match=message):
        vectors.most_similar_many(["w1"], **{"index": "hnsw", **options})
    with pytest.raises(ConfigError, match="restrict_vocab is not for"):
        vectors.similar_by_word("w1", restrict_vocab=10, index="hnsw")


@pytest.mark.parametrize("dtype", [np.float16, np.float64])
def test_other_types_of_numbers_have_an_index_too(dtype: type, vectors: KeyedVectors) -> None:
    vectors.vectors = vectors.vectors.astype(dtype)
    vectors.build_index(threads=1)
    found, exact = vectors.most_similar("w9", index="hnsw"), vectors.most_similar("w9")
    assert len(set(words_of(found)) & set(words_of(exact))) >= 8


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"restrict_vocab": 10}, "restrict_vocab is not for index='hnsw'; try: index='exact'"),
        ({"clip_end": 10}, "clip_end is not for index='hnsw'"),
        ({"among": ["w1"]}, "among is not for index='hnsw'"),
        ({"min_count": 3}, "min_count is not for index='hnsw'"),
        ({"topn": None}, "topn=None is not for index='hnsw'"),
        ({"index": "annoy"}, "unknown index: expected exact or hnsw, found 'annoy'"),
    ],
)
def test_what_the_index_cannot_do_is_refused_by_name(
    options: dict[str, object], message: str, vectors: KeyedVectors
) -> None:
    vectors.build_index(threads=1)
    with pytest.raises(ConfigError, match=message):
        vectors.most_similar("w1", **{"index": "hnsw", **options})


def test_without_an_index_the_error_says_how_to_get_one(vectors: KeyedVectors) -> None:
    with pytest.raises(ConfigError, match=r"no index; try: build_index\(\), or load_index"):
        vectors.most_similar("w1", index="hnsw")


def test_numbers_out_of_range_are_refused(vectors: KeyedVectors) -> None:
    for options, message in (
        ({"kind": "ivf"}, "unknown index: expected hnsw"),
        ({"recall": 1.5}, "recall is out of range"),
        ({"connectivity": 1}, "connectivity is out of range"),
        ({"expansion_add": 0}, "expansion_add is out of range"),
        ({"threads": 0}, "threads is out of range"),
    ):
        with pytest.raises(ConfigError, match=message):
            vectors.build_index(**options)
    with pytest.raises(ConfigError, match="no vectors to index"):
        KeyedVectors(Vocabulary(["a"]), np.zeros((1, 3), np.float32)).build_index()


def test_without_usearch_the_extra_is_named(vectors: KeyedVectors, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "usearch.index", None)
    with pytest.raises(MissingExtraError, match=r'needs the package usearch; try: pip install "kotovec\[hnsw\]"'):
        vectors.build_index()


def test_one_word_has_an_index(tmp_path: Path) -> None:
    vectors = KeyedVectors(Vocabulary(["a"]), np.ones((1, 3), np.float32))
    vectors.build_index(path=tmp_path / "i")
    assert vectors.most_similar("a", index="hnsw") == []
    assert words_of(vectors.most_similar(np.ones(3), index="hnsw")) == ["a"]


def test_the_repr_shows_the_index_and_a_change_drops_it(vectors: KeyedVectors) -> None:
    plain = repr(vectors)
    facts = vectors.build_index(threads=1)
    assert f"recall@10 {facts.recall:.3f}" in repr(vectors) and vectors.index_facts == facts
    vectors["w1"] = np.ones(SIZE)
    assert vectors.index_facts is None and repr(vectors) == plain


def test_a_saved_index_answers_the_same(vectors: KeyedVectors, tmp_path: Path) -> None:
    facts = vectors.build_index(path=tmp_path / "v.hnsw", threads=1)
    before = [vectors.most_similar(f"w{i}", index="hnsw") for i in range(100, 120)]
    again = KeyedVectors(Vocabulary(WORDS), ROWS.copy())
    assert again.load_index(tmp_path / "v.hnsw") == facts
    assert [again.most_similar(f"w{i}", index="hnsw") for i in range(100, 120)] == before
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["v.hnsw", "v.hnsw.json"]
    assert (tmp_path / "v.hnsw").stat().st_size == facts.n_bytes
    vectors.build_index(path=tmp_path / "v.hnsw", threads=1)  # over one that is open


def test_an_index_of_other_vectors_is_stale(vectors: KeyedVectors, tmp_path: Path) -> None:
    vectors.build_index(path=tmp_path / "v.hnsw", threads=1)
    for other in (ROWS * 2, ROWS[::-1], ROWS[:-1], ROWS.astype(np.float64), ROWS.reshape(2 * N, -1)):
        others = KeyedVectors(Vocabulary(map(str, range(len(other)))), other)
        with pytest.raises(StaleIndexError, match="built for other vectors; build it anew"):
            others.load_index(tmp_path / "v.hnsw")


def test_the_digest_is_of_the_numbers_not_of_their_layout() -> None:
    padded = np.zeros((N, 32), np.float32)
    padded[:, :SIZE] = ROWS
    assert vectors_digest(padded[:, :SIZE]) == vectors_digest(ROWS) != vectors_digest(ROWS[:, ::-1])


def test_a_byte_changed_anywhere_in_the_index_is_noticed(tmp_path: Path) -> None:
    vectors = KeyedVectors(Vocabulary(WORDS[:9]), ROWS[:9])
    vectors.build_index(path=tmp_path / "v.hnsw")
    whole = (tmp_path / "v.hnsw").read_bytes()
    for place in range(0, len(whole), 7):
        damaged = bytearray(whole)
        damaged[place] ^= 0x10
        (tmp_path / "v.hnsw").write_bytes(damaged)
        with pytest.raises(FormatError, match="is not the index that kotovec wrote"):
            vectors.load_index(tmp_path / "v.hnsw")
    (tmp_path / "v.hnsw").write_bytes(whole[:-1])
    with pytest.raises(FormatError, match="is not the index that kotovec wrote"):
        vectors.load_index(tmp_path / "v.hnsw")


def test_a_byte_changed_in_the_facts_is_an_error_of_ours_or_none(tmp_path: Path) -> None:
    vectors = KeyedVectors(Vocabulary(WORDS[:9]), ROWS[:9])
    vectors.build_index(path=tmp_path / "v.hnsw")
    whole = (tmp_path / "v.hnsw.json").read_bytes()
    for place in range(len(whole)):
        damaged = bytearray(whole)
        damaged[place] ^= 0x01
        (tmp_path / "v.hnsw.json").write_bytes(damaged)
        try:
            vectors.load_index(tmp_path / "v.hnsw")
        except KotovecError as error:
            assert str(tmp_path) in str(error)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", "damaged facts"),
        ("[]", "no facts of an index that kotovec wrote"),
        ('{"kind": "kotovec hnsw", "version": 2}', "no facts of an index"),
        ('{"kind": "kotovec hnsw", "version": 1}', "damaged facts"),
        ("[" * 100_000, "damaged facts"),
    ],
)
def test_damaged_facts_are_a_format_error(content: str, message: str, vectors: KeyedVectors, tmp_path: Path) -> None:
    (tmp_path / "v.hnsw").write_bytes(b"x")
    (tmp_path / "v.hnsw.json").write_text(content)
    with pytest.raises(FormatError, match=message):
        vectors.load_index(tmp_path / "v.hnsw")


@pytest.mark.parametrize("name", ["n_vectors", "vector_size", "connectivity", "expansion", "recall", "n_bytes"])
@pytest.mark.parametrize("value", [None, -1, "9", 1e999, 2**70, True])
def test_facts_that_cannot_be_true_are_refused(name: str, value: object, tmp_path: Path) -> None:
    vectors = KeyedVectors(Vocabulary(WORDS[:9]), ROWS[:9])
    vectors.build_index(path=tmp_path / "v.hnsw")
    content = json.loads((tmp_path / "v.hnsw.json").read_text())
    content["facts"][name] = value
    (tmp_path / "v.hnsw.json").write_text(json.dumps(content))
    with pytest.raises(FormatError, match="damaged facts of an index"):
        vectors.load_index(tmp_path / "v.hnsw")


def test_facts_that_might_be_true_but_were_changed_are_refused(tmp_path: Path) -> None:
    vectors = KeyedVectors(Vocabulary(WORDS[:9]), ROWS[:9])
    vectors.build_index(path=tmp_path / "v.hnsw")
    content = json.loads((tmp_path / "v.hnsw.json").read_text())
    content["facts"]["connectivity"] = 250
    (tmp_path / "v.hnsw.json").write_text(json.dumps(content))
    with pytest.raises(FormatError, match="is not the index that kotovec wrote"):
        vectors.load_index(tmp_path / "v.hnsw")


def test_an_index_that_is_not_there_and_a_file_that_is_none(vectors: KeyedVectors, tmp_path: Path) -> None:
    with pytest.raises(MissingFileError, match=r"v\.hnsw: there is no index"):
        vectors.load_index(tmp_path / "v.hnsw")
    (tmp_path / "v.hnsw").write_text("my thesis")
    with pytest.raises(OutputError, match="kotovec did not write, and is left alone"):
        vectors.build_index(path=tmp_path / "v.hnsw")
    assert (tmp_path / "v.hnsw").read_text() == "my thesis"


def test_the_command_builds_the_index_once_and_again_after_a_change(run_kotovec, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / "v.bin"
    save(path, Vocabulary(WORDS), ROWS)
    exact = run_kotovec("similar", path, "w100", "-n", 3)
    first = run_kotovec("similar", path, "w100", "-n", 3, "--index", "hnsw")
    assert first.stdout == exact.stdout
    assert "building an index of 3,000 words" in first.stderr and "recall@10" in first.stderr
    second = run_kotovec("similar", path, "w100", "-n", 3, "--index", "hnsw", "--json")
    assert second.stderr == "" and json.loads(second.stdout)["index"]["recall"] > 0.95
    assert "index        hnsw, recall@10 " in run_kotovec("info", path).stdout
    assert json.loads(run_kotovec("info", path, "--json").stdout)["index"]["n_vectors"] == N - 2
    save(path, Vocabulary(WORDS), ROWS[:, ::-1])
    assert "built for other vectors" in run_kotovec("info", path).stdout
    assert "the vectors have changed" in run_kotovec("similar", path, "w100", "--index", "hnsw").stderr
    load(path).load_index(f"{path}.hnsw")


def test_the_index_of_a_folder_is_beside_it(run_kotovec, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    save(tmp_path / "model", Vocabulary(WORDS), ROWS)
    assert run_kotovec("similar", f"{tmp_path / 'model'}/", "w100", "--index", "hnsw").returncode == 0
    assert (tmp_path / "model.hnsw").is_file()


def test_a_file_of_words_needs_the_exact_search(run_kotovec, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    save(tmp_path / "v.bin", Vocabulary(WORDS), ROWS)
    done = run_kotovec("similar", tmp_path / "v.bin", "w1", "--index", "hnsw", "--among", tmp_path / "v.bin")
    assert done.returncode == 2 and "--among is not for --index hnsw" in done.stderr
    done = run_kotovec("similar", tmp_path / "v.bin", "w1", "--index", "faiss")
    assert done.returncode == 2 and "expected exact or hnsw, found 'faiss'" in done.stderr
    assert not (tmp_path / "v.bin.hnsw").exists()


def test_questions_are_answered_by_the_index(run_process, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / "v.bin"
    save(path, Vocabulary(WORDS), ROWS)
    questions = {"input": "similar w100\nanalogy w1 w2 w3\nsimilarity w1 w2\n"}
    exact = run_process("query", path, "-n", 2, **questions)
    first = run_process("query", path, "-n", 2, "--index", "hnsw", **questions)
    assert (first.returncode, first.stdout) == (0, exact.stdout)
    assert "building an index of 3,000 words" in first.stderr and "recall@10" in first.stderr
    for question in ("w1", "analogy w1 w2 w3"):
        with pytest.raises(ConfigError, match="these vectors have no index"):
            Questions(load(path), 2, "hnsw").answer(question)
    (tmp_path / "v.bin.hnsw").write_bytes(b"")
    damaged = run_process("query", path, "--index", "hnsw", **questions)
    assert (damaged.returncode, damaged.stdout, damaged.stderr.count("\n")) == (1, "", 1)
    unknown = run_process("query", path, "--index", "faiss", **questions)
    assert unknown.returncode == 2 and "expected exact or hnsw, found 'faiss'" in unknown.stderr
