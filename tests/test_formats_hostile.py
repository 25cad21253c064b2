"""Files that lie, are damaged or cut off: only kotovec's own error, and no more memory than the file may need."""

from __future__ import annotations

import gzip
import shutil
import struct
import tracemalloc
import warnings
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kotovec.corpus.vocabulary import Vocabulary
from kotovec.errors import ConfigError, FormatError, KotovecError
from kotovec.formats import files, load, save
from kotovec.formats.lines import nearest_float32
from kotovec.formats.mcv1 import decimal_words, read_mcv1
from kotovec.formats.word2vec_binary import read_binary
from kotovec.formats.word2vec_text import read_text

DATA = Path(__file__).parent / "data"
FILES = ["golden.bin", "golden_gensim.bin", "golden.txt", "golden.mcv1", "golden_f16.mcv1", "golden_i8.mcv1"]
FORMATS = {"bin": "bin", "txt": "text", "mcv1": "mcv1"}


def attempt(path: Path, format: str | None = None) -> bool:
    """Whether it loads; any error but ours, and any large allocation, fails the test."""
    allowed = 2 * path.stat().st_size + (64 << 20) if path.is_file() else 64 << 20
    tracemalloc.start()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # dropped duplicates
            vectors = load(path, format=format)
        assert vectors.vectors.shape == (len(vectors.index_to_key), vectors.vector_size)
        return True
    except FormatError as error:
        assert str(path) in str(error) and "\n" not in str(error)
        return False
    finally:
        assert tracemalloc.get_traced_memory()[1] < allowed
        tracemalloc.stop()


@pytest.fixture(scope="module", autouse=True)
def warm_up() -> None:
    """Compile and import outside of the measured memory."""
    load(DATA / "golden.txt")


@pytest.mark.parametrize("name", FILES)
def test_every_shorter_length_is_refused(name: str, tmp_path: Path) -> None:
    whole = (DATA / name).read_bytes()
    for length in range(len(whole)):
        (tmp_path / name).write_bytes(whole[:length])
        same = name in ("golden.bin", "golden.txt") and length == len(whole) - 1  # only the last line end is missing
        assert attempt(tmp_path / name, FORMATS[name.partition(".")[2]]) is same, length


@pytest.mark.parametrize("name", FILES)
def test_a_byte_changed_anywhere_is_an_error_of_ours_or_none(name: str, tmp_path: Path) -> None:
    whole = (DATA / name).read_bytes()
    for place in range(len(whole)):
        for flip in (0x01, 0x20, 0x80, 0xFF):
            damaged = bytearray(whole)
            damaged[place] ^= flip
            (tmp_path / name).write_bytes(damaged)
            attempt(tmp_path / name)
            attempt(tmp_path / name, FORMATS[name.partition(".")[2]])


@pytest.mark.parametrize("name", FILES)
def test_bytes_after_the_end_are_refused(name: str, tmp_path: Path) -> None:
    for extra in (b"x", b"x 1 2\n", b"\x00", b"x 12345678"):
        (tmp_path / name).write_bytes((DATA / name).read_bytes() + extra)
        assert not attempt(tmp_path / name, FORMATS[name.partition(".")[2]])


@settings(deadline=None, max_examples=200)
@given(content=st.binary(max_size=200), format=st.sampled_from([None, "bin", "text", "glove", "mcv1"]))
def test_any_bytes_load_or_give_a_format_error(content: bytes, format: str, tmp_path_factory) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path_factory.mktemp("any") / "file"
    path.write_bytes(content)
    attempt(path, format)


@settings(deadline=None, max_examples=300)
@given(content=st.text("12 .\n\tae-\r0", max_size=60), format=st.sampled_from([None, "bin", "text", "glove"]))
def test_any_text_like_vectors_loads_or_gives_a_format_error(content: str, format: str, tmp_path_factory) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path_factory.mktemp("any") / "file"
    path.write_text(content)
    attempt(path, format)


SIZES = [2**31 - 1, 2**31, 2**32 - 1, 2**32, 2**40, 2**63, 10**19, 10**30]


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("format", ["text", "bin"])
@pytest.mark.parametrize("size", SIZES)
def test_headers_that_promise_too_much_allocate_nothing(format: str, size: int, packed: bool, tmp_path: Path) -> None:
    for header in (f"{size} 2", f"2 {size}", f"{size} {size}", f"{size} 1000000"):
        content = header.encode() + b"\na 1 2\nb 3 4\n"
        path = tmp_path / "v"
        path.write_bytes(gzip.compress(content) if packed else content)
        assert not attempt(path, format)


