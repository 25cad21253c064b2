import json
import os

import numpy as np
import pytest

from kotovec.corpus.vocabulary import Vocabulary
from kotovec.formats import save

WORDS = ["king", "queen", "man", "woman", "castle", "東京"]
VECTORS = np.array([[1, 1, 0], [1, 0.9, 0.2], [0, 1, 0], [0, 0.9, 0.3], [-1, 0, 0], [0, 0, 1]], np.float32)


@pytest.fixture(params=["bin", "text", "native"])
def vectors(request, tmp_path):
    path = tmp_path / "vectors"
    save(path, Vocabulary(WORDS, range(6, 0, -1)), VECTORS, format=request.param)
    return path


def cosine(a, b):
    a, b = VECTORS[WORDS.index(a)], VECTORS[WORDS.index(b)]
    return float(a @ b / np.linalg.norm(a) / np.linalg.norm(b))


def test_neighbours_come_with_their_cosine_the_nearest_first(run_kotovec, vectors):
    done = run_kotovec("similar", vectors, "king")
    assert (done.returncode, done.stderr) == (0, "")
    found = [line.split() for line in done.stdout.splitlines()]
    assert [word for _, word in found] == ["queen", "man", "woman", "東京", "castle"]
    assert [float(number) for number, _ in found] == [pytest.approx(cosine("king", w), abs=1e-4) for _, w in found]


def test_the_number_of_neighbours_is_a_choice(run_kotovec, vectors):
    assert len(run_kotovec("similar", vectors, "king", "-n", 2).stdout.splitlines()) == 2


def test_several_words_count_as_their_mean_and_some_can_be_taken_away(run_kotovec, vectors):
    done = run_kotovec("similar", vectors, "king", "woman", "--minus", "man", "-n", 1)
    assert done.stdout.split()[1] == "queen"


def test_json_is_one_object(run_kotovec, vectors):
    done = run_kotovec("similar", vectors, "man", "-n", 1, "--json")
    result = json.loads(done.stdout)
    similarity = result["neighbors"][0].pop("similarity")
    assert result == {"words": ["man"], "minus": [], "neighbors": [{"word": "woman"}]}
    assert similarity == pytest.approx(cosine("man", "woman"), abs=1e-6)


@pytest.mark.parametrize("encoding", ["utf-8", "ascii"])
@pytest.mark.parametrize("options", [[], ["--json"]])
def test_every_script_is_printed_whatever_the_terminal_can_show(run_process, vectors, encoding, options, monkeypatch):
    monkeypatch.setenv("PYTHONIOENCODING", encoding)
    done = run_process("similar", vectors, "castle", *options, text=False)
    assert (done.returncode, done.stderr) == (0, b"")
    assert ("東京".encode() in done.stdout) == (encoding == "utf-8")
    assert len(done.stdout.splitlines()) >= 5


def test_mcv1_is_asked_by_word_id_or_with_a_file_of_words_by_word(run_kotovec, tmp_path):
    path = tmp_path / "vectors.mcv1"
    save(path, Vocabulary(["0", "1", "3"], [3, 2, 1]), VECTORS[[0, 1, 4]])
    assert run_kotovec("similar", path, "0", "-n", 1).stdout.split()[1] == "1"
    (tmp_path / "words.txt").write_text("# ids\n0\tking\n1\tqueen\n3\tcastle\n")
    done = run_kotovec("similar", path, "king", "-n", 1, "--vocab", tmp_path / "words.txt")
    assert done.stdout.split()[1] == "queen"


def test_a_missing_word_is_one_line_with_near_spellings(run_kotovec, vectors):
    done = run_kotovec("similar", vectors, "quen")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("kotovec: error: 'quen' is not in the vocabulary")
    assert "queen" in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("content", [None, b"", b"no vectors\n", b"2 3\nking 1 2 3\n", b"\0\xff" * 40])
def test_a_file_that_holds_no_vectors_is_one_line(run_kotovec, tmp_path, content):
    path = tmp_path / "vectors.bin"
    if content is not None:
        path.write_bytes(content)
    done = run_kotovec("similar", path, "king")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(f"kotovec: error: {path}")
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("options", [["-n", "0"], ["-f", "docx"]])
def test_an_option_out_of_range_is_wrong_usage(run_kotovec, vectors, options):
    done = run_kotovec("similar", vectors, "king", *options)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)


def test_a_warning_is_one_line(run_process, tmp_path):
    (tmp_path / "twice.txt").write_text("3 2\nking 1 0\nking 0 1\nqueen 1 0\n")
    done = run_process("similar", "twice.txt", "king", env=os.environ)
    assert (done.returncode, done.stdout.split()) == (0, ["1.0000", "queen"])
    assert done.stderr.startswith("kotovec: warning: twice.txt: 1 rows dropped")
    assert done.stderr.count("\n") == 1
