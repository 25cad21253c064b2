import bz2
import gzip
import io
import lzma
import os
import sys
import threading
from contextlib import closing

import pytest
import zstandard

from kotovec.corpus import compression
from kotovec.corpus.reading import FileStream
from kotovec.corpus.sentences import SentenceStream
from kotovec.corpus.sources import TextFiles, find_files
from kotovec.errors import ConfigError, MissingExtraError, SourceError

COMPRESS = {
    ".gz": gzip.compress,
    ".bz2": bz2.compress,
    ".xz": lzma.compress,
    ".zst": zstandard.ZstdCompressor(write_checksum=True).compress,
}
TEXT = "".join(f"line {i} of the text, {i * i}\n" for i in range(20_000)).encode()


def read_all(stream, size=1000):
    parts, buffer = [], memoryview(bytearray(size))
    with closing(stream):
        while n := stream.readinto(buffer):
            parts.append(bytes(buffer[:n]))
    return b"".join(parts)


def read_files(*names, size=1000):
    return read_all(FileStream(find_files(*names)), size)


def names_of(files: TextFiles):
    return [os.path.basename(file.path) for file in files.files]


@pytest.fixture
def tree(tmp_path):
    for name in ("b.txt", "a.md", ".hidden", "sub/c.txt", "sub/.git/d.txt", "sub/deep/e", "zz/f.txt"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name, encoding="utf-8")
    return tmp_path


def test_a_folder_is_all_its_visible_files_in_sorted_order(tree):
    assert names_of(find_files(tree)) == ["a.md", "b.txt", "c.txt", "e", "f.txt"]


def test_a_hidden_folder_that_is_named_is_read(tree):
    assert names_of(find_files(tree / "sub" / ".git")) == ["d.txt"]


def test_a_glob_is_its_matches_in_sorted_order(tree):
    assert names_of(find_files(f"{tree}/*.*")) == ["a.md", "b.txt"]
    assert names_of(find_files(f"{tree}/**/*.txt")) == ["b.txt", "c.txt", "f.txt"]
    assert names_of(find_files(f"{tree}/**")) == ["a.md", "b.txt", "c.txt", "e", "f.txt"]
    assert names_of(find_files(f"{tree}/s*")) == ["c.txt", "e"]


def test_a_file_whose_name_looks_like_a_glob_is_that_file(tmp_path):
    (tmp_path / "what[1].txt").write_text("x", encoding="utf-8")
    assert names_of(find_files(tmp_path / "what[1].txt")) == ["what[1].txt"]


def test_several_names_keep_their_order(tree):
    assert names_of(find_files(tree / "zz", tree / "b.txt", tree / "a.md", tree / "b.txt")) == [
        "f.txt",
        "b.txt",
        "a.md",
        "b.txt",
    ]


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")
def test_linked_files_are_read_and_broken_links_are_refused(tree):
    (tree / "zz" / "link").symlink_to(tree / "b.txt")
    assert names_of(find_files(tree / "zz")) == ["f.txt", "link"]
    (tree / "zz" / "broken").symlink_to(tree / "nothing")
    with pytest.raises(SourceError, match="broken: no such file"):
        find_files(tree / "zz")


@pytest.mark.parametrize(
    ("name", "match"),
    [("none.txt", "none.txt: no such file or folder"), ("*.none", "no file matches"), ("a\0b", "cannot be read")],
)
def test_a_name_that_stands_for_nothing_is_refused(tmp_path, name, match):
    with pytest.raises(SourceError, match=match):
        find_files(tmp_path / name)


def test_no_name_at_all_is_refused():
    with pytest.raises(SourceError, match="no sources"):
        find_files()


def test_a_folder_without_files_is_refused(tmp_path):
    (tmp_path / "sub").mkdir()
    (tmp_path / ".hidden").write_text("x", encoding="utf-8")
    with pytest.raises(SourceError, match="the folder has no files"):
        find_files(tmp_path)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
def test_a_folder_that_cannot_be_listed_is_refused(tmp_path):
    (tmp_path / "locked").mkdir(0o000)
    with pytest.raises(SourceError, match="locked: cannot be read"):
        find_files(tmp_path)


