"""Word2Vec: gensim 4's face."""

from __future__ import annotations

import inspect
import itertools
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kotovec import Word2Vec
from kotovec.errors import ConfigError, EmptyCorpusError, KotovecError, SourceError, TrainingError, UnsupportedError
from kotovec.events import EpochEnd, StopTraining, TrainProgress

TOPICS = [[f"{topic}{i}" for i in range(8)] for topic in ("fish", "bird", "tree", "tool", "star")]


def sentences_of_topics(n: int = 600, seed: int = 1) -> list[list[str]]:
    """Every sentence is about one topic, so that words of a topic are neighbours."""
    generator = random.Random(seed)
    return [generator.choices(generator.choice(TOPICS), k=10) for _ in range(n)]


SENTENCES = sentences_of_topics()
SMALL = {"vector_size": 12, "min_count": 1, "workers": 1, "window": 3, "sample": 0}


def small(*arguments: Any, **settings: Any) -> Word2Vec:
    return Word2Vec(*arguments, **SMALL | settings)


def purity(wv: Any) -> float:
    """The share of nearest neighbours that are of the same topic."""
    hits = [word[:4] == other[:4] for topic in TOPICS for word in topic for other, _ in wv.most_similar(word, topn=5)]
    return sum(hits) / len(hits)


def same_vectors(one: Word2Vec, other: Word2Vec) -> bool:
    return bool(np.array_equal(one.wv.vectors, other.wv.vectors)) and one.wv.index_to_key == other.wv.index_to_key


def parameters_of(function: Any) -> dict[str, Any]:
    return {name: p.default for name, p in inspect.signature(function).parameters.items() if name != "self"}


def test_every_parameter_of_gensim_is_there_in_its_place_with_its_default() -> None:
    gensim = pytest.importorskip("gensim.models")
    theirs, ours = parameters_of(gensim.Word2Vec.__init__), parameters_of(Word2Vec.__init__)
    assert list(ours)[: len(theirs)] == list(theirs)
    assert {name: ours[name] for name in theirs} == theirs
    extra = list(inspect.signature(Word2Vec.__init__).parameters.values())[1 + len(theirs) :]
    assert {p.kind for p in extra} == {inspect.Parameter.KEYWORD_ONLY}


@pytest.mark.parametrize("method", ["build_vocab", "build_vocab_from_freq", "train"])
def test_every_parameter_of_gensims_methods_is_there(method: str) -> None:
    gensim = pytest.importorskip("gensim.models")
    theirs, ours = (parameters_of(getattr(kind, method)) for kind in (gensim.Word2Vec, Word2Vec))
    theirs.pop("kwargs", None)
    assert list(ours)[: len(theirs)] == list(theirs)


@pytest.mark.parametrize("sg", [0, 1])
def test_a_class_imported_from_either_side_runs_the_same_script(sg: int) -> None:
    gensim = pytest.importorskip("gensim.models")

    def script(kind: Any) -> Any:
        model = kind(
            SENTENCES, vector_size=20, window=5, min_count=1, sg=sg, negative=5, epochs=20, workers=1, seed=3, sample=0
        )
        assert model.wv.similarity("fish1", "fish2") > model.wv.similarity("fish1", "tool2")
        assert model.wv["bird0"].shape == (20,)
        assert len(model.wv.most_similar(positive=["star1", "star2"], negative=["tree1"], topn=3)) == 3
        return model

    theirs, ours = script(gensim.Word2Vec), script(Word2Vec)
    counts = [{word: wv.get_vecattr(word, "count") for word in wv.index_to_key} for wv in (ours.wv, theirs.wv)]
    assert counts[0] == counts[1]
    assert list(counts[0].values()) == list(counts[1].values())  # the order, but for words of one count
    assert purity(ours.wv) >= purity(theirs.wv) - 0.05
    assert purity(ours.wv) > 0.9
    assert ours.corpus_count == theirs.corpus_count
    assert ours.corpus_total_words == theirs.corpus_total_words
    assert ours.syn1neg.shape == theirs.syn1neg.shape
    assert ours.layer1_size == theirs.layer1_size


