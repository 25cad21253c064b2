from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kotovec.corpus.tokenizers import token_lists, tokenizer
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
from kotovec.kernels.utf8 import mark_invalid
from kotovec.kernels.word_ids import DROPPED, remap

LOW_HALF = np.uint64(0xFFFFFFFF)


def empty_table(n_slots=1 << 12, n_types=1 << 11, n_bytes=1 << 16):
    return TypeTable(
        np.zeros(n_slots, np.uint64),
        np.zeros(2 * n_types + 2, np.int64),
        np.full(n_bytes, 0xAA, np.uint8),  # whatever stands behind the words must not matter
        np.zeros(5, np.int64),
    )


def padded(text, fill=0x55):
    return np.frombuffer(text + bytes([fill]) * PADDING, np.uint8).copy()


def count(text, table, separators=None, fill=0x55):
    ids = np.full(len(text) + 1, 77, np.int32)
    table.state[[POSITION, N_ITEMS, N_TOKENS]] = 0
    separators = separators or tokenizer("whitespace").separators
    complete = count_tokens(padded(text, fill), len(text), separators, table, ids)
    return complete, ids[: table.state[N_ITEMS]].tolist()


def types_of(table):
    starts = table.records[: 2 * table.state[N_TYPES] + 2 : 2]
    return [table.blob[a:b].tobytes() for a, b in zip(starts[:-1], starts[1:], strict=True)]


def counts_of(table):
    return table.records[1 : 2 * table.state[N_TYPES] : 2].tolist()


tokens = st.binary(min_size=1, max_size=30).map(lambda raw: bytes(b for b in raw if b not in b" \t\n\v\f\r") or b"x")


@given(st.lists(tokens, min_size=1, max_size=80), st.integers(0, 255))
@settings(max_examples=300, deadline=None)
def test_counting_gives_what_a_counter_gives(words, fill):
    table = empty_table()
    complete, ids = count(b" ".join(words) + b"\n", table, fill=fill)
    assert complete
    assert dict(zip(types_of(table), counts_of(table), strict=True)) == Counter(words)
    assert types_of(table) == list(dict.fromkeys(words))
    assert [types_of(table)[i] for i in ids[:-1]] == words
    assert ids[-1] == -1
    assert table.state[N_TOKENS] == len(words)


@pytest.mark.parametrize("length", [1, 6, 7, 8, 9, 15, 16, 17, 24, 100])
@pytest.mark.parametrize("place", ["first", "last", "missing", "more"])
def test_words_that_differ_in_one_byte_are_two_types(length, place):
    word = bytes(range(0x30, 0x30 + length % 70 or 1)) * 2
    word = word[:length].ljust(length, b"z")
    other = {"first": b"~" + word[1:], "last": word[:-1] + b"~", "missing": word[:-1], "more": word + b"\0"}[place]
    table = empty_table()
    _, ids = count(word + b" " + other + b" " + word + b" ", table)
    assert ids == ([0, 1, 0] if other else [0, 0])


def test_a_nul_byte_belongs_to_its_token():
    table = empty_table()
    assert count(b"a a\0 a\0\0 \0 \0\0 a\n", table)[1] == [0, 1, 2, 3, 4, 0, -1]


@pytest.mark.parametrize("byte", [byte for byte in range(256) if byte not in b" \t\n\v\f\r"])
def test_no_other_byte_separates(byte):
    table = empty_table()
    text = bytes([0x61, byte, 0x62]) + bytes([byte]) * 20 + b" "
    count(text, table)
    assert types_of(table) == [text[:-1]]


@pytest.mark.parametrize("byte", [0xFF, 0xFE])
def test_lists_of_tokens_are_separated_by_their_own_bytes(byte):
    table = empty_table()
    text = b"a b\n" + bytes([byte]) + b"!\xfd\x7f\x80" * 5 + bytes([byte])
    count(text, table, token_lists().separators)
    assert types_of(table) == [b"a b\n", b"!\xfd\x7f\x80" * 5]


def test_sentence_ends_are_never_two_in_a_row():
    assert count(b"\n\n a \n \r\n\n b c\nd ", empty_table())[1] == [-1, 0, -1, 1, 2, -1, 3]


def test_counts_go_on_over_blocks():
    table = empty_table()
    count(b"a b a\n", table)
    assert count(b"b c\n", table)[1] == [1, 2, -1]
    assert counts_of(table) == [2, 2, 1]


