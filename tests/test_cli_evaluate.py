import json
import re

import numpy as np
import pytest

from kotovec.corpus.vocabulary import Vocabulary
from kotovec.evaluation import evaluate_analogies, evaluate_word_pairs
from kotovec.formats import load, save

RNG = np.random.default_rng(3)
WORDS = [f"w{i}" for i in range(60)]


@pytest.fixture
def vectors(tmp_path):
    matrix = RNG.normal(size=(60, 8)).astype(np.float32)
    matrix[30:] = matrix[:30] + 2
    save(tmp_path / "vectors.bin", Vocabulary(WORDS, range(60, 0, -1)), matrix)
    return tmp_path / "vectors.bin"


@pytest.fixture
def pairs(tmp_path):
    rows = zip(RNG.choice(WORDS, (40, 2)), RNG.random(40) * 10, strict=True)
    lines = [f"{a}\t{b}\t{score:.1f}" for (a, b), score in rows]
    (tmp_path / "pairs.tsv").write_text("\n".join([*lines, "yeti\tw1\t3", "odd line"]))
    return tmp_path / "pairs.tsv"


@pytest.fixture
def questions(tmp_path):
    lines = [f"w{i} w{30 + i} w{i + 1} w{31 + i}" for i in range(20)]
    (tmp_path / "questions.txt").write_text("\n".join([": places", *lines[:12], ": gram1", *lines[12:], ": void"]))
    return tmp_path / "questions.txt"


def test_the_table_has_the_figures_of_the_library(run_kotovec, vectors, pairs, questions):
    done = run_kotovec("evaluate", vectors, "--pairs", pairs, "--analogies", questions)
    assert (done.returncode, done.stderr) == (0, "")
    expected = evaluate_word_pairs(load(vectors), pairs)
    line = next(line for line in done.stdout.splitlines() if line.startswith("pairs.tsv  "))
    assert f"{expected.spearman.value:.4f}" in line
    assert f"{expected.pearson.value:.4f}" in line
    assert "40 of 41" in line
    assert "pairs.tsv: unknown words: yeti\n" in done.stdout
    assert "pairs.tsv: 1 line of another form passed over, the first is line 42" in done.stdout
    answers = evaluate_analogies(load(vectors), questions)
    for section in (*answers.sections[:2], answers.semantic, answers.syntactic, answers.total):
        line = next(line for line in done.stdout.splitlines() if line.split()[:1] == [section.name])
        assert line.split()[1] == f"{100 * section.accuracy:.1f}"
        assert f"{section.n_correct} " in line
    assert re.search(r"^void +- +- +0 +0", done.stdout, re.MULTILINE)


def test_json_is_one_object_with_the_same_figures(run_kotovec, vectors, pairs, questions):
    done = run_kotovec("evaluate", vectors, "--pairs", pairs, "--pairs", pairs, "--analogies", questions, "--json")
    result = json.loads(done.stdout)
    assert list(result) == ["file", "pairs", "analogies"]
    assert result["pairs"][0] == result["pairs"][1] == evaluate_word_pairs(load(vectors), pairs).as_dict()
    answers = evaluate_analogies(load(vectors), questions).as_dict()
    assert result["analogies"][0]["total"] == answers["total"]
    assert result["analogies"][0]["sections"][2]["accuracy"] is None


def test_every_option_reaches_the_evaluation(run_kotovec, vectors, pairs, questions):
    options = "--method 3cosmul --restrict-vocab 50 --case-sensitive --resamples 0 --seed 7 --json".split()
    result = json.loads(run_kotovec("evaluate", vectors, "--pairs", pairs, "--analogies", questions, *options).stdout)
    assert result["pairs"][0]["restrict_vocab"] == result["analogies"][0]["restrict_vocab"] == 50
    assert (result["pairs"][0]["resamples"], result["pairs"][0]["seed"]) == (0, 7)
    assert result["pairs"][0]["spearman"]["low"] is None
    assert result["analogies"][0]["method"] == "3cosmul"
    pairs.write_text("W1\tw2\t3\n")
    done = run_kotovec("evaluate", vectors, "--pairs", pairs, "--case-sensitive")
    assert "unknown words such as 'W1'" in done.stderr


