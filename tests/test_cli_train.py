import json
import os
import signal
import subprocess
import sys
import time

import pytest

from kotovec.cli.train_options import TrainOptions
from kotovec.corpus.vocabulary import Vocabulary
from kotovec.errors import ConfigError
from kotovec.formats import load
from kotovec.machine import cores
from kotovec.training.config import TrainConfig

QUICK = ("--size", 20, "--epochs", 1, "--threads", 1)
JSON_KEYS = [
    "words",
    "vocabulary",
    "seconds",
    "words_per_second",
    "loss",
    "peak_memory_mb",
    "threads",
    "config",
]


@pytest.fixture
def train(run_kotovec, text_file, tmp_path):
    """Train quickly on the small text, and be done with success."""

    def run(*options, output="vectors.bin", text=text_file):
        done = run_kotovec("train", text, "-o", tmp_path / output, *QUICK, *options)
        assert done.returncode == 0, done.stderr
        return done

    return run


@pytest.mark.parametrize("output", ["vectors.bin", "vectors.txt", "model"])
def test_the_suffix_chooses_the_format_and_the_words_come_back(train, tmp_path, output):
    train(output=output)
    vectors = load(tmp_path / output)
    assert len(vectors) == 15
    assert vectors.vector_size == 20
    assert (tmp_path / output).is_dir() == (output == "model")


@pytest.mark.parametrize("name", ["native", "text", "bin"])
def test_the_format_option_wins_over_the_suffix(train, tmp_path, name):
    train("-f", name, output="vectors.vec")
    assert (tmp_path / "vectors.vec").is_dir() == (name == "native")
    assert len(load(tmp_path / "vectors.vec", format=name)) == 15


def test_the_command_line_of_the_analyser_runs_as_it_is(run_kotovec, tmp_path):
    ids = tmp_path / "corpus_word_ids.txt"
    ids.write_text("42 123 456\n" * 50)
    options = "-f mcv1 --max-word-id 1000 --size 100 --window 5 --negative 5 --epochs 3 --threads 6".split()
    done = run_kotovec("train", "-i", ids, "-o", tmp_path / "vectors.mcv1", *options)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "vectors.mcv1").stat().st_size == 32 + 1001 * 100 * 4


def test_json_is_one_object_with_the_documented_keys(train):
    result = json.loads(train("--json", "--epochs", 3).stdout)
    assert list(result) == JSON_KEYS
    assert list(result["seconds"]) == ["count", "encode", "compile", "train", "save", "total"]
    assert (result["words"], result["vocabulary"], result["threads"]) == (3200, 15, 1)
    assert len(result["loss"]) == 3
    assert all(0 < loss < 6 * 0.7 for loss in result["loss"])
    assert sum(list(result["seconds"].values())[:-1]) <= result["seconds"]["total"]
    assert 1 < result["peak_memory_mb"] < 10_000
    assert result["words_per_second"] > 1000


def test_every_setting_reaches_the_training(run_kotovec, text_file, tmp_path, monkeypatch):
    seen = []

    def stop(options, config, *_):
        seen.append(config)
        raise ConfigError("enough seen")

    monkeypatch.setattr("kotovec.cli.train.train_and_save", stop)
    numbers = "--size 20 --window 3 --negative 4 --alpha 0.03 --min-alpha 0.001 --sample 0.01 --ns-exponent 0.5"
    others = "--epochs 7 --seed 9 --threads 1 --cbow-update corrected --cbow --no-cbow-mean --no-shrink-windows"
    assert run_kotovec("train", text_file, "-o", tmp_path / "v.bin", *numbers.split(), *others.split()).returncode == 2
    expected = TrainConfig(
        architecture="cbow", vector_size=20, window=3, negative=4, alpha=0.03, min_alpha=0.001, sample=0.01,
        ns_exponent=0.5, epochs=7, shrink_windows=False, cbow_mean=False, cbow_update="corrected", seed=9,
        threads=1,
    )  # fmt: skip
    assert seen == [expected]


def test_json_tells_all_settings(train):
    config = json.loads(train("--seed", 5, "--json").stdout)["config"]
    expected = {"vector_size": 20, "epochs": 1, "seed": 5, "threads": 1, "tokenizer": "whitespace", "min_count": 5}
    assert expected.items() <= config.items()
    assert set(config) > set(TrainConfig().as_dict())


def test_the_defaults_are_those_of_the_issue():
    config = TrainOptions().train_config()
    assert (config.architecture, config.vector_size, config.window, config.negative) == ("skipgram", 100, 5, 5)
    assert (config.sample, config.epochs, TrainOptions().min_count) == (1e-3, 5, 5)
    assert config.threads >= 1


def test_without_a_terminal_a_short_summary_goes_to_stderr_and_nothing_to_stdout(train, tmp_path):
    done = train()
    assert done.stdout == ""
    assert 2 <= done.stderr.count("\n") <= 4
    assert "vocabulary 15 of 15" in done.stderr
    assert str(tmp_path / "vectors.bin") in done.stderr
    assert "loss" in done.stderr


def test_a_text_too_small_to_measure_a_loss_says_so(train, tmp_path):
    text = tmp_path / "small.txt"
    text.write_text("a b c d " * 10)
    done = train("--sample", "1e-9", text=text)
    assert done.returncode == 0 and "loss -\n" in done.stderr
    assert json.loads(train("--sample", "1e-9", "--json", text=text).stdout)["loss"] == [None]


def test_quiet_says_nothing(train):
    done = train("--quiet", "--threads", 64)
    assert (done.stdout, done.stderr) == ("", "")


