"""CBOW with negative sampling: the context words together predict the centre; a few centres share noise words.

For each centre with m context words c, and each target t (the centre word with label 1, the noise words with label 0):

    h          = scale_in * sum over c of input[c]              scale_in = 1 / m for the mean, 1 for the sum
    s          = h . output[t];  loss as in skip-gram
    g          = alpha * (label - sigmoid(s)) = -alpha * d loss / d s
    input[c]  += scale_out * sum over t of g * output[t]
    output[t] += g * h

The gradient of the loss has scale_out = scale_in. word2vec.c and gensim leave the division out for the mean (and
gensim divides for the sum): the "historical" update. The "corrected" one is the gradient (Irsoy et al. 2021, arXiv
2012.15332).

A block is CENTRES centres that follow one another. All scores of a block are computed before any row is changed. A
noise word that is the centre word teaches that centre nothing, and one that was drawn twice counts twice.
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
    BATCH,
    CENTRES,
    LOSS_PAIRS,
    LOSS_SUM,
    PAIRS,
    SIGNATURE,
    SLOT,
    count_groups,
    groups_of,
)
from kotovec.kernels.targets import draw_ahead, draw_reach, find_contexts, prefetch_row, stamp_of

WIDEST = SLOT - 1  # noise words in a group: one slot stays for the centre word


@inline
def sum_contexts(model, scratch, place, most, scale):
    """The hidden layer of one centre: scale times the sum of its context words' input vectors.

    Two words at a time (nearly always there is an even number), 16 columns within: loops of a known length.
    """
    at, first, count = place * model.row_size, place * most, scratch.counts[place]
    factor = simd.broadcast(scale)
    a, b = simd.get(scratch.contexts, first), simd.get(scratch.contexts, first + count - 1)
    last_factor = factor if count > 1 else simd.broadcast(np.float32(0))
    for offset in range(0, model.row_size, LANES):
        x = simd.mul(factor, simd.load(model.inputs, a + offset))
        simd.store(scratch.hidden, at + offset, simd.fma(last_factor, simd.load(model.inputs, b + offset), x))
    for i in range(first + 1, first + count - 1, 2):
        a, b = simd.get(scratch.contexts, i), simd.get(scratch.contexts, i + 1)
        other = factor if i + 2 < first + count else simd.broadcast(np.float32(0))
        for offset in range(0, model.row_size, LANES):
            x = simd.fma(factor, simd.load(model.inputs, a + offset), simd.load(scratch.hidden, at + offset))
            simd.store(scratch.hidden, at + offset, simd.fma(other, simd.load(model.inputs, b + offset), x))


@inline
def score_with_centre(model, scratch, place, like):
    """Scores of two centres with the first group of noise words, and behind them with their centre words."""
    h_rows, y_rows = simd.offsets(scratch.hidden_rows, place, (0, 0)), simd.offsets(scratch.targets, 0, like)
    centre_rows = simd.offsets(scratch.centres, place, (0, 0))
    sums, own = simd.zero_products(h_rows, y_rows), simd.zero_products(h_rows, (0,))
    for offset in range(0, model.row_size, LANES):
        hs = simd.load_rows(scratch.hidden, h_rows, offset)
        sums = simd.fma_outer(hs, simd.load_rows(model.outputs, y_rows, offset), sums)
        own = simd.fma_own(hs, simd.load_rows(model.outputs, centre_rows, offset), own)
    return simd.sums_by_slot(simd.append_own(sums, own), h_rows)


@inline
def score(model, scratch, place, first, like):
    """Scores of two centres with a further group of noise words."""
    h_rows, y_rows = simd.offsets(scratch.hidden_rows, place, (0, 0)), simd.offsets(scratch.targets, first, like)
    sums = simd.zero_products(h_rows, y_rows)
    for offset in range(0, model.row_size, LANES):
        hs = simd.load_rows(scratch.hidden, h_rows, offset)
        sums = simd.fma_outer(hs, simd.load_rows(model.outputs, y_rows, offset), sums)
    return simd.sums_by_slot(sums, h_rows)


@inline
def to_gradients(scratch, base, n_centres, alpha, label, measured):
    """Turn the scores of one group, in scratch.gradients, into gradients; keep the scores too if measured."""
    for slot in range(base, base + n_centres * SLOT, LANES):
        scores = simd.load(scratch.gradients, slot)
        rate = simd.mul(simd.load(scratch.multiplicity, slot), simd.broadcast(alpha))
        simd.store(scratch.gradients, slot, simd.mul(rate, simd.sub(label, sigmoid(scores))))
        if measured:
            simd.store(scratch.scores, slot, scores)


@inline
def update_noise(model, scratch, n_centres, group, first, offset, like):
    """Apply the gradients of one group of noise words to 16 columns of their rows, and add up the errors."""
    y_rows = simd.offsets(scratch.targets, first, like)
    ys = simd.load_rows(model.outputs, y_rows, offset)
    sums = ys
    for place in range(n_centres):
        at = place * model.row_size + offset
        gs = simd.load_scalars(scratch.gradients, (group * CENTRES + place) * SLOT, like)
        sums = simd.fma_each(gs, simd.load(scratch.hidden, at), sums)
        start = simd.load(scratch.errors, at) if group > 0 else simd.broadcast(np.float32(0))
        simd.store(scratch.errors, at, simd.fma_sum(gs, ys, start))
    simd.store_rows(model.outputs, y_rows, offset, sums)


@inline
def update_centres(model, scratch, n_centres, offset, n_first):
    """The same for the centre words, one after the other: they may be equal, to each other and to a noise word."""
    for place in range(n_centres):
        at, row = place * model.row_size + offset, scratch.centres[place] + offset
        g = simd.broadcast(scratch.gradients[place * SLOT + n_first])
        y = simd.load(model.outputs, row)
        simd.store(scratch.errors, at, simd.fma(g, y, simd.load(scratch.errors, at)))
        simd.store(model.outputs, row, simd.fma(g, simd.load(scratch.hidden, at), y))


@inline
def update_contexts(model, scratch, place, most, scale):
    """Add scale times the error to the input vector of each context word, one after the other: they may be equal."""
    factor = simd.broadcast(scale)
    for i in range(place * most, place * most + scratch.counts[place]):
        row = simd.get(scratch.contexts, i)
        for offset in range(0, model.row_size, LANES):
            error = simd.load(scratch.errors, place * model.row_size + offset)
            simd.store(model.inputs, row + offset, simd.fma(factor, error, simd.load(model.inputs, row + offset)))


@inline
def train_block(model, scratch, span, n_centres, alpha, measured, wide, narrow):
    """One step of gradient descent for the centres, contexts and targets in scratch."""
    most, n_first = 2 * span.window + 2, len(wide)
    n_wide, n_groups = count_groups(len(scratch.targets), n_first, WIDEST)
    for place in range(n_centres):
        count = np.float32(scratch.counts[place])
        sum_contexts(model, scratch, place, most, np.float32(1) / count if span.mean else np.float32(1))
    for place in range(0, n_centres, 2):
        simd.store(scratch.gradients, place * SLOT, score_with_centre(model, scratch, place, wide))
    to_gradients(scratch, 0, n_centres, alpha, simd.label_behind(wide), measured)
    if narrow is not None:
        for group in range(1, n_groups):
            for place in range(0, n_centres, 2):
                at = (group * CENTRES + place) * SLOT
                if group < n_wide:
                    scores = score(model, scratch, place, group * n_first, wide)
                else:
                    scores = score(model, scratch, place, n_wide + group * (n_first - 1), narrow)
                simd.store(scratch.gradients, at, scores)
            none = simd.broadcast(np.float32(0))
            to_gradients(scratch, group * CENTRES * SLOT, n_centres, alpha, none, measured)
    for offset in range(0, model.row_size, LANES):
        update_noise(model, scratch, n_centres, 0, 0, offset, wide)
        if narrow is not None:
            for group in range(1, n_groups):
                if group < n_wide:
                    update_noise(model, scratch, n_centres, group, group * n_first, offset, wide)
                else:
                    first = n_wide + group * (n_first - 1)
                    update_noise(model, scratch, n_centres, group, first, offset, narrow)
        update_centres(model, scratch, n_centres, offset, n_first)
    for place in range(n_centres):
        count = np.float32(scratch.counts[place])
        update_contexts(model, scratch, place, most, np.float32(1) / count if span.divide else np.float32(1))


@inline
def slot_of(place, target, n_wide, width):
    """Where the gradient of one centre and one noise word stands."""
    group, column = target // width, target % width
    if group >= n_wide:
        group = n_wide + (target - n_wide * width) // (width - 1)
        column = (target - n_wide * width) % (width - 1)
    return (group * CENTRES + place) * SLOT + column


@inline
def take_noise(scratch, turn, negative, n_centres, serial):
    """Fill targets with this block's noise words; says whether two of them, or one and a centre, may be equal."""
    for place in range(n_centres):
        scratch.stamps[stamp_of(scratch.centres[place])] = serial
    suspicious = False
    first = turn * negative
    for j in range(negative):
        row = scratch.negatives[first + j]
        scratch.targets[j] = row
        suspicious |= scratch.stamps[stamp_of(row)] == serial
        scratch.stamps[stamp_of(row)] = serial
    return suspicious


