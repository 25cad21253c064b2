import json
import sys

import numpy as np
import pytest

from kotovec.formats import load, save
from plots_case import WORDS, topic_vectors

CONFIG = {"alpha": 0.025, "min_alpha": 0.0001, "loss": [2.5, 2.25]}


@pytest.fixture
def model(tmp_path):
    vectors = topic_vectors()
    save(tmp_path / "model", vectors.vocabulary, vectors.vectors, config=CONFIG)
    return tmp_path / "model"


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ([], "40 words by PCA in 2 dimensions"),
        (["--dimensions", 3, "-n", 20, "--clusters", 0, "--neighbors", "shown"], "20 words by PCA in 3 dimensions"),
        (["red", "two", "東京"], "3 words by PCA"),
        (["--kind", "network", "--threshold", 0.5, "--clusters", 5], "similarity of 0.5 or more"),
        (["--kind", "network", "--nearest", 2, "red", "green", "one", "two"], "4 words, "),
        (["--kind", "heatmap", "--order", "given", "red", "two"], "every two of 2 words"),
        (["--kind", "curve"], "2 epochs of training"),
    ],
)
def test_each_kind_is_written_and_said_in_a_line(run_kotovec, model, tmp_path, arguments, text):
    done = run_kotovec("plot", model, "-o", tmp_path / "plot.html", *arguments)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(f"{tmp_path / 'plot.html'}: ")
    assert done.stdout.count("\n") == 1
    assert text in done.stdout
    assert "<title>model</title>" in (tmp_path / "plot.html").read_text("utf-8")


@pytest.mark.parametrize(("suffix", "begins"), [("png", b"\x89PNG\r\n"), ("svg", b"<?xml")])
def test_pictures_have_the_form_of_their_suffix(run_kotovec, model, tmp_path, suffix, begins):
    pytest.importorskip("matplotlib")
    path = tmp_path / f"curve.{suffix}"
    done = run_kotovec("plot", model, "-o", path, "--kind", "curve", "--size", "500X400", "--dark", "--title", "Mine")
    assert (done.returncode, done.stderr) == (0, "")
    assert path.read_bytes().startswith(begins)


def test_json_has_the_places_groups_and_neighbours_and_needs_no_file(run_kotovec, model, tmp_path):
    found = json.loads(run_kotovec("plot", model, "--json", "--clusters", 5, "--seed", 3).stdout)
    assert found["output"] is None
    assert found["words"] == WORDS
    assert np.array(found["positions"]).shape == (40, 2)
    assert len(found["cluster_names"]) == 5
    first = load(model).most_similar(WORDS[0], topn=8)
    assert [word for word, _ in found["neighbors"][0]] == [word for word, _ in first]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["model"]


def test_words_of_a_file_join_those_of_the_command_and_unknown_ones_are_named(run_kotovec, model, tmp_path):
    (tmp_path / "words.txt").write_text("green\nyeti\nred\tand more\n")
    done = run_kotovec("plot", model, "two", "--words", tmp_path / "words.txt", "--json")
    assert json.loads(done.stdout)["words"] == ["two", "green", "red"]
    assert "words.txt: 1 unknown words passed over: yeti" in done.stderr


def refusals():
    return [
        ([], 2, "nowhere to draw; try: -o map.html"),
        (["-o", "x.pdf"], 2, "expected .html, .png or .svg, found .pdf"),
        (["-o", "no/x.html"], 1, "/no does not exist; make it first"),
        (["-o", "x.html", "--kind", "pie"], 2, "expected map, network, heatmap or curve, found 'pie'"),
        (["-o", "x.html", "--threshold", "0.5"], 2, "--threshold belongs to network, not to map"),
        (
            ["-o", "x.html", "--kind", "curve", "-n", "5"],
            2,
            "--top belongs to map, network, heatmap, not",
        ),
        (["-o", "x.html", "--kind", "curve", "red"], 2, "a curve has no words"),
        (["-o", "x.html", "red", "-n", "5"], 2, "either words or --top"),
        (["-o", "x.html", "-n", "0"], 2, "top is out of range"),
        (["-o", "x.html", "purplee", "twoo", "red"], 1, "'purplee', 'twoo'; near spellings: purple"),
        (["-o", "x.html", "red", "nothing"], 2, "the vector is zero or not finite: 'nothing'"),
        (["-o", "x.html", "--dimensions", "4"], 2, "expected 2 or 3, found 4"),
        (["-o", "x.html", "--projection", "lda"], 2, "expected pca or umap or tsne, found 'lda'"),
        (["-o", "x.html", "--clusters", "50"], 2, "expected 0 to 40, the words, found 50"),
        (["-o", "x.html", "--kind", "heatmap", "red"], 2, "too few words to plot: expected 2 or more, found 1"),
        (["-o", "x.html", "--kind", "network", "--threshold", "1"], 2, "the most similar two have 0."),
        (["-o", "x.png", "--size", "9x9"], 2, "expected 300 to 10000 pixels, found 9 x 9"),
        (["-o", "x.png", "--size", "big"], 2, "expected width x height in pixels"),
    ]


@pytest.mark.parametrize(("arguments", "exit_code", "text"), refusals())
def test_wrong_usage_is_one_line_and_nothing_is_written(
    run_kotovec, model, tmp_path, monkeypatch, arguments, exit_code, text
):
    monkeypatch.chdir(tmp_path)
    done = run_kotovec("plot", model, *arguments)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (exit_code, "", 1)
    assert text in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["model"]


def test_a_file_without_a_training_curve_is_named(run_kotovec, tmp_path):
    vectors = topic_vectors()
    save(tmp_path / "m.npy", vectors.vocabulary, vectors.vectors)
    done = run_kotovec("plot", tmp_path / "m.npy", "--kind", "curve", "-o", tmp_path / "x.html")
    assert done.returncode == 2
    assert f"{tmp_path / 'm.npy'}: there is no loss in it; a native folder keeps it" in done.stderr


def test_without_matplotlib_the_command_is_named_before_anything_is_read(run_kotovec, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    done = run_kotovec("plot", tmp_path / "none", "-o", tmp_path / "x.png")
    assert done.returncode == 1
    assert 'pip install "kotovec[plot]"' in done.stderr


def test_an_old_file_stays_whole_where_a_plot_fails(run_kotovec, model, tmp_path):
    (tmp_path / "x.html").write_text("old")
    assert run_kotovec("plot", model, "yeti", "-o", tmp_path / "x.html").returncode == 1
    assert (tmp_path / "x.html").read_text() == "old"


def test_the_help_has_examples(run_kotovec):
    assert "Examples:\n    kotovec plot" in run_kotovec("plot", "--help").stdout
