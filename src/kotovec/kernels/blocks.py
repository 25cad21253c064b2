"""The walk over a chunk: the rows of a few centres at a time, cut into sets that share their noise words.

A chunk is trained part by part: at the beginning of each, its tokens are drawn and private rows exchanged. How long a
part is decides what is learnt; how many parts a chunk has, only how often the kernel is called and its caller wakes.

The centres of a block come from as many streams, far apart in the part: neighbours would train nearly the same
context words against the same noise words again and again (measured for CBOW: the loss rises by 2 %). Sharing between
windows is the "context combining" of Rengasamy et al. 2017 (IA3, "Optimizing Word2Vec Performance on Multicore
Systems"): fewer random numbers, and the rows of the noise words are read and written once per set.

Sharing within a window is another thing: the noise words push all its context words the same way, so that what occurs
together comes closer, and what may replace one another does not. So the rows of a block are lined up place by place
(windows.py), and a set holds few words of one window.

In skip-gram, rows that do not fill a set wait for those of the next block: short sentences cut windows, and sets would
be small.
"""

from __future__ import annotations

import numpy as np

from kotovec.kernels import ints, rng
from kotovec.kernels.calls import begin_part, exchange_hottest
from kotovec.kernels.jit import body
from kotovec.kernels.noise import draw_ahead, first_point, take_noise
from kotovec.kernels.private import turns_between
from kotovec.kernels.state import BEGIN, END, STATE, STRIDE
from kotovec.kernels.windows import Turn, collect, keep_waiting


@body
def train_span(address, model, tables, scratch, span, gather, step, tile, abreast, fewer, wide):
    """Train on ids[span.start:span.stop], of the arguments at this address; model and scratch change in place.

    gather(scratch, span, turn, n_centres, whole, windows, n_waiting) lines up the rows of a block and their owners
    behind those that wait, and gives the number of owners that wait then.
    step(address, model, scratch, span, first, n, alpha, measured, repeats, tile, abreast, fewer, wide) trains the rows
    of n owners.
    """
    fall = (span.alpha_stop - span.alpha_start) / ints.maximum(span.stop - span.start, 1)
    state, part, until_measured, n_waiting = span.key, np.int64(0), np.int64(1), np.int64(0)
    for start in range(span.start, span.stop, span.part_size):
        stop = ints.minimum(start + span.part_size, span.stop)
        scratch.part[STATE] = state
        begin_part(address, start, stop, part)
        state, stride = scratch.part[STATE], np.int64(scratch.part[STRIDE])
        begin, end = np.int64(scratch.part[BEGIN]), np.int64(scratch.part[END])
        point = first_point(span.noise_start, start // span.part_size)
        number, drawn = np.int64(0), np.int64(0)
        part += 1
        length = (end - begin + span.centres - 1) // span.centres
        pause = until_exchange = turns_between(length)
        alpha_start = span.alpha_start + fall * (start - span.start)
        slope = fall * (stop - start) / ints.maximum(length, 1)
        for turn in range(length + (stop == span.stop)):
            least = np.int64(1)  # the last turn of all trains what still waits
            if turn < length:
                least = span.least_owners
                until_exchange -= 1
                if until_exchange == 0:
                    until_exchange = pause
                    exchange_hottest(address)
                state = rng.advance(state)
                reach = rng.below(rng.mix(state), np.uint64(span.window)) + 1 if span.shrink else span.window
                centres = Turn(begin, end, length, turn, reach)
                n_centres, whole, windows = collect(model, scratch, span, centres)
                n_waiting = gather(scratch, span, centres, n_centres, whole, windows, n_waiting)
            alpha = np.float32(alpha_start + slope * turn)
            first = np.int64(0)
            while n_waiting - first >= least:
                n_owners = ints.minimum(span.owners_per_set, n_waiting - first)
                drawn, point = draw_ahead(
                    address, model, tables.noise, span, stride, number, drawn, point, scratch.negatives
                )
                repeats = take_noise(scratch, number, span.negative, first, n_owners)
                until_measured -= 1
                measured = until_measured == 0
                if measured:
                    until_measured = span.loss_interval
                step(
                    address, model, scratch, span, first, n_owners, alpha, measured, repeats, tile, abreast, fewer, wide
                )
                first += n_owners
                number += 1
            n_waiting = keep_waiting(scratch, first, n_waiting)
