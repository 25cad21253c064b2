"""CBOW against a numerical gradient, word2vec.c's formulas, gensim and numbers by hand; the twin is in test_blocks."""

from __future__ import annotations

import numpy as np
import pytest

import reference
import word2vec_c
from gensim_oracle import assert_changes_alike, gensim_after, same_case
from kernel_case import (
    Case,
    assert_agrees_with_twin,
    assert_nothing_left_behind,
    change_per_alpha,
    gradient_of,
    random_ids,
)

ONE_BLOCK = {"centres": 8}
BOTH = [True, False]
CORPORA = [
    ([5, 2, 9, 4, 7, -1], 11, {}),
    ([5, 2, 9, 4, 7, 10, -1], 11, {"negative": 1}),
    ([5, 2, 9, 4, 7, 3, 8, -1], 11, {"negative": 9}),
    ([5, 2, 5, 5, 7, -1], 11, {"shrink": False}),
    ([2, 0, 1, 2, 0, -1], 3, {"negative": 9}),
    ([0, 1, 1, -1, 0, 0, -1], 2, {"negative": 1}),
    ([0, 0, 0, -1], 1, {}),
]


@pytest.mark.parametrize("mean", BOTH)
@pytest.mark.parametrize("ids, n_words, settings", CORPORA)
def test_the_corrected_update_is_minus_alpha_times_the_gradient_of_the_loss(ids, n_words, settings, mean) -> None:
    settings = settings | ONE_BLOCK | {"mean": mean, "divide": mean}
    case = Case("cbow", ids, n_words, **settings)
    inputs, outputs, steps = case.inputs, case.outputs, case.plan().steps

    def loss() -> float:
        return sum(reference.loss_of_step(inputs, outputs, step, "cbow", mean) for step in steps)

    changes = change_per_alpha("cbow", ids, n_words, **settings)
    for matrix, change in zip((inputs, outputs), changes, strict=True):
        np.testing.assert_allclose(change, -gradient_of(loss, matrix), atol=2e-3, rtol=1e-3)


@pytest.mark.parametrize("mean", BOTH)
@pytest.mark.parametrize("ids, n_words, settings", CORPORA)
def test_the_historical_update_of_inputs_is_the_gradient_by_the_hidden_layer(ids, n_words, settings, mean) -> None:
    """In full for the mean, divided by the number of context words for the sum; outputs have the true gradient."""
    settings = settings | ONE_BLOCK | {"mean": mean, "divide": not mean}
    case = Case("cbow", ids, n_words, **settings)
    inputs, outputs, steps = case.inputs, case.outputs, case.plan().steps
    expected = np.zeros_like(inputs)
    for centre, contexts, noise in ((*centre, step.noise) for step in steps for centre in step.rows):
        hidden = inputs[contexts].sum(axis=0, keepdims=True) / (len(contexts) if mean else 1)
        alone = reference.Step([(centre, [0])], noise, 0.0, True)
        gradient = gradient_of(lambda h=hidden, s=alone: reference.loss_of_step(h, outputs, s, "cbow"), hidden)
        for context in contexts:
            expected[context] -= gradient[0] / (1 if mean else len(contexts))

    def loss() -> float:
        return sum(reference.loss_of_step(inputs, outputs, step, "cbow", mean) for step in steps)

    changes = change_per_alpha("cbow", ids, n_words, **settings)
    np.testing.assert_allclose(changes[0], expected, atol=2e-3, rtol=1e-3)
    np.testing.assert_allclose(changes[1], -gradient_of(loss, outputs), atol=2e-3, rtol=1e-3)


@pytest.mark.parametrize("divide", BOTH)
@pytest.mark.parametrize("mean", BOTH)
@pytest.mark.parametrize("settings", [{}, {"sample": 1e-2}, {"shrink": False, "centres": 7}, {"negative": 9}])
def test_every_way_to_weigh_the_contexts_agrees_with_the_twin(settings, mean: bool, divide: bool) -> None:
    assert_agrees_with_twin(Case("cbow", random_ids(300, 50), 50, 17, mean=mean, divide=divide, **settings))


@pytest.mark.parametrize("alpha", [1.0, 0.05])
@pytest.mark.parametrize("window", [1, 3])
def test_a_window_learns_as_in_the_c_program(window: int, alpha: float) -> None:
    case = Case("cbow", [6, 3, 8, 6, 11, -1], 3000, window=window, centres=1, alpha_start=alpha, alpha_stop=alpha)
    inputs, outputs = case.inputs, case.outputs
    for step in case.plan().steps:
        ((centre, contexts),) = step.rows
        assert len({*step.noise, centre}) == 6
        targets = [(centre, 1)] + [(word, 0) for word in step.noise]
        word2vec_c.cbow_window(inputs, outputs, contexts, targets, alpha)
    case.run()
    np.testing.assert_allclose(case.inputs, inputs, atol=1e-5)
    np.testing.assert_allclose(case.outputs, outputs, atol=1e-5)


@pytest.mark.parametrize(
    "mean, divide, change_of_inputs",
    [(True, False, 0.25), (True, True, 0.125), (False, True, 0.125), (False, False, 0.25)],
)
def test_one_window_learns_what_is_worked_out_by_hand(mean: bool, divide: bool, change_of_inputs: float) -> None:
    """Centre 2 between 1 and 3, whose vectors add up to 0: the score is 0, so g = 0.5 * alpha = 0.25 and -0.25."""
    case = same_case("cbow", "abc", alpha=0.5, negative=1, window=1, mean=mean, divide=divide, start=1, stop=2)
    case.weights.inputs.flat[:] = case.weights.outputs.flat[:] = 0
    case.weights.inputs.rows[1, 0], case.weights.inputs.rows[3, 0] = 3.0, -3.0
    case.weights.outputs.rows[2, 0], case.weights.outputs.rows[0, 0] = 2.0, 1.0
    case.run()
    # error = 0.25 * 2 - 0.25 * 1 = 0.25, by 2 words where it is divided
    np.testing.assert_allclose(case.inputs[:4, 0], [0, 3 + change_of_inputs, 0, -3 + change_of_inputs], atol=1e-6)
    np.testing.assert_allclose(case.outputs[:4, 0], [1, 0, 2, 0], atol=1e-6)
    assert case.scratch.measures[1] == pytest.approx(2 * 0.6931472, rel=1e-6)


@pytest.mark.parametrize("mean", BOTH)
@pytest.mark.parametrize("sentence, negative, window", [("ab", 1, 1), ("abcd", 1, 2), ("abacadg", 5, 5)])
def test_the_historical_update_is_that_of_gensim(sentence: str, negative: int, window: int, mean: bool) -> None:
    pytest.importorskip("gensim")
    case = same_case("cbow", sentence, alpha=0.002, negative=negative, window=window, mean=mean, divide=not mean)
    before = case.inputs, case.outputs
    expected = gensim_after(sentence, *before, alpha=0.002, negative=negative, window=window, sg=0, cbow_mean=int(mean))
    case.run()
    assert_changes_alike(case.inputs, expected[0], before[0])
    assert_changes_alike(case.outputs, expected[1], before[1])


def test_repeated_training_of_a_small_corpus_lowers_the_loss() -> None:
    case = Case("cbow", random_ids(400, 40), 40, vector_size=20)
    losses = [case.run()["loss"] for _ in range(5)]
    assert losses == sorted(losses, reverse=True)
    assert_nothing_left_behind(case)
