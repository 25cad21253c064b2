"""gensim made to draw no random numbers that matter: an answer from outside for one sentence."""

from __future__ import annotations

from typing import Any

import numpy as np

from kernel_case import Case
from kotovec.kernels.tables import noise_table

NOISE, WORDS = "noise", "abcdefg"


def gensim_after(sentence: str, inputs: Any, outputs: Any, alpha: float, negative: int, **settings: Any) -> Any:
    """Both matrices after gensim has trained one sentence of letters (a is word 1) with word 0 as the only noise."""
    from gensim.models import Word2Vec

    frequencies = {NOISE: 10**15} | {word: 1000 - i for i, word in enumerate(WORDS)}
    model = Word2Vec(
        vector_size=inputs.shape[1],
        min_count=1,
        negative=negative,
        sample=0,
        shrink_windows=False,
        workers=1,
        **settings,
    )
    model.build_vocab_from_freq(frequencies)
    assert model.wv.index_to_key == [NOISE, *WORDS]
    model.wv.vectors[:], model.syn1neg[:] = inputs, outputs
    model.train([list(sentence)], total_examples=1, epochs=1, start_alpha=alpha, end_alpha=alpha)
    return model.wv.vectors, model.syn1neg


def same_case(architecture: str, sentence: str, alpha: float, negative: int, window: int, **span: Any) -> Case:
    """The same for a kernel: one centre a set, word 0 the only noise."""
    ids = [1 + WORDS.index(word) for word in sentence] + [-1]
    case = Case(
        architecture, ids, 1 + len(WORDS), vector_size=9, negative=negative, window=window, shrink=False, centres=1,
        owners_per_set=1,
        alpha_start=alpha, alpha_stop=alpha, **span,
    )  # fmt: skip
    noise = noise_table(np.array([10**15] + [1] * len(WORDS)), 0.75)
    noise[1:] = np.uint64(0)  # the last doubt removed: word 0 always
    case.tables = case.tables._replace(noise=noise)
    return case


def assert_changes_alike(found: Any, expected: Any, before: Any) -> None:
    """gensim looks up sigmoids in a table of steps of 0.012, and updates pair by pair: equal to a few percent."""
    change, expected_change = found - before, expected - before
    np.testing.assert_allclose(change, expected_change, atol=0.06 * np.abs(expected_change).max())
    assert np.abs(expected_change).max() > 0
