"""Each format against bytes that were written down by hand (tests/data)."""

from __future__ import annotations

import shutil
import warnings
from pathlib import Path

import numpy as np
import pytest

from kotovec.corpus.vocabulary import Vocabulary
from kotovec.formats import load, save
from kotovec.formats.recognise import recognise

DATA = Path(__file__).parent / "data"
WORDS = ["王", "cat", "12"]
VECTORS = np.array([[0.5, -2], [0.1, 1e-30], [3, 0]], np.float32)
IDS = ["0", "2", "3"]


@pytest.mark.parametrize("name", ["golden.bin", "golden_gensim.bin", "golden.txt", "golden.glove"])
def test_golden_files_with_words_are_read(name: str) -> None:
    vectors = load(DATA / name)
    assert vectors.index_to_key == WORDS
    assert vectors.vectors.dtype == np.float32
    np.testing.assert_array_equal(vectors.vectors, VECTORS)


@pytest.mark.parametrize("name", ["golden.bin", "golden.txt", "golden.glove"])
def test_what_is_written_is_the_golden_file(name: str, tmp_path: Path) -> None:
    save(tmp_path / name, Vocabulary(WORDS), VECTORS)
    assert (tmp_path / name).read_bytes() == (DATA / name).read_bytes()


def test_golden_mcv1_files_are_read_and_written(tmp_path: Path) -> None:
    vectors = load(DATA / "golden.mcv1")
    assert vectors.index_to_key == ["0", "1", "2", "3"]
    np.testing.assert_array_equal(vectors["1"], [0, 0])
    np.testing.assert_array_equal(vectors[IDS], VECTORS)
    save(tmp_path / "v.mcv1", Vocabulary(IDS), VECTORS)
    assert (tmp_path / "v.mcv1").read_bytes() == (DATA / "golden.mcv1").read_bytes()


@pytest.mark.parametrize("dtype", ["f16", "i8"])
def test_golden_small_mcv1_files_are_read(dtype: str) -> None:
    vectors = load(DATA / f"golden_{dtype}.mcv1").vectors
    assert vectors.dtype == np.float32
    np.testing.assert_array_equal(vectors, [[0.5, -2], [3, 0]])


def test_an_f16_mcv1_file_is_written_as_its_golden_file(tmp_path: Path) -> None:
    save(tmp_path / "v.mcv1", Vocabulary(["0", "1"]), VECTORS[[0, 2]], dtype="f16")
    assert (tmp_path / "v.mcv1").read_bytes() == (DATA / "golden_f16.mcv1").read_bytes()


def test_both_spellings_of_the_mcv1_magic_are_read(tmp_path: Path) -> None:
    raw = (DATA / "golden.mcv1").read_bytes()
    (tmp_path / "v.mcv1").write_bytes(b"MCV1" + raw[4:])
    np.testing.assert_array_equal(load(tmp_path / "v.mcv1")[IDS], VECTORS)


@pytest.mark.parametrize(
    ("name", "format"),
    [("golden.bin", "bin"), ("golden.txt", "text"), ("golden.glove", "glove"), ("golden.mcv1", "mcv1")],
)
def test_content_tells_the_format_whatever_the_name(name: str, format: str, tmp_path: Path) -> None:
    shutil.copy(DATA / name, tmp_path / "vectors.xyz")
    assert recognise(tmp_path / "vectors.xyz") == format


def test_numpy_reads_what_is_written_here_and_the_other_way_round(tmp_path: Path) -> None:
    save(tmp_path / "v.npy", Vocabulary(WORDS, [3, 2, 1]), VECTORS)
    np.testing.assert_array_equal(np.load(tmp_path / "v.npy"), VECTORS)
    assert (tmp_path / "v.tsv").read_text("utf-8") == "王\t3\ncat\t2\n12\t1\n"
    for dtype in (np.float16, np.float32, np.float64):
        np.save(tmp_path / "v.npy", VECTORS.astype(dtype))
        loaded = load(tmp_path / "v.npy")
        assert loaded.vectors.dtype == dtype and loaded.get_vecattr("cat", "count") == 2
        np.testing.assert_array_equal(loaded.vectors, VECTORS.astype(dtype))


def test_a_projector_folder_is_two_files_of_lines(tmp_path: Path) -> None:
    save(tmp_path / "p", Vocabulary(WORDS), VECTORS, format="projector")
    assert (tmp_path / "p" / "vectors.tsv").read_bytes() == b"0.5\t-2\n0.1\t1e-30\n3\t0\n"
    assert (tmp_path / "p" / "metadata.tsv").read_text("utf-8") == "王\ncat\n12\n"
    (tmp_path / "p" / "metadata.tsv").write_text("word\tcount\n王\t1\ncat\t2\n12\t3\n", "utf-8")
    assert load(tmp_path / "p").index_to_key == WORDS


@pytest.mark.parametrize("binary", [True, False])
def test_gensim_reads_what_is_written_here(binary: bool, tmp_path: Path) -> None:
    gensim = pytest.importorskip("gensim.models")
    vectors = np.random.default_rng(1).normal(size=(50, 7)).astype(np.float32)
    path = tmp_path / ("v.bin" if binary else "v.txt")
    save(path, Vocabulary([f"wört{i}" for i in range(50)]), vectors)
    theirs = gensim.KeyedVectors.load_word2vec_format(str(path), binary=binary)
    assert theirs.index_to_key == [f"wört{i}" for i in range(50)]
    np.testing.assert_array_equal(theirs.vectors, vectors)


@pytest.mark.parametrize("suffix", ["", ".gz"])
@pytest.mark.parametrize("binary", [True, False])
def test_what_gensim_writes_is_read_here(binary: bool, suffix: str, tmp_path: Path) -> None:
    gensim = pytest.importorskip("gensim.models")
    vectors = np.random.default_rng(1).normal(size=(50, 7)).astype(np.float32)
    theirs = gensim.KeyedVectors(7)
    theirs.add_vectors([f"wört{i}" for i in range(50)], vectors)
    path = tmp_path / (("v.bin" if binary else "v.txt") + suffix)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # theirs
        theirs.save_word2vec_format(str(path), binary=binary)
    ours = load(path)
    assert ours.index_to_key == theirs.index_to_key
    np.testing.assert_array_equal(ours.vectors, vectors)


def test_the_safetensors_package_reads_what_is_written_here_and_the_other_way_round(tmp_path: Path) -> None:
    safetensors = pytest.importorskip("safetensors.numpy")
    save(tmp_path / "model", Vocabulary(WORDS), VECTORS, output_vectors=2 * VECTORS)
    theirs = safetensors.load_file(tmp_path / "model" / "vectors.safetensors")
    np.testing.assert_array_equal(theirs["input_vectors"], VECTORS)
    np.testing.assert_array_equal(theirs["output_vectors"], 2 * VECTORS)
    safetensors.save_file({"input_vectors": 3 * VECTORS}, tmp_path / "model" / "vectors.safetensors")
    np.testing.assert_array_equal(load(tmp_path / "model").vectors, 3 * VECTORS)
