"""The learning rate and the order of work: which chunk is trained when, and how fast it learns."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from kotovec.kernels.state import CENTRES, OWNERS, PER_OWNER
from kotovec.training.config import TrainConfig

LARGEST_PART = 1 << 16  # positions
SMALLEST_PART = 64
_PART_FLOP = 1.5e8  # 1.5 to 5 ms of one core, with up to _USUAL_SIZE numbers: how long private rows have to wait
_USUAL_SIZE = 300  # above it a part has no fewer positions ...
_LARGE_SIZE = 2400  # ... up to this: it would take too long to stop
_PARTS = 8  # of a chunk, at most: how long a wish to stop has to wait, and another thread at the end
_FAIR = 64  # chunks of an epoch, or more, where there are so many parts
_L2_SHARE = 1 << 17  # bytes
_STRETCH = 64  # parts
_SMALL_WORK = 400  # multiply-adds of a pair


@dataclass(frozen=True, slots=True)
class Chunk:
    """Positions [start, stop) of the corpus in one epoch, and the learning rate when its turn comes."""

    epoch: int
    number: int  # in the order of the text; parts that are handed out one by one are numbered behind all chunks
    start: int
    stop: int
    alpha_start: float
    alpha_stop: float


@dataclass(frozen=True)
class Schedule:
    """All chunks of a run over n_positions, in the order of work. One thread takes them as they are in the text."""

    config: TrainConfig
    n_positions: int

    @cached_property
    def part_size(self) -> int:
        """Positions of a part, which a kernel trains between two exchanges: few enough that small corpora have many.

        Long vectors take as many, and more time: to exchange their rows takes longer as well.
        """
        fair = max(self.n_positions // _FAIR, 1024)
        longer = min(max(self.config.vector_size, _USUAL_SIZE), _LARGE_SIZE) / _USUAL_SIZE
        return max(min(int(longer * _PART_FLOP / self._flop), fair, LARGEST_PART), SMALLEST_PART)

    @cached_property
    def _flop(self) -> float:
        """Operations of one position, about."""
        config = self.config
        pairs = config.window if config.architecture == "skipgram" else 1
        return 6.0 * config.vector_size * ((config.negative + 1) * pairs + config.window)

    @cached_property
    def parts_per_epoch(self) -> int:
        """How many parts an epoch has."""
        return -(-self.n_positions // self.part_size)

    @cached_property
    def parts_per_chunk(self) -> int:
        """How many parts a worker is given at once. For each chunk, worker and caller wake each other, and wait for
        Python: with one part to a chunk, two threads took 7 % longer.
        """
        soon = int(_PARTS * _PART_FLOP / (self.part_size * self._flop))  # fewer where even the smallest part takes long
        return max(min(self.parts_per_epoch // _FAIR, _PARTS, soon), 1)

    @property
    def chunk_size(self) -> int:
        """Positions per chunk: small enough to stop soon, and to share the work of small corpora."""
        return self.part_size * self.parts_per_chunk

    @property
    def centres_per_block(self) -> int:
        """How many centres are in a block: fewer where the rows of their windows would crowd the L2 cache."""
        window_bytes = 2 * self.config.window * self.config.vector_size * 4
        return max(min(_L2_SHARE // window_bytes, CENTRES), 1)

    @property
    def owners_per_set(self) -> int:
        """The rows of how many centres share noise words: in CBOW one row of each, in skip-gram two pairs.

        What a whole window shares makes its words alike: against 4 windows that share one set, SimLex-999 rises from
        30.1 to 30.9, Japanese verbs from 25.4 to 27.3, adverbs from 29.7 to 31.0 (Spearman x 100, two threads). 4
        owners are little better than 8, and take 17 % longer. For small pairs, what a set costs besides would show.
        """
        if self.config.architecture == "cbow":
            return CENTRES
        small = self.config.vector_size * (self.config.negative + 1) <= _SMALL_WORK
        return OWNERS if small else CENTRES

    @property
    def least_owners(self) -> int:
        """The fewest in a set: in skip-gram they wait until it is full, but for the last one of a chunk."""
        return self.owners_per_set if self.config.architecture == "skipgram" else 1

    def sets_for(self, n_centres: int) -> int:
        """Into how many sets of rows so many centres go, about; at least 1."""
        config = self.config
        if config.architecture == "cbow":
            return max(n_centres // min(self.centres_per_block, self.owners_per_set), 1)
        return max(n_centres * config.window_words // (PER_OWNER * self.owners_per_set), 1)

    @property
    def margin(self) -> int:
        """Positions beside a part that are read as context."""
        return 4 * self.config.window

    @cached_property
    def chunks_per_epoch(self) -> int:
        """How many chunks an epoch has."""
        return -(-self.n_positions // self.chunk_size)

    def alpha(self, epoch: int, position: int) -> float:
        """The learning rate: from alpha at the start, in a straight line, to min_alpha at the end of all epochs."""
        progress = (epoch + position / max(self.n_positions, 1)) / self.config.epochs
        return self.config.alpha + (self.config.min_alpha - self.config.alpha) * progress

    def chunks(self, epoch: int) -> Iterator[Chunk]:
        """All work of an epoch, in order. The last chunk of each thread comes part by part, so that all end together.

        Else one would wait for another's last chunk: 10 ms on average, 0.7 % of an epoch of 4 million words.
        """
        threads = self.config.threads
        whole = self.chunks_per_epoch if threads == 1 else max(self.chunks_per_epoch - threads, 0)
        for number in range(whole):
            yield self.chunk(epoch, number)
        for number in range(whole, self.chunks_per_epoch):
            yield from self._parts(self.chunk(epoch, number))

    def _parts(self, chunk: Chunk) -> Iterator[Chunk]:
        fall = (chunk.alpha_stop - chunk.alpha_start) / (chunk.stop - chunk.start)
        for start in range(chunk.start, chunk.stop, self.part_size):
            stop = min(start + self.part_size, chunk.stop)
            rates = (chunk.alpha_start + fall * (position - chunk.start) for position in (start, stop))
            yield Chunk(chunk.epoch, self.chunks_per_epoch + start // self.part_size, start, stop, *rates)

    def chunk(self, epoch: int, number: int) -> Chunk:
        """Chunk 0 <= number < chunks_per_epoch of an epoch, in the order of work.

        That is one chunk from each of as many stretches of the text as there are threads, _STRETCH parts long, then
        the next of each. A text has its own words: threads that train neighbouring chunks meet in the same rare rows
        again and again, which costs 5 % of the time (skip-gram, two threads, 100 MB of English).
        """
        threads = self.config.threads
        together = threads * (_STRETCH // self.parts_per_chunk)
        first = number - number % together
        place, stretch = divmod(number - first, threads)
        length, longer = divmod(min(self.chunks_per_epoch - first, together), threads)
        number_in_text = first + stretch * length + min(stretch, longer) + place  # the first ones may be one longer
        start = number_in_text * self.chunk_size
        stop = min(start + self.chunk_size, self.n_positions)
        done, done_then = (min(n * self.chunk_size, self.n_positions) for n in (number, number + 1))
        return Chunk(epoch, number_in_text, start, stop, self.alpha(epoch, done), self.alpha(epoch, done_then))
