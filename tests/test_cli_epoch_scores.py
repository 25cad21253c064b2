import json
import re

import numpy as np
import pytest

from kotovec.evaluation import evaluate_word_pairs
from kotovec.formats import load

QUICK = ("--size", 20, "--threads", 1)
PAIRS = "king\tqueen\t9\nman\twoman\t8\nking\tcastle\t5\nold\tyoung\t4\nthe\ttown\t1\nking\tyeti\t3\n"


@pytest.fixture
def files(tmp_path):
    (tmp_path / "pairs.tsv").write_text(PAIRS)
    (tmp_path / "questions.txt").write_text(": family\nman woman king queen\nman king woman queen\n")
    return tmp_path


def test_the_scores_are_shown_after_each_epoch(run_kotovec, text_file, files):
    options = ["--evaluate-with", files / "pairs.tsv", "--evaluate-with", files / "questions.txt", "--epochs", 3]
    done = run_kotovec("train", text_file, "-o", files / "v.bin", *QUICK, *options)
    assert (done.returncode, done.stdout) == (0, "")
    found = re.findall(
        r"kotovec: epoch (\d)/3: loss [\d.]+, pairs.tsv spearman (-?[\d.]+), questions.txt ([\d.]+) %", done.stderr
    )
    assert [epoch for epoch, _, _ in found] == ["1", "2", "3"]
    final = evaluate_word_pairs(load(files / "v.bin"), files / "pairs.tsv")
    assert float(found[-1][1]) == pytest.approx(final.spearman.value, abs=1e-4)


def test_json_has_them_too(run_kotovec, text_file, files):
    options = ["--evaluate-with", files / "pairs.tsv", "--evaluate-with", files / "questions.txt", "--json", "-q"]
    done = run_kotovec("train", text_file, "-o", files / "v.bin", *QUICK, *options, "--epochs", 2)
    assert (done.returncode, done.stderr) == (0, "")
    evaluation = json.loads(done.stdout)["evaluation"]
    assert [epoch["epoch"] for epoch in evaluation] == [1, 2]
    assert [list(score) for score in evaluation[1]["scores"]] == [["name", "spearman"], ["name", "accuracy"]]


def test_looking_does_not_change_what_is_learnt(run_kotovec, text_file, files):
    run_kotovec("train", text_file, "-o", files / "a.bin", *QUICK, "--epochs", 2)
    run_kotovec(
        "train", text_file, "-o", files / "b.bin", *QUICK, "--epochs", 2, "--evaluate-with", files / "pairs.tsv"
    )
    np.testing.assert_array_equal(load(files / "a.bin").vectors, load(files / "b.bin").vectors)


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (None, "no such file"),
        ("nothing here\n", "no word pairs"),
        ("yeti\tbigfoot\t3\n", "no pair whose words are both known"),
        (": s\nyeti king man woman\n", "no question whose words are all known"),
    ],
)
def test_a_file_without_use_is_refused_before_training(content, text, run_kotovec, text_file, files):
    if content is not None:
        (files / "other").write_text(content)
    done = run_kotovec("train", text_file, "-o", files / "v.bin", *QUICK, "--evaluate-with", files / "other")
    assert (done.returncode, done.stdout) == (1, "")
    assert text in done.stderr
    assert "epoch" not in done.stderr
    assert not (files / "v.bin").exists()