def test_the_end_of_a_file_ends_a_line(tmp_path):
    (tmp_path / "a").write_bytes(b"one\ntwo")
    (tmp_path / "b").write_bytes(b"")
    (tmp_path / "c").write_bytes(b"three\n")
    assert read_files(tmp_path) == b"one\ntwo\n\nthree\n\n"


@pytest.mark.parametrize("size", [1, 7, 100_000])
def test_a_file_is_read_whole_whatever_the_buffer(tmp_path, size):
    text = TEXT[: size * 5000]
    (tmp_path / "a").write_bytes(text)
    stream = FileStream(find_files(tmp_path / "a"))
    assert stream.total == len(text)
    assert read_all(stream, size) == text + b"\n"
    assert stream.done == len(text)


def test_a_byte_order_mark_is_left_out_once(tmp_path):
    mark = b"\xef\xbb\xbf"
    (tmp_path / "a").write_bytes(mark + b"a" + mark)
    (tmp_path / "b.gz").write_bytes(gzip.compress(mark + b"b"))
    assert read_files(tmp_path) == b"a" + mark + b"\nb\n"


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
@pytest.mark.parametrize("compress", [bytes, gzip.compress], ids=["plain", "gz"])
def test_wide_text_is_refused_by_name(tmp_path, encoding, compress):
    (tmp_path / "text").write_bytes(compress("\ufeffsome text".encode(encoding)))
    name = encoding[:6]
    with pytest.raises(SourceError, match=f"text: is {name.upper()} text: expected UTF-8; try: --encoding {name}"):
        read_files(tmp_path / "text")


@pytest.mark.parametrize("suffix", COMPRESS)
@pytest.mark.parametrize("named", [True, False], ids=["suffix", "by content"])
def test_compressed_files_are_read_by_suffix_and_by_content(tmp_path, suffix, named):
    path = tmp_path / f"text{suffix if named else ''}"
    path.write_bytes(COMPRESS[suffix](TEXT))
    assert read_files(path) == TEXT + b"\n"


@pytest.mark.parametrize("suffix", COMPRESS)
def test_several_members_are_one_text(tmp_path, suffix):
    members = [COMPRESS[suffix](part) for part in (TEXT, b"", b"tail", TEXT)]
    (tmp_path / "text").write_bytes(b"".join(members))
    assert read_files(tmp_path / "text", size=1 << 16) == TEXT + b"tail" + TEXT + b"\n"


@pytest.mark.parametrize("suffix", COMPRESS)
@pytest.mark.parametrize("at_once", [1, 5])
def test_compressed_text_may_come_in_small_pieces(suffix, at_once):
    raw = io.BytesIO(COMPRESS[suffix](b"first") + COMPRESS[suffix](TEXT[:3000]))
    kind = next(
        kind
        for kind in (compression.GZIP, compression.BZIP2, compression.XZ, compression.ZSTD)
        if kind.suffix == suffix
    )
    text = compression.Decompressed(lambda buffer: raw.readinto(buffer[:at_once]), kind, "pipe")
    buffer, found = memoryview(bytearray(7)), b""
    while size := text.readinto(buffer):
        found += buffer[:size]
    assert found == b"first" + TEXT[:3000]
    assert text.readinto(buffer) == 0


@pytest.mark.parametrize("suffix", [".gz", ".xz"])
def test_zeros_behind_the_data_are_padding(tmp_path, suffix):
    (tmp_path / "text").write_bytes(COMPRESS[suffix](b"a") + bytes(512) + COMPRESS[suffix](b"b") + bytes(4))
    assert read_files(tmp_path / "text") == b"ab\n"


def test_skippable_zstd_frames_are_skipped(tmp_path):
    skip = b"\x50\x2a\x4d\x18" + (5).to_bytes(4, "little") + b"12345"
    (tmp_path / "text").write_bytes(skip + COMPRESS[".zst"](b"a") + skip)
    assert read_files(tmp_path / "text") == b"a\n"


def test_a_small_zstd_file_of_much_text_is_read_in_bounded_pieces():
    decoder, sizes = compression.ZSTD.decoder(), []
    data = COMPRESS[".zst"](bytes(200_000_000))
    while not decoder.eof:
        sizes.append(len(decoder.decompress(data, 1 << 20)))
        data = b""
    assert sum(sizes) == 200_000_000
    assert max(sizes) < 10_000_000


