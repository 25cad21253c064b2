"""Word2Vec beyond training: saving, loading, going on, copies, predictions, against gensim where it has the same."""

from __future__ import annotations

import copy
import inspect
import json
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import kotovec
from kotovec import KeyedVectors, Word2Vec
from kotovec.errors import FormatError, KotovecError, TrainingError, UnsupportedError
from kotovec.formats import save
from test_word2vec import SENTENCES, same_vectors, small

SETTINGS: dict[str, Any] = {
    "sg": 1, "negative": 7, "alpha": 0.03, "min_alpha": 0.001, "sample": 0.01, "ns_exponent": 0.5, "epochs": 2,
    "seed": 9, "cbow_mean": 0, "shrink_windows": False, "max_final_vocab": 30, "tokenizer": "words", "comment": "mine",
    "cbow_update": "corrected", "window": 4,
}  # fmt: skip


@pytest.fixture(scope="module")
def model() -> Word2Vec:
    return small(SENTENCES)


def test_a_saved_model_comes_back_with_vectors_settings_and_history(tmp_path: Path) -> None:
    text = [" ".join(sentence) for sentence in SENTENCES]
    saved = small(text, stop_words=["tree3"], **SETTINGS)
    saved.save(tmp_path / "m")
    loaded = Word2Vec.load(tmp_path / "m")
    assert same_vectors(saved, loaded)
    np.testing.assert_array_equal(loaded.syn1neg, saved.syn1neg)
    assert loaded.train_config() == saved.train_config()
    assert loaded.corpus_config() == saved.corpus_config()
    for name in ("loss_per_epoch", "total_train_time", "corpus_count", "corpus_total_words", "comment"):
        assert getattr(loaded, name) == getattr(saved, name)
    assert loaded.wv.get_vecattr("fish1", "count") == saved.wv.get_vecattr("fish1", "count")
    assert kotovec.load(tmp_path / "m").most_similar("fish1") == saved.wv.most_similar("fish1")


def test_training_goes_on_after_loading_as_it_would_have_without(tmp_path: Path) -> None:
    one = small(SENTENCES)
    one.save(tmp_path / "m")
    other = Word2Vec.load(tmp_path / "m")
    for each in (one, other):
        each.train(SENTENCES, total_examples=len(SENTENCES), epochs=2, start_alpha=0.02, end_alpha=0.01)
    assert same_vectors(one, other)
    np.testing.assert_array_equal(one.syn1neg, other.syn1neg)
    other.save(tmp_path / "m")  # over the folder that it was read from
    assert same_vectors(Word2Vec.load(tmp_path / "m"), one)


def test_a_model_of_the_command_line_can_be_loaded_and_trained(run_kotovec: Any, text_file: Path) -> None:
    folder = text_file.parent / "m"
    options = ["--size", 8, "--epochs", 1, "--threads", 1, "--min-count", 1, "-f", "native", "--stop-words", "en"]
    assert run_kotovec("train", text_file, "-o", folder, *options).returncode == 0
    loaded = Word2Vec.load(folder)
    assert (loaded.sg, loaded.vector_size, loaded.epochs, loaded.workers) == (1, 8, 1, 1)
    assert "the" in loaded.stop_words and "the" not in loaded.wv
    before = loaded.wv.vectors.copy()
    loaded.train(corpus_file=text_file)
    assert (loaded.wv.vectors != before).any()


@pytest.mark.filterwarnings("ignore")  # gensim leaves files open
def test_what_is_no_model_says_so(tmp_path: Path, model: Word2Vec) -> None:
    model.wv.save_word2vec_format(tmp_path / "v.bin", binary=True)
    with pytest.raises(FormatError, match=r"holds vectors in the format bin, and no model: .*KeyedVectors.load opens"):
        Word2Vec.load(tmp_path / "v.bin")
    with pytest.raises(FileNotFoundError):
        Word2Vec.load(tmp_path / "nothing")
    theirs = pytest.importorskip("gensim.models").Word2Vec(SENTENCES, vector_size=4, min_count=1)
    theirs.save(str(tmp_path / "theirs"))
    with pytest.raises(FormatError, match=r"a pickle, which could run any program and is never read"):
        Word2Vec.load(tmp_path / "theirs")
    with pytest.raises(TrainingError, match="no vocabulary yet"):
        small().save(tmp_path / "x")
    with pytest.raises(TypeError, match="unexpected keyword argument 'colour'"):
        model.save(tmp_path / "x", colour="red")


