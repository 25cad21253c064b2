from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from kotovec.corpus.vocabulary import Vocabulary
from kotovec.errors import ConfigError, EvaluationError
from kotovec.evaluation.analogies import AnalogySection, evaluate_analogies, read_analogies
from kotovec.vectors import KeyedVectors

RNG = np.random.default_rng(11)
WORDS = [f"w{i}" for i in range(70)] + ["Rome", "rome"]


def make_vectors(n_words: int = len(WORDS), size: int = 12) -> KeyedVectors:
    matrix = RNG.normal(size=(n_words, size)).astype(np.float32)
    matrix[35:70] = matrix[:35] + 1.5  # so that some analogies hold
    return KeyedVectors(Vocabulary(WORDS[:n_words]), matrix)


@pytest.fixture
def vectors() -> KeyedVectors:
    return make_vectors()


@pytest.fixture
def questions(tmp_path: Path) -> Path:
    lines = [": capitals", *(f"w{i} w{35 + i} w{i + 1} w{36 + i}" for i in range(20))]
    lines += [": gram1-plural", *(f"w{i} w{i + 1} w{i + 2} w{i + 3}" for i in range(10)), "w1 yeti w2 w3"]
    (tmp_path / "questions.txt").write_text("\n".join(lines))
    return tmp_path / "questions.txt"


def reference(vectors: KeyedVectors, given: NDArray[np.int64], method: str) -> NDArray[np.float64]:
    """All scores of each question, the slow way; -inf for the given words and for zero vectors."""
    matrix = np.asarray(vectors.vectors, np.float64)
    lengths = np.linalg.norm(matrix, axis=1)
    units = matrix / np.where(lengths == 0, 1, lengths)[:, np.newaxis]
    scores = []
    for a, b, c in given:
        near_a, near_b, near_c = (units @ units[i] for i in (a, b, c))
        if method == "3cosmul":
            row = (1 + near_b) / 2 * (1 + near_c) / 2 / ((1 + near_a) / 2 + 1e-6)
        else:
            row = near_b + near_c - near_a
        row[[a, b, c]] = -np.inf
        scores.append(np.where(lengths == 0, -np.inf, row))
    return np.array(scores)


