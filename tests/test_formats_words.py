"""Words told apart and put in another order without a Python object for each; blocks read ahead and written behind."""

from __future__ import annotations

import io
import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kotovec.corpus.vocabulary import Vocabulary
from kotovec.formats import words as words_module
from kotovec.formats.overlapped import read_ahead, write_behind
from kotovec.formats.word2vec_binary import spans
from kotovec.formats.words import are_distinct, reordered

TEXT = st.text(st.characters(codec="utf-8"), max_size=5)


def vocabulary_of(words: list[str]) -> Vocabulary:
    encoded = [word.encode() for word in words]
    ends = np.cumsum([len(word) for word in encoded], dtype=np.int64)
    return Vocabulary.from_utf8(np.frombuffer(b"".join(encoded), np.uint8), ends)


@settings(deadline=None)
@given(words=st.lists(TEXT, max_size=12), at_once=st.sampled_from([1, 2, 5, 1 << 17]))
def test_words_are_distinct_where_no_two_are_equal(words: list[str], at_once: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(words_module, "_BYTES_AT_ONCE", at_once)
        assert are_distinct(vocabulary_of(words)) == (len(set(words)) == len(words))


def test_words_of_the_same_letters_are_told_apart_and_none_is_decoded() -> None:
    vocabulary = vocabulary_of(["".join(letters) for letters in itertools.permutations("abcdefg")])
    assert are_distinct(vocabulary)
    assert "words" not in vars(vocabulary)


def test_equal_hashes_are_decided_by_the_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(words_module, "_hashes", lambda blob, lengths: np.zeros(len(lengths), np.uint64))
    assert are_distinct(vocabulary_of(["a", "b"]))
    assert not are_distinct(vocabulary_of(["a", "a"]))


@settings(deadline=None)
@given(words=st.lists(TEXT, max_size=12, unique=True), prefix=st.sampled_from(["", "*", "日本_"]), data=st.data())
def test_words_come_in_another_order_with_a_prefix(words: list[str], prefix: str, data: st.DataObject) -> None:
    order = data.draw(st.permutations(range(len(words))))
    counts = np.arange(len(words))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(words_module, "_WORDS_AT_ONCE", data.draw(st.sampled_from([1, 3, 1 << 16])))
        found = reordered(vocabulary_of(words), np.array(order, np.int64), prefix, counts)
    assert found.words == [prefix + words[i] for i in order]
    assert found.counts.tolist() == counts.tolist()


def test_spans_begin_at_every_byte() -> None:
    found = spans(np.frombuffer(b"abcde", np.uint8), 3)
    assert [bytes(span) for span in found.tolist()] == [b"abc", b"bcd", b"cde"]
    assert len(spans(np.frombuffer(b"ab", np.uint8), 3)) == 0


@pytest.mark.parametrize("n_bytes", [1, 7, 64, 1000])
def test_blocks_read_ahead_are_the_stream_and_leave_room_before_them(n_bytes: int) -> None:
    content = bytes(range(256)) * 3
    found = b""
    for buffer, end in read_ahead(io.BytesIO(content), 5, n_bytes):
        assert 5 < end <= 5 + n_bytes
        buffer[:5] = b"xxxxx"
        found += bytes(buffer[5:end])
    assert found == content


def test_blocks_written_behind_come_in_order_and_errors_come_to_the_caller() -> None:
    file = io.BytesIO()
    with write_behind(file) as put:
        for i in range(50):
            put(b"%d," % i)
    assert file.getvalue() == b"".join(b"%d," % i for i in range(50))

    class Full(io.RawIOBase):
        def write(self, block: object) -> int:
            raise OSError("full")

    with pytest.raises(OSError, match="full"), write_behind(Full()) as put:  # type: ignore[arg-type]
        put(b"x")
