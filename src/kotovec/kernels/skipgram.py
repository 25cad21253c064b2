"""Skip-gram with negative sampling: one set of noise words per centre, shared by its context words.

Sharing is the HogBatch idea (Ji et al. 2016, arXiv 1611.06172): dot products become small matrix products, and the
output rows are read once per centre, not once per pair. For each context word c of the centre, and each target t (the
centre word itself with label 1, the noise words with label 0), with s = input[c] . output[t]:

    loss        = -log sigmoid(s) for label 1, -log sigmoid(-s) for label 0     (Mikolov et al. 2013, eq. 4)
    g           = alpha * (label - sigmoid(s)) = -alpha * d loss / d s
    input[c]   += sum over t of g * output[t]
    output[t]  += sum over c of g * input[c]

As in word2vec.c the context word's vector predicts the centre. All scores of a centre are computed before any row is
changed. A noise word that is the centre word teaches nothing, and one that was drawn twice counts twice.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

from kotovec.kernels import simd
from kotovec.kernels.jit import inline, kernel
from kotovec.kernels.sampling import draw_batch, sentence_start, sentence_stop, subsample
from kotovec.kernels.sigmoid import negative_log_sigmoid, sigmoid
from kotovec.kernels.simd import LANES
from kotovec.kernels.state import (
    LOSS_PAIRS,
    LOSS_SUM,
    PAIRS,
    SIGNATURE,
    SLOT,
    count_groups,
    groups_of,
)
from kotovec.kernels.targets import (
    draw_ahead,
    draw_reach,
    find_contexts,
    prefetch_row,
    resolve_repeats,
    take_targets,
)


@inline
def score(model, contexts, i, two, targets, first, like):
    """Dot products of contexts i and i + 1 with len(like) targets, in slots: one vector."""
    x_rows, y_rows = simd.offsets(contexts, i, two), simd.offsets(targets, first, like)
    sums = simd.zero_products(x_rows, y_rows)
    for offset in range(0, model.row_size, LANES):
        xs = simd.load_rows(model.inputs, x_rows, offset)
        ys = simd.load_rows(model.outputs, y_rows, offset)
        sums = simd.fma_outer(xs, ys, sums)
    return simd.sums_by_slot(sums, x_rows)


@inline
def score_group(model, scratch, n_contexts, group, first, like, alpha, label, measured):
    """Gradients of all contexts for one group of targets, into scratch.gradients; the scores too if measured.

    Two loops, so that the sigmoids of all contexts overlap: done tile by tile, their latency shows (9 % slower).
    """
    base = group * (n_contexts + n_contexts % 2) * SLOT
    for i in range(0, n_contexts, 2):
        scores = score(model, scratch.contexts, i, (0, 0), scratch.targets, first, like)
        simd.store(scratch.gradients, base + i * SLOT, scores)
    rate = simd.mul(simd.load(scratch.multiplicity, group * LANES), simd.broadcast(alpha))
    for i in range(0, n_contexts, 2):
        scores = simd.load(scratch.gradients, base + i * SLOT)
        simd.store(scratch.gradients, base + i * SLOT, simd.mul(rate, simd.sub(label, sigmoid(scores))))
        if measured:
            simd.store(scratch.scores, base + i * SLOT, scores)


@inline
def update_all(model, scratch, n_contexts, like):
    """Apply the gradients when there is one group of targets: every row is read once and written once."""
    y_rows = simd.offsets(scratch.targets, 0, like)
    for offset in range(0, model.row_size, LANES):
        ys = simd.load_rows(model.outputs, y_rows, offset)
        sums = ys
        for i in range(n_contexts):
            x = simd.load(model.inputs, simd.get(scratch.contexts, i) + offset)
            gs = simd.load_scalars(scratch.gradients, i * SLOT, like)
            sums = simd.fma_each(gs, x, sums)
            simd.store(model.inputs, simd.get(scratch.contexts, i) + offset, simd.fma_sum(gs, ys, x))
        simd.store_rows(model.outputs, y_rows, offset, sums)


@inline
def update_group(model, scratch, n_contexts, group, first, offset, like):
    """Apply the gradients of one group to 16 columns; scratch.hidden holds the contexts' old values."""
    base = group * (n_contexts + n_contexts % 2) * SLOT
    y_rows = simd.offsets(scratch.targets, first, like)
    ys = simd.load_rows(model.outputs, y_rows, offset)
    sums = ys
    for i in range(n_contexts):
        gs = simd.load_scalars(scratch.gradients, base + i * SLOT, like)
        sums = simd.fma_each(gs, simd.load(scratch.hidden, i * LANES), sums)
        x = simd.load(model.inputs, simd.get(scratch.contexts, i) + offset)
        simd.store(model.inputs, simd.get(scratch.contexts, i) + offset, simd.fma_sum(gs, ys, x))
    simd.store_rows(model.outputs, y_rows, offset, sums)