@pytest.mark.parametrize("suffix", COMPRESS)
@pytest.mark.parametrize("cut", [1, 7, 100, -1, -9, "half"])
def test_a_truncated_file_is_refused(tmp_path, suffix, cut):
    whole = COMPRESS[suffix](TEXT)
    path = tmp_path / f"text{suffix}"
    path.write_bytes(whole[: len(whole) // 2 if cut == "half" else cut])
    with pytest.raises(SourceError, match=rf"text{suffix}: is (truncated|not)"):
        read_files(path)


@pytest.mark.parametrize("suffix", COMPRESS)
def test_a_truncated_second_member_is_refused(tmp_path, suffix):
    whole = COMPRESS[suffix](TEXT)
    (tmp_path / "text").write_bytes(whole + whole[:-5])
    with pytest.raises(SourceError, match="text: is truncated"):
        read_files(tmp_path / "text")


@pytest.mark.parametrize("suffix", COMPRESS)
def test_a_corrupt_file_is_refused(tmp_path, suffix):
    whole = bytearray(COMPRESS[suffix](TEXT))
    middle = len(whole) // 2
    whole[middle : middle + 50] = bytes(byte ^ 0x5A for byte in whole[middle : middle + 50])
    (tmp_path / "text").write_bytes(whole)
    with pytest.raises(SourceError, match="text: is (corrupt|truncated)"):
        read_files(tmp_path / "text")


@pytest.mark.parametrize("suffix", COMPRESS)
@pytest.mark.parametrize("rest", [b"x", b"some other data behind it"])
def test_other_data_behind_a_compressed_text_is_refused(tmp_path, suffix, rest):
    (tmp_path / "text").write_bytes(COMPRESS[suffix](TEXT) + rest)
    with pytest.raises(SourceError, match="text: has other data after its"):
        read_files(tmp_path / "text")


@pytest.mark.parametrize("suffix", COMPRESS)
@pytest.mark.parametrize("content", [b"", b"plain text"])
def test_a_name_that_promises_compression_is_held_to_it(tmp_path, suffix, content):
    (tmp_path / f"text{suffix}").write_bytes(content)
    with pytest.raises(SourceError, match=r"text\.\w+: is not \w+ data, in spite of its name"):
        read_files(tmp_path / f"text{suffix}")


def test_text_that_begins_like_bzip2_is_text(tmp_path):
    (tmp_path / "text").write_bytes(b"BZh9 is how it begins")
    assert read_files(tmp_path / "text") == b"BZh9 is how it begins\n"


def test_zst_without_the_extra_names_the_pip_command(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "zstandard", None)
    (tmp_path / "text.zst").write_bytes(COMPRESS[".zst"](b"a"))
    with pytest.raises(MissingExtraError, match=r'pip install "kotovec\[zst\]"'):
        read_files(tmp_path / "text.zst")


@pytest.mark.parametrize("change", ["longer", "shorter", "touched"])
def test_a_source_that_changes_while_it_is_read_is_refused(tmp_path, change):
    path = tmp_path / "text"
    path.write_bytes(TEXT)
    stream = FileStream(find_files(path))
    stream.readinto(memoryview(bytearray(100)))
    if change == "touched":
        os.utime(path, ns=(1, 1))
    else:
        os.truncate(path, len(TEXT) + (9 if change == "longer" else -9))
    with pytest.raises(SourceError, match="text: changed while it was read"):
        read_all(stream)


def test_a_source_that_changed_between_finding_and_reading_is_refused(tmp_path):
    (tmp_path / "text").write_bytes(TEXT)
    stream = FileStream(find_files(tmp_path / "text"))
    os.truncate(tmp_path / "text", 5)
    with pytest.raises(SourceError, match="text: changed while it was read"):
        read_all(stream)


def test_a_source_that_goes_away_is_refused(tmp_path):
    (tmp_path / "text").write_bytes(TEXT)
    stream = FileStream(find_files(tmp_path / "text"))
    (tmp_path / "text").unlink()
    with pytest.raises(SourceError, match="text: no such file"):
        read_all(stream)


@pytest.mark.skipif(not os.path.exists("/proc/self/mem"), reason="needs a file that opens and cannot be read")
def test_a_file_that_cannot_be_read_is_refused():
    with pytest.raises(SourceError, match="/proc/self/mem: cannot be read"):
        read_files("/proc/self/mem")


@pytest.mark.skipif(not os.path.exists("/proc/self/status"), reason="needs a file that does not tell its size")
def test_a_file_that_does_not_tell_its_size_is_read():
    assert read_files("/proc/self/status").startswith(b"Name:")


@pytest.mark.parametrize("compress", [bytes, gzip.compress], ids=["plain", "gz"])
def test_stdin_is_read(monkeypatch, compress):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(compress(TEXT))))
    files = find_files("-")
    assert files.total is None
    assert read_all(FileStream(files)) == TEXT + b"\n"
    assert not sys.stdin.closed


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes there")
def test_a_named_pipe_is_read(tmp_path):
    path = tmp_path / "pipe"
    os.mkfifo(path)
    writer = threading.Thread(target=path.write_bytes, args=(TEXT,))
    files = find_files(path)
    writer.start()
    assert files.total is None
    assert read_all(FileStream(files)) == TEXT + b"\n"
    writer.join()


