"""Weights for several threads: input and output rows by turns, those of outputs in reverse."""

from __future__ import annotations

import copy
import gc
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kernel_case import Case, random_ids
from kotovec import KeyedVectors, Word2Vec
from kotovec.formats import save
from kotovec.kernels.registers import LANES
from kotovec.kernels.state import row_size
from kotovec.training.weights import Layout, Weights
from test_private import train_privately
from test_word2vec import SENTENCES, same_vectors, small

IDS = random_ids(600, 23, seed=3)


def several(n_words: int = 23, vector_size: int = 7) -> Weights:
    return Weights.initial(n_words, vector_size, seed=1, threads=2)


@pytest.mark.parametrize("vector_size", [1, 7, 100, 256])
@pytest.mark.parametrize("n_words", [1, 2, 23])
def test_beside_the_row_of_a_frequent_word_is_one_of_a_rare_word(n_words: int, vector_size: int) -> None:
    weights, layout = several(n_words, vector_size), Layout.of(n_words, vector_size, threads=2)
    first = weights.inputs.rows.ctypes.data
    assert first % 64 == 0 and layout.step % LANES == layout.first_output % LANES == 0
    assert row_size(vector_size) <= layout.first_output <= layout.step - row_size(vector_size)
    for word in range(n_words):
        assert weights.inputs.rows[word:].ctypes.data == first + 4 * word * layout.step
        other = weights.outputs.rows[n_words - 1 - word]
        assert other.ctypes.data == first + 4 * (word * layout.step + layout.first_output)
    model = weights.for_kernels()
    assert model.inputs.ctypes.data == weights.inputs.rows[:1].ctypes.data
    assert model.outputs.ctypes.data == weights.outputs.rows[:1].ctypes.data
    assert (model.input_step, model.output_step) == (layout.step, -layout.step)
    assert layout.n_bytes(n_words) == weights.inputs.flat.nbytes


def test_one_thread_and_long_rows_have_matrices_of_their_own() -> None:
    for weights in (Weights.initial(23, 7, seed=1), several(vector_size=257)):
        assert not np.may_share_memory(weights.inputs.flat, weights.outputs.flat)
        assert not weights.are_mirrored
    assert several().are_mirrored


def test_the_first_vectors_are_those_of_one_thread() -> None:
    np.testing.assert_array_equal(several().inputs.rows, Weights.initial(23, 7, seed=1).inputs.rows)
    assert not several().outputs.rows.any()


@pytest.mark.parametrize("vector_size, pairs", [(64, 5), (100, 9), (128, 9), (200, 15), (256, 17)])
def test_no_two_rows_share_a_pair_of_cache_lines(vector_size: int, pairs: int) -> None:
    weights = several(vector_size=vector_size)
    assert weights.inputs.rows.ctypes.data % 128 == weights.outputs.rows.ctypes.data % 128 == 0
    assert weights.inputs.rows.strides[0] == -weights.outputs.rows.strides[0] == 128 * pairs


@pytest.mark.parametrize("vector_size", [1, 7, 40])
def test_rows_of_few_numbers_lie_close(vector_size: int) -> None:
    assert Layout.of(23, vector_size, threads=2) == (2 * row_size(vector_size), row_size(vector_size))


def test_more_than_a_quarter_of_a_large_memory_is_not_spent_on_that() -> None:
    size = row_size(100)
    few, many = (Layout.of(n_words, 100, threads=2) for n_words in (100_000, 1_000_000))
    assert few == (288, 128)
    assert many == (2 * size if LANES == 8 else 2 * size + 16, size)
    assert 4 * 100_000 * (few.step - 2 * size) <= 64 << 20
    assert Layout.of(1_000_000, 200, threads=2) == (480, 224)


