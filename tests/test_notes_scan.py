import os
import sys
import time

import pytest

from kotovec.errors import ConfigError, MissingExtraError, NoteError
from kotovec.notes.reading import MAX_BYTES
from kotovec.notes.rules import Rules
from kotovec.notes.scan import check_not_empty, scan

NOT_ROOT = not hasattr(os, "geteuid") or os.geteuid() != 0
LINKS = pytest.mark.skipif(sys.platform == "win32", reason="links need rights on Windows")
BYTE_NAMES = pytest.mark.skipif(sys.platform != "linux", reason="only Linux has names of any bytes")


@pytest.fixture
def vault(tmp_path):
    root = tmp_path / "vault"
    root.mkdir()
    return root


def write(root, *paths, text="text"):
    for path in paths:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, "utf-8")


def paths(root, rules=None):
    return [file.path for file in scan(root, rules).files]


def reasons(root, rules=None):
    return {skipped.path: skipped.reason for skipped in scan(root, rules).skipped}


def test_notes_are_found_by_suffix_and_sorted_by_path(vault):
    write(vault, "b.md", "a/z.MD", "a/b/c.markdown", "d.txt", "e.org", "f.png", "g", "日記.md")
    found = scan(vault)
    assert [file.path for file in found.files] == ["a/b/c.markdown", "a/z.MD", "b.md", "d.txt", "e.org", "日記.md"]
    assert found.other_files == 2
    assert found.skipped == []


def test_a_note_comes_with_its_size_and_time(vault):
    write(vault, "a.md", text="12345")
    (file,) = scan(vault).files
    assert (file.size, file.mtime_ns) == (5, (vault / "a.md").stat().st_mtime_ns)


def test_hidden_folders_and_templates_are_out_by_default_and_said(vault):
    write(
        vault,
        ".obsidian/a.md",
        ".trash/a.md",
        ".hidden.md",
        "node_modules/x/a.md",
        "Templates/a.md",
        "x/_templates/a.md",
    )
    write(vault, "logseq/bak/a.md", "logseq/a.md", "bak/a.md", "mytemplates/a.md")
    assert paths(vault) == ["bak/a.md", "logseq/a.md", "mytemplates/a.md"]
    assert reasons(vault) == {
        ".obsidian/": "hidden folder",
        ".trash/": "hidden folder",
        ".hidden.md": "hidden file",
        "node_modules/": "packages (left out by default)",
        "Templates/": "templates (left out by default)",
        "x/_templates/": "templates (left out by default)",
        "logseq/bak/": "backups of Logseq (left out by default)",
    }


def test_a_rule_brings_back_what_a_default_leaves_out(vault):
    write(vault, "templates/a.md", ".hidden/a.md", "b.md")
    write(vault, ".kotovecignore", text="!templates/\n")
    assert paths(vault) == ["b.md", "templates/a.md"]
    assert paths(vault, Rules(exclude=("!.hidden/",))) == [".hidden/a.md", "b.md", "templates/a.md"]


def test_an_ignore_file_works_as_gitignore_does(vault):
    write(vault, "drafts/a.md", "x/drafts/a.md", "private.md", "x/private.md", "keep.tmp.md", "b.tmp.md", "c.md")
    write(vault, ".kotovecignore", text="\ufeff# a comment\n\ndrafts/\n/private.md\n*.tmp.md\n!keep.tmp.md\n")
    assert paths(vault) == ["c.md", "keep.tmp.md", "x/private.md"]
    assert reasons(vault) == {
        "drafts/": "drafts/ in .kotovecignore",
        "x/drafts/": "drafts/ in .kotovecignore",
        "private.md": "/private.md in .kotovecignore",
        "b.tmp.md": "*.tmp.md in .kotovecignore",
    }


def test_an_ignore_file_further_down_counts_below_its_folder_and_comes_last(vault):
    write(vault, ".kotovecignore", text="*.txt\n")
    write(vault, "a/.kotovecignore", text="!keep.txt\n/b.md\n")
    write(vault, "keep.txt", "a/keep.txt", "a/other.txt", "a/b.md", "a/c/b.md", "b.md")
    assert paths(vault) == ["a/c/b.md", "a/keep.txt", "b.md"]
    assert reasons(vault)["a/b.md"] == "/b.md in a/.kotovecignore"


def test_exclude_comes_after_ignore_files_and_include_limits_what_is_left(vault):
    write(vault, "journal/a.md", "journal/b.md", "c.md")
    write(vault, ".kotovecignore", text="!journal/b.md\n")
    assert paths(vault, Rules(include=("journal/",), exclude=("b.md",))) == ["journal/a.md"]
    assert reasons(vault, Rules(include=("journal/",), exclude=("b.md",))) == {
        "c.md": "no --include pattern matches",
        "journal/b.md": "b.md in --exclude",
    }
    assert paths(vault, Rules(include=("*.md", "!c.md"))) == ["journal/a.md", "journal/b.md"]


def test_a_pattern_that_is_none_is_refused_on_the_command_line_and_said_in_a_file(vault):
    with pytest.raises(ConfigError, match=r"--exclude: not a gitignore pattern: found '!'"):
        Rules(exclude=("a", "!"))
    write(vault, "a.md", "b.md")
    write(vault, ".kotovecignore", text="a.md\n!\n")
    assert paths(vault) == ["a.md", "b.md"]
    assert "its rules are not applied" in reasons(vault)[".kotovecignore"]


