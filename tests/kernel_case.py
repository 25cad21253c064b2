"""A small training problem, for a kernel and for its twin."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

import reference
from kotovec.kernels.arguments import Arguments
from kotovec.kernels.cbow import cbow_kernel
from kotovec.kernels.noise import noise_start
from kotovec.kernels.rng import stream_key
from kotovec.kernels.skipgram import skipgram_kernel
from kotovec.kernels.state import BAD_IDS, KEPT, LOSS_PAIRS, LOSS_SUM, PAIRS, WORDS, Span, new_scratch
from kotovec.kernels.tables import tables
from kotovec.training.weights import Weights

KERNELS = {"skipgram": skipgram_kernel, "cbow": cbow_kernel}
SPAN = Span(
    start=0, stop=0, part_size=1 << 16, margin=20, key=np.uint64(stream_key(1, 0, 0)),
    noise_start=np.uint64(noise_start(1, 0)), alpha_start=0.05, alpha_stop=0.01, window=5,
    shrink=True, negative=5, centres=4, owners_per_set=4, least_owners=4, loss_interval=1, mean=True, divide=False,
)  # fmt: skip


def random_ids(n: int, n_words: int, seed: int = 1, sentence: float = 0.1) -> list[int]:
    """Word ids, the small ones more often, in sentences of 1 / sentence words on average."""
    generator = np.random.default_rng(seed)
    words = np.minimum(generator.exponential(n_words / 3, n).astype(int), n_words - 1)
    ids = np.where(generator.random(n) < sentence, -1, words)
    return [int(i) for i, before in zip(ids, [-1, *ids[:-1]], strict=True) if i != -1 or before != -1]


def counts_of(ids: list[int], n_words: int) -> list[int]:
    """How often each word occurs, at least 1."""
    return [max(ids.count(word), 1) for word in range(n_words)]


class Case:
    """Weights (large ones: sigmoids far from 1/2), ids, a span over all ids and the kernel's other arguments."""

    def __init__(
        self, architecture: str, ids: list[int], n_words: int, vector_size: int = 7, sample: float = 0.0,
        threads: int = 1, **span: Any,
    ) -> None:  # fmt: skip
        self.architecture, self.ids, self.sample = architecture, ids, sample
        self.counts = counts_of(ids, n_words)
        margin, n_owners = 4 * span.get("window", SPAN.window), span.get("owners_per_set", SPAN.owners_per_set)
        settings = {"stop": len(ids), "margin": margin} | span
        settings["least_owners"] = n_owners if architecture == "skipgram" else 1
        self.span = SPAN._replace(**settings)
        self.tables = tables(np.array(self.counts), sample, ns_exponent=0.75)
        self.weights = Weights.initial(n_words, vector_size, 1, threads)
        generator = np.random.default_rng(5)
        for matrix in (self.weights.inputs, self.weights.outputs):
            matrix.rows[:] = generator.normal(0, 1 / vector_size**0.5, matrix.rows.shape)
        self.scratch: Any = None

    @property
    def inputs(self) -> NDArray[np.float64]:
        return self.weights.inputs.rows.astype(np.float64)

    @property
    def outputs(self) -> NDArray[np.float64]:
        return self.weights.outputs.rows.astype(np.float64)

    def plan(self) -> reference.Plan:
        """What the random stream of this chunk says."""
        return reference.plan(self.ids, self.span, self.counts, self.sample, self.tables.noise, self.architecture)

    def run(self) -> dict[str, float]:
        """Call the kernel once; gives its counters."""
        longest = self.span.stop - self.span.start + 2 * self.span.margin
        model = self.weights.for_kernels()
        self.scratch = new_scratch(self.span.window, self.span.negative, model.row_size, longest)
        ids = np.array(self.ids, np.int32)
        ids.flags.writeable = False
        arguments = Arguments(model, self.tables, self.scratch, self.span, ids)
        KERNELS[self.architecture](self.span.negative)(arguments)
        names = {"pairs": PAIRS, "loss": LOSS_SUM, "measured": LOSS_PAIRS, "words": WORDS, "kept": KEPT, "bad": BAD_IDS}
        return {name: float(self.scratch.measures[place]) for name, place in names.items()}


def assert_agrees_with_twin(case: Case, tolerance: float = 2e-5) -> reference.Plan:
    """Run both over the whole chunk and compare all that they leave behind."""
    inputs, outputs, plan = case.inputs, case.outputs, case.plan()
    loss, n_measured = reference.learn(inputs, outputs, plan.steps, case.architecture, case.span)
    found = case.run()
    np.testing.assert_allclose(case.inputs, inputs, rtol=tolerance, atol=tolerance)
    np.testing.assert_allclose(case.outputs, outputs, rtol=tolerance, atol=tolerance)
    assert found["pairs"] == (plan.pairs if case.architecture == "skipgram" else plan.centres)
    assert (found["words"], found["kept"], found["bad"]) == (plan.words, plan.kept, plan.bad_ids)
    assert found["measured"] == n_measured
    np.testing.assert_allclose(found["loss"], loss, rtol=1e-5)
    assert_nothing_left_behind(case)
    return plan


def assert_nothing_left_behind(case: Case) -> None:
    """Padding is 0."""
    for matrix in (case.weights.inputs, case.weights.outputs):
        vector_size = matrix.rows.shape[1]
        padded = matrix.flat.reshape(-1, matrix.step)
        assert not padded[:, vector_size:].any()


def gradient_of(loss: Any, matrix: NDArray[np.float64], step: float = 1e-6) -> NDArray[np.float64]:
    """The numerical gradient of loss() by each element of matrix, which is put back."""
    gradient = np.zeros_like(matrix)
    for place in np.ndindex(matrix.shape):
        before = matrix[place]
        matrix[place] = before + step
        above = loss()
        matrix[place] = before - step
        gradient[place] = (above - loss()) / (2 * step)
        matrix[place] = before
    return gradient


def change_per_alpha(*arguments: Any, **settings: Any) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """(new - old) / alpha of both matrices as alpha goes to 0: from two small ones, so that alpha**2 cancels out."""
    changes = []
    for alpha in (2.0**-9, 2.0**-10):
        case = Case(*arguments, alpha_start=alpha, alpha_stop=alpha, **settings)
        before = case.inputs, case.outputs
        case.run()
        changes.append([(new - old) / alpha for new, old in zip((case.inputs, case.outputs), before, strict=True)])
    inputs, outputs = (2 * finer - coarser for coarser, finer in zip(*changes, strict=True))
    return inputs, outputs
