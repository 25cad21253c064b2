"""What is written is read back the same: words, counts and every bit of every number."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from kotovec.corpus.vocabulary import WHITE_SPACE, Vocabulary
from kotovec.errors import ConfigError, FormatError, OutputError
from kotovec.formats import check_vocabulary, format_for, load, save
from kotovec.formats.native import open_native

FINITE = st.floats(width=32, allow_nan=False, allow_infinity=False)
WHITE = WHITE_SPACE.decode()
WORDS = st.text(st.characters(exclude_characters=WHITE, exclude_categories=["Cs"]), min_size=1, max_size=8)
WORD_FILES = {"v.txt": "text", "v.bin": "bin", "v.glove": "glove", "v.txt.gz": "text", "v.bin.gz": "bin"}
WORD_FILES |= {"folder": "native", "v.npy": "npy", "tsv": "projector"}


@st.composite
def models(draw: st.DrawFn, words: st.SearchStrategy[str] = WORDS) -> tuple[Vocabulary, np.ndarray]:
    names = draw(st.lists(words, min_size=1, max_size=6, unique=True))
    size = draw(st.sampled_from([1, 2, 3, 17]))
    vectors = draw(hnp.arrays(np.float32, (len(names), size), elements=FINITE))
    counts = draw(st.lists(st.integers(0, 2**50), min_size=len(names), max_size=len(names)))
    return Vocabulary(names, counts), vectors


@settings(deadline=None, max_examples=60)
@given(model=models())
@pytest.mark.parametrize("name", WORD_FILES)
def test_words_and_numbers_come_back(name: str, model: tuple[Vocabulary, np.ndarray]) -> None:
    vocabulary, vectors = model
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        save(path, vocabulary, vectors, format=WORD_FILES[name])
        loaded = load(path, format=WORD_FILES[name])
        assert loaded.index_to_key == vocabulary.words
        np.testing.assert_array_equal(loaded.vectors, vectors)
        if name in ("folder", "v.npy"):
            np.testing.assert_array_equal(loaded.vocabulary.counts, vocabulary.counts)


@settings(deadline=None, max_examples=60)
@given(model=models(st.integers(0, 3000).map(str)), room=st.integers(0, 5))
def test_ids_and_numbers_come_back_from_mcv1(model: tuple[Vocabulary, np.ndarray], room: int) -> None:
    vocabulary, vectors = model
    largest = max(map(int, vocabulary.words)) + room
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "v.bin"
        save(path, vocabulary, vectors, format="mcv1", max_word_id=largest)
        loaded = load(path)
        np.testing.assert_array_equal(loaded[vocabulary.words], vectors)
        assert len(loaded) == largest + 1
        others = np.setdiff1d(np.arange(largest + 1), list(map(int, vocabulary.words)))
        assert not loaded.vectors[others].any()


@settings(deadline=None, max_examples=300)
@given(bits=hnp.arrays(np.uint32, (4, 8)))
def test_every_float32_comes_back_from_text(bits: np.ndarray) -> None:
    numbers = bits.view(np.float32)
    numbers = np.where(np.isfinite(numbers), numbers, np.float32(0))
    with tempfile.TemporaryDirectory() as folder:
        save(Path(folder) / "v.txt", Vocabulary("abcd"), numbers)
        np.testing.assert_array_equal(load(Path(folder) / "v.txt").vectors, numbers)


def test_text_is_as_short_as_it_can_be(tmp_path: Path) -> None:
    numbers = np.random.default_rng(3).normal(0, 0.2, (300, 10)).astype(np.float32)
    save(tmp_path / "v.glove", Vocabulary(map(str, range(300))), numbers)
    fields = [line.split()[1:] for line in (tmp_path / "v.glove").read_text().splitlines()]
    written = [[np.format_float_positional(np.float32(f), unique=True, trim="-") for f in row] for row in fields]
    shortest = [[np.format_float_positional(f, unique=True, trim="-") for f in row] for row in numbers]
    assert written == shortest
    digits = [len(f.partition("e")[0].lstrip("-0.").replace(".", "")) for row in fields for f in row]
    best = [len(f.lstrip("-0.").replace(".", "")) for row in shortest for f in row]
    assert digits == best


@pytest.mark.parametrize("name", ["v.txt", "v.bin", "v.mcv1", "folder", "v.npy"])
def test_a_strided_view_is_written_row_by_row(name: str, tmp_path: Path) -> None:
    padded = np.arange(5000 * 16, dtype=np.float32).reshape(5000, 16) / 7
    view = padded[:, :10]
    save(tmp_path / name, Vocabulary(map(str, range(5000))), view)
    np.testing.assert_array_equal(load(tmp_path / name).vectors, view)


@pytest.mark.parametrize("name", ["v.txt", "v.bin", "v.txt.gz", "v.bin.gz"])
def test_files_of_many_blocks_come_back(name: str, tmp_path: Path) -> None:
    vectors = np.random.default_rng(2).normal(size=(9000, 150)).astype(np.float32)
    words = [f"word{i}" for i in range(9000)]
    save(tmp_path / name, Vocabulary(words), vectors[:, :100] if name.endswith(".gz") else vectors)
    loaded = load(tmp_path / name)
    assert loaded.index_to_key == words
    np.testing.assert_array_equal(loaded.vectors, vectors[:, : loaded.vector_size])


@pytest.mark.parametrize("extra", [b"x", b"word 1234"])
def test_bytes_behind_many_blocks_are_noticed(extra: bytes, tmp_path: Path) -> None:
    vectors = np.ones((9000, 100), np.float32)
    save(tmp_path / "v.bin", Vocabulary(map(str, range(9000))), vectors)
    with open(tmp_path / "v.bin", "ab") as file:
        file.write(extra)
    with pytest.raises(FormatError, match="goes on after its last row"):
        load(tmp_path / "v.bin")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
@pytest.mark.parametrize("format", ["bin", "text", "mcv1"])
def test_a_full_disk_is_an_output_error(format: str) -> None:
    with pytest.raises(OutputError, match="No space left"):
        save("/dev/full", Vocabulary(map(str, range(3000))), np.ones((3000, 100), np.float32), format=format)


@pytest.mark.parametrize(("dtype", "tolerance"), [("f16", 1e-3), ("i8", 1 / 127)])
def test_small_mcv1_comes_back_within_its_precision(dtype: str, tolerance: float, tmp_path: Path) -> None:
    vectors = np.random.default_rng(4).uniform(-1, 1, (40, 9)).astype(np.float32)
    save(tmp_path / "v.mcv1", Vocabulary(map(str, range(40))), vectors, dtype=dtype)
    np.testing.assert_allclose(load(tmp_path / "v.mcv1").vectors, vectors, atol=tolerance / 1.9)


def test_a_matrix_of_zeros_survives_i8(tmp_path: Path) -> None:
    save(tmp_path / "v.mcv1", Vocabulary(["0", "1"]), np.zeros((2, 3), np.float32), dtype="i8")
    assert not load(tmp_path / "v.mcv1").vectors.any()


@pytest.mark.parametrize("name", ["v.txt", "v.bin", "folder", "v.mcv1", "v.npy"])
def test_no_words_at_all_come_back(name: str, tmp_path: Path) -> None:
    save(tmp_path / name, Vocabulary([]), np.empty((0, 5), np.float32))
    loaded = load(tmp_path / name)
    assert len(loaded) == 0 and loaded.vector_size == 5 and loaded.index_to_key == []


def test_native_keeps_output_vectors_and_configuration(tmp_path: Path) -> None:
    vectors = np.eye(3, 4, dtype=np.float32)
    config = {"train": {"alpha": 0.025}, "loss": [2.5, 1.5], "note": "言"}
    save(tmp_path / "m", Vocabulary("abc"), vectors, output_vectors=-vectors, config=config)
    opened = open_native(tmp_path / "m")
    np.testing.assert_array_equal(opened.output_vectors, -vectors)
    assert load(tmp_path / "m").config == config == json.loads((tmp_path / "m" / "config.json").read_text("utf-8"))


def test_native_holds_words_with_spaces_and_empty_words(tmp_path: Path) -> None:
    words = ["new york", "", " ", "a\u2028b", "#", "x\x0b"]
    save(tmp_path / "m", Vocabulary(words), np.ones((6, 2), np.float32))
    assert load(tmp_path / "m").index_to_key == words


@pytest.mark.parametrize("name", ["m", "v.mcv1"])
def test_changing_mapped_vectors_leaves_the_file_alone(name: str, tmp_path: Path) -> None:
    save(tmp_path / name, Vocabulary(["0", "1"]), np.ones((2, 3), np.float32))
    load(tmp_path / name).vectors[0] = 5
    np.testing.assert_array_equal(load(tmp_path / name).vectors, np.ones((2, 3)))


@pytest.mark.parametrize("name", ["m", "v.mcv1", "v.bin"])
def test_vectors_can_be_saved_over_the_file_they_came_from(name: str, tmp_path: Path) -> None:
    save(tmp_path / name, Vocabulary(["0", "1"]), np.ones((2, 3), np.float32))
    loaded = load(tmp_path / name)
    save(tmp_path / name, loaded.vocabulary, loaded.vectors * 2)
    np.testing.assert_array_equal(load(tmp_path / name).vectors, np.full((2, 3), 2))


@pytest.mark.parametrize(
    ("name", "format"),
    [
        ("a.bin", "bin"), ("a.bin.gz", "bin"), ("a.TXT", "text"), ("a.vec", "text"), ("a.vec.gz", "text"),
        ("a.mcv1", "mcv1"), ("a.glove", "glove"), ("a.npy", "npy"), ("folder", "native"), ("dir.d/folder", "native"),
    ],
)  # fmt: skip
def test_the_suffix_names_the_format_to_write(name: str, format: str) -> None:
    assert format_for(name).name == format


def test_an_unknown_suffix_or_format_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(ConfigError, match=r"suffix \.docx names no format.*\.bin"):
        format_for("a.docx")
    with pytest.raises(ConfigError, match="unknown format.*native or text or bin or mcv1.*'xml'"):
        format_for("a.bin", "xml")


@pytest.mark.parametrize("format", ["text", "bin", "glove"])
@pytest.mark.parametrize("word", ["new york", "tab\there", "line\nend", "", "cr\r", "v\x0b"])
def test_a_word_that_the_format_cannot_hold_is_refused_by_name_and_nothing_is_written(
    format: str, word: str, tmp_path: Path
) -> None:
    vocabulary = Vocabulary(["fine", word])
    named = f"the {format} format cannot hold the word".replace("glove", "(text|glove)")
    with pytest.raises(FormatError, match=named) as caught:
        check_vocabulary(vocabulary, format)
    assert repr(word) in str(caught.value)
    with pytest.raises(FormatError, match=named):
        save(tmp_path / "v", vocabulary, np.ones((2, 2), np.float32), format=format)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("format", ["native", "npy", "projector"])
@pytest.mark.parametrize("word", ["tab\there", "line\nend", "cr\r"])
def test_formats_with_a_tsv_refuse_words_that_break_its_lines(format: str, word: str) -> None:
    with pytest.raises(FormatError, match=f"{format} format cannot hold the word"):
        check_vocabulary(Vocabulary([word]), format)


@pytest.mark.parametrize(
    "word", ["king", "", "+1", "-1", "01", "00", "1.0", " 1", "1 ", "１", "٣", "12345678901", "1e3"]
)
def test_a_word_that_is_no_plain_id_is_refused_by_name(word: str) -> None:
    with pytest.raises(FormatError, match="is no word id") as caught:
        check_vocabulary(Vocabulary(["7", word]), "mcv1")
    assert repr(word) in str(caught.value)


def test_an_id_above_the_largest_is_refused() -> None:
    with pytest.raises(FormatError, match="1 of 2 word ids.*up to 100.*found 101.*--max-word-id"):
        check_vocabulary(Vocabulary(["100", "101"]), "mcv1", 100)
    with pytest.raises(FormatError, match="found 4294967295"):
        check_vocabulary(Vocabulary(["4294967295"]), "mcv1")
    check_vocabulary(Vocabulary(["0", "4294967294"]), "mcv1")


@pytest.mark.parametrize("max_word_id", [-1, 2**32 - 1])
def test_max_word_id_has_a_range(max_word_id: int) -> None:
    with pytest.raises(ConfigError, match="max_word_id is out of range"):
        check_vocabulary(Vocabulary(["0"]), "mcv1", max_word_id)


def test_an_id_that_would_fill_the_disk_is_refused_before_writing(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="not enough room"):
        save(tmp_path / "v.mcv1", Vocabulary(["4294967294"]), np.ones((1, 4096), np.float32))
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("name", ["v.txt", "v.bin", "v.mcv1", "folder"])
def test_a_number_that_is_not_finite_is_not_written(name: str, bad: float, tmp_path: Path) -> None:
    vectors = np.ones((3, 2), np.float32)
    vectors[2, 1] = bad
    with pytest.raises(FormatError, match="not finite"):
        save(tmp_path / name, Vocabulary("012"), vectors)
    assert not list(tmp_path.iterdir())


def test_a_sum_that_overflows_is_no_infinite_number(tmp_path: Path) -> None:
    vectors = np.full((3, 2), 3e38, np.float32)
    save(tmp_path / "v.bin", Vocabulary("abc"), vectors)
    np.testing.assert_array_equal(load(tmp_path / "v.bin").vectors, vectors)


def test_a_number_too_large_for_f16_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="too large for f16"):
        save(tmp_path / "v.mcv1", Vocabulary(["0"]), np.full((1, 2), 7e4, np.float32), dtype="f16")


def test_options_of_another_format_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="belong to the format mcv1"):
        save(tmp_path / "v.bin", Vocabulary(["0"]), np.ones((1, 2), np.float32), max_word_id=5)


def test_words_and_vectors_must_fit(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="do not fit: expected 1 rows"):
        save(tmp_path / "v.bin", Vocabulary(["0"]), np.ones((2, 2), np.float32))


def test_surfaces_beside_an_mcv1_file_become_its_words(tmp_path: Path) -> None:
    save(tmp_path / "v.mcv1", Vocabulary("0123"), np.eye(4, dtype=np.float32))
    (tmp_path / "v.tsv").write_text("# id\tsurface\n0\t言\n2\tの\r\n3\tの\n", "utf-8")
    loaded = load(tmp_path / "v.mcv1")
    assert loaded.index_to_key == ["言", "1", "の", "の#3"]
    (tmp_path / "other").write_text("1\tx\n", "utf-8")
    assert load(tmp_path / "v.mcv1", vocab=tmp_path / "other").index_to_key == ["0", "x", "2", "3"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("0 word\n", "line 1.*word_id<TAB>surface"), ("x\ty\n", "line 1"), ("٣\ty\n", "line 1"),
        ("0\ta\n9\tb\n", "line 2.*below 2.*found 9"), ("0\ta\n0\tb\n", "line 2.*the id 0 comes twice"),
    ],
)  # fmt: skip
def test_damaged_surfaces_are_refused_with_their_line(text: str, message: str, tmp_path: Path) -> None:
    save(tmp_path / "v.mcv1", Vocabulary("01"), np.eye(2, dtype=np.float32))
    (tmp_path / "v.tsv").write_text(text, "utf-8")
    with pytest.raises(FormatError, match=message):
        _ = load(tmp_path / "v.mcv1").vocabulary