@pytest.mark.parametrize("sg, update", [(1, "historical"), (0, "historical"), (0, "corrected")])
@pytest.mark.parametrize("workers", [1, 2])
def test_words_of_a_topic_become_neighbours(sg: int, update: str, workers: int) -> None:
    alpha = 0.075 if update == "corrected" else 0.025
    model = small(SENTENCES, sg=sg, cbow_update=update, epochs=30, workers=workers, alpha=alpha)
    assert purity(model.wv) > 0.9


@pytest.mark.parametrize("sg", [0, 1])
def test_one_worker_gives_the_same_bits_for_a_seed(sg: int) -> None:
    assert same_vectors(small(SENTENCES, sg=sg, seed=5), small(SENTENCES, sg=sg, seed=5))
    assert not same_vectors(small(SENTENCES, sg=sg, seed=5), small(SENTENCES, sg=sg, seed=6))


CHANGES: dict[str, Any] = {
    "vector_size": 5,
    "alpha": 0.1,
    "window": 1,
    "min_count": 148,
    "sample": 1e-2,
    "min_alpha": 0.02,
    "sg": 1,
    "negative": 9,
    "ns_exponent": 0.0,
    "cbow_mean": 0,
    "epochs": 1,
    "max_final_vocab": 10,
    "shrink_windows": False,
    "seed": 2,
    "cbow_update": "corrected",
    "stop_words": ["fish0"],
}


@pytest.mark.parametrize("name, value", CHANGES.items())
def test_every_setting_changes_what_is_learnt(name: str, value: Any) -> None:
    assert not same_vectors(small(SENTENCES), small(SENTENCES, **{name: value}))


@pytest.mark.parametrize("name, value", [("compute_loss", True), ("comment", "mine"), ("sorted_vocab", True)])
def test_settings_without_an_effect_on_vectors_have_none(name: str, value: Any) -> None:
    assert same_vectors(small(SENTENCES), small(SENTENCES, **{name: value}))


@pytest.mark.parametrize(
    "name, value",
    [
        ("max_vocab_size", 1000),
        ("hashfxn", len),
        ("null_word", 1),
        ("sorted_vocab", 0),
        ("batch_words", 100),
    ],
)
def test_what_has_no_meaning_here_is_refused_by_name(name: str, value: Any) -> None:
    with pytest.raises(UnsupportedError, match=f"{name} has no meaning in kotovec: .*: expected .*, found"):
        small(**{name: value})


def test_hierarchical_softmax_is_refused_as_coming() -> None:
    with pytest.raises(UnsupportedError, match=r"hs=1 \(hierarchical softmax\) is coming.*; use negative sampling"):
        Word2Vec(hs=1, negative=0)


@pytest.mark.parametrize(
    "name, value",
    [
        ("vector_size", 0),
        ("window", 0),
        ("negative", 0),
        ("epochs", 0),
        ("alpha", float("nan")),
        ("workers", 0),
        ("min_count", -1),
        ("max_final_vocab", 0),
        ("seed", -1),
        ("cbow_update", "both"),
    ],
)
def test_values_out_of_range_are_refused_before_any_text_is_read(name: str, value: Any) -> None:
    def text() -> Iterator[list[str]]:
        raise AssertionError("read")
        yield []

    with pytest.raises(ConfigError, match=f"^{name} is out of range"):
        small(text(), **{name: value})


def test_numpy_numbers_are_numbers() -> None:
    model = small(SENTENCES, vector_size=np.int64(12), alpha=np.float64(0.025), min_count=np.int32(1), seed=np.uint8(1))
    assert same_vectors(model, small(SENTENCES))


@pytest.mark.parametrize(
    "source",
    [
        lambda: SENTENCES,
        lambda: (sentence for sentence in SENTENCES),
        lambda: iter(SENTENCES),
        lambda: map(" ".join, SENTENCES),
        lambda: (tuple(sentence) for sentence in SENTENCES),
        lambda: itertools.chain(SENTENCES[:100], SENTENCES[100:]),
    ],
)
def test_any_iterable_of_sentences_will_do_and_is_read_once(source: Any) -> None:
    assert same_vectors(small(source()), small(SENTENCES))