@pytest.mark.parametrize(
    "config", [{"window": "5"}, {"loss": 3}, {"corpus": {"n_sentences": "x"}}, {"stop_words": [1]}]
)
def test_a_damaged_configuration_is_a_format_error(config: dict[str, Any], tmp_path: Path, model: Word2Vec) -> None:
    model.save(tmp_path / "m")
    written = json.loads((tmp_path / "m" / "config.json").read_text())
    (tmp_path / "m" / "config.json").write_text(json.dumps(written | config))
    with pytest.raises(FormatError, match="damaged configuration"):
        Word2Vec.load(tmp_path / "m")


def test_a_loss_that_could_not_be_measured_is_null_in_json_and_nan_in_python(tmp_path: Path) -> None:
    saved = small(SENTENCES)
    saved.loss_per_epoch = [0.5, float("nan")]
    saved.save(tmp_path / "m")
    written = json.loads((tmp_path / "m" / "config.json").read_text(), parse_constant=pytest.fail)
    assert written["loss"] == [0.5, None]
    np.testing.assert_array_equal(Word2Vec.load(tmp_path / "m").loss_per_epoch, [0.5, np.nan])


@pytest.mark.parametrize("missing", ["output vectors", "counts"])
def test_vectors_without_what_training_needs_can_be_asked_and_not_trained(
    missing: str, tmp_path: Path, model: Word2Vec
) -> None:
    words = model.wv.vocabulary if missing == "output vectors" else kotovec.Vocabulary(model.wv.index_to_key)
    outputs = None if missing == "output vectors" else model.syn1neg
    save(tmp_path / "m", words, model.wv.vectors, format="native", output_vectors=outputs)
    loaded = Word2Vec.load(tmp_path / "m")
    assert loaded.wv.most_similar("fish1") == model.wv.most_similar("fish1")
    with pytest.raises(TrainingError, match=f"saved without (its )?{missing}, so it can be asked and not be trained"):
        loaded.train(SENTENCES)
    loaded.save(tmp_path / "again")
    assert same_vectors(Word2Vec.load(tmp_path / "again"), loaded)


@pytest.mark.parametrize("made", [copy.deepcopy, lambda model: pickle.loads(pickle.dumps(model))])
def test_a_copy_is_trained_without_the_original(made: Any) -> None:
    original = small(SENTENCES)
    before = original.wv.vectors.copy()
    other = made(original)
    assert same_vectors(original, other)
    for each in (other, original):
        each.train(SENTENCES, total_examples=len(SENTENCES), epochs=1)
        if each is other:
            np.testing.assert_array_equal(original.wv.vectors, before)
            assert (other.wv.vectors != before).any()
    assert same_vectors(original, other)


def test_vectors_that_wv_was_given_are_trained_further() -> None:
    other = small(SENTENCES)
    one = copy.deepcopy(other)
    one.wv.vectors = np.full_like(one.wv.vectors, 0.01)
    other.wv.vectors[:] = 0.01
    for each in (one, other):
        each.train(SENTENCES, total_examples=len(SENTENCES), epochs=1)
    assert same_vectors(one, other)


@pytest.mark.parametrize("change", ["add", "sort"])
def test_words_that_changed_in_wv_stop_training_before_it_mixes_them_up(change: str, tmp_path: Path) -> None:
    changed = small(SENTENCES)
    if change == "add":
        changed.wv.add_vector("new", np.ones(12))
    else:
        for index, word in enumerate(changed.wv.index_to_key):
            changed.wv.set_vecattr(word, "count", index)
        changed.wv.sort_by_descending_frequency()
    for method in (lambda: changed.train(SENTENCES), lambda: changed.save(tmp_path / "m")):
        with pytest.raises(TrainingError, match="the words of wv were changed"):
            method()


