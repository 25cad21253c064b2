import json

import numpy as np
import pytest

from kotovec.corpus.vocabulary import Vocabulary
from kotovec.formats import save

WORDS = ["king", "queen", "東京"]
VECTORS = np.array([[3, 4], [0, 0], [0, 2]], np.float32)


@pytest.fixture
def saved(tmp_path):
    def write(name, **options):
        words = ["0", "1", "2"] if name.endswith("mcv1") else WORDS
        save(tmp_path / name, Vocabulary(words, [5, 2, 1]), VECTORS, **options)
        return tmp_path / name

    return write


@pytest.mark.parametrize(
    ("name", "options", "format"),
    [
        ("v.bin", {}, "bin"),
        ("v.txt", {}, "text"),
        ("v.glove", {}, "glove"),
        ("v.npy", {}, "npy"),
        ("v.mcv1", {}, "mcv1"),
        ("model", {}, "native"),
        ("folder", {"format": "projector"}, "projector"),
    ],
)
def test_the_facts_of_each_format(name, options, format, run_kotovec, saved):
    facts = json.loads(run_kotovec("info", saved(name, **options), "--json").stdout)
    assert facts["format"] == format
    assert (facts["words"], facts["vector_size"], facts["zero_rows"], facts["memory_bytes"]) == (3, 2, 1, 24)
    assert facts["norms"] == {"lowest": 2, "quarter": 2.75, "median": 3.5, "three_quarters": 4.25, "highest": 5}
    assert facts["tokens"] == (8 if format in ("native", "npy") else None)
    assert facts["file_bytes"] >= 24
    assert facts["first_words"] == (["0", "1", "2"] if format == "mcv1" else WORDS)


@pytest.mark.parametrize("dtype", ["f32", "f16", "i8"])
def test_mcv1_tells_its_data_type(dtype, run_kotovec, saved):
    done = run_kotovec("info", saved("v.mcv1", dtype=dtype))
    assert f"mcv1 ({dtype})" in done.stdout


def test_the_configuration_of_a_native_model_is_shown(run_kotovec, saved):
    path = saved("model", config={"epochs": 5, "loss": [2.5, None]})
    done = run_kotovec("info", path)
    assert (done.returncode, done.stderr) == (0, "")
    assert "config epochs  5\n" in done.stdout
    assert json.loads(run_kotovec("info", path, "--json").stdout)["config"] == {"epochs": 5, "loss": [2.5, None]}


def test_lines_for_people(run_kotovec, saved):
    lines = run_kotovec("info", saved("v.npy")).stdout.splitlines()
    facts = {line[:11].strip(): line[13:] for line in lines}
    assert facts["words"] == "3, counted 8 times in all"
    assert facts["norms"] == "2.000 to 5.000, median 3.500"
    assert facts["first words"] == "king queen 東京"


def test_vectors_that_are_all_zero_have_no_norms(run_kotovec, tmp_path):
    save(tmp_path / "v.bin", Vocabulary(["a"]), np.zeros((1, 5), np.float32))
    done = run_kotovec("info", tmp_path / "v.bin")
    assert (done.returncode, done.stderr) == (0, "")
    assert "norms" not in done.stdout


@pytest.mark.parametrize("content", [None, b"", b"no vectors\n", b"\x80\x04pickle"])
def test_a_file_that_holds_no_vectors_is_named_by_what_it_looks_like(content, run_kotovec, tmp_path):
    if content is not None:
        (tmp_path / "v.bin").write_bytes(content)
    done = run_kotovec("info", tmp_path / "v.bin")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(f"kotovec: error: {tmp_path / 'v.bin'}")
    assert done.stderr.count("\n") == 1


def test_the_help_has_an_example(run_kotovec):
    assert "Examples:\n    kotovec info" in run_kotovec("info", "--help").stdout
