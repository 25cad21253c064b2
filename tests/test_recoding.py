import gzip

import pytest

from japanese_text import sentences, write_text
from kotovec.corpus.config import CorpusConfig
from kotovec.corpus.encoding import encode
from kotovec.corpus.reading import FileStream
from kotovec.corpus.recoding import japanese_encoding
from kotovec.corpus.sources import find_files
from kotovec.errors import ConfigError, SourceError

TEXT = "\n".join(sentences(300)) + "\n"
WESTERN = "Füße und Bäche, größer als Öl: déjà vu à Noël, señor!\n" * 50


def read(path, encoding="utf-8", size=1000):
    stream, parts, buffer = FileStream(find_files(path), encoding), [], bytearray(size)
    while n := stream.readinto(memoryview(buffer)):
        parts.append(bytes(buffer[:n]))
    return b"".join(parts).decode(), stream


@pytest.mark.parametrize(
    ("encoding", "name", "flag"),
    [
        ("cp932", "Shift_JIS", "cp932"),
        ("shift_jis", "Shift_JIS", "cp932"),
        ("euc_jp", "EUC-JP", "euc_jp"),
        ("iso2022_jp", "ISO-2022-JP", "iso2022_jp"),
    ],
)
@pytest.mark.parametrize("compress", [bytes, gzip.compress], ids=["plain", "gz"])
def test_japanese_in_an_old_encoding_is_refused_by_its_name_and_the_flag_reads_it(
    tmp_path, encoding, name, flag, compress
):
    (tmp_path / "text").write_bytes(compress(TEXT.encode(encoding)))
    with pytest.raises(SourceError, match=f"text: looks like {name}: expected UTF-8; try: --encoding {flag}"):
        read(tmp_path / "text")
    assert read(tmp_path / "text", flag)[0] == TEXT + "\n"


@pytest.mark.parametrize(
    "head",
    [
        b"",
        TEXT.encode(),
        TEXT.encode()[:1001],
        TEXT.encode()[:1000] + b"\xff" + TEXT.encode()[1000:3000],
        WESTERN.encode("latin-1"),
        WESTERN.encode(),
        "просто текст\n".encode("koi8-r") * 50,
        "简体中文的句子，没有假名。\n".encode("gb18030") * 50,
        bytes(range(256)) * 20,
        b"plain words\n" * 100,
        b"a \x1b$B in the middle of ASCII",
    ],
)
def test_other_text_is_not_taken_for_old_japanese(head):
    assert japanese_encoding(head) is None


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1 << 16])
def test_characters_are_whole_whatever_the_size_of_the_buffer(tmp_path, size):
    path = write_text(tmp_path / "text", 20, "euc_jp")
    assert read(path, "euc_jp", size)[0] == "\n".join(sentences(20)) + "\n\n"


def test_each_file_is_decoded_by_itself(tmp_path):
    (tmp_path / "1").write_bytes("東京".encode("cp932")[:-1])
    (tmp_path / "2").write_bytes("京都".encode("cp932"))
    text, stream = read(tmp_path, "cp932")
    assert text == "東\ufffd\n京都\n"
    assert stream.invalid == 1


def test_byte_order_marks_decide_in_utf_16(tmp_path):
    (tmp_path / "text").write_bytes("東京 大阪".encode("utf-16"))
    assert read(tmp_path / "text", "utf-16")[0] == "東京 大阪\n"


def test_what_is_none_of_the_encoding_is_counted(tmp_path):
    (tmp_path / "text").write_bytes(b"a b\x80\xff c\xff")
    corpus = encode(tmp_path / "text", CorpusConfig(min_count=1, encoding="ascii"))
    assert corpus.invalid_bytes == 3  # as UTF-8, of which ASCII is a part
    corpus = encode(tmp_path / "text", CorpusConfig(min_count=1, encoding="euc_jp"))
    assert corpus.invalid_bytes > 0
    assert corpus.vocabulary.words[0] == "a"


@pytest.mark.parametrize("name", ["utf-17", "rot13", "base64", 8, ""])
def test_an_unknown_encoding_is_refused(name):
    with pytest.raises(ConfigError, match="unknown encoding: expected a name that Python knows.*found"):
        CorpusConfig(encoding=name)