@pytest.mark.parametrize("wrong", [b"wrong", b"rightly", b"righ"])
def test_equal_hash_bits_are_told_apart_by_the_bytes(wrong):
    separate = empty_table()
    count(b"right ", separate)
    slot = int(np.flatnonzero(separate.slots)[0])
    table = empty_table()
    count(wrong + b" ", table)
    table.slots[:] = 0
    table.slots[slot] = (separate.slots[slot] & ~LOW_HALF) | np.uint64(1)  # the hash of "right", the type `wrong`
    assert count(b"right right ", table)[1] == [1, 1]
    assert types_of(table) == [wrong, b"right"]


@pytest.mark.parametrize(
    ("sizes", "full_after"),
    [((8, 99, 999), 5), ((64, 3, 999), 3), ((64, 99, 3 * 7 + PADDING), 3)],
    ids=["slots", "records", "blob"],
)
def test_a_full_table_says_so_and_goes_on_where_it_stopped(sizes, full_after):
    table = empty_table(*sizes)
    text = b"".join(b"token%d " % i for i in range(9)) + b"token0\n"
    ids = np.empty(len(text) + 1, np.int32)
    separators = tokenizer("whitespace").separators
    assert not count_tokens(padded(text), len(text), separators, table, ids)
    assert table.state[N_TYPES] == full_after
    larger = empty_table()
    larger.records[: table.records.size] = table.records[: larger.records.size]
    larger.blob[: table.blob.size] = table.blob[: larger.blob.size]
    larger.state[:] = table.state
    index_types(larger)
    assert count_tokens(padded(text), len(text), separators, larger, ids)
    assert ids[: larger.state[N_ITEMS]].tolist() == [*range(9), 0, -1]
    assert counts_of(larger) == [2] + [1] * 8


def test_a_full_blob_says_how_much_is_needed():
    table = empty_table(64, 99, 20)
    count(b"0123456789 " + b"x" * 100 + b" ", table)
    assert table.state[NEEDED] == 110 + PADDING


@given(st.lists(tokens, max_size=50), st.lists(tokens, max_size=50))
@settings(max_examples=100, deadline=None)
def test_merging_adds_types_and_counts(mine, others):
    table, other = empty_table(), empty_table()
    for words, into in ((mine, table), (others, other)):
        count(b" ".join(words) + b" ", into)
    n_types = int(other.state[N_TYPES])
    ids = np.empty(n_types, np.int32)
    table.state[POSITION] = 0
    assert merge_types(table, other.records, other.blob, n_types, ids)
    assert [types_of(table)[i] for i in ids] == types_of(other)
    assert dict(zip(types_of(table), counts_of(table), strict=True)) == Counter(mine + others)


@given(st.lists(st.binary(max_size=8) | st.text(max_size=4).map(str.encode), min_size=1, max_size=20))
@settings(max_examples=500, deadline=None)
def test_validity_of_utf8_is_what_python_says(words):
    records = np.zeros(2 * len(words) + 2, np.int64)
    records[2::2] = np.cumsum([len(word) for word in words])
    marks = np.full(len(words), 9, np.uint8)
    found = mark_invalid(records, padded(b"".join(words), 0x80), len(words), marks)
    assert marks.tolist() == [not is_utf8(word) for word in words]
    assert found == marks.sum()


def is_utf8(word):
    try:
        word.decode()
    except UnicodeDecodeError:
        return False
    return True


@pytest.mark.parametrize(
    "word", ["c080", "c1bf", "e09fbf", "e0a080", "ed9fbf", "eda080", "f08fbfbf", "f0908080", "f48fbfbf", "f4908080"]
)
def test_the_limits_of_utf8_are_kept(word):
    raw = bytes.fromhex(word)
    marks = np.empty(1, np.uint8)
    mark_invalid(np.array([0, 0, len(raw), 0]), padded(raw), 1, marks)
    assert marks[0] == (not is_utf8(raw))


def test_ids_are_made_final_and_close_up():
    ids = np.array([2, 0, -1, 1, -1, 1, 0, -1, 9], np.int32)
    sizes = np.zeros(2, np.int64)
    remap(ids, 8, np.array([5, DROPPED, 0], np.int32), sizes)
    assert ids[: sizes[0]].tolist() == [0, 5, -1, 5, -1]
    assert sizes.tolist() == [5, 3]
    assert ids[8] == 9


def test_a_block_keeps_the_sentence_end_that_it_begins_with():
    ids = np.array([-1, 0, -1], np.int32)
    sizes = np.zeros(2, np.int64)
    remap(ids, 3, np.array([DROPPED], np.int32), sizes)
    assert ids[: sizes[0]].tolist() == [-1]
