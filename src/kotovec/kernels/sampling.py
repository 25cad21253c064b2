"""Which tokens are kept."""

from __future__ import annotations

import numpy as np

from kotovec.kernels import rng
from kotovec.kernels.jit import inline
from kotovec.kernels.private import row_of
from kotovec.kernels.state import BAD_IDS, KEPT, WORDS


@inline
def _copy_kept(model, tables, scratch, span, ids, start, stop, state, n):
    """Append the tokens of ids[start:stop] that stay to kept[:n]; gives (new n, words seen, bad ids, next state)."""
    keep, rest, kept, rows = tables.keep, tables.n_thinned, scratch.kept, scratch.rows
    n_seen, n_bad = 0, 0
    for position in range(start, stop):
        word = np.int64(ids[position])
        state = rng.advance(state)
        if word < 0 or word >= model.n_words:
            if word == -1:
                kept[n] = np.int32(-1)
                rows[n] = 0
                n += 1
            else:
                n_bad += 1
            continue
        n_seen += 1
        kept[n] = np.int32(word)
        rows[n] = row_of(word, span.n_private, span.private_inputs, model.row_size)
        n += np.uint32(rng.mix(state) >> np.uint64(32)) <= keep[min(word, rest)]
    return n, n_seen, n_bad, state


@inline
def subsample(model, tables, scratch, span, ids, n_ids):
    """Fill kept with the tokens of ids[span.start:span.stop] that stay, and with span.margin positions to each side.

    Their rows in model.inputs go to scratch.rows. Gives (first, stop, n, next state): the centres are
    kept[first:stop]; up to n there is context for them, so that the borders of chunks do not show. Ids out of range
    are skipped and counted: a file may change under our hands.
    """
    low, high = max(span.start - span.margin, 0), min(span.stop + span.margin, n_ids)
    first, _, _, state = _copy_kept(model, tables, scratch, span, ids, low, span.start, span.key, np.int64(0))
    stop, n_seen, n_bad, state = _copy_kept(model, tables, scratch, span, ids, span.start, span.stop, state, first)
    n, _, _, state = _copy_kept(model, tables, scratch, span, ids, span.stop, high, state, stop)
    scratch.measures[WORDS] += n_seen
    for position in range(first, stop):
        scratch.measures[KEPT] += scratch.kept[position] >= 0
    scratch.measures[BAD_IDS] += n_bad
    return first, stop, n, state
