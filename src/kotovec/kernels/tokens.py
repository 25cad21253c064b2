"""Machine code that finds the tokens of a block of bytes, and counts them in a hash table.

Eight bytes are looked at together. A token of up to seven bytes, as most are, is found, hashed and compared in
a few instructions, without a loop over its bytes. Loads of eight bytes may reach up to `PADDING` bytes behind
the last byte that matters: whoever allocates `data` and `blob` leaves that room. Tried, and not faster: sixteen
bytes at a time without branches, and finding tokens in batches before looking them up.
"""

# mypy: allow-untyped-defs, allow-untyped-calls
from __future__ import annotations

from typing import NamedTuple, TypeAlias

import numpy as np
from numba import types
from numpy.typing import NDArray

from kotovec.kernels.jit import inline, kernel

Bytes: TypeAlias = NDArray[np.uint8]
Ints: TypeAlias = NDArray[np.int32]
Longs: TypeAlias = NDArray[np.int64]

PADDING = 8
SENTENCE_END = -1  # among the ids that `count_tokens` gives

WORD, SEPARATOR, END = 0, 1, 2  # kinds of bytes; `kind >> 1` is 1 for END alone
POSITION, N_TYPES, N_ITEMS, N_TOKENS, NEEDED = range(5)  # places in a table's state

_ONE, _TWO, _SEVEN, _EIGHT, _TOP = np.uint64(1), np.uint64(2), np.uint64(7), np.uint64(8), np.uint64(32)
_HIGH_BITS = np.uint64(0x8080808080808080)
_BYTE_INDEX = np.uint64(0x0001020304050607)  # (1 << 8 * i) * _BYTE_INDEX >> 56 is i
_LAST_BYTE = np.uint64(56)
_LOW_HALF = np.uint64(0xFFFFFFFF)
_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)  # 2**64 / golden ratio, odd
_FINISHER = np.uint64(0xD6E8FEB86659FD93)


class Separators(NamedTuple):
    """The bytes that end tokens and sentences.

    All separators b, and few other bytes, have `(b ^ flip & 0xFF) < below & 0xFF`, which eight bytes can be tested
    for at once; `kinds` then decides.
    """

    kinds: NDArray[np.uint8]  # (256,): WORD, SEPARATOR or END
    flip: np.uint64  # 0, or all ones
    below: np.uint64  # the limit, 1 to 128, in each of the eight bytes


class TypeTable(NamedTuple):
    """Distinct tokens with their counts; type i is `blob[records[2 * i] : records[2 * i + 2]]`."""

    slots: NDArray[np.uint64]  # (2**k,): 32 bits of hash, then type id + 1; 0 is free
    records: NDArray[np.int64]  # (2 * capacity + 2,): start in the blob, count, start, count, ...
    blob: NDArray[np.uint8]
    state: NDArray[np.int64]  # (5,): POSITION; N_TYPES; N_ITEMS, N_TOKENS of the block; NEEDED bytes in the blob


_LONGS = types.Array(types.int64, 1, "C")
_INTS = types.Array(types.int32, 1, "C")
_BYTES = types.Array(types.uint8, 1, "C")
_SEPARATORS = types.NamedTuple((_BYTES, types.uint64, types.uint64), Separators)
_TABLE = types.NamedTuple((types.Array(types.uint64, 1, "C"), _LONGS, _BYTES, _LONGS), TypeTable)


@inline
def load8(data, i):
    """Eight bytes from `data[i]`, little-endian, i unsigned; LLVM makes one load of it."""
    return (
        np.uint64(data[i])
        | np.uint64(data[i + np.uint64(1)]) << np.uint64(8)
        | np.uint64(data[i + np.uint64(2)]) << np.uint64(16)
        | np.uint64(data[i + np.uint64(3)]) << np.uint64(24)
        | np.uint64(data[i + np.uint64(4)]) << np.uint64(32)
        | np.uint64(data[i + np.uint64(5)]) << np.uint64(40)
        | np.uint64(data[i + np.uint64(6)]) << np.uint64(48)
        | np.uint64(data[i + np.uint64(7)]) << np.uint64(56)
    )


@inline
def _mix(state, word):
    product = (state ^ word) * _MULTIPLIER
    return product ^ (product >> _TOP)


@inline
def _token_end(data, start, separators):
    """Where the token that begins at `start` ends, and its hash. A separator must follow somewhere."""
    state = _MULTIPLIER
    position = start
    while True:
        word = load8(data, position)
        flipped = word ^ separators.flip
        candidates = (flipped - separators.below) & ~flipped & _HIGH_BITS
        while candidates != 0:
            bit = (candidates & (~candidates + _ONE)) >> _SEVEN
            length = (bit * _BYTE_INDEX) >> _LAST_BYTE
            if separators.kinds[data[position + length]] != WORD:
                return position + length, _mix(state, word & (bit - _ONE)) * _FINISHER
            candidates &= candidates - _ONE
        state = _mix(state, word)
        position += _EIGHT


@inline
def _hash(data, start, length):
    """The hash that `_token_end` gives, of a token whose length is known."""
    state = _MULTIPLIER
    while length >= _EIGHT:
        state = _mix(state, load8(data, start))
        start += _EIGHT
        length -= _EIGHT
    return _mix(state, load8(data, start) & ((_ONE << (length * _EIGHT)) - _ONE)) * _FINISHER


