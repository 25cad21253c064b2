import json

import numpy as np
import pytest

from kotovec.cli.expression import Expression, parse_expression
from kotovec.corpus.vocabulary import Vocabulary
from kotovec.errors import ConfigError
from kotovec.formats import load, save

WORDS = ["king", "queen", "man", "woman", "castle", "-", "new york"]
VECTORS = np.array(
    [[1, 1, 0], [1, 0.2, 0.9], [0, 1, 0.1], [0, 0.1, 1], [-1, 0, 0], [0, -1, 0], [0, -1, -1]], np.float32
)


@pytest.fixture
def vectors(tmp_path):
    save(tmp_path / "model", Vocabulary(WORDS, range(len(WORDS), 0, -1)), VECTORS)
    return tmp_path / "model"


@pytest.mark.parametrize(
    ("words", "minus", "expected"),
    [
        (["king"], [], Expression(["king"], [])),
        (["king", "-", "man", "+", "woman"], [], Expression(["king", "woman"], ["man"])),
        (["king - man + woman"], [], Expression(["king", "woman"], ["man"])),
        (["king", "\u2212", "man"], [], Expression(["king"], ["man"])),
        (["king", "queen", "-", "man", "woman"], [], Expression(["king", "queen", "woman"], ["man"])),
        (["-", "man", "+", "king"], [], Expression(["king"], ["man"])),
        (["king"], ["man"], Expression(["king"], ["man"])),
        (["-"], [], Expression(["-"], [])),
        (["new york", "-", "old town"], [], Expression(["new york"], ["old town"])),
        (["well-known"], [], Expression(["well-known"], [])),
    ],
)
def test_a_sum_of_words_is_read_as_people_write_it(words, minus, expected):
    assert parse_expression(words, minus) == expected


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (["king", "-"], "a sign without a word behind it"),
        (["king", "-", "-", "man"], "two signs side by side"),
        (["-", "man"], "no word to look for"),
    ],
)
def test_a_sum_without_sense_is_wrong_usage(words, text):
    with pytest.raises(ConfigError, match=text):
        parse_expression(words)


@pytest.mark.parametrize("words", [["king", "-", "man", "+", "woman"], ["king - man + woman"]])
def test_similar_takes_a_sum(words, run_kotovec, vectors):
    done = run_kotovec("similar", vectors, *words, "-n", 1)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.split()[1] == "queen"


def test_similar_answers_only_among_the_words_of_a_file(run_kotovec, vectors, tmp_path):
    (tmp_path / "list.txt").write_text("# a comment\ncastle\t12\nyeti\nwoman\n\n")
    done = run_kotovec("similar", vectors, "king", "--among", tmp_path / "list.txt")
    assert [line.split()[1] for line in done.stdout.splitlines()] == ["woman", "castle"]
    assert "1 unknown words passed over: yeti" in done.stderr


def test_a_file_that_knows_no_word_is_an_error(run_kotovec, vectors, tmp_path):
    (tmp_path / "list.txt").write_text("yeti\n")
    done = run_kotovec("similar", vectors, "king", "--among", tmp_path / "list.txt")
    assert done.returncode == 1
    assert "list.txt: no word of the vocabulary: expected one word per line" in done.stderr


def test_more_neighbours_than_words_are_all_words(run_kotovec, vectors):
    assert len(run_kotovec("similar", vectors, "king", "-n", 1000).stdout.splitlines()) == len(WORDS) - 1


def test_similarity_is_the_cosine(run_kotovec, vectors):
    done = run_kotovec("similarity", vectors, "king", "queen")
    assert (done.returncode, done.stderr) == (0, "")
    assert float(done.stdout) == pytest.approx(float(load(vectors).similarity("king", "queen")), abs=1e-4)
    result = json.loads(run_kotovec("similarity", vectors, "king", "queen", "--json").stdout)
    assert result["words"] == ["king", "queen"]
    assert result["similarity"] == pytest.approx(float(done.stdout), abs=1e-4)


@pytest.mark.parametrize("method", ["3cosadd", "3cosmul"])
def test_analogy_completes(method, run_kotovec, vectors):
    done = run_kotovec("analogy", vectors, "man", "king", "woman", "-n", 2, "--method", method)
    assert (done.returncode, done.stderr) == (0, "")
    ask = load(vectors).most_similar if method == "3cosadd" else load(vectors).most_similar_cosmul
    expected = ask(["king", "woman"], ["man"], topn=2)
    assert [line.split()[1] for line in done.stdout.splitlines()] == [word for word, _ in expected]
    assert method == "3cosmul" or expected[0][0] == "queen"
    result = json.loads(run_kotovec("analogy", vectors, "man", "king", "woman", "--json").stdout)
    assert [result[key] for key in "abc"] == ["man", "king", "woman"]
    assert result["answers"][0]["word"] == "queen"


def test_the_odd_one_comes_first(run_kotovec, vectors):
    done = run_kotovec("odd-one-out", vectors, "king", "castle", "queen", "woman")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.split()[1] == load(vectors).doesnt_match(["king", "castle", "queen", "woman"]) == "castle"
    assert len(done.stdout.splitlines()) == 4
    result = json.loads(run_kotovec("odd-one-out", vectors, "king", "castle", "queen", "--json").stdout)
    assert result["odd_one_out"] == result["words"][0]["word"] == "castle"


@pytest.mark.parametrize(
    "arguments",
    [
        ["similar", "yeti", "king", "bigfoot"],
        ["similarity", "yeti", "bigfoot"],
        ["analogy", "yeti", "king", "bigfoot"],
        ["odd-one-out", "yeti", "king", "bigfoot"],
    ],
)
def test_all_unknown_words_are_named_at_once(arguments, run_kotovec, vectors):
    done = run_kotovec(arguments[0], vectors, *arguments[1:])
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("kotovec: error: not in the vocabulary: 'yeti', 'bigfoot'")
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (["odd-one-out", "king", "queen"], "too few words: expected 3 or more, found 2"),
        (["analogy", "man", "king", "woman", "-n", "0"], "--count is out of range"),
        (["analogy", "man", "king", "woman", "--method", "magic"], "unknown method: expected 3cosadd or 3cosmul"),
        (["analogy", "man", "king"], "Missing argument 'C'"),
    ],
)
def test_wrong_usage_is_one_line(arguments, text, run_kotovec, vectors):
    done = run_kotovec(arguments[0], vectors, *arguments[1:])
    assert (done.returncode, done.stdout) == (2, "")
    assert text in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("command", ["similar", "similarity", "analogy", "odd-one-out"])
def test_each_command_has_help_with_an_example(command, run_kotovec):
    assert f"Examples:\n    kotovec {command}" in run_kotovec(command, "--help").stdout
