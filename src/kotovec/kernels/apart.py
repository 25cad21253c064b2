"""What training kernels call, and do not contain: calls.py has the calls.

All this runs seldom, or for long, so that a call costs nothing. Inside of a training kernel it would take that kernel a
third longer to compile; so it is compiled by one process, and the kernel by another (training/compiled.py).
"""

from __future__ import annotations

import numpy as np

from kotovec.kernels import noise, private, rng
from kotovec.kernels.arguments import arguments_at
from kotovec.kernels.calls import SIGNATURES
from kotovec.kernels.corrections import leave_out_copies, leave_out_owners, measure_loss
from kotovec.kernels.jit import callback
from kotovec.kernels.sampling import subsample
from kotovec.kernels.state import BEGIN, END, STATE, STRIDE


@callback(SIGNATURES["begin_part"])
def _begin_part(address, start, stop, number):
    model, tables, scratch, span, ids, n_ids = arguments_at(address)
    begin, end, _, state = subsample(model, tables, scratch, span, start, stop, scratch.part[STATE], ids, n_ids)
    private.exchange_due(model, scratch, span, span.n_before + number)
    state = rng.advance(state)
    scratch.part[STATE] = state
    scratch.part[BEGIN], scratch.part[END] = np.uint64(begin), np.uint64(end)
    scratch.part[STRIDE] = np.uint64(noise.noise_stride(rng.mix(state), span.negative))


@callback(SIGNATURES["exchange_hottest"])
def _exchange_hottest(address):
    model, _, scratch, span, _, _ = arguments_at(address)
    private.exchange_hottest(model, scratch, span.n_private, span.hot)


@callback(SIGNATURES["draw_batch"])
def _draw_batch(address, half, stride, point):
    model, tables, scratch, span, _, _ = arguments_at(address)
    return noise.draw_batch(model, tables.noise, half, span, stride, point, scratch.negatives)


@callback(SIGNATURES["correct"])
def _correct(address, first, n_owners, per_owner, slots, narrow, repeats, copies, measured):
    _, _, scratch, span, _, _ = arguments_at(address)
    if repeats:
        leave_out_owners(scratch, first, n_owners, per_owner, slots, narrow, span.negative)
    if copies:
        leave_out_copies(scratch, first, n_owners, per_owner, slots, narrow, span.negative)
    if measured:
        measure_loss(scratch, first, n_owners, per_owner, slots, narrow, span.negative)


_CALLED = {
    "begin_part": _begin_part,
    "exchange_hottest": _exchange_hottest,
    "draw_batch": _draw_batch,
    "correct": _correct,
}
ADDRESSES: tuple[int, ...] = tuple(_CALLED[name].address for name in SIGNATURES)
