import json

import numpy as np
import pytest

from kotovec.corpus.vocabulary import Vocabulary
from kotovec.formats import load, save
from kotovec.formats.mcv1 import read_mcv1
from kotovec.formats.native import open_native

WORDS = ["king", "queen", "東京"]
VECTORS = np.array([[3, 4, 0.5], [1, 2, 3], [0, 2, -1]], np.float32)
NAMES = {
    "native": "v",
    "text": "v.txt",
    "bin": "v.bin",
    "glove": "v.glove",
    "npy": "v.npy",
    "projector": "p",
    "static": "s",
}


@pytest.fixture
def source(tmp_path):
    save(tmp_path / "source.bin", Vocabulary(WORDS), VECTORS)
    return tmp_path / "source.bin"


@pytest.fixture
def ids(tmp_path):
    """MCV1 of the ids 0 to 4, of which 1 and 3 have no vector."""
    save(tmp_path / "ids.mcv1", Vocabulary(["0", "2", "4"]), VECTORS)
    return tmp_path / "ids.mcv1"


@pytest.mark.parametrize("there", NAMES)
@pytest.mark.parametrize("here", NAMES)
def test_each_format_becomes_each_other_with_the_same_words_and_numbers(here, there, run_kotovec, tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "out").mkdir()
    first, second = tmp_path / "in" / NAMES[here], tmp_path / "out" / NAMES[there]
    save(first, Vocabulary(WORDS, [3, 2, 1]), VECTORS, format=here)
    done = run_kotovec("convert", first, second, "--to", there)
    assert (done.returncode, done.stdout) == (0, "")
    assert f"{there}, 3 words, vector size 3" in done.stderr
    vectors = load(second)
    assert vectors.index_to_key == WORDS
    np.testing.assert_allclose(vectors.vectors, VECTORS, rtol=1e-6 if "static" in (here, there) else 0)
    if {here, there} <= {"native", "npy", "static"}:
        assert vectors.vocabulary.counts.tolist() == [3, 2, 1]


def test_the_suffix_chooses_the_format(run_kotovec, source, tmp_path):
    run_kotovec("convert", source, tmp_path / "out.txt")
    assert (tmp_path / "out.txt").read_text("utf-8").startswith("3 3\nking 3 4 0.5\n")


def test_native_keeps_configuration_and_output_vectors(run_kotovec, tmp_path):
    save(tmp_path / "a", Vocabulary(WORDS), VECTORS, output_vectors=-VECTORS, config={"epochs": 3})
    assert run_kotovec("convert", tmp_path / "a", tmp_path / "b").returncode == 0
    opened = open_native(tmp_path / "b")
    assert opened.config == {"epochs": 3}
    np.testing.assert_array_equal(opened.output_vectors, -VECTORS)


def test_words_become_ids_in_their_order_with_a_file_of_words_beside(run_kotovec, source, tmp_path):
    done = run_kotovec("convert", source, tmp_path / "out.mcv1")
    assert (done.returncode, done.stdout) == (0, "")
    assert f"words in {tmp_path / 'out.tsv'}" in done.stderr
    vectors = load(tmp_path / "out.mcv1")
    assert vectors.index_to_key == WORDS
    np.testing.assert_array_equal(vectors.vectors, VECTORS)


@pytest.mark.parametrize(("dtype", "error"), [("f32", 0), ("f16", 2e-3), ("i8", 4 / 127)])
def test_the_data_type_of_mcv1_is_a_choice(dtype, error, run_kotovec, source, tmp_path):
    assert run_kotovec("convert", source, tmp_path / "out.mcv1", "--dtype", dtype).returncode == 0
    np.testing.assert_allclose(read_mcv1(tmp_path / "out.mcv1"), VECTORS, rtol=0, atol=error)
    assert (tmp_path / "out.mcv1").stat().st_size == 32 + 9 * {"f32": 4, "f16": 2, "i8": 1}[dtype]


def test_words_that_are_ids_keep_them(run_kotovec, tmp_path):
    save(tmp_path / "ids.txt", Vocabulary(["4", "0", "2"]), VECTORS)
    done = run_kotovec("convert", tmp_path / "ids.txt", tmp_path / "out.mcv1", "--max-word-id", 6)
    assert done.returncode == 0
    rows = read_mcv1(tmp_path / "out.mcv1")
    assert rows.shape == (7, 3)
    np.testing.assert_array_equal(rows[[4, 0, 2]], VECTORS)
    assert not (tmp_path / "out.tsv").exists()


def test_a_tsv_gives_words_their_ids_and_homonyms_the_same_vector(run_kotovec, source, tmp_path):
    (tmp_path / "words.tsv").write_text("# id\tsurface\n7\tqueen\n2\tking\n3\tqueen\n5\tyeti\n", "utf-8")
    done = run_kotovec("convert", source, tmp_path / "out.mcv1", "--vocab", tmp_path / "words.tsv")
    assert done.returncode == 0, done.stderr
    rows = read_mcv1(tmp_path / "out.mcv1")
    np.testing.assert_array_equal(rows[[2, 3, 7]], VECTORS[[0, 1, 1]])
    assert not rows[[0, 1, 4, 5, 6]].any()
    assert "1 words to which" in done.stderr
    vectors = load(tmp_path / "out.mcv1", vocab=tmp_path / "words.tsv")
    np.testing.assert_array_equal(vectors["queen"], VECTORS[1])


