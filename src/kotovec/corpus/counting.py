"""Counting distinct tokens ("types"), and writing down a provisional id for each token, in one pass over the text.

Each thread has a table of its own, so nothing is locked; afterwards the tables are merged into the largest. The
provisional ids are those of the thread's table; they wait in the spool, a file, until the vocabulary is known.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from kotovec.corpus.blocks import Block
from kotovec.corpus.tokenizers import Prepared, Tokenizer
from kotovec.errors import VocabularyError
from kotovec.kernels.tokens import (
    N_ITEMS,
    N_TOKENS,
    N_TYPES,
    NEEDED,
    PADDING,
    POSITION,
    TypeTable,
    count_tokens,
    index_types,
    merge_types,
)

Bytes: TypeAlias = NDArray[np.uint8]
Ints: TypeAlias = NDArray[np.int32]
Longs: TypeAlias = NDArray[np.int64]

MAX_TYPES = 2**31 - 2
_FIRST_SLOTS = 1 << 14
_MERGED_AT_ONCE = 1 << 18  # types; between, Ctrl-C is heard
_UNSEEN = np.iinfo(np.int64).max  # in `first_seen`: never in the text


class TypeCounter:
    """A hash table of types with counts; type ids go by first appearance. For one thread at a time."""

    def __init__(self) -> None:
        self.table = TypeTable(
            np.zeros(_FIRST_SLOTS, np.uint64),
            np.zeros(2 * _FIRST_SLOTS, np.int64),
            np.zeros(8 * _FIRST_SLOTS, np.uint8),
            np.zeros(5, np.int64),
        )
        self._new_types: list[tuple[int, int]] = []  # of each block: its number, number of types after it

    def __len__(self) -> int:
        return int(self.table.state[N_TYPES])

    def count(self, prepared: Prepared, tokenizer: Tokenizer, ids: Ints, number: int) -> tuple[int, int]:
        """Count the tokens of block `number` and write their type ids; numbers of ids and of tokens."""
        self.table.state[[POSITION, N_ITEMS, N_TOKENS]] = 0
        while not count_tokens(prepared.data, prepared.size, tokenizer.separators, self.table, ids):
            self._grow()
        self._new_types.append((number, len(self)))
        return int(self.table.state[N_ITEMS]), int(self.table.state[N_TOKENS])

    def merge(self, records: Longs, blob: Bytes, n_types: int) -> Ints:
        """Add the types of another table, with their counts; the type ids that they have here, (n_types,)."""
        ids = np.empty(n_types, np.int32)
        self.table.state[POSITION] = 0
        for stop in range(_MERGED_AT_ONCE, n_types + _MERGED_AT_ONCE, _MERGED_AT_ONCE):
            while not merge_types(self.table, records, blob, min(stop, n_types), ids):
                self._grow()
        return ids

    def merge_words(self, words: list[bytes], counts: Longs | None = None) -> Ints:
        """Add words, by default with count 0; their type ids."""
        records = np.zeros(2 * len(words) + 2, np.int64)
        records[2::2] = np.cumsum([len(word) for word in words], dtype=np.int64)
        if counts is not None:
            records[1:-1:2] = counts
        return self.merge(records, np.frombuffer(b"".join(words) + bytes(PADDING), np.uint8).copy(), len(words))

    def _grow(self) -> None:
        """Make room where it is short. Arrays grow in place, and slots are freed first: no two copies at once."""
        n_types, table = len(self), self.table
        if n_types >= MAX_TYPES:
            raise VocabularyError("too many distinct tokens", expected=f"at most {MAX_TYPES:,}")
        if 2 * n_types + 4 > table.records.size:
            table.records.resize(_even(table.records.size * 5 // 4), refcheck=False)
        if table.state[NEEDED] > table.blob.size:
            table.blob.resize(max(int(table.state[NEEDED]), table.blob.size * 5 // 4), refcheck=False)
        n_slots = table.slots.size
        while 3 * (n_types + 1) > 2 * n_slots:
            n_slots *= 2
        if n_slots > table.slots.size:
            self.free_slots()
            del table
            self.table = self.table._replace(slots=np.zeros(n_slots, np.uint64))
            index_types(self.table)

    def free_slots(self) -> None:
        """Give the memory of the slots back; nothing can be counted until `_grow` makes new ones."""
        self.table = self.table._replace(slots=np.zeros(1, np.uint64))

    @property
    def counts(self) -> Longs:
        """(n_types,) int64, how often each type occurred; a view."""
        return self.table.records[1 : 2 * len(self) : 2]

    def word(self, type_id: int) -> bytes:
        """The bytes of a type."""
        start, end = self.table.records[2 * type_id : 2 * type_id + 3 : 2]
        return self.table.blob[start:end].tobytes()

    def new_types(self) -> list[tuple[int, int, int]]:
        """Of each block: its number, and the range of types that were first seen in it."""
        firsts = [0, *(after for _, after in self._new_types)]
        return [(number, first, after) for first, (number, after) in zip(firsts, self._new_types, strict=False)]


def _even(size: int) -> int:
    return size + size % 2


@dataclass(eq=False)
class CountedBlock:
    """What became of a block: type ids of a worker's table, in `ids[:n_items]`."""

    block: Block
    ids: Ints
    n_items: int
    n_tokens: int
    worker: int
    invalid_bytes: int


