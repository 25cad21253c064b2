import codecs
import os
import subprocess
import sys
import time

import pytest

from kotovec.errors import MissingExtraError
from kotovec.notes.reading import MAX_BYTES, Skipped, digest, parse_note, read_bytes, read_note


def test_a_note_is_read_with_the_digest_of_its_bytes(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "b.md").write_bytes(b"# T\n\ntext")
    read = read_note(tmp_path, "a/b.md")
    assert not isinstance(read, Skipped)
    assert (read[0].title, read[0].path) == ("T", "a/b.md")
    assert read[1] == digest(b"# T\n\ntext") != digest(b"# T\n\nText")
    assert len(read[1]) == 16


def test_a_file_that_vanished_is_skipped(tmp_path):
    assert read_note(tmp_path, "a.md") == Skipped("a.md", "it vanished while the vault was being read")


def test_a_folder_named_as_a_note_is_skipped(tmp_path):
    (tmp_path / "a.md").mkdir()
    skipped = read_note(tmp_path, "a.md")
    assert isinstance(skipped, Skipped)
    assert skipped.reason.startswith("it cannot be read: ")


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_the_right_to_read_is_skipped(tmp_path):
    (tmp_path / "a.md").write_text("text")
    (tmp_path / "a.md").chmod(0)
    assert read_note(tmp_path, "a.md") == Skipped("a.md", "it cannot be read: Permission denied")


def test_binary_content_named_as_a_note_is_skipped(tmp_path):
    (tmp_path / "a.md").write_bytes(b"\x89PNG\r\n\x1a\n\x00\x00\x00")
    assert read_bytes(tmp_path, "a.md") == Skipped("a.md", "it is binary, not text (it holds NUL bytes)")


def test_a_file_of_fifty_megabytes_is_skipped_without_being_read(tmp_path):
    with open(tmp_path / "a.md", "wb") as file:
        file.truncate(50_000_000)
    assert read_bytes(tmp_path, "a.md") == Skipped("a.md", "it has 50 MB, the limit is 20 MB")
    assert MAX_BYTES == 20_000_000


@pytest.mark.parametrize(
    ("data", "text", "warning"),
    [
        (b"caf\xc3\xa9", "café", None),
        (codecs.BOM_UTF8 + "café".encode(), "café", None),
        (codecs.BOM_UTF16_LE + "café".encode("utf-16-le"), "café", None),
        (codecs.BOM_UTF16_BE + "café".encode("utf-16-be"), "café", None),
        (b"caf\xe9 and", "caf\ufffd and", "not valid UTF-8 from byte 3 on: replaced what could not be read"),
        (codecs.BOM_UTF16_LE + b"a\0b", "a\ufffd", "not valid UTF-16-LE from byte 4 on: replaced"),
        ("really \ufffd".encode(), "really \ufffd", None),
        (b"a\r\nb\rc", "a\nb\nc", None),
        (b"a\x1b[31mb\x07", "a [31mb", None),
        (b"", None, None),
    ],
)
def test_bytes_become_text(data, text, warning):
    note = parse_note(data, "a.md")
    assert [section.text for section in note.sections] == ([text] if text is not None else [])
    assert len(note.warnings) == (warning is not None)
    assert not warning or note.warnings[0].startswith(warning)


def test_front_matter_after_a_byte_order_mark_is_front_matter():
    assert parse_note(codecs.BOM_UTF8 + b"---\r\ntitle: T\r\n---\r\ntext", "a.md").title == "T"


def test_no_control_character_leaves_the_parser():
    note = parse_note(
        b'---\ntitle: "a\\e[31m\\0b"\naliases: ["\\0"]\ntags: ["x\\ey"]\n---\n# h\x1b &#27; &#0;\n', "a.md"
    )
    assert (note.title, note.aliases) == ("a [31m b", ())
    assert not any(ord(letter) < 32 and letter != "\n" for letter in str(note))