@inline
def train_centre(model, scratch, n_contexts, alpha, measured, wide, narrow, n_wide, n_groups):
    """One step of gradient descent for the centre and contexts in scratch."""
    positive = simd.label_behind(())
    none = simd.broadcast(np.float32(0))
    score_group(model, scratch, n_contexts, 0, 0, wide, alpha, positive, measured)
    if narrow is None:
        update_all(model, scratch, n_contexts, wide)
    else:
        edge = n_wide * len(wide)
        for group in range(1, n_wide):
            score_group(model, scratch, n_contexts, group, group * len(wide), wide, alpha, none, measured)
        for group in range(n_wide, n_groups):
            first = edge + (group - n_wide) * len(narrow)
            score_group(model, scratch, n_contexts, group, first, narrow, alpha, none, measured)
        for offset in range(0, model.row_size, LANES):
            for i in range(n_contexts):
                x = simd.load(model.inputs, simd.get(scratch.contexts, i) + offset)
                simd.store(scratch.hidden, i * LANES, x)
            for group in range(n_wide):
                update_group(model, scratch, n_contexts, group, group * len(wide), offset, wide)
            for group in range(n_wide, n_groups):
                first = edge + (group - n_wide) * len(narrow)
                update_group(model, scratch, n_contexts, group, first, offset, narrow)


@inline
def measure_loss(scratch, n_contexts, n_wide, width):
    """Add this centre's loss, from its scores, to scratch.measures."""
    loss, target, group = 0.0, 0, 0
    while target < len(scratch.targets):
        in_group = width if group < n_wide else width - 1
        for place in range(in_group):
            count = np.float64(scratch.multiplicity[group * LANES + place])
            for i in range(n_contexts):
                s = np.float64(scratch.scores[(group * (n_contexts + n_contexts % 2) + i) * SLOT + place])
                loss += count * negative_log_sigmoid(s if target == 0 else -s)
            target += 1
        group += 1
    scratch.measures[LOSS_SUM] += loss
    scratch.measures[LOSS_PAIRS] += n_contexts


@inline
def train_span(model, tables, scratch, span, ids, wide, narrow):
    """Train on ids[span.start:span.stop]; model and scratch change in place."""
    kept, negative, width = scratch.kept, span.negative, len(wide)
    n_wide, n_groups = count_groups(1 + negative, width, SLOT)
    begin, end, n, state = subsample(ids, span, tables.keep, model.n_words, kept, scratch.measures)
    state = draw_batch(tables.noise, np.uint64(model.n_words), model.row_size, 0, negative, state, scratch.negatives)
    scratch.stamps[:] = 0
    slope = (span.alpha_stop - span.alpha_start) / max(end - begin, 1)
    first, last, turn, n_pairs = sentence_start(kept, begin), -1, -1, 0
    for centre in range(begin, end):
        if kept[centre] < 0:
            first = centre + 1
            continue
        if last < centre:  # a new sentence
            last = sentence_stop(kept, centre, n)
        turn += 1
        state = draw_ahead(model, tables.noise, negative, turn, state, scratch.negatives)
        prefetch_row(
            model.inputs, np.int64(kept[min(centre + span.window + 1, n - 1)]) * model.row_size, model.row_size
        )
        prefetch_row(model.outputs, np.int64(kept[min(centre + 2, n - 1)]) * model.row_size, model.row_size)
        reach, state = draw_reach(span.window, span.shrink, state)
        n_contexts = find_contexts(kept, centre, first, last, reach, model.row_size, scratch.contexts)
        if n_contexts == 0:
            continue
        n_pairs += n_contexts
        suspicious = take_targets(
            np.int64(kept[centre]) * model.row_size,
            scratch.negatives, turn, negative, turn + 1, scratch.stamps, scratch.targets,
        )  # fmt: skip
        if suspicious:
            resolve_repeats(scratch.targets, n_wide, width, model.n_words * model.row_size, scratch.multiplicity)
        measured = turn % span.loss_interval == 0
        alpha = np.float32(span.alpha_start + slope * (centre - begin))
        train_centre(model, scratch, n_contexts, alpha, measured, wide, narrow, n_wide, n_groups)
        if measured:
            measure_loss(scratch, n_contexts, n_wide, width)
        if suspicious:
            scratch.multiplicity[:] = 1
    scratch.measures[PAIRS] += n_pairs


@cache
def skipgram_kernel(negative: int) -> Any:
    """The compiled kernel for this many noise words: train(model, tables, scratch, span, ids), nothing returned.

    One kernel serves all numbers of noise words with equal group widths: see `groups_of`.
    """
    width, _ = groups_of(1 + negative, SLOT)
    return _one_group(width) if 1 + negative <= SLOT else _many_groups(width)


@cache
def _one_group(width: int) -> Any:
    @kernel(SIGNATURE)
    def train_skipgram(model, tables, scratch, span, ids):
        train_span(model, tables, scratch, span, ids, simd.width(width), None)

    return train_skipgram


@cache
def _many_groups(width: int) -> Any:
    narrower = width - 1

    @kernel(SIGNATURE)
    def train_skipgram(model, tables, scratch, span, ids):
        train_span(model, tables, scratch, span, ids, simd.width(width), simd.width(narrower))

    return train_skipgram