@pytest.mark.parametrize("vector_size", [64, 96, 128, 256, 300, 512, 1024, 4096])
@pytest.mark.parametrize("threads", [1, 2])
def test_the_columns_of_rows_do_not_crowd_a_set_of_the_cache(vector_size: int, threads: int) -> None:
    """64 rows of a matrix, in a cache of 64 sets: as many lines as can be of one column lie in sets of their own."""
    weights = Weights.zeros(64, vector_size, threads)
    for matrix in (weights.inputs, weights.outputs):
        lines = matrix.rows.ctypes.data // 64 + np.arange(64) * matrix.rows.strides[0] // 64
        assert len(np.unique(lines % 64)) >= 32
        assert abs(matrix.step) >= row_size(vector_size)
    pitch = weights.for_kernels().pitch
    assert len(np.unique(np.arange(64) * pitch // 16 % 64)) >= 32
    assert row_size(vector_size) <= pitch <= 1.25 * row_size(vector_size)


@pytest.mark.parametrize("architecture", ["skipgram", "cbow"])
@pytest.mark.parametrize("vector_size", [7, 100, 128])
@pytest.mark.parametrize("negative", [5, 17])
@pytest.mark.parametrize("n_private", [0, 4, 23])
def test_a_kernel_learns_the_same_bits(architecture: str, vector_size: int, negative: int, n_private: int) -> None:
    plain, mirrored = (
        Case(architecture, IDS, 23, vector_size, negative=negative, threads=threads) for threads in (1, 2)
    )
    before = plain.inputs
    for case in (plain, mirrored):
        train_privately(case, n_private, times=3)
    assert (plain.inputs != before).all()
    np.testing.assert_array_equal(mirrored.inputs, plain.inputs)
    np.testing.assert_array_equal(mirrored.outputs, plain.outputs)
    layout = Layout.of(23, vector_size, threads=2)
    assert mirrored.weights.inputs.step == layout.step
    places = np.array(mirrored.weights.inputs.flat.reshape(23, layout.step))
    for first in (0, layout.first_output):
        places[:, first : first + vector_size] = 0
    assert not places.any()


@pytest.mark.parametrize("matrix", ["inputs", "outputs"])
@pytest.mark.parametrize("word", [0, 11, 22])
def test_a_number_that_is_none_is_found(matrix: str, word: int) -> None:
    weights = several()
    assert weights.is_finite()
    getattr(weights, matrix).rows[word, 6] = np.nan
    assert not weights.is_finite()


@pytest.mark.parametrize("made", [copy.deepcopy, lambda weights: pickle.loads(pickle.dumps(weights))])
def test_a_copy_has_the_same_layout_in_memory_of_its_own(made: Any) -> None:
    weights = several()
    weights.outputs.rows[:] = weights.inputs.rows + 1
    other = made(weights)
    assert other.are_mirrored
    for one, copied in ((weights.inputs, other.inputs), (weights.outputs, other.outputs)):
        np.testing.assert_array_equal(copied.rows, one.rows)
        assert not np.may_share_memory(copied.rows, one.rows)


@pytest.fixture
def model() -> Word2Vec:
    model = small(SENTENCES, workers=2, vector_size=9)
    assert model.wv.vectors.strides[0] == -model.syn1neg.strides[0] > 9 * 4
    return model


@pytest.mark.parametrize("name", ["m", "m.txt", "m.bin"])
def test_a_file_has_the_same_bytes(model: Word2Vec, name: str, tmp_path: Path) -> None:
    format = {"": "native", ".txt": "text", ".bin": "bin"}[Path(name).suffix]
    for folder, as_they_are in (("one", True), ("other", False)):
        (tmp_path / folder).mkdir()
        vectors, outputs = model.wv.vectors, model.syn1neg
        if not as_they_are:
            vectors, outputs = np.array(vectors, order="C"), np.array(outputs, order="C")
        words = model.wv.vocabulary
        extra = {"output_vectors": outputs} if format == "native" else {}
        save(tmp_path / folder / name, words, vectors, format=format, **extra)
    ones, others = (
        sorted(path for path in (tmp_path / folder).rglob("*") if path.is_file()) for folder in ("one", "other")
    )
    assert ones and [path.name for path in ones] == [path.name for path in others]
    for one, other in zip(ones, others, strict=True):
        assert one.read_bytes() == other.read_bytes()


@pytest.mark.parametrize("large", [1, 1 << 20])
def test_questions_have_the_same_answers(model: Word2Vec, large: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kotovec.vectors.products._COPIED", large)
    monkeypatch.setattr("kotovec.vectors.products._BLOCK", 100)
    apart = KeyedVectors(model.wv.vocabulary, np.array(model.wv.vectors, order="C"))
    for word in ("fish1", "tree3"):
        ours, theirs = model.wv.most_similar(word), apart.most_similar(word)
        assert [name for name, _ in ours] == [name for name, _ in theirs]
        np.testing.assert_allclose([score for _, score in ours], [score for _, score in theirs], rtol=1e-5)


def test_vectors_that_stay_when_the_model_goes_do_not_keep_the_outputs(model_of_two: list[Word2Vec]) -> None:
    wv = model_of_two[0].wv
    before, joint = np.array(wv.vectors), wv.vectors.base
    assert joint is not None and joint.size >= 2 * before.size
    model_of_two.clear()
    gc.collect()
    np.testing.assert_array_equal(wv.vectors, before)
    assert wv.vectors.flags.c_contiguous and wv.vectors.base is None
    assert wv.most_similar("fish1")


@pytest.fixture
def model_of_two() -> list[Word2Vec]:
    """In a list, the only one that knows it."""
    return [small(SENTENCES, workers=2)]


def test_vectors_of_a_copy_that_was_trained_do_so_too(model_of_two: list[Word2Vec]) -> None:
    other = [copy.deepcopy(model_of_two[0])]
    other[0].train(SENTENCES, total_examples=len(SENTENCES), epochs=1)
    wv = other[0].wv
    assert not wv.vectors.flags.c_contiguous
    other.clear()
    gc.collect()
    assert wv.vectors.flags.c_contiguous and wv.vectors.base is None


def test_nothing_is_copied_when_both_go(model_of_two: list[Word2Vec], monkeypatch: pytest.MonkeyPatch) -> None:
    copied = []
    monkeypatch.setattr(np, "ascontiguousarray", copied.append)
    model_of_two.clear()
    gc.collect()
    assert not copied


def test_a_model_that_stays_trains_on_in_the_same_memory(model: Word2Vec) -> None:
    vectors = model.wv.vectors
    model.train(SENTENCES, total_examples=len(SENTENCES), epochs=1)
    assert np.shares_memory(model.wv.vectors, vectors)


def test_a_model_that_is_loaded_is_trained_so(model: Word2Vec, tmp_path: Path) -> None:
    model.save(tmp_path / "m")
    loaded = Word2Vec.load(tmp_path / "m")
    assert same_vectors(loaded, model)
    loaded.train(SENTENCES, total_examples=len(SENTENCES), epochs=1)
    assert loaded.wv.vectors.strides[0] == -loaded.syn1neg.strides[0]
