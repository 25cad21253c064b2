"""New memory touched by a second thread from its end, while it is filled from its start."""

from __future__ import annotations

import mmap
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kotovec.corpus.vocabulary import Vocabulary
from kotovec.errors import FormatError
from kotovec.formats import touched, word2vec_binary
from kotovec.formats.touched import touched_from_the_end
from kotovec.formats.word2vec_binary import read_binary, write_binary


@pytest.fixture
def eager(monkeypatch: pytest.MonkeyPatch) -> None:
    """Arrays of any size are touched, a page at once, wherever these tests run."""
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    monkeypatch.setattr(touched, "_WORTH_A_THREAD", 0)
    monkeypatch.setattr(touched, "_AT_ONCE", mmap.PAGESIZE)


@pytest.mark.usefixtures("eager")
@pytest.mark.parametrize("step", [1000, 10_000, 300_000])
def test_what_is_filled_stays_while_the_rest_is_touched(step: int) -> None:
    for _ in range(20):
        array = np.empty(300_000, np.uint8)
        with touched_from_the_end(array) as fill_to:
            for first in range(0, len(array), step):
                fill_to(first + step)
                array[first : first + step] = 7
        assert (array == 7).all()


@pytest.mark.usefixtures("eager")
def test_every_page_is_touched_until_what_is_filled() -> None:
    array = np.full((100, mmap.PAGESIZE), 7, np.uint8)
    ends = touched._Ends(array)
    ends._filled_to = 3 * mmap.PAGESIZE + 1
    ends.touch()
    assert (array[:4] == 7).all()
    assert (array[4:, 0] == 0).all()


def test_filling_waits_for_the_page_that_is_being_touched() -> None:
    waited = []
    ends = touched._Ends(np.empty(4 * touched._AT_ONCE, np.uint8))
    ends.touching = SimpleNamespace(result=lambda: waited.append(True))  # type: ignore[assignment]
    assert ends._claim()
    ends.fill_to(3 * touched._AT_ONCE)
    assert not waited
    ends.fill_to(3 * touched._AT_ONCE + 1)
    assert waited


def test_small_arrays_are_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(touched, "ThreadPoolExecutor", None)
    with touched_from_the_end(np.empty(1 << 20, np.float32)) as fill_to:
        fill_to(1 << 22)


@pytest.mark.usefixtures("eager")
def test_an_error_ends_the_touching(monkeypatch: pytest.MonkeyPatch) -> None:
    claims = []

    def touch_slowly(ends: touched._Ends) -> None:
        while ends._claim():
            claims.append(1)
            time.sleep(0.001)

    monkeypatch.setattr(touched._Ends, "touch", touch_slowly)
    with pytest.raises(ValueError, match="mine"), touched_from_the_end(np.empty((1000, mmap.PAGESIZE), np.uint8)):
        raise ValueError("mine")
    assert len(claims) < 500


@pytest.mark.usefixtures("eager")
@settings(deadline=None)
@given(
    words=st.lists(st.text(st.characters(codec="utf-8", exclude_characters=" "), min_size=1, max_size=9), max_size=40),
    vector_size=st.integers(1, 9),
    n_bytes=st.integers(1, 60),
    ends=st.sampled_from([b"", b"\n", b"\n\n"]),
)
def test_rows_are_the_same_wherever_blocks_end(
    words: list[str], vector_size: int, n_bytes: int, ends: bytes, tmp_path_factory: pytest.TempPathFactory
) -> None:
    words = list(dict.fromkeys(kept for word in words if (kept := word.lstrip("\n"))))
    vectors = np.random.default_rng(1).normal(size=(len(words), vector_size)).astype(np.float32)
    rows = [word.encode() + b" " + row.tobytes() + ends for word, row in zip(words, vectors, strict=True)]
    path = tmp_path_factory.mktemp("blocks") / "v.bin"
    path.write_bytes(b"%d %d\n" % vectors.shape + b"".join(rows))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(word2vec_binary, "_BLOCK", n_bytes)
        vocabulary, found = read_binary(path)
        assert read_binary(path, limit=len(words) // 2)[0].words == words[: len(words) // 2]
    assert vocabulary.words == words
    np.testing.assert_array_equal(found, vectors)


def test_rows_are_announced_before_they_are_filled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    @contextmanager
    def touched_all(array: np.ndarray) -> Iterator[Callable[[int], None]]:
        announced = [0]

        def fill_to(n_bytes: int) -> None:
            array.reshape(-1).view(np.uint8)[announced[-1] :] = 0
            announced.append(n_bytes)

        yield fill_to
        fill_to(array.nbytes)

    monkeypatch.setattr(word2vec_binary, "touched_from_the_end", touched_all)
    write_binary(tmp_path / "v.bin", Vocabulary(map(str, range(9000))), np.ones((9000, 100), np.float32))
    assert (read_binary(tmp_path / "v.bin")[1] == 1).all()


@pytest.mark.usefixtures("eager")
def test_a_number_that_is_not_finite_is_named_by_its_row_in_a_file_of_many_blocks(tmp_path: Path) -> None:
    vectors = np.ones((9000, 100), np.float32)
    write_binary(tmp_path / "v.bin", Vocabulary(map(str, range(9000))), vectors)
    content = bytearray((tmp_path / "v.bin").read_bytes())
    place = content.index(b"\n8765 ") + 6 + 4 * 99
    content[place : place + 4] = np.float32(np.inf).tobytes()
    (tmp_path / "v.bin").write_bytes(content)
    with pytest.raises(FormatError, match="row 8765: a number is not finite"):
        read_binary(tmp_path / "v.bin")