def test_a_file_gives_what_its_lines_give(tmp_path: Path) -> None:
    path = tmp_path / "text.txt"
    path.write_text("".join(" ".join(sentence) + "\n" for sentence in SENTENCES))
    expected = small(SENTENCES)
    assert same_vectors(small(corpus_file=path), expected)
    assert same_vectors(small(corpus_file=str(path)), expected)


def test_one_source_is_asked_for_not_two(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="one source of text is needed: expected either sentences or corpus_file"):
        small(SENTENCES, corpus_file="text.txt")
    with pytest.raises(ConfigError, match="one source of text"):
        small().build_vocab()


def test_one_string_is_not_sentences() -> None:
    with pytest.raises(ConfigError, match="not one string; use corpus_file="):
        small("the cat sat")


def test_a_file_that_is_not_there_is_named() -> None:
    with pytest.raises(SourceError, match="nowhere.txt"):
        small(corpus_file="nowhere.txt")


@pytest.mark.parametrize("empty", [[], [[]], [""], iter([])])
def test_a_corpus_without_words_is_refused(empty: Any) -> None:
    with pytest.raises(EmptyCorpusError):
        small(empty)


def test_nothing_left_after_min_count_is_refused() -> None:
    with pytest.raises(EmptyCorpusError, match="40"):
        small(SENTENCES, min_count=10_000)


def test_vocabulary_and_training_may_be_two_steps() -> None:
    model = small()
    model.build_vocab(SENTENCES)
    trained = model.train(SENTENCES, total_examples=model.corpus_count, epochs=model.epochs)
    assert same_vectors(model, small(SENTENCES))
    assert trained == (5 * 6000, 5 * 6000)
    assert (model.corpus_count, model.corpus_total_words) == (600, 6000)
    assert model.total_train_time > 0


def test_training_needs_no_text_again_when_the_vocabulary_was_built_from_it() -> None:
    model = small()
    model.build_vocab(iter(SENTENCES))
    model.train()
    assert same_vectors(model, small(SENTENCES))


def test_training_takes_other_text_with_the_words_that_are_known() -> None:
    model = small(SENTENCES)
    before = model.wv.vectors.copy()
    trained, read = model.train([["fish0", "fish1", "unknown"]], total_examples=1, epochs=3)
    assert (trained, read) == (6, 6)
    changed = {model.wv.index_to_key[i] for i in np.flatnonzero((model.wv.vectors != before).any(axis=1))}
    assert changed == {"fish0", "fish1"}
    with pytest.raises(EmptyCorpusError, match="none of the 1 distinct words of the text is in the vocabulary"):
        model.train([["unknown"]], total_examples=1, epochs=1)


def test_training_again_goes_on_with_the_rates_given() -> None:
    model = small(SENTENCES)
    before = model.wv.vectors.copy()
    model.train(SENTENCES, total_examples=600, epochs=1, start_alpha=1e-7, end_alpha=1e-8)
    np.testing.assert_allclose(model.wv.vectors, before, atol=1e-3)
    assert (model.wv.vectors != before).any()
    assert (model.alpha, model.min_alpha) == (0.025, 0.0001)
    with pytest.raises(ConfigError, match="alpha is out of range"):
        model.train(SENTENCES, start_alpha=-1.0)


def test_questions_after_training_again_are_not_answered_from_old_norms() -> None:
    model = small(SENTENCES)
    model.wv.most_similar("fish0")
    model.train(SENTENCES, total_examples=600, epochs=30)
    word = model.wv["fish0"] / np.linalg.norm(model.wv["fish0"])
    best, similarity = model.wv.most_similar("fish0", topn=1)[0]
    assert similarity == pytest.approx(float(word @ model.wv[best] / np.linalg.norm(model.wv[best])), abs=1e-5)