def test_restrict_vocab_0_means_all_words(run_kotovec, vectors, pairs):
    result = json.loads(run_kotovec("evaluate", vectors, "--pairs", pairs, "--restrict-vocab", 0, "--json").stdout)
    assert result["pairs"][0]["restrict_vocab"] is None


def test_the_report_is_a_page(run_kotovec, vectors, pairs, questions, tmp_path):
    done = run_kotovec("evaluate", vectors, "--pairs", pairs, "--analogies", questions, "--report", tmp_path / "r.html")
    assert (done.returncode, done.stderr) == (0, "")
    page = (tmp_path / "r.html").read_text("utf-8")
    assert page.startswith("<!DOCTYPE html>")
    assert page.count("<circle") == 80
    assert "places" in page


def test_a_report_that_cannot_be_written_is_known_at_once(run_kotovec, tmp_path):
    done = run_kotovec("evaluate", "nothing.bin", "--pairs", "nothing.tsv", "--report", tmp_path / "no" / "r.html")
    assert done.returncode == 1
    assert "does not exist" in done.stderr


def test_a_single_pair_has_no_figures_but_no_failure(run_kotovec, vectors, pairs, tmp_path):
    pairs.write_text("w1\tw2\t3\n")
    done = run_kotovec("evaluate", vectors, "--pairs", pairs, "--report", tmp_path / "r.html")
    assert (done.returncode, done.stderr) == (0, "")
    assert "nan" in done.stdout


@pytest.mark.parametrize(
    ("options", "exit_code", "text"),
    [
        ([], 2, "nothing to evaluate with; try: --pairs"),
        (["--pairs", "nothing.tsv"], 1, "nothing.tsv: no such file"),
        (["--analogies", "QUESTIONS", "--method", "magic"], 2, "unknown method: expected 3cosadd or 3cosmul"),
        (["--pairs", "QUESTIONS"], 1, "no word pairs: expected lines of word, word, score"),
        (["--analogies", "PAIRS"], 1, "no analogies: expected lines of four words"),
        (["--pairs", "PAIRS", "--restrict-vocab", "-1"], 2, "restrict_vocab is out of range"),
    ],
)
def test_bad_input_is_one_line(options, exit_code, text, run_kotovec, vectors, pairs, questions):
    names = {"QUESTIONS": questions, "PAIRS": pairs}
    done = run_kotovec("evaluate", vectors, *(names.get(option, option) for option in options))
    assert (done.returncode, done.stdout) == (exit_code, "")
    assert text in done.stderr
    assert done.stderr.count("\n") == 1


def test_the_help_has_an_example(run_kotovec):
    assert "Examples:\n    kotovec evaluate" in run_kotovec("evaluate", "--help").stdout


def test_several_files_may_follow_one_flag(run_kotovec, vectors, pairs, questions):
    short = run_kotovec("evaluate", vectors, "--pairs", pairs, pairs, "--json", "--analogies", questions, questions)
    assert short.returncode == 0
    found = json.loads(short.stdout)
    assert found["pairs"] == [evaluate_word_pairs(load(vectors), pairs).as_dict()] * 2
    assert [each["name"] for each in found["analogies"]] == ["questions.txt"] * 2


def test_a_word_too_many_behind_another_flag_is_still_refused(run_kotovec, vectors, pairs):
    done = run_kotovec("evaluate", vectors, "--pairs", pairs, "--seed", 1, pairs)
    assert done.returncode == 2
    assert "unexpected extra argument" in done.stderr


def test_equal_orders_correlate_by_exactly_one_and_intervals_end_there(run_kotovec, vectors, tmp_path):
    similarity = load(vectors).similarity
    lines = [f"w0,w{i},{similarity('w0', f'w{i}'):.9f}" for i in range(1, 8)]
    (tmp_path / "same.csv").write_text("\n".join(lines))
    done = run_kotovec("evaluate", vectors, "--pairs", tmp_path / "same.csv", "--json")
    spearman = json.loads(done.stdout)["pairs"][0]["spearman"]
    assert (spearman["value"], spearman["p_value"], spearman["high"]) == (1, 0, 1)
