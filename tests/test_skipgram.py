"""Skip-gram against a numerical gradient, word2vec.c's formulas, gensim and numbers by hand; the twin is in blocks."""

from __future__ import annotations

import numpy as np
import pytest

import reference
import word2vec_c
from gensim_oracle import assert_changes_alike, gensim_after, same_case
from kernel_case import Case, assert_nothing_left_behind, change_per_alpha, gradient_of, random_ids
from kotovec.kernels.rng import stream_key

ONE_BLOCK = {"centres": 8}
ONE_PAIR = {"centres": 1, "owners_per_set": 1}


@pytest.mark.parametrize(
    "ids, n_words, settings",
    [
        ([5, 2, 9, 4, 7, -1], 11, {}),
        ([5, 2, 9, 4, 7, 10, -1], 11, {"negative": 1}),
        ([5, 2, 9, 4, 7, -1], 11, {"negative": 9}),
        ([5, 2, 5, 5, 7, -1], 11, {"shrink": False}),
        ([2, 0, 1, 2, 0, -1], 3, {"shrink": False}),
        ([2, 0, 1, 2, 0, -1], 3, {"negative": 9}),
        ([0, 1, 1, -1, 0, 0, -1], 2, {"negative": 1}),
        ([0, 0, 0, -1], 1, {}),
    ],
)
def test_the_update_is_minus_alpha_times_the_gradient_of_the_loss(ids, n_words, settings) -> None:
    case = Case("skipgram", ids, n_words, **settings | ONE_BLOCK)
    inputs, outputs, steps = case.inputs, case.outputs, case.plan().steps

    def loss() -> float:
        return sum(reference.loss_of_step(inputs, outputs, step, "skipgram") for step in steps)

    changes = change_per_alpha("skipgram", ids, n_words, **settings | ONE_BLOCK)
    for matrix, change in zip((inputs, outputs), changes, strict=True):
        np.testing.assert_allclose(change, -gradient_of(loss, matrix), atol=2e-3, rtol=1e-3)


@pytest.mark.parametrize("alpha", [1.0, 0.05])
@pytest.mark.parametrize("vector_size", [1, 16, 23])
def test_a_single_pair_learns_as_in_the_c_program(alpha: float, vector_size: int) -> None:
    case = Case("skipgram", [6, 3, -1], 3000, vector_size, window=1, **ONE_PAIR, alpha_start=alpha, alpha_stop=alpha)
    inputs, outputs = case.inputs, case.outputs
    for step in case.plan().steps:
        ((centre, (context,)),) = step.rows
        assert len(set(step.noise)) == len(step.noise)
        targets = [(centre, 1)] + [(word, 0) for word in step.noise]
        word2vec_c.skipgram_pair(inputs, outputs, context, targets, alpha)
    case.run()
    np.testing.assert_allclose(case.inputs, inputs, atol=1e-5)
    np.testing.assert_allclose(case.outputs, outputs, atol=1e-5)


def test_two_words_with_one_number_each_learn_what_is_worked_out_by_hand() -> None:
    """Word 0 is the only noise. Centre 1, context 2: score 0, so g = 0.5 * alpha; then centre 2, context 1."""
    case = same_case("skipgram", "ab", alpha=0.5, negative=1, window=1)
    case.weights.inputs.flat[:] = case.weights.outputs.flat[:] = 0
    case.weights.inputs.rows[:3, 0] = 7.0, 2.0, 4.0
    case.run()
    # outputs[1] = 0.25 * 4 = 1, outputs[0] = -0.25 * 4 = -1, inputs[2] stays 4, since both outputs were 0
    # centre 2, context 1: noise 0 has score 2 * -1: sigmoid(-2) = 0.1192029, g = -0.0596015; the centre's g is 0.25
    np.testing.assert_allclose(case.inputs[:3, 0], [7.0, 2.0 + 0.0596015, 4.0], atol=1e-5)
    np.testing.assert_allclose(case.outputs[:3, 0], [-1.0 - 0.119203, 1.0, 0.5], atol=1e-5)
    # three scores of 0, each log 2, and log(1 + exp(-2))
    assert case.scratch.measures[1] == pytest.approx(3 * 0.6931472 + 0.1269280, rel=1e-5)


@pytest.mark.parametrize("sentence, negative, window", [("ab", 1, 1), ("ab", 5, 1), ("abcd", 1, 2), ("abacadg", 5, 5)])
def test_a_sentence_changes_the_weights_as_in_gensim(sentence: str, negative: int, window: int) -> None:
    pytest.importorskip("gensim")
    case = same_case("skipgram", sentence, alpha=0.002, negative=negative, window=window)
    before = case.inputs, case.outputs
    expected = gensim_after(sentence, *before, alpha=0.002, negative=negative, window=window, sg=1)
    case.run()
    assert_changes_alike(case.inputs, expected[0], before[0])
    assert_changes_alike(case.outputs, expected[1], before[1])


def test_a_noise_word_drawn_twice_counts_twice_and_the_centre_itself_not_at_all() -> None:
    starts = (np.uint64(stream_key(1, 0, chunk)) for chunk in range(100))
    cases = (Case("skipgram", [1, 2, -1], 3, negative=9, window=1, **ONE_PAIR, noise_start=start) for start in starts)
    case = next(case for case in cases if 1 < case.plan().steps[0].noise.count(0) < 8)
    step = case.plan().steps[0]
    ((centre, (context,)),) = step.rows
    assert step.noise.count(centre) > 0
    inputs, outputs = case.inputs, case.outputs
    case.span = case.span._replace(stop=1)
    case.run()
    g = -0.05 * step.noise.count(0) * reference.sigmoid(inputs[context] @ outputs[0])
    np.testing.assert_allclose(case.outputs[0] - outputs[0], g * inputs[context], atol=1e-6)
    g = 0.05 * (1 - reference.sigmoid(inputs[context] @ outputs[centre]))
    np.testing.assert_allclose(case.outputs[centre] - outputs[centre], g * inputs[context], atol=1e-6)


def test_repeated_training_of_a_small_corpus_lowers_the_loss() -> None:
    case = Case("skipgram", random_ids(400, 40), 40, vector_size=20)
    losses = [case.run()["loss"] for _ in range(5)]
    assert losses == sorted(losses, reverse=True)
    assert_nothing_left_behind(case)