@inline
def _same(a, i, b, j, length):
    """Whether `length` bytes from `a[i]` and from `b[j]` are equal."""
    while length >= _EIGHT:
        if load8(a, i) != load8(b, j):
            return False
        i += _EIGHT
        j += _EIGHT
        length -= _EIGHT
    return ((load8(a, i) ^ load8(b, j)) & ((_ONE << (length * _EIGHT)) - _ONE)) == 0


@inline
def _find(slots, records, blob, data, start, length, hashed):
    """The slot of a token: that of its type, or the free one where it belongs.

    It takes arrays, not the table: with fewer arguments LLVM makes the call cheap, 2.5 times as fast in all.
    """
    mask = np.uint64(slots.size - 1)
    index = (hashed >> _TOP) & mask
    while True:
        slot = slots[index]
        if slot == 0:
            return index
        if (slot ^ (hashed << _TOP)) <= _LOW_HALF:
            row = ((slot & _LOW_HALF) - _ONE) * _TWO
            at = np.uint64(records[row])
            if np.uint64(records[row + _TWO]) - at == length and _same(blob, at, data, start, length):
                return index
        index = (index + _ONE) & mask


@inline
def _insert(table, index, data, start, length, hashed):
    """Put a new type with count 0 into a free slot; False, and `NEEDED`, where the table has no room for it."""
    type_id = table.state[N_TYPES]
    at = np.uint64(table.records[2 * type_id])
    table.state[NEEDED] = np.int64(at + length) + PADDING
    if (
        3 * (type_id + 1) > 2 * table.slots.size
        or 2 * type_id + 4 > table.records.size
        or table.state[NEEDED] > table.blob.size
    ):
        return False
    for i in range(length):
        table.blob[at + i] = data[start + i]
    table.records[2 * type_id + 1] = 0
    table.records[2 * type_id + 2] = np.int64(at + length)
    table.state[N_TYPES] = type_id + 1
    table.slots[index] = (hashed << _TOP) | np.uint64(type_id + 1)
    return True


@kernel(types.boolean(_BYTES, types.int64, _SEPARATORS, _TABLE, _INTS))
def count_tokens(data: Bytes, size: int, separators: Separators, table: TypeTable, ids: Ints) -> bool:
    """Count the tokens of `data[:size]` from the table's POSITION on, and write the type id of each to `ids`.

    `data[size - 1]` is a separator; `ids` has room for size + 1. SENTENCE_END stands where a sentence ends, never
    twice in a row. False: the table is full; after it has grown, call again with the same arguments.
    """
    state, slots, records, kinds = table.state, table.slots, table.records, separators.kinds
    position, end = np.uint64(state[POSITION]), np.uint64(size)
    items, tokens = state[N_ITEMS], state[N_TOKENS]
    complete = True
    while position < end:
        kind = kinds[data[position]]
        if kind != WORD:  # not right behind a token
            if kind == END and (items == 0 or ids[items - 1] != SENTENCE_END):
                ids[items] = SENTENCE_END
                items += 1
            position += _ONE
            continue
        stop, hashed = _token_end(data, position, separators)
        length = stop - position
        index = _find(slots, records, table.blob, data, position, length, hashed)
        if slots[index] == 0 and not _insert(table, index, data, position, length, hashed):
            complete = False
            break
        type_id = (slots[index] & _LOW_HALF) - _ONE
        records[_TWO * type_id + _ONE] += 1
        ids[items] = np.int32(type_id)
        ids[items + 1] = SENTENCE_END  # counts only where END follows: without a branch, 15 % faster on short lines
        items += 1 + np.int64(kinds[data[stop]] >> 1)
        tokens += 1
        position = stop + _ONE
    state[POSITION], state[N_ITEMS], state[N_TOKENS] = np.int64(position), items, tokens
    return complete


@kernel(types.boolean(_TABLE, _LONGS, _BYTES, types.int64, _INTS))
def merge_types(table: TypeTable, records: Longs, blob: Bytes, n_types: int, ids: Ints) -> bool:
    """Add other types and their counts to the table, from POSITION on; `ids` (n_types,) gets their type ids in it.

    `records` and `blob` as in a TypeTable. False: the table is full, as for `count_tokens`.
    """
    while table.state[POSITION] < n_types:
        i = table.state[POSITION]
        start = np.uint64(records[2 * i])
        length = np.uint64(records[2 * i + 2]) - start
        hashed = _hash(blob, start, length)
        index = _find(table.slots, table.records, table.blob, blob, start, length, hashed)
        if table.slots[index] == 0 and not _insert(table, index, blob, start, length, hashed):
            return False
        type_id = np.int64((table.slots[index] & _LOW_HALF) - _ONE)
        table.records[2 * type_id + 1] += records[2 * i + 1]
        ids[i] = type_id
        table.state[POSITION] = i + 1
    return True


@kernel(types.void(_TABLE))
def index_types(table: TypeTable) -> None:
    """Fill slots that are all free from the table's records and blob."""
    mask = np.uint64(table.slots.size - 1)
    for type_id in range(table.state[N_TYPES]):
        start = np.uint64(table.records[2 * type_id])
        hashed = _hash(table.blob, start, np.uint64(table.records[2 * type_id + 2]) - start)
        index = (hashed >> _TOP) & mask
        while table.slots[index] != 0:
            index = (index + _ONE) & mask
        table.slots[index] = (hashed << _TOP) | np.uint64(type_id + 1)
