import bz2
import gzip
import io
import lzma
import random
import subprocess
import sys

import pytest

from japanese_text import sentences, write_text
from kotovec.cli import tokenize as command
from kotovec.corpus.blocks import BlockReader
from kotovec.corpus.config import CorpusConfig
from kotovec.corpus.sources import find_files
from kotovec.corpus.token_text import TokenText
from kotovec.corpus.tokenizers import tokenize
from kotovec.corpus.word_ids import WordIds
from kotovec.errors import FormatError

TEXT = "The  cat\tsat.\n\n \nIt’s a DOG!\r\n..."


@pytest.fixture
def run(run_kotovec, tmp_path, monkeypatch):
    """Tokenise with success, in `tmp_path`; gives what was printed."""
    monkeypatch.chdir(tmp_path)

    def tokenize_with(*options):
        done = run_kotovec("tokenize", *options)
        assert done.returncode == 0, done.stderr
        return done

    return tokenize_with


@pytest.fixture
def refused(run_kotovec, tmp_path, monkeypatch):
    """Tokenise in vain: nothing in `tmp_path` changes; gives the one line on stderr."""
    monkeypatch.chdir(tmp_path)

    def state():
        return {path: path.is_file() and path.read_bytes() for path in tmp_path.rglob("*")}

    def run(*options, exit_code=1):
        before = state()
        done = run_kotovec("tokenize", *options)
        assert (done.returncode, done.stdout, done.stderr.count("\n")) == (exit_code, "", 1), done.stderr
        assert "unexpected" not in done.stderr
        assert state() == before
        return done.stderr

    return run


@pytest.fixture
def text(tmp_path):
    (tmp_path / "text.txt").write_text(TEXT, encoding="utf-8")
    return tmp_path / "text.txt"


@pytest.mark.parametrize(
    ("tokenizer", "expected"),
    [("whitespace", "The cat sat.\nIt’s a DOG!\n...\n"), ("words", "the cat sat\nit's a dog\n")],
)
def test_sentences_have_one_space_between_tokens_and_lines_without_tokens_are_left_out(run, text, tokenizer, expected):
    done = run(text, "--tokenizer", tokenizer)
    assert done.stdout == expected
    n_tokens, n_sentences = len(expected.split()), expected.count("\n")
    assert f"{n_tokens} tokens, {n_sentences} sentences; " in done.stderr


def test_quiet_says_nothing_but_the_tokens(run, text):
    assert run(text, "-q").stderr == ""


@pytest.mark.parametrize(
    ("suffix", "unpack"),
    [(".txt", bytes), (".gz", gzip.decompress), (".bz2", bz2.decompress), (".xz", lzma.decompress)],
)
def test_the_suffix_compresses_what_is_written_and_it_is_read_back(run, text, tmp_path, suffix, unpack):
    run(text, "-o", f"tokens{suffix}")
    assert unpack((tmp_path / f"tokens{suffix}").read_bytes()).decode() == "The cat sat.\nIt’s a DOG!\n...\n"
    assert run(f"tokens{suffix}").stdout == "The cat sat.\nIt’s a DOG!\n...\n"


def test_zst_is_written_and_read_back(run, text):
    pytest.importorskip("zstandard")
    run(text, "-o", "tokens.zst")
    assert run("tokens.zst").stdout == "The cat sat.\nIt’s a DOG!\n...\n"


