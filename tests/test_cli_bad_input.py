import bz2
import gzip
import lzma
import os
import sys

import pytest

from kotovec.cli import train

ON_ROOT = hasattr(os, "geteuid") and os.geteuid() == 0


@pytest.fixture
def refused(run_kotovec, tmp_path):
    """Train with these arguments and an output that must not appear; gives the one line on stderr."""

    def run(*arguments, exit_code=1, output="vectors.bin"):
        before = sorted(tmp_path.rglob("*"))
        done = run_kotovec("train", *arguments, "-o", tmp_path / output)
        assert done.returncode == exit_code, done.stderr
        assert done.stdout == ""
        assert done.stderr.startswith("kotovec: error: ")
        assert done.stderr.count("\n") == 1, done.stderr
        assert "Traceback" not in done.stderr
        assert "unexpected" not in done.stderr
        assert sorted(tmp_path.rglob("*")) == before
        return done.stderr

    return run


@pytest.fixture
def text_of(tmp_path):
    def write(content, name="text.txt"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


def test_a_missing_file(refused, tmp_path):
    assert str(tmp_path / "none.txt") in refused(tmp_path / "none.txt")


def test_a_glob_that_matches_nothing(refused, tmp_path):
    assert str(tmp_path / "*.text") in refused(tmp_path / "*.text")


def test_a_folder_without_text(refused, tmp_path):
    (tmp_path / "empty").mkdir()
    assert str(tmp_path / "empty") in refused(tmp_path / "empty")


@pytest.mark.skipif(ON_ROOT and not sys.platform.startswith("linux"), reason="root reads everything here")
def test_an_unreadable_file(refused, text_of):
    if ON_ROOT:
        assert "/proc/self/mem" in refused("/proc/self/mem")
    else:
        path = text_of("a a a a a a")
        path.chmod(0)
        assert str(path) in refused(path)


@pytest.mark.parametrize("content", ["", " \t\n\n \r\n"], ids=["empty", "white space"])
def test_no_token_at_all(refused, text_of, content):
    assert "no" in refused(text_of(content))


def test_nothing_left_after_min_count_names_the_types_and_the_highest_count(refused, text_of):
    line = refused(text_of("one two two three three three"), "--min-count", "7")
    assert "7" in line
    assert "3" in line


def test_an_unknown_stop_word_language(refused, text_file):
    assert "klingon" in refused(text_file, "--stop-words", "klingon", exit_code=2)


def test_an_unknown_tokenizer(refused, text_file):
    assert "letters" in refused(text_file, "--tokenizer", "letters", exit_code=2)


def zstd(data):
    return pytest.importorskip("zstandard").ZstdCompressor().compress(data)


@pytest.mark.parametrize(
    ("suffix", "compress"), [("gz", gzip.compress), ("xz", lzma.compress), ("bz2", bz2.compress), ("zst", zstd)]
)
@pytest.mark.parametrize("damage", ["cut off", "corrupt", "no such format"])
def test_a_damaged_compressed_file(refused, text_of, suffix, compress, damage):
    whole = compress("\n".join(f"some words and {i}" for i in range(9999)).encode())
    middle = len(whole) // 2
    broken = {
        "cut off": whole[:middle],
        "corrupt": whole[:middle] + bytes(b ^ 255 for b in whole[middle : middle + 64]) + whole[middle + 64 :],
        "no such format": b"plain text, and not compressed at all\n" * 9,
    }
    path = text_of(broken[damage], f"text.txt.{suffix}")
    assert str(path) in refused(path)


def test_an_output_folder_that_is_missing(refused, text_file):
    assert "missing" in refused(text_file, output="missing/vectors.bin")


def test_an_output_folder_that_cannot_be_written(run_kotovec, text_file, tmp_path):
    folder = "/proc/self" if ON_ROOT else str(tmp_path / "locked")
    if not ON_ROOT:
        os.mkdir(folder, 0o500)
    done = run_kotovec("train", text_file, "-o", f"{folder}/vectors.bin")
    assert done.returncode == 1
    assert done.stderr.startswith(f"kotovec: error: {folder}/vectors.bin: ")
    assert done.stderr.count("\n") == 1


def test_an_output_that_is_a_folder(refused, text_file, tmp_path):
    (tmp_path / "folder.bin").mkdir()
    assert "folder.bin" in refused(text_file, output="folder.bin")


def test_an_output_that_is_the_text_itself(refused, text_file):
    content = text_file.read_bytes()
    assert "text.txt" in refused(text_file, output="text.txt", exit_code=2)
    assert text_file.read_bytes() == content


def test_a_disk_that_fills_up_leaves_the_old_file_whole(run_kotovec, text_file, tmp_path):
    resource = pytest.importorskip("resource")
    output = tmp_path / "vectors.bin"
    options = ["train", text_file, "-o", output, "--size", 4096, "--threads", 1, "-q"]
    assert run_kotovec(*options).returncode == 0
    old, entries = output.read_bytes(), sorted(tmp_path.iterdir())
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (len(old) // 2, hard))
    try:
        done = run_kotovec(*options, "--seed", 2)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert done.returncode == 1
    assert done.stderr.startswith(f"kotovec: error: {output}: cannot be written")
    assert output.read_bytes() == old
    assert sorted(tmp_path.iterdir()) == entries


def test_mcv1_with_a_word_that_is_no_id(refused, text_file):
    line = refused(text_file, "-f", "mcv1", "--max-word-id", 100)
    assert "mcv1" in line.lower()


def test_mcv1_with_an_id_above_the_highest(refused, text_of):
    line = refused(text_of("7 8 9 101 " * 20), "-f", "mcv1", "--max-word-id", 100)
    assert "101" in line
    assert "100" in line


def test_a_max_word_id_without_mcv1(refused, text_file):
    assert "max-word-id" in refused(text_file, "--max-word-id", 100, exit_code=2).replace("_", "-")


def test_an_unknown_format(refused, text_file):
    assert "docx" in refused(text_file, "-f", "docx", exit_code=2)


@pytest.mark.parametrize(
    ("option", "values"),
    [
        ("--size", ["0", "4097", "-1"]),
        ("--window", ["0", "101"]),
        ("--negative", ["0", "65"]),
        ("--epochs", ["0", "-5"]),
        ("--threads", ["0", "-2"]),
        ("--min-count", ["-1"]),
        ("--max-vocab", ["0", "-1"]),
        ("--alpha", ["nan", "inf", "-inf", "0", "-0.1"]),
        ("--min-alpha", ["nan", "inf", "-1"]),
        ("--sample", ["nan", "inf", "-1"]),
        ("--ns-exponent", ["nan", "inf"]),
        ("--seed", ["-1", str(2**64)]),
        ("--cbow-update", ["modern"]),
    ],
)
def test_a_number_out_of_its_range(refused, text_file, option, values):
    for value in values:
        line = refused(text_file, option, value, exit_code=2)
        assert value in line
        assert "expected" in line


@pytest.mark.parametrize("content", ["king 7\nqueen seven\n", "king 7\nqueen\n", "king 7\n\nking 8\n"])
def test_a_vocabulary_with_a_bad_line_names_file_and_line(refused, text_file, text_of, content):
    path = text_of(content, "vocab.txt")
    line = refused(text_file, "--read-vocab", path)
    assert f"{path}, line {content.count(chr(10))}" in line


def test_a_vocabulary_file_that_is_missing(refused, text_file, tmp_path):
    assert "none.vocab" in refused(text_file, "--read-vocab", tmp_path / "none.vocab")


def test_a_learning_rate_that_makes_weights_infinite(refused, text_file):
    line = refused(text_file, "--alpha", "1e30", "--min-alpha", "1e30", "--threads", "1", "-q")
    assert "learning rate" in line or "alpha" in line


def test_a_text_that_changes_while_it_is_read(refused, text_file, monkeypatch):
    def change_then_read(*arguments, original=train.encode_text):
        text_file.write_text("other words\n" * 7)
        return original(*arguments)

    monkeypatch.setattr(train, "encode_text", change_then_read)
    line = refused(text_file)
    assert str(text_file) in line
    assert "change" in line


def test_no_text(run_kotovec):
    done = run_kotovec("train", "-o", "vectors.bin")
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "no text to train on" in done.stderr


def test_no_output(run_kotovec, text_file):
    done = run_kotovec("train", text_file)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "-o" in done.stderr


@pytest.mark.parametrize("option", ["--save-vocab", "--read-vocab"])
def test_two_outputs_or_an_input_at_one_name(refused, text_file, tmp_path, option):
    path = tmp_path / "vectors.bin"
    if option == "--read-vocab":
        path.write_text("king 7\n")
    assert "vectors.bin" in refused(text_file, option, path, exit_code=2)