def test_patterns_need_the_extra_and_no_patterns_need_nothing(vault, monkeypatch):
    write(vault, "a.md")
    monkeypatch.setitem(sys.modules, "pathspec", None)
    assert paths(vault) == ["a.md"]
    with pytest.raises(MissingExtraError, match=r"patterns needs the package pathspec.*kotovec\[notes\]"):
        Rules(exclude=("a",))


def test_a_vault_that_is_missing_a_file_or_empty_is_an_error_that_says_so(vault):
    with pytest.raises(NoteError, match="no such folder: expected a folder of notes"):
        scan(vault / "none")
    write(vault, "x/note.md", "x/a.png")
    with pytest.raises(NoteError, match=r"note.md: not a folder: expected a folder of notes; try: .*x$"):
        scan(vault / "x" / "note.md")
    write(vault, "y/.hidden/a.md", "y/a.png")
    found = scan(vault / "y")
    with pytest.raises(
        NoteError, match=r"no notes in this folder: .*\.md.*found 1 file of other kinds, 1 left out .*hidden folder"
    ):
        check_not_empty(found, vault / "y")
    check_not_empty(scan(vault / "x"), vault / "x")


def test_a_note_that_is_too_large_is_left_out_and_said(vault):
    with open(vault / "large.md", "wb") as file:
        file.truncate(MAX_BYTES + 1)
    assert reasons(vault) == {"large.md": "it has 20 MB, the limit is 20 MB"}


@LINKS
def test_links_are_followed_within_the_vault_and_never_out_of_it(vault, tmp_path):
    write(tmp_path, "outside/secret.md", "outside.md")
    write(vault, "real.md", ".store/hidden.md", "folder/a.md")
    links = {
        "to_real.md": "real.md",
        "to_hidden.md": ".store/hidden.md",
        "again.md": ".store/hidden.md",
        "out.md": "../outside.md",
        "out": "../outside",
        "folder/loop": "..",
        "self": "self",
        "nowhere.md": "none.md",
        "to_folder": "folder",
    }
    for name, target in links.items():
        (vault / name).symlink_to(target)
    assert paths(vault) == ["again.md", "folder/a.md", "real.md"]
    assert reasons(vault) == {
        ".store/": "hidden folder",
        "to_real.md": "a link to real.md, which is read as real.md",
        "to_hidden.md": "a link to .store/hidden.md, which is read as again.md",
        "out.md": "a link out of the vault",
        "out/": "a link out of the vault",
        "folder/loop/": "a link to a folder of the vault, which is read there",
        "to_folder/": "a link to a folder of the vault, which is read there",
        "nowhere.md": "a link that leads nowhere",
    }


@LINKS
def test_the_vault_itself_may_be_a_link(vault, tmp_path):
    write(vault, "a.md")
    (tmp_path / "link").symlink_to(vault)
    assert paths(tmp_path / "link") == ["a.md"]


@BYTE_NAMES
def test_a_name_that_is_no_utf8_is_left_out_and_can_be_printed(vault):
    write(vault, "a.md")
    with open(os.fsencode(vault) + b"/b\xff.md", "w") as file:
        file.write("text")
    os.mkdir(os.fsencode(vault) + b"/c\xff")
    assert paths(vault) == ["a.md"]
    assert set(reasons(vault)) == {"b\\udcff.md", "c\\udcff/"}
    assert all("not valid UTF-8" in reason for reason in reasons(vault).values())


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
def test_a_pipe_named_as_a_note_is_never_opened(vault):
    os.mkfifo(vault / "pipe.md")
    assert reasons(vault) == {"pipe.md": "not a regular file"}


@pytest.mark.skipif(not NOT_ROOT, reason="root may read everything")
def test_a_folder_that_cannot_be_read_is_said(vault):
    write(vault, "a.md", "closed/b.md")
    (vault / "closed").chmod(0)
    try:
        assert paths(vault) == ["a.md"]
        assert reasons(vault) == {"closed/": "it cannot be read: Permission denied"}
    finally:
        (vault / "closed").chmod(0o755)


def test_a_folder_that_vanishes_while_it_is_read_is_said(vault, monkeypatch):
    write(vault, "a.md", "gone/b.md")
    scandir = os.scandir

    def vanishing(path):
        if str(path).rstrip("/\\").endswith("gone"):
            raise FileNotFoundError(2, "No such file or directory")
        return scandir(path)

    monkeypatch.setattr(os, "scandir", vanishing)
    assert paths(vault) == ["a.md"]
    assert reasons(vault) == {"gone/": "it cannot be read: No such file or directory"}


def test_names_that_differ_by_case_or_normalisation_are_all_found(vault):
    write(vault, "Note.md", "note.md", "Caf\u00e9.md", "Cafe\u0301.md")
    assert len(paths(vault)) == len(os.listdir(vault))


def test_ten_thousand_notes_are_scanned_in_little_more_than_the_system_needs(vault):
    for folder in range(20):
        (vault / str(folder)).mkdir()
        for number in range(500):
            os.close(os.open(vault / str(folder) / f"{number}.md", os.O_CREAT | os.O_WRONLY))
    scan(vault)
    assert len(scan(vault).files) == 10_000
    ours = min(_seconds(lambda: scan(vault)) for _ in range(3))
    floor = min(_seconds(lambda: _stat_all(vault)) for _ in range(3))
    assert ours < 6 * floor


def _seconds(run):
    start = time.process_time()
    run()
    return time.process_time() - start


def _stat_all(root):
    for folder in os.scandir(root):
        for entry in os.scandir(folder):
            entry.stat()
