"""What a worker does between the turns of training: machine code of its own, which the training kernels call.

It is called a few hundred times a second, so that a call costs nothing. Inside of a training kernel it would take that
kernel a fifth longer to compile; so the two are compiled at the same time, by two processes (training/compiled.py).
"""

from __future__ import annotations

import numpy as np

from kotovec.kernels import private, rng
from kotovec.kernels.arguments import BEGIN_PART, EXCHANGE_HOTTEST, arguments_at
from kotovec.kernels.jit import callback
from kotovec.kernels.noise import noise_stride
from kotovec.kernels.sampling import subsample
from kotovec.kernels.state import BEGIN, END, STATE, STRIDE


@callback(BEGIN_PART)
def _begin_part(address, start, stop, number):
    """Draw the tokens of positions start to stop - 1, which are part `number` of the span, and exchange private rows.

    scratch.part has the state of the random stream, which goes on, and gets what was drawn.
    """
    model, tables, scratch, span, ids, n_ids = arguments_at(address)
    begin, end, _, state = subsample(model, tables, scratch, span, start, stop, scratch.part[STATE], ids, n_ids)
    private.weigh_changes(scratch, span, model.row_size)
    private.exchange_due(model, scratch, span.n_private, span.hot, span.n_before + number)
    state = rng.advance(state)
    scratch.part[STATE] = state
    scratch.part[BEGIN], scratch.part[END] = np.uint64(begin), np.uint64(end)
    scratch.part[STRIDE] = np.uint64(noise_stride(rng.mix(state), span.negative))


@callback(EXCHANGE_HOTTEST)
def _exchange_hottest(address):
    """Exchange the private rows that are exchanged several times in a part."""
    model, _, scratch, span, _, _ = arguments_at(address)
    private.exchange_hottest(model, scratch, span.n_private, span.hot)


ADDRESSES: tuple[int, int] = (_begin_part.address, _exchange_hottest.address)