@dataclass(eq=False)
class Workers:
    """Counts blocks on whatever threads call it, with a table per thread."""

    tokenizer: Tokenizer
    counters: list[TypeCounter] = field(default_factory=list)
    _mine: threading.local = field(default_factory=threading.local)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def count(self, task: tuple[int, Block]) -> CountedBlock:
        """Tokenise and count block `number`."""
        number, block = task
        worker = self._worker()
        prepare, ids = self.tokenizer.prepare, block.ids
        prepared = prepare(block.data, block.size) if prepare else Prepared(block.data, block.size)
        if prepared.size >= len(ids):
            ids = np.empty(prepared.size + 1, np.int32)
        n_items, n_tokens = self.counters[worker].count(prepared, self.tokenizer, ids, number)
        return CountedBlock(block, ids, n_items, n_tokens, worker, prepared.invalid_bytes)

    def _worker(self) -> int:
        if not hasattr(self._mine, "number"):
            with self._lock:
                self._mine.number = len(self.counters)
                self.counters.append(TypeCounter())
        return int(self._mine.number)


@dataclass(eq=False)
class AllTypes:
    """The types of all workers in one table."""

    counter: TypeCounter
    first_seen: Longs  # (n_types,): orders types by their first appearance in the text
    type_ids: list[Ints | None]  # per worker: its type id -> type id here; None: they are the same


def merge_workers(counters: list[TypeCounter]) -> AllTypes:
    """Merge all tables into the largest; the others are emptied on the way."""
    counters = list(counters) or [TypeCounter()]
    main = max(range(len(counters)), key=lambda worker: len(counters[worker]))
    largest = counters[main]
    first_seen = np.empty(len(largest), np.int64)
    for number, first, after in largest.new_types():
        first_seen[first:after] = _seen(number, first, after)
    type_ids: list[Ints | None] = [None] * len(counters)
    for worker, other in enumerate(counters):
        if worker != main:
            other.free_slots()
            ids = largest.merge(other.table.records, other.table.blob, len(other))
            first_seen = extend_first_seen(first_seen, len(largest))
            for number, first, after in other.new_types():
                here = ids[first:after]
                first_seen[here] = np.minimum(first_seen[here], _seen(number, first, after))
            type_ids[worker] = ids
    return AllTypes(largest, first_seen, type_ids)


def extend_first_seen(first_seen: Longs, n_types: int) -> Longs:
    """Room for types that came in by a merge, which were not seen (yet)."""
    return np.concatenate([first_seen, np.full(n_types - len(first_seen), _UNSEEN)])


def _seen(number: int, first: int, after: int) -> Longs:
    """A number per type that grows with its place in the text: one worker has the whole of a block."""
    return (number << 32) + np.arange(first, after, dtype=np.int64)