def test_standard_input_and_output_are_the_pipe_of_a_shell(tmp_path):
    command = [sys.executable, "-m", "kotovec", "tokenize", "-", "-o", "-", "-q"]
    done = subprocess.run(command, input=TEXT.encode(), capture_output=True, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.decode() == "The cat sat.\nIt’s a DOG!\n...\n"


def test_a_reader_that_ends_early_is_no_failure_with_a_traceback(tmp_path):
    write_text(tmp_path / "text.txt", 50_000)
    line = f'"{sys.executable}" -m kotovec tokenize text.txt -q | head -n 1'
    done = subprocess.run(line, shell=True, capture_output=True, text=True, cwd=tmp_path)
    assert done.stdout == sentences()[0] + "\n"
    assert done.stderr == ""


@pytest.mark.parametrize("tokenizer", ["whitespace", "words"])
def test_lines_longer_than_a_block_stay_whole(tmp_path, monkeypatch, tokenizer):
    monkeypatch.setattr(BlockReader.__init__, "__defaults__", (64,))
    draw = random.Random(1)
    lines = [" ".join(draw.choice(["a", "bb", "é,", "x" * 90]) for _ in range(draw.randrange(60))) for _ in range(50)]
    (tmp_path / "text").write_text("\n".join(lines), encoding="utf-8")
    tokens = TokenText(find_files(tmp_path / "text"), CorpusConfig(tokenizer=tokenizer))
    expected = [" ".join(tokenize(line, tokenizer)) for line in lines]
    assert b"".join(tokens).decode() == "".join(line + "\n" for line in expected if line)
    assert tokens.n_tokens == sum(len(line.split()) for line in expected)


def test_bytes_that_are_no_utf8_are_replaced_and_counted(run, tmp_path):
    (tmp_path / "text.txt").write_bytes(b"a \xff\xfe b\n")
    done = run("text.txt")
    assert done.stdout == "a \ufffd\ufffd b\n"
    assert "2 bytes were no UTF-8" in done.stderr


def test_ids_begin_at_0_in_the_order_of_first_appearance(run, tmp_path):
    (tmp_path / "text.txt").write_text("b a b\nc a\n")
    done = run("text.txt", "-o", "ids.txt", "--ids", "--vocab-out", "vocab.tsv")
    assert (tmp_path / "ids.txt").read_text() == "0 1 0\n2 1\n"
    assert (tmp_path / "vocab.tsv").read_text() == "# word_id\tsurface\n0\tb\n1\ta\n2\tc\n"
    assert "3 words, 3 of them new, in vocab.tsv" in done.stderr


def test_a_vocabulary_that_is_there_keeps_its_ids_and_its_lines(run, tmp_path):
    known = "# ours\r\n7\tb\textra\n3\tc\n9\tb"
    (tmp_path / "vocab.tsv").write_bytes(known.encode())
    (tmp_path / "text.txt").write_text("b a c #\n\n")
    done = run("text.txt", "-o", "ids.txt", "--ids", "--vocab-out", "vocab.tsv")
    assert (tmp_path / "ids.txt").read_text() == "7 10 3 11\n"
    assert (tmp_path / "vocab.tsv").read_bytes() == known.encode() + b"\n10\ta\n11\t#\n"
    assert "4 words, 2 of them new" in done.stderr
    run("text.txt", "-o", "again.txt", "--ids", "--vocab-out", "vocab.tsv")
    assert (tmp_path / "again.txt").read_text() == "7 10 3 11\n"
    assert (tmp_path / "vocab.tsv").read_bytes() == known.encode() + b"\n10\ta\n11\t#\n"


def test_translating_piece_by_piece_is_translating_all(tmp_path):
    text = b"b a b\nc a\n\nd"
    whole = WordIds(tmp_path / "none.tsv").translate(text)
    parts = WordIds(tmp_path / "none.tsv")
    assert whole == b"0 1 0\n2 1\n\n3"
    assert b"".join(parts.translate(piece) for piece in (b"b a", b" b\nc", b" a\n\n", b"d")) == whole
    assert len(parts) == parts.n_new == 4


def test_if_the_vocabulary_cannot_be_written_the_corpus_is_not_either(run_kotovec, text, tmp_path, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(WordIds, "write", full)
    done = run_kotovec("tokenize", text, "-o", tmp_path / "ids.txt", "--ids", "--vocab-out", tmp_path / "vocab.tsv")
    assert done.returncode == 1
    assert "No space left" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["text.txt"]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("x\tword", "line 2: not a line of word ids: expected word_id, a tab, and a feature or surface"),
        ("07\tword", "line 2: not a line of word ids"),
        ("7", "line 2: not a line of word ids"),
        ("7\t", "line 2: not a line of word ids"),
        ("4294967295\tword", "line 2: not a line of word ids"),
        ("5\tword", "line 2: the id 5 comes twice"),
    ],
)
def test_a_vocabulary_with_a_bad_line_is_refused_and_left_as_it_is(refused, text, tmp_path, line, message):
    (tmp_path / "vocab.tsv").write_text(f"5\ta\n{line}\n")
    assert message in refused(text, "-o", "ids.txt", "--ids", "--vocab-out", "vocab.tsv")


def test_a_vocabulary_in_another_encoding_is_refused(tmp_path):
    (tmp_path / "vocab.tsv").write_bytes("0\t東京\n".encode("cp932"))
    with pytest.raises(FormatError, match="no UTF-8"):
        WordIds(tmp_path / "vocab.tsv")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ((), "no text to tokenise; try: kotovec tokenize TEXT -o corpus.txt"),
        (("text.txt", "-o", "text.txt"), "text.txt: is both read and written"),
        (("text.txt", "-o", "a.txt", "--ids", "--vocab-out", "./a.txt"), "a.txt: is both read and written"),
        (("text.txt", "--ids"), "no place for the words of the ids; try: --vocab-out vocab.tsv"),
        (("text.txt", "--vocab-out", "v.tsv"), "--vocab-out is for word ids; try: --ids"),
        (("text.txt", "--tokenizer", "klingon"), "unknown tokenizer"),
        (("text.txt", "--unit", "base"), "settings of Japanese: expected the tokenizer 'ja'"),
        (("text.txt", "--threads", "0"), "--threads is out of range"),
        (("text.txt", "--encoding", "none"), "unknown encoding"),
    ],
)
def test_a_wrong_command_line_is_refused(refused, text, options, message):
    assert message in refused(*options, exit_code=2)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("none.txt",), "none.txt: no such file"),
        (("text.txt", "-o", "none/a.txt"), "does not exist"),
        (("text.txt", "-o", "a.txt", "--ids", "--vocab-out", "none/v.tsv"), "does not exist"),
    ],
)
def test_files_that_cannot_be_read_or_written_are_refused(refused, text, options, message):
    assert message in refused(*options)


def test_text_in_shift_jis_is_refused_and_the_flag_reads_it(refused, run, tmp_path):
    (tmp_path / "sjis.txt").write_bytes("\n".join(sentences(50)).encode("cp932"))
    assert "looks like Shift_JIS: expected UTF-8; try: --encoding cp932" in refused("sjis.txt", "-o", "a.txt")
    assert run("sjis.txt", "--encoding", "cp932").stdout.splitlines() == sentences(50)


def test_output_to_stdout_is_not_encoded_again(monkeypatch, text):
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding="ascii"))
    with command.open_output("-") as file:
        file.write("東京\n".encode())
    assert raw.getvalue().decode() == "東京" + "\n"