@pytest.mark.parametrize(
    ("data", "path", "identity"),
    [
        (b"---\nid: abc\n---\n20210101120000", "a.md", "abc"),
        (b"# T\nID 20210101120000", "a.md", "20210101120000"),
        (b"see [[20210101120000]]", "a.md", None),
        (b"202101011200001", "a.md", None),
        (b"x" * 600 + b" 20210101120000", "a.md", None),
        (b"20210101120000", "20200101120000.md", None),
    ],
)
def test_the_id_of_a_zettel_is_in_front_matter_or_near_the_start_of_its_text(data, path, identity):
    assert parse_note(data, path).properties.get("id") == identity


def test_markdown_too_long_to_parse_is_read_as_plain_text(monkeypatch):
    from kotovec.notes import reading

    assert reading.MAX_MARKDOWN == 2_000_000
    monkeypatch.setattr(reading, "MAX_MARKDOWN", 300_000)
    note = parse_note(b"**word** [[Link]]\n\n" * 20_000, "a.md")
    assert note.warnings == ("too long to parse as Markdown, read as plain text",)
    assert note.sections[0].text.startswith("**word** Link\n\n")
    assert note.links[0].target == "Link"


HOSTILE = ["[", "![[", "[[a|", "[[a", "[a](", "![a](", "[^a", "^[", "![a", "[a][", "#[[", "{{embed [[", "]: [["]
HOSTILE += ["`", "``a`", "**a ", "***a*", "<", "<a ", "<script ", "<!--", "<![CDATA[", "> ", "- ", "%% a\n\n", "$a "]
HOSTILE += [
    "$$a$ ",
    "{{",
    "://",
    "http://",
    "((",
    ":A:\n",
    "#+begin_src\n",
    "- #+begin_src\n",
    "%% a\n- ",
    ":LOGBOOK:\n",
    "|a|b\n",
    "a:: b\n",
    "\\[",
]
ONCE = ["[[a]](" + "/" * 100_000, "a" + " " * 100_000 + "b^", "{{" + " " * 100_000, "!!! " + "a" * 100_000 + "!\n    x"]
ONCE += [
    "* a" + " " * 100_000 + "b",
    ":END:\n" + ":LOGBOOK:\n" * 20_000,
    "tags:: a" + " " * 100_000 + "b",
    "*" * 100_000,
]
ONCE += ["---\na: " + "[a," * 20_000 + "\n---\n", "---\n" + "a: b\n" * 10_000 + "---\n", "# " * 100_000]


@pytest.mark.parametrize("text", [part * (60_000 // len(part)) for part in HOSTILE] + ONCE, ids=lambda text: text[:12])
def test_no_mark_up_makes_the_parser_slow(text):
    start = time.process_time()
    for path in ("a.md", "a.txt", "a.org"):
        parse_note(text.encode(), path)
    assert time.process_time() - start < 1.5


def test_many_blocks_that_never_end_are_searched_for_their_end_once():
    start = time.process_time()
    parse_note(b"#+begin_src\n" * 10_000, "a.md")
    assert time.process_time() - start < 2


def test_a_typical_note_takes_a_millisecond_or_less():
    words = " ".join(f"word{number % 97}" for number in range(60))
    text = "---\ntitle: T\ntags: [a]\n---\n# T\n\n" + f"## Part\n\n{words} [[Link|seen]] *and* `code`.\n\n" * 5
    parse_note(text.encode(), "a.md")
    start = time.process_time()
    for _ in range(100):
        parse_note(text.encode(), "a.md")
    assert (time.process_time() - start) / 100 < 0.003  # 0.4 ms measured; room for other machines


def test_a_missing_extra_is_named(monkeypatch):
    from kotovec.notes import markdown

    monkeypatch.setitem(sys.modules, "markdown_it", None)
    markdown._parser.cache_clear()
    with pytest.raises(MissingExtraError, match=r"reading notes needs the package markdown-it-py.*kotovec\[notes\]"):
        parse_note(b"text", "a.md")


def test_importing_the_room_loads_none_of_its_extras():
    code = "import sys, kotovec.notes.scan, kotovec.notes.reading, kotovec.notes.links; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not {"markdown_it", "yaml", "pathspec", "numba", "numpy", "rich"} & set(loaded)