@pytest.mark.parametrize("size", [0, 2**20 + 1, 2**31 - 1, 2**31, 2**32 - 1])
@pytest.mark.parametrize("place", [4, 8])
def test_mcv1_headers_that_promise_too_much_allocate_nothing(size: int, place: int, tmp_path: Path) -> None:
    raw = bytearray((DATA / "golden.mcv1").read_bytes())
    raw[place : place + 4] = struct.pack("<I", size)
    (tmp_path / "v").write_bytes(raw)
    assert not attempt(tmp_path / "v")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("3 2\na 1 2\nb 3 4\n", "wrong number of rows: expected 3 words.*found 2|expected at least"),
        ("1 2\na 1 2\nb 3 4\n\nc 5 6\n", "expected 1 words, as the header says, found 3"),
        ("2 2\na 1 2\nb 3\n", "row 1: too few numbers.*a word and 2 numbers.*'b 3' of 2 fields"),
        ("2 2\na 1 2\nb 3 4 5\n", "row 1: too many numbers.*of 4 fields"),
        ("2 2\na 1 2\nb 3 x\n", "row 1: no number.*'b 3 x'"),
        ("2 2\na 1 2\nb 3 1.2.3\n", "row 1: no number"),
        ("2 2\na 1 2\nb 3 1e\n", "row 1: no number"),
        ("2 2\na 1 2\nb 3 nan\n", "row 1: no number"),
        ("2 2\na 1 2\nb 3 1e39\n", "row 1.*not finite|not finite.*row 1"),
        ("2 2\na 1 2\n  3 4\n", "row 1: a line without a word"),
        ("2 0\na\nb\n", "impossible vector size.*found 0"),
        ("2 2 2\na 1 2\nb 3 4\n", "no word2vec header.*'2 2 2'"),
        ("-2 2\na 1 2\nb 3 4\n", "no word2vec header"),
        ("٢ 2\na 1 2\nb 3 4\n", "no word2vec header"),
        ("", "no word2vec header"),
    ],
)  # fmt: skip
def test_damaged_text_is_refused_with_place_and_both_sides(content: str, message: str, tmp_path: Path) -> None:
    (tmp_path / "v.txt").write_text(content, "utf-8")
    with pytest.raises(FormatError, match=message):
        load(tmp_path / "v.txt", format="text")


@pytest.mark.parametrize("header", ["3 2\n", ""])
def test_text_in_other_shapes_is_read(header: str, tmp_path: Path) -> None:
    rows = "\n\na\t+1 .5 \r\nb  2.e0\t-1E-2\n\nc 1 000000000000000000000000002"
    (tmp_path / "v").write_bytes((header + rows).encode())
    vectors = load(tmp_path / "v", format="text" if header else "glove")
    assert vectors.index_to_key == ["a", "b", "c"]
    np.testing.assert_array_equal(vectors.vectors, np.array([[1, 0.5], [2, -0.01], [1, 2]], np.float32))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"2 1\na 1234b 123", "expected 2 words, as the header says, found 1 and|expected at least"),
        (b"1 1\na 1234b 1234", "goes on after its last row"),
        (b"2 1\na 1234 1234\n\n", "row 1: an empty word|empty word"),
        (b"2 1\na 1234\xff 1234\n", "word 1: a word is no UTF-8"),
        (b"2 1\na 1234b \x00\x00\xc0\x7f", "row 1.*not finite"),
        (b"1 1\n" + b"x" * 70000 + b" 1234", "a word without end"),
        (b"1 1\n" + b"x" * 70000, "a word without end|at least"),
    ],
)  # fmt: skip
def test_damaged_binary_is_refused_with_place_and_both_sides(content: bytes, message: str, tmp_path: Path) -> None:
    (tmp_path / "v.bin").write_bytes(content)
    with pytest.raises(FormatError, match=message):
        load(tmp_path / "v.bin", format="bin")


@pytest.mark.parametrize("content", [b"3 1\na 1234b 5678a 9012", b"3 1\na 1\nb 2\na 3\n"])
def test_of_words_that_occur_twice_the_first_stays_with_a_warning(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "v").write_bytes(content)
    with pytest.warns(UserWarning, match="1 rows dropped.*'a'"):
        vectors = load(tmp_path / "v", format="bin" if b"1234" in content else "text")
    assert vectors.index_to_key == ["a", "b"]
    first = np.frombuffer(b"12345678", "<f4") if b"1234" in content else [1, 2]
    np.testing.assert_array_equal(vectors.vectors[:, 0], first)


