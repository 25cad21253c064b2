"""Noise words: drawn ahead of time, many at once, and evenly.

**Evenly.** Noise words need not be random; what counts is that each comes as often as its weight says, at any time.
Random ones come in crowds and gaps: a word that is due a hundred times comes 90 times, or 110. So the draws of one part
of the text are a Kronecker sequence, u[k] = u[0] + k * step modulo 1, whose step is the golden ratio, which leaves the
smallest gaps at any length (Knuth, TAOCP 3, 6.4); the first draws u[0] of all parts are another, and those of the
epochs a third. The alias table cuts [0, 1) into the words' shares, so each word comes at nearly equal distances, in a
batch as in the whole run. It is also cheaper: no random number is made for a draw.

In the sequence's own order the words of a set would always be the same company: where one is, the next is a step
further. So the draws of a batch are dealt out to its sets with a stride that differs from part to part.

Against random draws (two threads, means of 12 and 24 seeds, Spearman x 100): Japanese adverbs rise from 31.2 to 32.0 by
skip-gram; all else is the same within its error, English and CBOW too. The steps must be chosen with care: with the
plastic number's (1 / 1.3247, near to a period of 4 draws) CBOW's loss falls by 1 %, and its vectors get worse, adverbs
from 30.8 to 27.3.
"""

from __future__ import annotations

import numpy as np

from kotovec.kernels import calls, rng, simd, tiles
from kotovec.kernels.jit import inline
from kotovec.kernels.private import row_of
from kotovec.kernels.state import BATCH
from kotovec.kernels.windows import any_owner_has, prefetch_row

# the square roots of 10 and 37 as fractions of 2**64: of 30 irrational numbers those that go best with the golden ratio
_PART_STEP, _EPOCH_STEP = np.uint64(0x298B075B4B6A5240), 0x152FECD8F70E5939
_LOWER_HALF = np.uint64(0xFFFFFFFF)


def noise_start(seed: int, epoch: int) -> int:
    """Where the sequence of noise words of the first part of the text begins: uint64, a fraction of 2**64."""
    return (rng.stream_key(seed, 0, 0) + epoch * _EPOCH_STEP) % 2**64


@inline
def first_point(noise_start, part):
    """Where the sequence of a part of the text begins; the parts are counted from 0."""
    return noise_start + np.uint64(part) * _PART_STEP


@inline
def noise_stride(bits, negative):
    """How far apart in a batch two successive draws of a part go, by 64 random bits: coprime to their number."""
    n = BATCH * negative
    stride = rng.below(bits, np.uint64(n))
    while True:  # until n - 1, at last
        a, b = n, stride
        while b > 0:
            a, b = b, a % b
        if a == 1:
            return stride
        stride += 1


@inline
def place_of(point, n_words):
    """Where in a table of n_words columns point / 2**64 is, in units of 2**-32 columns; n_words at most 2**31."""
    below = (point & _LOWER_HALF) * n_words >> np.uint64(32)
    return (point >> np.uint64(32)) * n_words + below


@inline
def noise_word(noise, n_words, point):
    """The word that point / 2**64 falls to."""
    place = place_of(point, n_words)
    column = np.int64(place >> np.uint64(32))
    entry = noise[column]
    stays = np.uint32(place) <= np.uint32(entry)
    return column if stays else np.int64(entry >> np.uint64(32))


@inline
def draw_batch(model, noise, half, span, stride, point, negatives):
    """Row offsets of the noise words of BATCH sets, into one half of negatives; gives the next point.

    Many at once: the table look-ups do not wait for one another.
    """
    n = BATCH * span.negative
    place = np.int64(0)
    for _ in range(n):
        point = rng.advance(point)  # by the golden ratio
        word = noise_word(noise, np.uint64(model.n_words), point)
        row = row_of(word, span.n_private, span.private_outputs, model.pitch, model.output_step)
        negatives[half * n + place] = row
        place += stride
        place -= n if place >= n else 0
    return point


@inline
def draw_ahead(address, model, noise, span, stride, number, drawn, point, negatives):
    """Make sure that set `number` and the next one are drawn, and the next one's rows on the way.

    `drawn` sets were drawn before; gives (how many there are now, the next point). The halves of `negatives` are filled
    in turn.
    """
    while drawn <= number + 1:
        point = calls.draw_batch(address, drawn // BATCH % 2, stride, point)
        drawn += BATCH
    first = (number + 1) % (2 * BATCH) * span.negative
    for k in range(first, first + span.negative):
        prefetch_row(model.outputs, negatives[k], model.row_size)
    look_up_soon(noise, np.uint64(model.n_words), number, span.negative, point)
    return drawn, point


@inline
def look_up_soon(noise, n_words, number, negative, point):
    """Ask for some of the entries that the next batch, which begins behind `point`, will look up: set by set, until it
    is drawn; the first batch of a part has none before it. The table of a large vocabulary is far away, and to wait for
    it took 5 % of the time (68,000 words).
    """
    point = rng.advance_by(point, number % BATCH * negative)
    for _ in range(negative):
        point = rng.advance(point)
        simd.prefetch(noise, np.int64(place_of(point, n_words) >> np.uint64(32)), tiles.width(1))


@inline
def take_noise(scratch, number, negative, first, n_owners):
    """Make the words of a set its targets; says whether one of them may be an owner of the set."""
    repeats, start = False, number % (2 * BATCH) * negative
    for j in range(negative):
        row = scratch.negatives[start + j]
        scratch.targets[j] = row
        repeats |= any_owner_has(scratch.owners, first, n_owners, row)
    return repeats
