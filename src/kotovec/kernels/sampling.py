"""Which tokens are kept, and where their rows are."""

from __future__ import annotations

import numpy as np

from kotovec.kernels import ints, rng
from kotovec.kernels.jit import inline
from kotovec.kernels.private import row_of
from kotovec.kernels.state import BAD_IDS, KEPT, NO_ROW, WORDS


@inline
def subsample(model, tables, scratch, span, start, stop, state, ids, n_ids):
    """Take the tokens of ids[start:stop] that stay, and those of span.margin positions to each side.

    Their rows go to scratch.rows and scratch.owner_rows, and how far their sentences reach to scratch.lefts and
    scratch.rights. Gives (begin, end, n, next state): the places of the centres are begin to end - 1, and up to n
    there is context for them, so that the borders of parts do not show. Ids out of range are skipped and counted: a
    file may change under our hands.
    """
    low, high = ints.maximum(start - span.margin, 0), ints.minimum(stop + span.margin, n_ids)
    words = scratch.rights  # until all are known
    n, begin, end, first = np.int64(0), np.int64(0), np.int64(0), np.int64(0)  # first: of the sentence
    for piece in range(3):  # before the part, the part, behind it
        until = start if piece == 0 else stop if piece == 1 else high
        before, n_ends, n_bad = n, np.int64(0), np.int64(0)
        for position in range(low, until):
            word = np.int64(ids[position])
            words[n] = np.int32(word)  # not read again: it may have changed
            scratch.lefts[n] = np.int32(n - first)
            state = rng.advance(state)
            if np.uint64(word) < np.uint64(model.n_words):
                n += np.uint32(rng.mix(state) >> np.uint64(32)) <= tables.keep[ints.minimum(word, tables.n_thinned)]
            elif word == -1:
                scratch.lefts[n] = np.int32(0)
                n += 1
                n_ends += 1
                first = n
            else:
                n_bad += 1
        if piece == 0:
            begin = n
        elif piece == 1:
            end = n
            scratch.measures[WORDS] += until - low - n_ends - n_bad
            scratch.measures[KEPT] += n - before - n_ends
            scratch.measures[BAD_IDS] += n_bad
        low = until
    for place in range(n):
        word = np.int64(words[place])
        row = row_of(word, span.n_private, span.private_inputs, model.pitch, model.input_step)
        owner_row = row_of(word, span.n_private, span.private_outputs, model.pitch, model.output_step)
        scratch.rows[place] = row if word >= 0 else NO_ROW
        scratch.owner_rows[place] = owner_row if word >= 0 else NO_ROW
    last = n - 1  # of the sentence
    for place in range(n - 1, -1, -1):
        is_word = words[place] >= 0
        scratch.rights[place] = np.int32(last - place) if is_word else np.int32(0)
        last = last if is_word else place - 1
    return begin, end, n, state
