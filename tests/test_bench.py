import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from kotovec.machine import cores

BENCH = Path(__file__).parent.parent / "bench"


@pytest.fixture
def run_bench(tmp_path):
    """Run a bench on a tiny text; gives what it prints, and what it writes with --json."""

    def run(script, *options):
        out = tmp_path / "figures.json"
        command = [sys.executable, BENCH / script, "--quick", "--json", out, *map(str, options)]
        done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        return done.stdout, json.loads(out.read_text())

    return run


@pytest.fixture
def bench_modules(monkeypatch):
    monkeypatch.syspath_prepend(str(BENCH))


def test_train_prints_every_row_of_its_table(run_bench, tmp_path):
    (tmp_path / "wordsim353.tsv").write_text("# a b score\na b 3.5\nb c 1\nc d 2\n")
    (tmp_path / "simlex999.tsv").write_text("a b 3.5\nb c 1\nc nowhere 2\n")
    (tmp_path / "google-analogies.txt").write_text(": letters\na b c d\nA b nowhere d\n")
    rows = "skipgram,cbow,counting,process,lines,loss,import,memory,quality"
    printed, kept = run_bench("train.py", "--eval", tmp_path, "--only", rows, "--threads", 1)
    names = [figure["name"] for figure in kept["results"]]
    for start in ("skip-gram, kotovec", "CBOW, kotovec", "counting", "whole process", "skip-gram, lines of 5",
                  "CBOW, cost of the loss", "import kotovec", "kotovec --help",
                  "anonymous memory", "cbow, 5 epochs: analogies"):  # fmt: skip
        assert any(name.startswith(start) for name in names), start
    assert all(name in printed for name in names)
    assert "2 of 3 pairs" in printed
    assert "1 of 2 questions" in printed


@pytest.mark.slow  # compiles both architectures with an empty cache
def test_train_prints_what_compilation_takes(run_bench):
    _, kept = run_bench("train.py", "--only", "compile", "--threads", 1)
    assert [figure["name"][:17] for figure in kept["results"]] == ["first compilation"]  # quick: of one architecture
    assert kept["results"][0]["value"] > 0


def test_train_refuses_a_row_that_it_does_not_have():
    command = [sys.executable, BENCH / "train.py", "--quick", "--only", "skipgram,nothing"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 2
    assert "no row 'nothing'; there are skipgram" in done.stderr


def test_kernel_prints_the_share_of_the_peak_for_both_architectures(run_bench):
    printed, kept = run_bench("kernel.py")
    assert [share["architecture"] for share in kept["results"]] == ["skipgram", "cbow"]
    assert all(share["gflops"] > 0 for share in kept["results"])
    assert "FMA peak of one core" in printed


@pytest.mark.slow
def test_threads_prints_the_ways_and_the_rows_that_threads_share(run_bench):
    printed, kept = run_bench("threads.py")
    assert [way["threads"] for way in kept["results"]["ways"]] == [1, 2] * (len(kept["results"]["ways"]) // 2)
    assert "| Hogwild" in printed
    assert "skip-gram, 2 threads against 2 processes" in printed
    assert "| centres in the slice | estimated | counted |" in printed


@pytest.mark.skipif(cores() < 2, reason="needs two cores")
def test_the_distance_of_cores_is_that_of_no_more_than_a_few_thousand_cycles(bench_modules):
    from distance import Distances, nanoseconds_between_cores

    found = [distance for _ in range(5) if (distance := nanoseconds_between_cores()) is not None]
    assert not found or 2 < min(found) < 5_000
    distances = Distances()
    assert str(distances) == "cores of unknown distance"
    distances.found += [44.6, 51.0, 170.2, 400.0, 170.2, 51.0, 44.6, None]
    assert str(distances) == "cores 45 to 400 ns apart"
    assert distances.rounds(2) == ["near", "far", None, None]


def test_rounds_of_threads_are_told_apart_by_the_distance_of_the_cores(bench_modules):
    from threads import _by_distance

    pairs = [(1.0, 0.98), (1.0, 0.8), (1.0, 0.5), (1.0, 0.96), (1.0, 0.97), (1.0, 0.7)]
    assert _by_distance(pairs, ["near", "far", None, "near", "near", "far"]) == "; near 97.0 % (3 rounds)"
    assert _by_distance(pairs, [None] * 6) == ""


@pytest.mark.parametrize("k", [1, 32])
def test_the_estimated_share_of_rows_touched_at_once_is_what_counting_finds(bench_modules, k):
    from collisions import counted_share, estimated_share
    from kotovec.training.config import TrainConfig

    counts = 1_000_000 // np.arange(5, 2005)
    ids = np.random.default_rng(3).choice(2000, 200_000, p=counts / counts.sum()).astype(np.int32)
    config = TrainConfig(sample=1e-3)
    counted, n_slices = counted_share(ids, counts, config, k)
    assert n_slices > 500
    assert counted == pytest.approx(estimated_share(counts, config, k), rel=0.05)


def test_the_scorer_ranks_pairs_and_answers_analogies(bench_modules, tmp_path):
    from scoring import ranks, score_analogies, score_pairs

    assert ranks(np.array([3.0, 1.0, 3.0, 2.0])).tolist() == [3.5, 1, 3.5, 2]
    words = {word: word_id for word_id, word in enumerate(("man", "woman", "king", "queen", "apple"))}
    vectors = np.array([[1, 0, 0], [1, 1, 0], [1, 0, 1], [1, 1, 1], [-1, 0, 0]], np.float32)
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    (tmp_path / "analogies.txt").write_text(
        ": people\nman woman king queen\nMan King woman queen\nman woman king apple\n"
    )
    assert score_analogies(tmp_path / "analogies.txt", words, unit) == (pytest.approx(200 / 3), "3 of 3 questions")
    (tmp_path / "pairs.tsv").write_text("# words\nman\tapple\t1\nman\tqueen\t2\nking\tqueen\t3\n")
    assert score_pairs(tmp_path / "pairs.tsv", words, unit) == (pytest.approx(100), "3 of 3 pairs")


def test_analogies_prints_both_methods_and_the_peer(run_bench):
    printed, kept = run_bench("analogies.py")
    assert [figure["name"].split(", ", 1)[-1] for figure in kept["results"]] == [
        "3cosadd",
        "3cosmul",
        "3cosadd, gensim",
    ]
    assert kept["results"][0]["value"] > 0
    assert "500 questions, 3cosmul" in printed


FORMAT_ROWS = ["load word2vec bin, 500 x 20", "open native, 500 x 20", "open mcv1"]


@pytest.mark.parametrize(
    "only, starts",
    [
        ("load-bin,open-native,open-mcv1", FORMAT_ROWS),
        pytest.param(
            "load-bin,load-text,save-bin,save-text,open-native,open-mcv1",
            [*FORMAT_ROWS, "load word2vec text, 100 x 20", "save word2vec bin", "save word2vec text"],
            marks=pytest.mark.slow,  # each starts gensim several times
        ),
    ],
)
def test_formats_prints_reading_writing_and_opening_against_the_peer(run_bench, only, starts):
    printed, kept = run_bench("formats.py", "--size", 20, "--only", only)
    names = [figure["name"] for figure in kept["results"]]
    for start in starts:
        assert any(name.startswith(start) for name in names), start
    assert all(figure["value"] > 0 for figure in kept["results"])
    assert all(name in printed for name in names)


def test_the_words_of_the_bench_are_distinct(bench_modules):
    from formats import random_words

    words = random_words(3000, np.random.default_rng(1))
    assert len(set(words)) == len(words) == 3000
    assert min(map(len, words)) == 3