@inline
def resolve_repeats(scratch, n_centres, negative, n_wide, width, spare_row):
    """Count equal noise words where they first stand, and not where they are the centre word: see targets.py."""
    for j in range(negative):
        repeats = -1
        for k in range(j):
            if scratch.targets[k] == scratch.targets[j]:
                repeats = k
                break
        for place in range(n_centres):
            own = slot_of(place, j, n_wide, width)
            if scratch.targets[j] == scratch.centres[place]:
                scratch.multiplicity[own] = 0
            elif repeats >= 0:
                scratch.multiplicity[own] = 0
                scratch.multiplicity[slot_of(place, repeats, n_wide, width)] += 1
        if repeats >= 0:
            scratch.targets[j] = spare_row


@inline
def measure_loss(scratch, n_centres, negative, n_wide, width):
    """Add this block's loss, from its scores, to scratch.measures."""
    loss = 0.0
    for place in range(n_centres):
        loss += negative_log_sigmoid(np.float64(scratch.scores[place * SLOT + width]))
        for j in range(negative):
            slot = slot_of(place, j, n_wide, width)
            loss += scratch.multiplicity[slot] * negative_log_sigmoid(-np.float64(scratch.scores[slot]))
    scratch.measures[LOSS_SUM] += loss
    scratch.measures[LOSS_PAIRS] += n_centres