def test_the_vocabulary_may_come_from_counts() -> None:
    model = small(min_count=2)
    model.build_vocab_from_freq({"rare": 1, "tree0": 7, "fish0": 9, "fish1": 7}, corpus_count=12)
    assert model.wv.index_to_key == ["fish0", "tree0", "fish1"]
    assert model.wv.get_vecattr("tree0", "count") == 7
    assert (model.corpus_count, model.corpus_total_words) == (12, 24)
    model.train(SENTENCES, total_examples=600, epochs=1)
    assert np.isfinite(model.wv.vectors).all()
    with pytest.raises(EmptyCorpusError, match="no word is left of 1: .* found a highest count of 1"):
        model.build_vocab_from_freq({"rare": 1})


@pytest.mark.parametrize(
    "method, arguments",
    [
        ("build_vocab", {"corpus_iterable": SENTENCES, "update": True}),
        ("build_vocab", {"corpus_iterable": SENTENCES, "keep_raw_vocab": True}),
        ("build_vocab", {"corpus_iterable": SENTENCES, "progress_per": 5}),
        ("build_vocab_from_freq", {"word_freq": {"a": 9}, "update": True}),
        ("train", {"corpus_iterable": SENTENCES, "word_count": 5}),
        ("train", {"corpus_iterable": SENTENCES, "queue_factor": 3}),
        ("train", {"corpus_iterable": SENTENCES, "report_delay": 2.0}),
    ],
)
def test_methods_refuse_what_has_no_meaning_by_name(method: str, arguments: dict[str, Any]) -> None:
    model = small(SENTENCES)
    with pytest.raises(UnsupportedError, match=f"{list(arguments)[-1]} has no meaning"):
        getattr(model, method)(**arguments)


def test_training_before_there_is_a_vocabulary_says_what_to_do() -> None:
    with pytest.raises(TrainingError, match="no vocabulary yet; call build_vocab first"):
        small().train(SENTENCES)
    with pytest.raises(TrainingError, match="no vocabulary yet"):
        _ = small().wv
    model = small()
    model.build_vocab_from_freq({"a": 3})
    with pytest.raises(TrainingError, match="no text to train on; give sentences or corpus_file"):
        model.train()


def test_a_trim_rule_decides_which_words_stay() -> None:
    def rule(word: str, count: int, min_count: int) -> int:
        return {"fish0": 1, "rare": 2}.get(word, 0)

    text = [*SENTENCES, ["rare", "seldom"]]
    by_constructor = small(text, min_count=2, trim_rule=rule)
    assert "fish0" not in by_constructor.wv
    assert "rare" in by_constructor.wv
    assert "seldom" not in by_constructor.wv
    by_method = small(min_count=2)
    by_method.build_vocab(text, trim_rule=rule)
    assert by_method.wv.index_to_key == by_constructor.wv.index_to_key
    by_counts = small(min_count=2, trim_rule=rule)
    by_counts.build_vocab_from_freq({"fish0": 9, "rare": 1, "seldom": 1, "fish1": 3})
    assert by_counts.wv.index_to_key == ["fish1", "rare"]


def test_gensims_own_constants_for_trim_rules_are_understood() -> None:
    utils = pytest.importorskip("gensim.utils")
    text = [["a", "a", "b", "b", "c"]] * 2
    rule = {"a": utils.RULE_DISCARD, "b": utils.RULE_DEFAULT, "c": utils.RULE_KEEP}
    model = small(text, min_count=3, trim_rule=lambda word, count, min_count: rule[word])
    assert model.wv.index_to_key == ["b", "c"]


def test_the_most_frequent_words_are_kept_up_to_max_final_vocab() -> None:
    text = [["a"] * 5, ["b"] * 7, ["c"] * 6, ["d"] * 5]
    assert small(text, max_final_vocab=3).wv.index_to_key == ["b", "c", "a"]