@pytest.mark.parametrize("size", [9, 16, 37])
@pytest.mark.parametrize("n_words", [33, 64, 71])
@pytest.mark.parametrize("method", ["3cosadd", "3cosmul"])
def test_answers_are_those_of_the_slow_way(method: str, n_words: int, size: int) -> None:
    matrix = RNG.normal(size=(n_words, size)).astype(np.float32)
    matrix[5] = 0
    vectors = KeyedVectors(Vocabulary(WORDS[:n_words]), matrix)
    given = RNG.integers(0, n_words, (25, 3))
    expected = reference(vectors, given, method)
    ids, scores = vectors.analogy_answers(given, 4, method=method)
    np.testing.assert_allclose(scores, -np.sort(-expected, axis=1)[:, :4], rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(np.take_along_axis(expected, ids, 1), scores, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("method", ["3cosadd", "3cosmul"])
def test_the_first_answer_is_that_of_a_single_query(method: str, vectors: KeyedVectors) -> None:
    given = RNG.integers(0, len(WORDS), (20, 3))
    single = vectors.most_similar if method == "3cosadd" else vectors.most_similar_cosmul
    for row, answer in zip(given.tolist(), vectors.analogy_answers(given, method=method)[0][:, 0], strict=True):
        a, b, c = (WORDS[i] for i in row)
        assert single([b, c], [a], topn=1)[0][0] == WORDS[answer]


def test_threads_share_the_words_without_changing_an_answer() -> None:
    vectors = KeyedVectors(Vocabulary(map(str, range(40_000))), RNG.normal(size=(40_000, 4)).astype(np.float32))
    given = RNG.integers(0, 40_000, (9, 3))
    one, many = (vectors.analogy_answers(given, 3, threads=threads) for threads in (1, 4))
    np.testing.assert_array_equal(one[0], many[0])
    np.testing.assert_array_equal(one[1], many[1])


def test_more_answers_than_words_end_with_none(vectors: KeyedVectors) -> None:
    ids, scores = vectors.analogy_answers(np.array([[0, 1, 2]]), 10, restrict_vocab=8)
    assert (ids[0, 5:] == -1).all()
    assert np.isneginf(scores[0, 5:]).all()
    assert sorted(ids[0, :5]) == [3, 4, 5, 6, 7]


def test_no_questions_have_no_answers(vectors: KeyedVectors) -> None:
    assert vectors.analogy_answers(np.empty((0, 3), np.int64), 2)[0].shape == (0, 2)


@pytest.mark.parametrize("given", [np.array([[0, 1]]), np.array([[0, 1, 72]]), np.array([[0, -1, 2]])])
def test_ids_that_are_none_are_refused(given: NDArray[np.int64], vectors: KeyedVectors) -> None:
    with pytest.raises(ConfigError, match="no analogies"):
        vectors.analogy_answers(given)
    with pytest.raises(ConfigError, match="unknown method"):
        vectors.analogy_answers(given, method="magic")  # type: ignore[arg-type]


@pytest.mark.parametrize("method", ["3cosadd", "3cosmul"])
def test_the_result_is_that_of_gensims_method(method: str, vectors: KeyedVectors, questions: Path) -> None:
    name = "most_similar" if method == "3cosadd" else "most_similar_cosmul"
    score, sections = vectors.evaluate_word_analogies(questions, similarity_function=name)
    result = evaluate_analogies(vectors, questions, method=method)  # type: ignore[arg-type]
    assert result.total.accuracy == score > 0
    assert [section.name for section in result.sections] == ["capitals", "gram1-plural"]
    for ours, theirs in zip(result.sections, sections, strict=False):
        assert ours.n_correct == len(theirs["correct"])
        assert ours.n_asked == len(theirs["correct"]) + len(theirs["incorrect"])


def test_sections_of_grammar_are_syntactic_and_the_others_semantic(vectors: KeyedVectors, questions: Path) -> None:
    result = evaluate_analogies(vectors, questions)
    assert [section.kind for section in result.sections] == ["semantic", "syntactic"]
    assert (result.semantic.n_asked, result.syntactic.n_asked, result.total.n_asked) == (20, 10, 30)
    assert result.semantic.n_correct == result.sections[0].n_correct > 10
    assert (result.syntactic.n_questions, result.syntactic.unknown_share) == (11, pytest.approx(1 / 11))


def test_questions_and_answers_are_among_the_first_words(vectors: KeyedVectors, questions: Path) -> None:
    result = evaluate_analogies(vectors, questions, restrict_vocab=40)
    assert result.sections[0].n_asked == 4
    assert result.restrict_vocab == 40


def test_case_matters_if_asked_for(vectors: KeyedVectors, tmp_path: Path) -> None:
    (tmp_path / "questions").write_text("W0 W35 w1 W36\nw0 w35 w1 w36\n")
    assert evaluate_analogies(vectors, tmp_path / "questions").total.n_asked == 2
    assert evaluate_analogies(vectors, tmp_path / "questions", case_insensitive=False).total.n_asked == 1


def test_a_form_of_a_given_word_is_no_answer(tmp_path: Path) -> None:
    matrix = np.array([[1, 0, 0], [1, 1, 0], [0, 0, 1], [0.1, 1, 1], [1, 1, 0.1]], np.float32)
    vectors = KeyedVectors(Vocabulary(["a", "B", "c", "d", "b"]), matrix)
    (tmp_path / "questions").write_text("a b c d\n")
    assert evaluate_analogies(vectors, tmp_path / "questions").total.n_correct == 1


def test_questions_before_a_section_belong_to_one_named_after_the_file(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("# a comment\na b c d\n: second\ne\tf g h\n")
    assert read_analogies(tmp_path / "mine.txt").sections == {
        "mine.txt": [("a", "b", "c", "d")],
        "second": [("e", "f", "g", "h")],
    }


@pytest.mark.parametrize("mark", ["\t", ",", ";", " "])
def test_the_delimiter_is_found(mark: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text(": s\n" + mark.join(["東京", "日本", "paris", "france"]) + "\n", "utf-8")
    assert read_analogies(tmp_path / "file").sections["s"] == [("東京", "日本", "paris", "france")]


def test_words_with_spaces_are_kept_where_tabs_stand_between(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("new york\tusa\tparis\tfrance\n")
    assert read_analogies(tmp_path / "file").sections["file"] == [("new york", "usa", "paris", "france")]


def test_lines_that_are_no_question_are_counted(tmp_path: Path) -> None:
    (tmp_path / "file").write_text(": s\na b c d\nfive words are too many\na b c d\na b c\na b c d\n")
    file = read_analogies(tmp_path / "file")
    assert file.skipped == [3, 5]
    assert len(file.sections["s"]) == 3


@pytest.mark.parametrize("content", [b"", b": section\n", b"a b c\n", b": s\na\tb\t3\n"])
def test_a_file_without_questions_is_an_error(content: bytes, vectors: KeyedVectors, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(content)
    with pytest.raises(EvaluationError, match=r"no analogies: expected lines of four words"):
        evaluate_analogies(vectors, tmp_path / "file")


def test_questions_of_unknown_words_alone_are_an_error(vectors: KeyedVectors, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("yeti w1 w2 w3\n")
    with pytest.raises(EvaluationError, match="no question whose words are all known: found 1 questions"):
        evaluate_analogies(vectors, tmp_path / "file")


def test_the_interval_of_an_accuracy_is_wilsons() -> None:
    stats = pytest.importorskip("scipy.stats")
    for n, correct in ((10, 0), (40, 13), (7, 7)):
        theirs = stats.binomtest(correct, n).proportion_ci(method="wilson")
        assert AnalogySection("s", n, n, correct).interval == pytest.approx((theirs.low, theirs.high), abs=1e-6)
    assert all(map(math.isnan, AnalogySection("s", 3, 0, 0).interval))


def test_the_dict_is_json(vectors: KeyedVectors, questions: Path) -> None:
    result = evaluate_analogies(vectors, questions)
    again = json.loads(json.dumps(result.as_dict()))
    assert again["total"]["correct"] == result.total.n_correct
    assert [section["kind"] for section in again["sections"]] == ["semantic", "syntactic"]
