import json

import numpy as np
import pytest

from kotovec.corpus.vocabulary import Vocabulary
from kotovec.evaluation.comparison import compare
from kotovec.formats import load, save

RNG = np.random.default_rng(7)
WORDS = [f"w{i}" for i in range(40)]


@pytest.fixture
def models(tmp_path):
    for name, size in (("a.bin", 8), ("b.txt", 5)):
        save(tmp_path / name, Vocabulary(WORDS), RNG.normal(size=(40, size)).astype(np.float32))
    return tmp_path / "a.bin", tmp_path / "b.txt"


def test_the_figures_are_those_of_the_library(run_kotovec, models):
    done = run_kotovec("compare", *models, "--moved", 3)
    assert (done.returncode, done.stderr) == (0, "")
    found = compare(*map(load, models), n_moved=3)
    lines = done.stdout.splitlines()
    assert "40 and 40, 40 in common, 40 compared" in lines[0]
    assert f"{100 * found.overlap:.1f} % of the 10 nearest words" in lines[1]
    assert f"Spearman {found.spearman.statistic:.4f}" in lines[2]
    assert [line.split()[0] for line in lines[5:]] == [word.word for word in found.moved]
    assert " ".join(found.moved[0].first_neighbors[:5]) + " | " in lines[5]


def test_json_is_one_object(run_kotovec, models):
    options = ["-n", 4, "--moved", 2, "--restrict-vocab", 30, "--seed", 9, "--json"]
    result = json.loads(run_kotovec("compare", *models, *options).stdout)
    expected = compare(*map(load, models), topn=4, n_moved=2, restrict_vocab=30, seed=9).as_dict()
    assert result == {"first": str(models[0]), "second": str(models[1])} | expected


def test_restrict_vocab_0_means_all_words(run_kotovec, models):
    result = json.loads(run_kotovec("compare", *models, "--restrict-vocab", 0, "--json").stdout)
    assert result["n_compared"] == 40


def test_no_words_that_moved_are_shown_if_none_are_wanted(run_kotovec, models):
    assert len(run_kotovec("compare", *models, "--moved", 0).stdout.splitlines()) == 3


@pytest.mark.parametrize(
    ("options", "exit_code", "text"),
    [(["-n", 0], 2, "--count is out of range"), (["--moved", -1], 2, "n_moved is out of range")],
)
def test_wrong_usage_is_one_line(options, exit_code, text, run_kotovec, models):
    done = run_kotovec("compare", *models, *options)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (exit_code, "", 1)
    assert text in done.stderr


def test_models_without_common_words_are_an_error(run_kotovec, models, tmp_path):
    save(tmp_path / "c.bin", Vocabulary(["x", "y"]), np.ones((2, 3), np.float32))
    done = run_kotovec("compare", models[0], tmp_path / "c.bin")
    assert (done.returncode, done.stdout) == (1, "")
    assert "too few words in common" in done.stderr


def test_the_help_has_an_example(run_kotovec):
    assert "Examples:\n    kotovec compare" in run_kotovec("compare", "--help").stdout
