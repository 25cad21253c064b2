"""What the training kernels should give, in plain Python and float64 NumPy: slow and obvious.

Two halves that know nothing of each other: `plan` replays the random stream of a chunk and says what is trained with
what; `learn_skipgram` and `learn_cbow` are one step of the arithmetic.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kotovec.kernels.state import WIDEST, group_width

Matrix = NDArray[np.float64]

MASK = 2**64 - 1
GOLDEN = 0x9E3779B97F4A7C15  # 2**64 times the golden ratio less 1
PART_STEP = math.isqrt(10 << 128) % 2**64  # 2**64 times the square root of 10 less 3
DRAWN_TOGETHER = 64  # sets of noise words


class Stream:
    """SplitMix64, as its authors wrote it."""

    def __init__(self, state: int) -> None:
        self.state = state

    def bits(self) -> int:
        self.state = (self.state + GOLDEN) & MASK
        z = self.state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
        return z ^ (z >> 31)


def below(bits: int, n: int) -> int:
    return (bits >> 32) * n // 2**32


def keep_probability(counts: list[int], sample: float) -> list[float]:
    """word2vec.c: ran = (sqrt(cn / (sample * train_words)) + 1) * (sample * train_words) / cn."""
    total = sum(counts)
    if sample == 0:
        return [1.0] * len(counts)
    return [min((math.sqrt(c / (sample * total)) + 1) * (sample * total) / c, 1.0) for c in counts]


def noise_stride(bits: int, negative: int) -> int:
    n = DRAWN_TOGETHER * negative
    return next(stride for stride in range(below(bits, n), n) if math.gcd(stride, n) == 1)


def noise_word(table: NDArray[np.uint64], point: int) -> int:
    """Walker's alias method: [0, 2**64) in equal columns, each the column's own word below, and another one above."""
    column, inside = divmod(point * len(table) >> 32, 2**32)
    entry = int(table[column])
    return column if inside <= entry % 2**32 else entry >> 32


def table_distribution(table: NDArray[np.uint64]) -> NDArray[np.float64]:
    """The probability of each word that an alias table stands for."""
    stays = (table & np.uint64(2**32 - 1)).astype(np.float64) / (2**32 - 1)
    probability = stays / len(table)
    np.add.at(probability, (table >> np.uint64(32)).astype(np.int64), (1 - stays) / len(table))
    return probability


@dataclass
class Step:
    """What is trained at once: rows, each a centre with context words, and the noise words that they share.

    A row of skip-gram has one context word; in CBOW, a row is a centre with its whole window.
    """

    rows: list[tuple[int, list[int]]]
    noise: list[int]
    alpha: float
    measured: bool


@dataclass
class Plan:
    """All steps of a chunk, and what its counters should say."""

    steps: list[Step] = field(default_factory=list)
    words: int = 0
    kept: int = 0
    bad_ids: int = 0

    @property
    def pairs(self) -> int:
        """(centre, context) pairs."""
        return sum(len(contexts) for step in self.steps for _, contexts in step.rows)

    @property
    def centres(self) -> int:
        return sum(len(step.rows) for step in self.steps)


def plan(
    ids: list[int], span: Any, counts: list[int], sample: float, table: NDArray[np.uint64], architecture: str
) -> Plan:
    """Replay the random stream of one chunk: all that is drawn, in the order in which it is drawn."""
    out, stream, keep = Plan(), Stream(int(span.key)), keep_probability(counts, sample)
    waiting: list[list[tuple[int, list[int]]]] = []  # of each owner, its rows
    for start in range(span.start, span.stop, span.part_size):
        stop = min(start + span.part_size, span.stop)
        kept, begin, end = subsample(out, ids, start, stop, span.margin, keep, stream)
        first_noise = int(span.noise_start) + start // span.part_size * PART_STEP
        sets, n_sets = NoiseSets(table, span.negative, first_noise, noise_stride(stream.bits(), span.negative)), 0
        length = -(-(end - begin) // span.centres)  # of each of the streams that the centres of a block come from
        for turn in range(length + 1 if stop == span.stop else length):
            if turn < length:
                bits = stream.bits()
                reach = below(bits, span.window) + 1 if span.shrink else span.window  # the same for the whole block
                block = []
                for centre in range(begin + turn, end, length):
                    if kept[centre] != -1:
                        contexts = _contexts(kept, centre, reach)
                        block += [(kept[centre], contexts)] if contexts else []
                waiting += [[row] for row in block] if architecture == "cbow" else _pairs(block)
            done = (start - span.start + (stop - start) * turn / max(length, 1)) / (span.stop - span.start)
            while len(waiting) >= (span.least_owners if turn < length else 1):
                rows = [row for owned in waiting[: span.owners_per_set] for row in owned]
                del waiting[: span.owners_per_set]
                words, measured = sets.take(n_sets), len(out.steps) % span.loss_interval == 0
                n_sets += 1
                alpha = span.alpha_start + (span.alpha_stop - span.alpha_start) * done
                out.steps.append(Step(rows, words, alpha, measured))
    return out


def _pairs(block: list[tuple[int, list[int]]]) -> Iterator[list[tuple[int, list[int]]]]:
    """Two (centre, [context word]) at a time, one word from either half of the window: the first two of each window,
    then the second ones, and so on. The middle one of an odd number is alone.
    """
    for place in range(max((len(contexts) for _, contexts in block), default=0)):
        for centre, contexts in block:
            half = (len(contexts) + 1) // 2
            if place < half:
                yield [(centre, [word]) for word in contexts[place::half]]


def subsample(
    out: Plan, ids: list[int], start: int, stop: int, margin: int, keep: list[float], stream: Stream
) -> tuple[list[int], int, int]:
    """(the tokens that stay, the first of the part, the first behind it): what is outside the part is context."""
    low, high = max(start - margin, 0), min(stop + margin, len(ids))
    kept: list[int] = []
    begin = end = 0
    for position in range(low, high):
        begin = len(kept) if position == start else begin
        word, luck, inside = ids[position], stream.bits() >> 32, start <= position < stop
        if word == -1:
            kept.append(-1)
        elif not 0 <= word < len(keep):
            out.bad_ids += inside
        else:
            out.words += inside
            if keep[word] == 1.0 or luck <= int(keep[word] * (2**32 - 1)):
                kept.append(word)
                out.kept += inside
        end = len(kept) if inside else end
    return kept, begin, end


class NoiseSets:
    """Sets of noise words, many drawn together; the next lot as soon as the last set of this one is in use."""

    def __init__(self, table: NDArray[np.uint64], negative: int, start: int, stride: int) -> None:
        self._table, self._negative, self._start, self._stride = table, negative, start, stride
        self._sets: list[list[int]] = []
        self._draw()

    def _draw(self) -> None:
        n, n_before = DRAWN_TOGETHER * self._negative, len(self._sets) * self._negative
        dealt = [-1] * n
        for k in range(n):
            point = self._start + (n_before + k + 1) * GOLDEN & MASK
            dealt[k * self._stride % n] = noise_word(self._table, point)
        self._sets += [dealt[k : k + self._negative] for k in range(0, n, self._negative)]

    def take(self, number: int) -> list[int]:
        if number + 1 == len(self._sets):
            self._draw()
        return self._sets[number]


def _contexts(kept: list[int], centre: int, reach: int) -> list[int]:
    return list(_walk(kept, centre, -1, reach))[::-1] + list(_walk(kept, centre, 1, reach))


def _walk(kept: list[int], centre: int, step: int, reach: int) -> Iterator[int]:
    for distance in range(1, reach + 1):
        position = centre + step * distance
        if not 0 <= position < len(kept) or kept[position] == -1:
            return
        yield kept[position]


def sigmoid(x: Any) -> Any:
    return 1 / (1 + np.exp(-x))


def log_loss(score: Any, label: int) -> Any:
    return np.logaddexp(0, -score if label else score)


def targets_of(centre: int, noise: list[int]) -> list[tuple[int, int]]:
    """(word, label): the centre, then the noise words but for those that are the centre."""
    return [(centre, 1)] + [(word, 0) for word in noise if word != centre]


def loss_of_step(inputs: Matrix, outputs: Matrix, step: Step, architecture: str, mean: bool = True) -> float:
    """The loss that one step descends: Mikolov et al. 2013, eq. 4, for each hidden vector of each centre."""
    total = 0.0
    for centre, contexts in step.rows:
        rows = inputs[contexts]
        if architecture == "cbow":
            rows = rows.sum(axis=0, keepdims=True) / (len(contexts) if mean else 1)
        for h in rows:
            total += sum(float(log_loss(h @ outputs[word], label)) for word, label in targets_of(centre, step.noise))
    return total


def groups_of(noise: list[int]) -> list[list[int]]:
    """The groups in which the kernels apply what noise words learn: the first leaves room for the owner."""
    width = group_width(len(noise))
    n_groups = len(noise) // WIDEST + 1
    n_wide = len(noise) + 1 - n_groups * (width - 1)
    sizes = [width - 1] + [width if group < n_wide else width - 1 for group in range(1, n_groups)]
    starts = np.cumsum([0, *sizes])
    return [noise[start:stop] for start, stop in zip(starts, starts[1:], strict=False)]


def learn_skipgram(inputs: Matrix, outputs: Matrix, step: Step) -> None:
    """One step of gradient descent in place; all scores are computed before any row is changed.

    What is of second order: a word that is context twice, or centre twice, is read again for its second turn, and
    what noise words learn is added when all rows are through; a further group of noise words sees that.
    """
    old_inputs, old_outputs, seen = inputs.copy(), outputs.copy(), []
    for number, group in enumerate(groups_of(step.noise)):
        ys, learnt = outputs[group].copy(), np.zeros((len(group), outputs.shape[1]))
        for place, (centre, (context,)) in enumerate(step.rows):
            change = 0
            if number == 0:
                seen.append(inputs[context].copy())
                g = step.alpha * (1 - sigmoid(old_inputs[context] @ old_outputs[centre]))
                change = g * outputs[centre]
                outputs[centre] += g * seen[place]
            for j, word in enumerate(group):
                if word != centre:
                    g = -step.alpha * sigmoid(old_inputs[context] @ old_outputs[word])
                    change = change + g * ys[j]
                    learnt[j] += g * seen[place]
            inputs[context] += change
        np.add.at(outputs, group, learnt)


def learn_cbow(inputs: Matrix, outputs: Matrix, step: Step, mean: bool, divide: bool) -> None:
    """One step for the centres of a set in place; all scores are computed before any row is changed.

    What is of second order is as in skip-gram.
    """
    old_outputs = outputs.copy()
    hidden = [inputs[contexts].sum(axis=0) / (len(contexts) if mean else 1) for _, contexts in step.rows]
    errors = np.zeros((len(hidden), outputs.shape[1]))
    for number, group in enumerate(groups_of(step.noise)):
        ys, learnt = outputs[group].copy(), np.zeros((len(group), outputs.shape[1]))
        for place, ((centre, _), h) in enumerate(zip(step.rows, hidden, strict=True)):
            if number == 0:
                g = step.alpha * (1 - sigmoid(h @ old_outputs[centre]))
                errors[place] += g * outputs[centre]
                outputs[centre] += g * h
            for j, word in enumerate(group):
                if word != centre:
                    g = -step.alpha * sigmoid(h @ old_outputs[word])
                    errors[place] += g * ys[j]
                    learnt[j] += g * h
        np.add.at(outputs, group, learnt)
    for (_, contexts), error in zip(step.rows, errors, strict=True):
        for context in contexts:
            inputs[context] += error / (len(contexts) if divide else 1)


def learn(inputs: Matrix, outputs: Matrix, steps: list[Step], architecture: str, span: Any) -> tuple[float, int]:
    """Train all steps in place; gives the loss over the measured ones, and of how many pairs (CBOW: centres) it is."""
    loss, n_measured = 0.0, 0
    for step in steps:
        if step.measured:
            loss += loss_of_step(inputs, outputs, step, architecture, span.mean)
            n_measured += sum(len(contexts) if architecture == "skipgram" else 1 for _, contexts in step.rows)
        if architecture == "skipgram":
            learn_skipgram(inputs, outputs, step)
        else:
            learn_cbow(inputs, outputs, step, span.mean, span.divide)
    return loss, n_measured
