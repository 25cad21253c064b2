import pytest
from hypothesis import given
from hypothesis import strategies as st

from kotovec.notes.link_block import BEGIN, END, with_block, without_block

LINKS = ["[[Bees]]", "[[garden/Plans|Garden plans]]"]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"text",
        b"text\n",
        b"text\r\nmore\r\n",
        b"\xef\xbb\xbftext\n\n\n",
        b"old mac\r",
        b"a\r\nb\r",
        b"\n",
        b"\xff\n",
    ],
)
def test_every_byte_before_the_block_stays_and_comes_back(data):
    written = with_block(data, LINKS)
    assert written.startswith(data)
    assert without_block(written) == data
    assert with_block(written, []) == data


@given(
    st.binary(max_size=60), st.lists(st.sampled_from(LINKS), max_size=3), st.lists(st.sampled_from(LINKS), max_size=3)
)
def test_writing_twice_is_writing_the_last(data, first, second):
    once = with_block(data, first)
    assert with_block(once, first) == once
    assert with_block(once, second) == with_block(data, second)


def test_the_block_has_the_line_ends_of_the_note():
    assert with_block(b"a\r\nb", LINKS[:1]) == b"a\r\nb\r\n" + BEGIN + b"\r\n- [[Bees]]\r\n" + END + b"\r\n"
    assert with_block(b"a\n", LINKS[:1]) == b"a\n\n" + BEGIN + b"\n- [[Bees]]\n" + END + b"\n"


def test_what_was_written_behind_the_block_stays_behind_it():
    written = with_block(b"a\n", LINKS) + b"\nmy own words\n"
    renewed = with_block(written, LINKS[:1])
    assert renewed.endswith(END + b"\n\nmy own words\n")
    assert renewed.count(b"[[") == 1
    assert without_block(written) == b"a\n\nmy own words\n"


def test_a_block_that_somebody_has_edited_is_left_alone():
    mine = with_block(b"a\n", LINKS).replace(b"- [[Bees]]", b"Bees are [[Bees]]")
    assert without_block(mine) == mine
    assert with_block(mine, LINKS).startswith(mine)