@pytest.mark.parametrize("length", [3, 10, 18, 30])
def test_damaged_gzip_is_refused(length: int, tmp_path: Path) -> None:
    packed = gzip.compress((DATA / "golden.txt").read_bytes())
    (tmp_path / "v.txt.gz").write_bytes(packed[:length])
    assert not attempt(tmp_path / "v.txt.gz")
    (tmp_path / "v.txt.gz").write_bytes(packed[:-5] + b"\x00\x00\x00\x00\x00")
    assert not attempt(tmp_path / "v.txt.gz")


@pytest.mark.parametrize("start", ["1000 1000000\n", "", "MVC1", "9999999 2\nw "])
def test_a_small_gzip_file_that_goes_on_for_ever_is_refused(
    start: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "_UNPACKED_AT_LEAST", 1 << 20)
    (tmp_path / "v.gz").write_bytes(gzip.compress(start.encode() + bytes(16 << 20), 1))
    for format in ("text", "bin", "glove"):
        assert not attempt(tmp_path / "v.gz", format)
    row = b"word" + b" 0.5" * 1000
    (tmp_path / "v.gz").write_bytes(gzip.compress(b"\n".join(row for _ in range(4000)), 1))
    with pytest.raises(FormatError, match="unpacks to more than vectors ever do: expected at most .* unpack it first"):
        load(tmp_path / "v.gz", format="glove")


def test_missing_files_and_folders_without_vectors_are_format_errors(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="no such file"):
        load(tmp_path / "nothing")
    with pytest.raises(FormatError, match="a folder without vectors"):
        load(tmp_path)
    (tmp_path / "x.pdf").write_bytes(b"%PDF-1.4 abc\n")
    with pytest.raises(FormatError, match="not a file of vectors that kotovec knows"):
        load(tmp_path / "x.pdf")


def test_surfaces_are_refused_for_other_formats() -> None:
    with pytest.raises(ConfigError, match="belongs to the format mcv1, and this is text"):
        load(DATA / "golden.txt", vocab="v.tsv")


def write_sparse(path: Path, dtype: int, n_words: int, vector_size: int, last: bytes) -> None:
    """An MCV1 file that takes no room on the disk: zeros, and `last` at its end."""
    width = (4, 2, 1)[dtype]
    with open(path, "wb") as file:
        file.write(struct.pack("<4sIIIf12x", b"MVC1", n_words, vector_size, dtype, 0.5))
        file.truncate(32 + n_words * vector_size * width)
        file.seek(-len(last), 2)
        file.write(last)


@pytest.mark.parametrize("dtype", [0, 1, 2])
def test_large_mcv1_files_are_opened_and_asked_for_words_without_the_memory_of_all(dtype: int, tmp_path: Path) -> None:
    write_sparse(tmp_path / "v.mcv1", dtype, 30_000, 1000, (b"\0\0\x80\x3f", b"\0\x3c", b"\2")[dtype])
    load(tmp_path / "v.mcv1").similarity("0", "0")  # imports what it needs
    tracemalloc.start()
    try:
        vectors = load(tmp_path / "v.mcv1")
        assert tracemalloc.get_traced_memory()[1] < 1 << 20
        assert vectors.similarity("29999", "29999") == vectors["29999"][-1] == 1
        assert vectors.norms[[0, -1]].tolist() == [0, 1]
        assert tracemalloc.get_traced_memory()[1] < 24 << 20
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("n_words", [2**31 - 1, 2**31, 2**32 - 1])
def test_mcv1_files_at_the_edges_of_two_and_four_thousand_million_rows_are_read(n_words: int, tmp_path: Path) -> None:
    write_sparse(tmp_path / "v.mcv1", 2, n_words, 1, b"\x04\xfe")
    rows = read_mcv1(tmp_path / "v.mcv1")
    assert rows.shape == (n_words, 1)
    assert rows[n_words - 2 : n_words].tolist() == [[2], [-1]]
    assert len(load(tmp_path / "v.mcv1")) == n_words
    with open(tmp_path / "v.mcv1", "r+b") as file:
        file.truncate(32 + n_words - 1)
    with pytest.raises(FormatError, match=f"wrong length for {n_words} rows"):
        load(tmp_path / "v.mcv1")