@pytest.fixture
def theirs(model: Word2Vec) -> Any:
    gensim = pytest.importorskip("gensim.models")
    other = gensim.Word2Vec(SENTENCES, vector_size=12, min_count=1, workers=1)
    order = [model.wv.get_index(word) for word in other.wv.index_to_key]
    other.wv.vectors[:], other.syn1neg[:] = model.wv.vectors[order], model.syn1neg[order]
    return other


@pytest.mark.parametrize("arguments", [(["fish1", "fish2"],), (["fish1", "unknown", "tree3"], 3), (["bird0"], None)])
def test_predicted_words_are_those_of_gensim(arguments: tuple[Any, ...], model: Word2Vec, theirs: Any) -> None:
    for cbow_mean in (0, 1):
        model.cbow_mean = theirs.cbow_mean = cbow_mean
        mine, other = model.predict_output_word(*arguments), theirs.predict_output_word(*arguments)
        assert mine is not None
        np.testing.assert_allclose([p for _, p in mine], [p for _, p in other], rtol=1e-4)
        by_word = dict(other)
        assert all(by_word.get(word, probability) == pytest.approx(probability, rel=1e-4) for word, probability in mine)
        assert mine[0][0] == other[0][0]


def test_nothing_is_predicted_from_unknown_words(
    model: Word2Vec, theirs: Any, caplog: pytest.LogCaptureFixture
) -> None:
    assert model.predict_output_word(["unknown"]) is theirs.predict_output_word(["unknown"]) is None
    assert "none of the context words is in the vocabulary" in caplog.text
    assert model.predict_output_word(["fish1"], 0) == theirs.predict_output_word(["fish1"], 0) == []


def test_numbers_too_large_for_an_exponential_still_give_probabilities() -> None:
    from kotovec.training.prediction import likely_words

    found = likely_words(np.array([200.0], np.float32), np.array([[1], [2], [2]], np.float32), 2)
    assert found == [(1, 0.5), (2, 0.5)]


def test_scores_need_hierarchical_softmax_as_in_gensim(model: Word2Vec, theirs: Any) -> None:
    with pytest.raises(RuntimeError, match="hierarchical softmax"):
        theirs.score([["fish1"]])
    with pytest.raises(RuntimeError, match="hierarchical softmax"):
        model.score([["fish1"]])
    assert issubclass(UnsupportedError, KotovecError)


def test_memory_is_estimated_by_part_as_in_gensim(model: Word2Vec, theirs: Any) -> None:
    mine = model.estimate_memory(100_000)
    assert set(mine) == set(theirs.estimate_memory(100_000))
    assert mine["vectors"] == mine["syn1neg"] == 100_000 * 16 * 4  # rows are padded
    assert mine["total"] == sum(mine.values()) - mine["total"]
    assert model.estimate_memory()["vectors"] == 40 * 64
    assert model.estimate_memory(10, {"mine": 5})["total"] == model.estimate_memory(10)["total"] + 5


def test_init_sims_is_deprecated_and_prepares_nothing() -> None:
    other = small(SENTENCES)
    before = other.wv.vectors.copy()
    with pytest.warns(DeprecationWarning, match="not needed"):
        other.init_sims()
    np.testing.assert_array_equal(other.wv.vectors, before)
    with pytest.warns(DeprecationWarning, match="not needed"):
        other.init_sims(replace=True)
    np.testing.assert_allclose(np.linalg.norm(other.wv.vectors, axis=1), 1, rtol=1e-5)


@pytest.mark.parametrize("name", ["predict_output_word", "score", "estimate_memory", "init_sims"])
def test_methods_have_gensims_arguments(name: str) -> None:
    gensim = pytest.importorskip("gensim.models")
    both = [inspect.signature(getattr(kind, name)).parameters for kind in (Word2Vec, gensim.Word2Vec)]
    mine, other = ([(p.name, p.default) for p in parameters.values()] for parameters in both)
    assert mine == other


def test_the_vectors_of_a_model_are_saved_and_loaded_by_themselves(model: Word2Vec, tmp_path: Path) -> None:
    model.wv.save(tmp_path / "wv")
    assert KeyedVectors.load(tmp_path / "wv", mmap="r").most_similar("fish1") == model.wv.most_similar("fish1")
