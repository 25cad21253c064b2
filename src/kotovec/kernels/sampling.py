"""Which tokens are kept, and where their rows are."""

from __future__ import annotations

import numpy as np

from kotovec.kernels import rng
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
    low, high = max(start - span.margin, 0), min(stop + span.margin, n_ids)
    n, left, begin, end = np.int64(0), np.int64(0), np.int64(0), np.int64(0)
    for piece in range(3):  # before the part, the part, behind it
        until = start if piece == 0 else stop if piece == 1 else high
        n_seen, n_kept, n_bad = np.int64(0), np.int64(0), np.int64(0)
        for position in range(low, until):
            word = np.int64(ids[position])
            state = rng.advance(state)
            if word < 0 or word >= model.n_words:
                if word == -1:
                    scratch.rows[n], scratch.owner_rows[n], scratch.lefts[n] = NO_ROW, NO_ROW, np.int32(0)
                    left = np.int64(0)
                    n += 1
                else:
                    n_bad += 1
                continue
            n_seen += 1
            scratch.rows[n] = row_of(word, span.n_private, span.private_inputs, model.row_size)
            scratch.owner_rows[n] = row_of(word, span.n_private, span.private_outputs, model.row_size)
            scratch.lefts[n] = np.int32(left)
            stays = np.uint32(rng.mix(state) >> np.uint64(32)) <= tables.keep[min(word, tables.n_thinned)]
            n += stays
            left += stays
            n_kept += stays
        low = until
        if piece == 0:
            begin = n
        elif piece == 1:
            end = n
            scratch.measures[WORDS] += n_seen
            scratch.measures[KEPT] += n_kept
            scratch.measures[BAD_IDS] += n_bad
    right = np.int64(0)
    for place in range(n - 1, -1, -1):
        is_word = scratch.rows[place] != NO_ROW
        scratch.rights[place] = np.int32(right) if is_word else np.int32(0)
        right = right + 1 if is_word else np.int64(0)
    return begin, end, n, state