def test_a_scale_that_makes_numbers_infinite_is_refused_and_half_precision_that_is_none_named(tmp_path: Path) -> None:
    raw = bytearray((DATA / "golden_i8.mcv1").read_bytes())
    raw[16:20] = struct.pack("<f", 1e38)
    (tmp_path / "i8").write_bytes(raw)
    with pytest.raises(FormatError, match="the scale is no number"):
        load(tmp_path / "i8")
    write_sparse(tmp_path / "f16", 1, 3, 2, b"\0\x7c")
    vectors = load(tmp_path / "f16")
    assert not vectors["0"].any()
    for ask in (lambda: vectors.vectors, lambda: vectors.norms, lambda: vectors.most_similar("1")):
        with pytest.raises(FormatError, match="f16, row 2: a number is not finite"):
            ask()


def folder_of(format: str, tmp_path: Path) -> tuple[Path, list[str]]:
    """A small file or folder of a format whose words are beside its vectors, and the names of both."""
    names = {"projector": ["vectors.tsv", "metadata.tsv"], "npy": ["v.npy", "v.tsv"], "mcv1": ["v.mcv1", "v.tsv"]}
    path = tmp_path / ("folder" if format == "projector" else names[format][0])
    save(path, Vocabulary("012" if format == "mcv1" else "abc"), np.arange(6, dtype=np.float32).reshape(3, 2),
         format=format)  # fmt: skip
    if format == "mcv1":
        (tmp_path / "v.tsv").write_text("# id\tsurface\n0\ta\n1\tb c\n2\t\u732b\n", "utf-8")
    return path, names[format]


@pytest.mark.parametrize("format", ["projector", "npy", "mcv1"])
def test_a_file_of_words_beside_its_vectors_cut_off_or_changed_anywhere_is_an_error_of_ours_or_none(
    format: str, tmp_path: Path
) -> None:
    path, names = folder_of(format, tmp_path)
    for name in names:
        file = (path if format == "projector" else tmp_path) / name
        whole = file.read_bytes()
        for place in range(len(whole)):
            file.write_bytes(whole[:place])
            attempt_words(path)
            for flip in (0x01, 0x20, 0x80, 0xFF):
                file.write_bytes(whole[:place] + bytes([whole[place] ^ flip]) + whole[place + 1 :])
                attempt_words(path)
        file.write_bytes(whole)
    assert attempt_words(path)