def test_the_loss_is_a_mean_per_pair_of_the_latest_epoch() -> None:
    model = small(SENTENCES, compute_loss=True, epochs=4, alpha=0.1)
    assert len(model.loss_per_epoch) == 4
    assert model.get_latest_training_loss() == model.loss_per_epoch[-1]
    assert 0 < model.loss_per_epoch[-1] < model.loss_per_epoch[0] < 6
    assert small().get_latest_training_loss() == 0.0


class Gensim:
    """A callback as gensim has them."""

    def __init__(self, stop_at: str = "") -> None:
        self.calls: list[str] = []
        self.losses: list[float] = []
        self._stop_at = stop_at

    def __getattr__(self, name: str) -> Any:
        if not name.startswith("on_"):
            raise AttributeError(name)

        def call(model: Word2Vec) -> None:
            self.calls.append(name)
            if name == "on_epoch_end":
                self.losses.append(model.get_latest_training_loss())
                assert model.wv.similarity("fish0", "fish1") <= 1.001
            if name == self._stop_at:
                raise StopTraining

        return call


def test_callbacks_of_both_kinds_are_called_from_either_place() -> None:
    gensim, events = Gensim(), []
    model = small(SENTENCES, callbacks=[gensim, events.append], epochs=2)
    assert gensim.calls == ["on_train_begin", *["on_epoch_begin", "on_epoch_end"] * 2, "on_train_end"]
    assert gensim.losses == model.loss_per_epoch == [e.loss for e in events if isinstance(e, EpochEnd)]
    assert any(isinstance(event, TrainProgress) for event in events)
    later = Gensim()
    model.train(SENTENCES, total_examples=600, epochs=1, callbacks=[later])
    assert later.calls == gensim.calls[6:] == ["on_train_begin", "on_epoch_begin", "on_epoch_end", "on_train_end"]


@pytest.mark.parametrize(
    "stop_at, n_losses", [("on_train_begin", 0), ("on_epoch_begin", 0), ("on_epoch_end", 1), ("on_train_end", 9)]
)
def test_either_kind_of_callback_may_stop_the_run(stop_at: str, n_losses: int) -> None:
    model = small(SENTENCES, epochs=9, callbacks=[Gensim(stop_at)])
    assert len(model.loss_per_epoch) == n_losses
    assert np.isfinite(model.wv.vectors).all()


def test_a_callback_that_raises_is_heard() -> None:
    def broken(event: object) -> None:
        raise ZeroDivisionError("mine")

    with pytest.raises(ZeroDivisionError, match="mine"):
        small(SENTENCES, callbacks=[broken])
    with pytest.raises(ConfigError, match="not a callback"):
        small(callbacks=["print"])


def test_more_workers_than_processors_work() -> None:
    assert np.isfinite(small(SENTENCES, workers=32).wv.vectors).all()


def test_settings_may_be_changed_between_calls_as_in_gensim() -> None:
    model = small()
    model.build_vocab(SENTENCES)
    model.epochs, model.sg = 7, 1
    model.train(SENTENCES, total_examples=model.corpus_count)
    assert len(model.loss_per_epoch) == 7
    assert same_vectors(model, small(SENTENCES, sg=1, epochs=7))


def test_it_prints_as_in_gensim() -> None:
    gensim = pytest.importorskip("gensim.models")
    assert str(small(SENTENCES)) == str(gensim.Word2Vec(SENTENCES, **SMALL))
    assert str(small()).startswith("Word2Vec<vocab=0")


@pytest.mark.parametrize("sg", [0, 1])
@pytest.mark.parametrize("text", [[["a"]], [["a", "a"]], [["a", "b"]], [["a", "b", "c"]] * 3])
def test_tiny_vocabularies_train(text: list[list[str]], sg: int) -> None:
    model = small(text, sg=sg, negative=9 if sg else 5)
    assert np.isfinite(model.wv.vectors).all()


def test_a_rate_far_too_high_ends_with_an_error_that_says_so() -> None:
    with pytest.raises(KotovecError, match="try a lower alpha"):
        small(SENTENCES, alpha=1e30)