def test_ids_without_a_vector_are_no_words_elsewhere(run_kotovec, ids, tmp_path):
    done = run_kotovec("convert", ids, tmp_path / "out.bin")
    assert "2 ids without a vector left out" in done.stderr
    assert load(tmp_path / "out.bin").index_to_key == ["0", "2", "4"]


def test_a_tsv_names_the_ids_of_mcv1(run_kotovec, ids, tmp_path):
    (tmp_path / "words.tsv").write_text("0\tking\n2\tqueen\n4\t東京\n", "utf-8")
    done = run_kotovec("convert", ids, tmp_path / "out.txt", "--vocab", tmp_path / "words.tsv")
    assert done.returncode == 0, done.stderr
    assert load(tmp_path / "out.txt").index_to_key == WORDS


def test_mcv1_to_mcv1_keeps_all_ids_and_the_words_beside(run_kotovec, ids, tmp_path):
    ids.with_suffix(".tsv").write_text("0\tking\n2\tqueen\n4\t東京\n", "utf-8")
    assert run_kotovec("convert", ids, tmp_path / "out.mcv1", "--dtype", "f16").returncode == 0
    vectors = load(tmp_path / "out.mcv1")
    assert len(vectors) == 5
    assert [vectors.index_to_key[i] for i in (0, 2, 4)] == WORDS
    np.testing.assert_array_equal(vectors.vectors, read_mcv1(ids))


def test_json_is_one_object(run_kotovec, source, tmp_path):
    done = run_kotovec("convert", source, tmp_path / "out.mcv1", "--json")
    assert done.stderr == ""
    assert json.loads(done.stdout) == {
        "source": str(source),
        "target": str(tmp_path / "out.mcv1"),
        "source_format": "bin",
        "target_format": "mcv1",
        "n_words": 3,
        "vector_size": 3,
        "zeros_left_out": 0,
        "words_left_out": 0,
        "surfaces": str(tmp_path / "out.tsv"),
        "segmenter": None,
        "weights": None,
        "never_found": 0,
    }


@pytest.mark.parametrize(
    ("options", "exit_code", "text"),
    [
        (["out.docx"], 2, "the suffix .docx names no format"),
        (["out.txt", "--to", "docx"], 2, "unknown format"),
        (["out.txt", "--dtype", "f16"], 2, "--max-word-id and --dtype belong to the format mcv1, not to text"),
        (["out.txt", "--max-word-id", "3"], 2, "belong to the format mcv1"),
        (["out.txt", "--vocab", "words.tsv"], 2, "--vocab belongs to the format mcv1, not to bin and text"),
        (["out.mcv1", "--dtype", "f64"], 2, "no data type of MCV1"),
        (["out.mcv1", "--max-word-id", "1"], 1, "1 of 3 word ids are above the largest allowed"),
        (["out.mcv1", "--vocab", "nothing.tsv"], 1, "nothing.tsv: no such file"),
        (["out.mcv1", "--vocab", "words.tsv"], 1, "words.tsv: holds no word of the vectors"),
        (["out.mcv1", "--vocab", "twice.tsv"], 1, "twice.tsv: an id comes twice"),
        (["no/out.txt"], 1, "does not exist"),
        (["source.bin"], 2, "is both read and written"),
    ],
)
def test_what_cannot_be_is_refused_before_anything_is_written(
    options, exit_code, text, run_kotovec, source, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "words.tsv").write_text("0\tyeti\n")
    (tmp_path / "twice.tsv").write_text("0\tking\n0\tqueen\n")
    before = {path: path.read_bytes() for path in tmp_path.iterdir()}
    done = run_kotovec("convert", source, *options)
    assert (done.returncode, done.stdout) == (exit_code, "")
    assert text in done.stderr
    assert done.stderr.count("\n") == 1
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_a_word_that_the_format_cannot_hold_is_named(run_kotovec, tmp_path):
    save(tmp_path / "model", Vocabulary(["king", "new york"]), VECTORS[:2])
    done = run_kotovec("convert", tmp_path / "model", tmp_path / "out.txt")
    assert done.returncode == 1
    assert "'new york'" in done.stderr
    assert not (tmp_path / "out.txt").exists()


def test_the_help_has_an_example(run_kotovec):
    assert "Examples:\n    kotovec convert" in run_kotovec("convert", "--help").stdout


@pytest.mark.parametrize(("first", "second"), [("v.mcv1", "v.npy"), ("v.npy", "v.mcv1")])
def test_a_list_of_words_that_belongs_to_another_file_is_left_alone(first, second, run_kotovec, source, tmp_path):
    assert run_kotovec("convert", source, tmp_path / first).returncode == 0
    before = (tmp_path / "v.tsv").read_bytes()
    done = run_kotovec("convert", source, tmp_path / second)
    assert done.returncode == 1
    assert f"v.tsv: holds the words of {tmp_path / first}; give the output another name" in done.stderr
    assert (tmp_path / "v.tsv").read_bytes() == before
    assert not (tmp_path / second).exists()
    assert run_kotovec("convert", source, tmp_path / first).returncode == 0  # its own may be replaced