def attempt_words(path: Path) -> bool:
    """As `attempt`; an error may name the file of words beside `path`."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # dropped duplicates
            vectors = load(path)
            assert len(vectors.vectors) == len(vectors.index_to_key) == len(vectors)
        return True
    except FormatError as error:
        assert str(path.parent) in str(error) and "\n" not in str(error)
        return False


@pytest.mark.parametrize("format", ["bin", "text", "npy", "native", "projector"])
def test_opening_takes_no_more_than_twice_the_file_even_where_vectors_are_short(format: str, tmp_path: Path) -> None:
    n_words, path = 200_000, tmp_path / "v"
    path = path.with_suffix(".npy") if format == "npy" else path
    save(path, decimal_words(n_words), np.ones((n_words, 2), np.float32), format=format)
    size = sum(file.stat().st_size for file in tmp_path.rglob("*") if file.is_file())
    tracemalloc.start()
    try:
        assert len(load(path, format=format).vocabulary) == n_words
        assert tracemalloc.get_traced_memory()[1] < 2 * size + (16 << 20)  # 64 MB are allowed, for files of any size
    finally:
        tracemalloc.stop()


def test_bytes_that_are_all_line_ends_cost_no_more_than_others(native: Path) -> None:
    (native / "vocab.tsv").write_bytes(b"\n" * (8 << 20))
    tracemalloc.start()
    try:
        with pytest.raises(FormatError, match="wrong number of lines: expected 3, as there are vectors, found 8388608"):
            _ = load(native).vocabulary
        assert tracemalloc.get_traced_memory()[1] < 20 << 20
    finally:
        tracemalloc.stop()


@pytest.fixture
def native(tmp_path: Path) -> Path:
    save(tmp_path / "m", Vocabulary(["a", "", "b c"], [5, 0, 10**17]), np.ones((3, 2), np.float32), config={"a": 1})
    return tmp_path / "m"


@pytest.mark.parametrize("name", ["vectors.safetensors", "vocab.tsv", "config.json"])
def test_a_native_folder_cut_off_anywhere_is_refused(name: str, native: Path) -> None:
    whole = (native / name).read_bytes()
    for length in range(len(whole) - (name == "config.json")):
        (native / name).write_bytes(whole[:length])
        assert not attempt(native), length


@pytest.mark.parametrize("name", ["vectors.safetensors", "vocab.tsv", "config.json"])
def test_a_native_folder_with_a_changed_byte_is_an_error_of_ours_or_none(name: str, native: Path) -> None:
    whole = (native / name).read_bytes()
    for place in range(len(whole)):
        for flip in (0x01, 0x20, 0x80):
            damaged = bytearray(whole)
            damaged[place] ^= flip
            (native / name).write_bytes(damaged)
            attempt(native)


@pytest.fixture
def numpy_file(tmp_path: Path) -> Path:
    save(tmp_path / "v.npy", Vocabulary("abc"), np.ones((3, 2), np.float32))
    return tmp_path / "v.npy"


def test_an_npy_file_cut_off_or_changed_anywhere_is_an_error_of_ours_or_none(numpy_file: Path) -> None:
    whole = numpy_file.read_bytes()
    for place in range(len(whole)):
        numpy_file.write_bytes(whole[:place])
        assert not attempt(numpy_file, "npy")
        for flip in (0x01, 0x20, 0x80):
            damaged = bytearray(whole)
            damaged[place] ^= flip
            numpy_file.write_bytes(damaged)
            attempt(numpy_file, "npy")


@pytest.mark.parametrize(
    "header",
    [
        "{'descr': '<f4', 'fortran_order': True, 'shape': (3, 2), }",
        "{'descr': '|O', 'fortran_order': False, 'shape': (3, 2), }",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (6,), }",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (4294967296, 4294967296), }",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999999, 2), }",
        "__import__('os').abort()",
        "[" * 60_000,
    ],
)
def test_npy_headers_that_lie_are_refused(header: str, numpy_file: Path) -> None:
    text = header.encode() + b"\n"
    numpy_file.write_bytes(b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text + bytes(24))
    assert not attempt(numpy_file)


def test_npy_needs_its_words(numpy_file: Path) -> None:
    numpy_file.with_suffix(".tsv").unlink()
    with pytest.raises(FormatError, match="the words are missing"):
        load(numpy_file)


@pytest.mark.parametrize(
    ("vectors", "words", "message"),
    [
        ("1\t2\n3\t4\n", "a\n", "wrong number of words: expected 2, found 1"),
        ("1\t2\n3\n", "a\nb\n", "row 1: too few numbers"),
        ("1\t2\n3\tx\n", "a\nb\n", "row 1: no number"),
        ("", "", "empty"),
    ],
)
def test_damaged_projector_folders_are_refused(vectors: str, words: str, message: str, tmp_path: Path) -> None:
    (tmp_path / "vectors.tsv").write_text(vectors)
    (tmp_path / "metadata.tsv").write_text(words)
    with pytest.raises(FormatError, match=message):
        load(tmp_path)


@pytest.mark.parametrize("name", ["vectors.safetensors", "vocab.tsv"])
def test_a_native_folder_with_bytes_behind_the_end_is_refused(name: str, native: Path) -> None:
    (native / name).write_bytes((native / name).read_bytes() + b"x\t1\n")
    with pytest.raises(FormatError, match="wrong length|wrong number of lines"):
        _ = load(native).vocabulary


@pytest.mark.parametrize("name", ["vectors.safetensors", "vocab.tsv"])
def test_a_native_folder_with_a_missing_file_is_refused(name: str, native: Path) -> None:
    (native / name).unlink()
    assert not attempt(native)


@pytest.mark.parametrize(
    "header",
    [
        '{"input_vectors":{"dtype":"F32","shape":[3,2],"data_offsets":[0,2.4e1]}}',
        '{"input_vectors":{"dtype":"F32","shape":[3,2],"data_offsets":[24,0]}}',
        '{"input_vectors":{"dtype":"F32","shape":[-3,-2],"data_offsets":[0,24]}}',
        '{"input_vectors":{"dtype":"F32","shape":[6],"data_offsets":[0,24]}}',
        '{"input_vectors":{"dtype":"F16","shape":[3,4],"data_offsets":[0,24]}}',
        '{"input_vectors":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,24]}}',
        '{"input_vectors":{"dtype":"F32","shape":[3,2],"data_offsets":[4294967296,4294967320]}}',
        '{"input_vectors":[]}', '{"input_vectors":null}', "[]", "null", "{}", "[" * 100_000, "\xff",
    ],
)  # fmt: skip
def test_safetensors_headers_that_lie_are_refused(header: str, native: Path) -> None:
    text = header.encode("latin-1")
    (native / "vectors.safetensors").write_bytes(len(text).to_bytes(8, "little") + text + bytes(24))
    assert not attempt(native)


@pytest.mark.parametrize(
    "text",
    [
        "a\t1\n\t0\na\t1\n",
        "a\t1\nb\nc\t1\n",
        "a\tx\nb\t1\nc\t1\n",
        "a\t\nb\t1\nc\t1\n",
        "a\t1\t\nb1\nc\t1\n",
        "a\t1\nb\t1\n",
        "a\t1\nb\t-1\nc\t1\n",
        "a\t1\nb\t1234567890123456789\nc\t1\n",
    ],
)
def test_damaged_native_vocabularies_are_refused(text: str, native: Path) -> None:
    (native / "vocab.tsv").write_text(text)
    assert not attempt(native)


def test_a_folder_that_kotovec_did_not_write_is_not_replaced(native: Path) -> None:
    shutil.copy(DATA / "golden.txt", native / "diary.txt")
    with pytest.raises(KotovecError, match="other things in it"):
        save(native, Vocabulary(["a"]), np.ones((1, 2), np.float32))
    assert len(load(native)) == 3


def test_only_as_many_rows_as_wanted_are_read() -> None:
    for reader in (read_text, read_binary):
        vocabulary, vectors = reader(DATA / ("golden.txt" if reader is read_text else "golden.bin"), limit=2)
        assert vocabulary.words == ["王", "cat"] and vectors.shape == (2, 2)
        vocabulary, vectors = reader(DATA / ("golden.txt" if reader is read_text else "golden.bin"), limit=0)
        assert vocabulary.words == [] and vectors.shape == (0, 2)
    assert read_text(DATA / "golden.glove", header=False, limit=1)[0].words == ["王"]


@pytest.mark.parametrize("reader", [read_text, read_binary])
def test_words_in_another_encoding_or_with_damage_are_read_when_asked(reader, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    row = b"\xe9t\xe9 0.25\n" if reader is read_text else b"\xe9t\xe9 1234\n"
    (tmp_path / "v").write_bytes(b"1 1\n" + row)
    assert reader(tmp_path / "v", encoding="latin-1")[0].words == ["été"]
    assert reader(tmp_path / "v", unicode_errors="replace")[0].words == ["\ufffdt\ufffd"]
    with pytest.raises(FormatError, match="cannot be decoded"):
        reader(tmp_path / "v", encoding="ascii")
    with pytest.raises(FormatError, match="no UTF-8"):
        reader(tmp_path / "v")


@pytest.mark.parametrize(
    ("text", "bits"),
    [
        ("1.00000005960464477539062500", 0x3F800000),  # halfway between two float32: to even
        ("1.00000005960464477539062501", 0x3F800001),
        ("1.000000178813934326171875", 0x3F800002),  # halfway, upwards to even
        ("-1.00000005960464477539062501", 0xBF800001),
        ("7.006492321624085e-46", 0x00000000),  # half of the smallest
        ("7.006492321624086e-46", 0x00000001),
        ("1.17549435e-38", 0x00800000),
        ("3.4028235e38", 0x7F7FFFFF),
        ("123456789012345678901234567890", 0x6FC77488),
        ("0." + "0" * 60 + "1" + "0" * 60 + "e61", 0x3F800000),
    ],
)
def test_decimals_become_the_nearest_float32(text: str, bits: int, tmp_path: Path) -> None:
    (tmp_path / "v").write_text(f"a {text} 1\n")
    number = load(tmp_path / "v", format="glove").vectors[0, 0]
    assert hex(number.view(np.uint32)) == hex(bits)
    assert nearest_float32(text) == number


@settings(deadline=None, max_examples=200)
@given(numbers=st.lists(st.tuples(st.integers(0, 10**25), st.integers(-70, 30)), min_size=8, max_size=8))
def test_decimals_of_any_length_become_the_nearest_float32(numbers: list[tuple[int, int]], tmp_path_factory) -> None:  # type: ignore[no-untyped-def]
    texts = [f"{mantissa}e{exponent - 12}" for mantissa, exponent in numbers]
    texts = [text if float(text) < 3e38 else "1" for text in texts]
    path = tmp_path_factory.mktemp("decimals") / "v"
    path.write_text("a " + " ".join(texts) + "\n")
    expected = [nearest_float32(text) for text in texts]
    np.testing.assert_array_equal(load(path, format="glove").vectors[0], expected)