def test_more_threads_than_processors_are_mentioned_and_work(train, tmp_path):
    done = train("--threads", 64)
    assert done.stderr.startswith(f"kotovec: 64 threads on {cores()} processors")
    assert len(load(tmp_path / "vectors.bin")) == 15


def test_the_same_seed_and_one_thread_give_the_same_file(train, tmp_path):
    for name, seed in (("a.bin", 3), ("b.bin", 3), ("c.bin", 4)):
        train("--seed", seed, output=name)
    a, b, c = ((tmp_path / name).read_bytes() for name in ("a.bin", "b.bin", "c.bin"))
    assert a == b
    assert a != c


def test_texts_named_by_position_by_option_and_by_glob_are_read_together(run_kotovec, tmp_path):
    for name in ("a.txt", "b.txt", "part1.log", "part2.log"):
        (tmp_path / name).write_text(f"{name[0]}{name[4:5]} same\n" * 5)
    sources = [tmp_path / "a.txt", "-i", tmp_path / "b.txt", "--input", tmp_path / "*.log"]
    done = run_kotovec("train", *sources, "-o", tmp_path / "v.txt", *QUICK, "--json")
    assert (json.loads(done.stdout)["words"], json.loads(done.stdout)["vocabulary"]) == (40, 5)


def test_standard_input_is_a_text(run_process, text_file, tmp_path):
    done = run_process("train", "-", "-o", "vectors.bin", *QUICK, "--json", input=text_file.read_text())
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["words"] == 3200
    assert (tmp_path / "vectors.bin").exists()


def test_words_and_stop_words(train, tmp_path):
    text = tmp_path / "mixed.txt"
    text.write_text("The King, the queen; ＫＩＮＧ and QUEEN.\n" * 10, encoding="utf-8")
    train("--tokenizer", "words", "--stop-words", "en", text=text, output="v.txt")
    assert sorted(load(tmp_path / "v.txt").index_to_key) == ["king", "queen"]


def test_min_count_and_max_vocab(train, tmp_path):
    text = tmp_path / "counts.txt"
    text.write_text("a " * 9 + "b " * 8 + "c " * 7 + "d " * 2)
    train("--min-count", 3, "--max-vocab", 2, text=text, output="v.txt")
    assert load(tmp_path / "v.txt").index_to_key == ["a", "b"]


def test_a_saved_vocabulary_can_be_read_for_another_run(train, tmp_path):
    train("--save-vocab", tmp_path / "first.vocab", output="a.bin")
    train("--read-vocab", tmp_path / "first.vocab", "--save-vocab", tmp_path / "second.vocab", output="b.bin")
    assert (tmp_path / "first.vocab").read_bytes() == (tmp_path / "second.vocab").read_bytes()
    assert len(Vocabulary.read(tmp_path / "first.vocab")) == 15
    assert (tmp_path / "a.bin").read_bytes() == (tmp_path / "b.bin").read_bytes()


def test_a_corpus_cache_is_said_to_be_used_and_gives_the_same_vectors(train, tmp_path):
    first = train("--corpus-cache", tmp_path / "cache", output="a.bin")
    second = train("--corpus-cache", tmp_path / "cache", output="b.bin")
    assert "corpus cache" not in first.stderr
    assert "taken from the corpus cache" in second.stderr
    assert (tmp_path / "a.bin").read_bytes() == (tmp_path / "b.bin").read_bytes()


@pytest.mark.parametrize("text", ["one " * 20, "one two three " * 7, "one " * 20 + "\n" + "one\n" * 9])
@pytest.mark.parametrize("architecture", [[], ["--cbow"]])
def test_tiny_vocabularies_train(train, tmp_path, text, architecture):
    (tmp_path / "tiny.txt").write_text(text)
    done = train("--json", *architecture, text=tmp_path / "tiny.txt")
    assert json.loads(done.stdout)["vocabulary"] == len(set(text.split()))


@pytest.mark.parametrize("output", [["-o", "vectors.bin"], []])
def test_an_estimate_says_memory_and_time_and_trains_nothing(run_kotovec, text_file, tmp_path, output, monkeypatch):
    monkeypatch.chdir(tmp_path)
    before = sorted(tmp_path.iterdir())
    done = run_kotovec("train", text_file, *output, *QUICK, "--estimate")
    assert done.returncode == 0, done.stderr
    assert "memory" in done.stdout
    assert "time" in done.stdout
    assert sorted(tmp_path.iterdir()) == before


def test_an_estimate_as_json(run_kotovec, text_file):
    done = run_kotovec("train", text_file, *QUICK, "--estimate", "--json")
    result = json.loads(done.stdout)
    assert result["vocabulary"] == 15


@pytest.mark.skipif(not hasattr(os, "openpty"), reason="no terminals on this system")
def test_on_a_terminal_progress_is_drawn_and_ctrl_c_ends_it_within_a_second(text_file, tmp_path):
    terminal, stderr = os.openpty()
    words = ["train", text_file, "-o", tmp_path / "vectors.bin", "--epochs", 1_000_000, "--threads", 2]
    before = sorted(tmp_path.iterdir())
    process = subprocess.Popen([sys.executable, "-m", "kotovec", *map(str, words)], stderr=stderr)
    os.close(stderr)
    seen = b""
    while b"alpha" not in seen:
        seen += os.read(terminal, 4096)
    assert b"training" in seen
    process.send_signal(signal.SIGINT)
    start = time.monotonic()
    exit_code = process.wait(30)
    seconds = time.monotonic() - start
    os.close(terminal)
    assert exit_code == 130
    assert seconds < 1
    assert sorted(tmp_path.iterdir()) == before