@inline
def train_span(model, tables, scratch, span, ids, wide, narrow):
    """Train on ids[span.start:span.stop]; model and scratch change in place."""
    kept, row_size, negative = scratch.kept, model.row_size, span.negative
    n_wide, _ = count_groups(negative, len(wide), WIDEST)
    most = 2 * span.window + 2
    interval = max(span.loss_interval // CENTRES, 1)
    begin, end, n, state = subsample(ids, span, tables.keep, model.n_words, kept, scratch.measures)
    state = draw_batch(tables.noise, np.uint64(model.n_words), row_size, 0, negative, state, scratch.negatives)
    scratch.stamps[:] = 0
    slope = (span.alpha_stop - span.alpha_start) / max(end - begin, 1)
    first, last, turn, n_centres, n_pairs = sentence_start(kept, begin), -1, 0, 0, 0
    for centre in range(begin, end):
        if kept[centre] < 0:
            first = centre + 1
        else:
            if last < centre:  # a new sentence
                last = sentence_stop(kept, centre, n)
            ahead = kept[min(centre + span.window + CENTRES, n - 1)]
            prefetch_row(model.inputs, np.int64(ahead) * row_size, row_size)
            ahead = kept[min(centre + CENTRES, n - 1)]
            prefetch_row(model.outputs, np.int64(ahead) * row_size, row_size)
            reach, state = draw_reach(span.window, span.shrink, state)
            contexts = scratch.contexts[n_centres * most : (n_centres + 1) * most]
            scratch.counts[n_centres] = find_contexts(kept, centre, first, last, reach, row_size, contexts)
            scratch.centres[n_centres] = np.int64(kept[centre]) * row_size
            n_centres += scratch.counts[n_centres] > 0
        if n_centres < CENTRES and (centre < end - 1 or n_centres == 0):
            continue
        scratch.centres[n_centres] = scratch.centres[n_centres - 1]  # if the number is odd, the last pair's other half
        state = draw_ahead(model, tables.noise, negative, turn, state, scratch.negatives)
        suspicious = take_noise(scratch, turn % (2 * BATCH), negative, n_centres, turn + 1)
        if suspicious:
            resolve_repeats(scratch, n_centres, negative, n_wide, len(wide), model.n_words * model.row_size)
        measured = turn % interval == 0
        alpha = np.float32(span.alpha_start + slope * (centre - begin))
        train_block(model, scratch, span, n_centres, alpha, measured, wide, narrow)
        if measured:
            measure_loss(scratch, n_centres, negative, n_wide, len(wide))
        if suspicious:
            scratch.multiplicity[:] = 1
        n_pairs += n_centres
        n_centres = 0
        turn += 1
    scratch.measures[PAIRS] += n_pairs


@cache
def cbow_kernel(negative: int) -> Any:
    """The compiled kernel for this many noise words: train(model, tables, scratch, span, ids), nothing returned."""
    width, _ = groups_of(negative, WIDEST)
    return _one_group(width) if negative <= WIDEST else _many_groups(width)


@cache
def _one_group(width: int) -> Any:
    @kernel(SIGNATURE)
    def train_cbow(model, tables, scratch, span, ids):
        train_span(model, tables, scratch, span, ids, simd.width(width), None)

    return train_cbow


@cache
def _many_groups(width: int) -> Any:
    narrower = width - 1

    @kernel(SIGNATURE)
    def train_cbow(model, tables, scratch, span, ids):
        train_span(model, tables, scratch, span, ids, simd.width(width), simd.width(narrower))

    return train_cbow