def test_closing_a_stream_closes_the_file(tmp_path):
    (tmp_path / "text").write_bytes(TEXT)
    stream = FileStream(find_files(tmp_path / "text"))
    stream.readinto(memoryview(bytearray(10)))
    stream.close()
    stream.close()
    with pytest.raises(ValueError, match="closed"):
        read_all(stream)


def test_lists_of_tokens_become_bytes_that_no_token_can_hold():
    sentences = [["a", "New York"], [], ("tab\t", "nl\n"), (word for word in "xy")]
    stream = SentenceStream(sentences)
    assert not stream.is_text
    assert read_all(stream) == b"a\xffNew York\xfe\xfetab\t\xffnl\n\xfex\xffy\xfe"


def test_tokens_with_the_joint_in_them_or_without_characters_stay_whole():
    assert read_all(SentenceStream([["a\x1fb", "c"], ["", "d"], [""]])) == b"a\x1fb\xffc\xfe\xfd\xffd\xfe\xfd\xfe"


def test_tokens_that_have_no_utf8_form_become_bytes_that_are_none():
    assert read_all(SentenceStream([["a\ud800"]])) == b"a\xed\xa0\x80\xfe"


def test_strings_are_lines():
    stream = SentenceStream(iter(["a b", "é", ""]))
    assert stream.is_text
    assert read_all(stream, 3) == "a b\né\n\n".encode()


def test_a_generator_is_used_up_once_and_not_ahead_of_need():
    used = []

    def sentences():
        for i in range(100_000):
            used.append(i)
            yield ["token"] * 10

    stream = SentenceStream(sentences())
    stream.readinto(memoryview(bytearray(10)))
    assert 0 < len(used) < 2000
    assert len(read_all(stream, 1 << 16)) == 100_000 * 60 - 10
    assert len(used) == 100_000


@pytest.mark.parametrize(
    ("sentences", "match"),
    [
        (5, "no sentences: expected an iterable of lists of tokens, or of str, found int"),
        ([["a"], ["b", 3]], "sentence 2: no list of tokens: expected a list of str, found sequence item 1"),
        ([[b"a"]], "sentence 1: no list of tokens.*bytes found"),
        ([b"a b"], "sentence 1: no list of tokens: expected a list of str, found bytes"),
        ([["a"], "b c"], "sentence 2: no list of tokens: expected a list of str, found str"),
        (["a b", ["c"]], "sentence 2: sentences of two kinds: expected str, found list"),
        ([["a"], None], "sentence 2: no list of tokens.*NoneType"),
        ([1, 2], "sentence 1: no list of tokens"),
    ],
)
def test_what_is_no_sentence_is_refused_with_its_number(sentences, match):
    with pytest.raises(ConfigError, match=match):
        read_all(SentenceStream(sentences))


def test_what_a_generator_raises_comes_through():
    def sentences():
        yield ["a"]
        raise ZeroDivisionError("mine")

    with pytest.raises(ZeroDivisionError, match="mine"):
        read_all(SentenceStream(sentences()))


def test_every_compression_is_known_by_suffix_and_content():
    assert {kind.suffix for kind in (compression.GZIP, compression.BZIP2, compression.XZ, compression.ZSTD)} == set(
        COMPRESS
    )
