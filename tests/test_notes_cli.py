import json
import os
import signal
import subprocess
import sys
import time

import pytest

from kotovec.cli.notes_commands import notes_commands
from kotovec.cli.notes_text import note_lines, padded, safe, width
from kotovec.notes.outline import outline
from kotovec.notes.snippets import snippet
from notes_vault import snapshot, write_vault

COMMANDS = "related search suggest orphans duplicates index status eval tune serve demo".split()

pytestmark = pytest.mark.usefixtures("untrained")


@pytest.fixture
def root(tmp_path):
    return write_vault(tmp_path / "vault")


@pytest.fixture
def ask(run_kotovec, monkeypatch, tmp_path):
    """Run `kotovec notes` with the cache folder of the test, and without what is said of updates."""
    monkeypatch.setattr("kotovec.notes.places.cache_roots", lambda *_: [tmp_path / "cache"])
    monkeypatch.setattr("kotovec.cli.notes_options.SLOW", 1e9)
    return lambda *words: run_kotovec("notes", *words)


def answer(done):
    assert (done.returncode, done.stderr) == (0, ""), done
    return json.loads(done.stdout)


def test_the_group_alone_shows_its_commands(run_kotovec):
    done = run_kotovec("notes")
    assert (done.returncode, done.stderr) == (0, "")
    assert all(f"\n  {name} " in done.stdout for name in COMMANDS)
    assert "Nothing leaves this machine" in done.stdout
    assert list(notes_commands()) == COMMANDS


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_has_help_with_an_example(run_kotovec, command):
    done = run_kotovec("notes", command, "-h")
    assert (done.returncode, done.stderr) == (0, "")
    assert f"Examples:\n    kotovec notes {command}" in done.stdout


def test_the_first_question_indexes_and_the_second_does_not(ask, root, run_kotovec, monkeypatch):
    monkeypatch.setattr("kotovec.cli.notes_options.SLOW", 0.0)
    first, second = (run_kotovec("notes", "related", root, "bees 0") for _ in range(2))
    assert "notes: 18 added; " in first.stderr
    assert "18 unchanged" in second.stderr
    assert first.stdout == second.stdout


def test_related_notes_are_those_of_the_subject_and_linked_ones_are_counted(ask, root, trained):
    done = ask("related", root, "bees 1", "-n", 3)
    lines = done.stdout.splitlines()
    assert [line.split()[-2:] for line in lines[:3]] == [["bees/bees", f"{n}.md"] for n in (3, 4, 5)] or all(
        "bees/bees" in line for line in lines[:3]
    )
    assert lines[-1] == "2 linked notes hidden; --filter all shows them"
    assert not any("bees 0.md" in line or "bees 2.md" in line for line in lines)


@pytest.mark.parametrize(
    ("filter", "paths"), [("linked", {"bees 0", "bees 2"}), ("all", {f"bees {n}" for n in (0, 2, 3, 4, 5)})]
)
def test_a_filter_shows_the_others(ask, root, filter, paths):
    found = answer(ask("related", root, "bees 1", "-n", 5, "--filter", filter, "--json"))
    assert {item["note"] for item in found["related"]} == {f"bees/{name}.md" for name in paths}
    assert [item["linked"] for item in found["related"]] == [
        item["note"] in ("bees/bees 0.md", "bees/bees 2.md") for item in found["related"]
    ]
    scores = [item["score"] for item in found["related"]]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 100 for score in scores)


def test_reasons_are_shown_on_lines_of_their_own(ask, root):
    done = ask("related", root, "bees 1", "-n", 1, "--why")
    lines = done.stdout.splitlines()
    assert any(line.strip().startswith("same words: ") for line in lines)
    assert any(line.strip() == "tags: #bees" for line in lines)
    assert any(line.strip().startswith("sections: ") for line in lines)


def test_a_name_in_the_text_of_the_other_is_a_reason(ask, root):
    (root / "a.md").write_text("# Smoke signals\n\nBees like honey. They hate wax.\n")
    (root / "b.md").write_text("# Other\n\nAbout smoke signals and honey.\n")
    lines = ask("related", root, "a.md", "--why", "-n", 20).stdout.splitlines()
    place = next(at for at, line in enumerate(lines) if line.endswith("b.md"))
    assert lines[place + 1].strip() == "by name: this one there"
    found = answer(ask("related", root, "b.md", "--json", "-n", 20))["related"]
    (why,) = (item["why"] for item in found if item["note"] == "a.md")
    assert (why["named_here"], why["named_there"]) == (True, False)


def test_related_as_json_names_the_note_and_the_reasons(ask, root):
    found = answer(ask("related", root, "bees 1", "-n", 2, "--json"))
    assert (found["note"], found["title"], found["filter"], found["hidden"]) == (
        "bees/bees 1.md",
        "Bees part 1",
        "unlinked",
        2,
    )
    why = found["related"][0]["why"]
    assert set(why) == {"shared", "near", "links", "tags", "named_here", "named_there", "section"}
    assert why["tags"] == ["bees"]
    assert all(isinstance(term, str) and 0 < weight <= 1 for term, weight in why["shared"])


def test_all_notes_are_one_line_of_json_each(ask, root):
    done = ask("related", root, "--all", "--json-lines", "-n", 3)
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(lines) == 18
    assert [line["note"] for line in lines] == sorted(line["note"] for line in lines)
    assert all(set(line) == {"note", "related"} and len(line["related"]) == 3 for line in lines)
    assert {"note", "score", "why"} <= set(lines[0]["related"][0])


def test_all_notes_as_one_object_of_json_or_as_text(ask, root):
    assert len(answer(ask("related", root, "--all", "--json"))["notes"]) == 18
    done = ask("related", root, "--all", "-n", 1)
    assert done.stdout.count("\n\n") == 18


@pytest.mark.parametrize("name", ["bees 1", "BEES 1", "bees/bees 1.md", "bees/bees 1", "Bees part 1", "bees part 1"])
def test_a_note_is_found_by_path_name_or_title_in_any_case(ask, root, name):
    assert answer(ask("related", root, name, "--json"))["note"] == "bees/bees 1.md"


def test_a_note_is_found_by_a_path_from_the_current_folder(ask, root, monkeypatch):
    monkeypatch.chdir(root / "bees")
    assert answer(ask("related", root, "bees 1.md", "--json"))["note"] == "bees/bees 1.md"
    monkeypatch.chdir(root.parent)
    assert answer(ask("related", "vault", "vault/bees/bees 1.md", "--json"))["note"] == "bees/bees 1.md"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("beez 1", "no note is called 'beez 1'; near names: "),
        ("Bees", "no note is called 'Bees'; near names: "),
        ("", "no note is called ''"),
        ("xyzzy", "no note is called 'xyzzy'\n"),
        ("same", "'same' may be 2 notes; name one by its path: "),
    ],
)
def test_a_name_of_no_note_or_of_several_is_an_error_that_names_near_ones(ask, root, name, text):
    for folder in ("bees", "bread"):
        (root / folder / "Same.md").write_text("Alike.\n")
    done = ask("related", root, name)
    assert (done.returncode, done.stdout) == (1, "")
    assert text in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    "words",
    [
        ["related"],
        ["related", "bees 1", "--all"],
        ["related", "bees 1", "--filter", "none"],
        ["related", "bees 1", "-n", "0"],
        ["related", "--all", "--write"],
        ["related", "bees 1", "--filter", "linked", "--write"],
        ["search", " "],
        ["search", "wax", "-n", "0"],
        ["suggest", "-n", "-1"],
        ["duplicates", "--threshold", "0.2"],
        ["eval", "--hide", "0.5"],
        ["eval", "--seed", "-1"],
        ["tune", "--seed", "-1"],
        ["index", "--processes", "0"],
    ],
)
def test_wrong_usage_is_one_line_and_exit_code_2(ask, root, words):
    done = ask(words[0], root, *words[1:])
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("kotovec: error: ")
    assert done.stderr.count("\n") == 1


def test_search_finds_by_word_and_shows_where(ask, root):
    found = answer(ask("search", root, "steam", "tunnel", "--json", "-n", 4))
    assert found["search"] == "steam tunnel"
    assert {hit["path"].partition("/")[0] for hit in found["found"]} == {"trains"}
    assert "steam" in found["found"][0]["snippet"]
    done = ask("search", root, "steam tunnel", "-n", 1)
    assert "trains/trains" in done.stdout.splitlines()[0]
    assert "tunnel" in done.stdout.splitlines()[1]
    assert ask("search", root, "qwertyuiop").stdout == "nothing found\n"


def test_suggested_pairs_are_alike_and_not_linked(ask, root):
    found = answer(ask("suggest", root, "-n", 5, "--json"))["suggestions"]
    assert found
    for pair in found:
        a, b = (path.partition("/")[0] for path in pair["notes"])
        assert a == b
        numbers = sorted(int(path[-4]) for path in pair["notes"])
        assert numbers[1] - numbers[0] > 1 or numbers[0] == 4
    assert ask("suggest", root, "-n", 2, "--why").stdout.count("same words") == 2


def test_orphans_are_the_notes_without_links(ask, root):
    found = answer(ask("orphans", root, "--json"))["orphans"]
    assert [one["path"] for one in found] == [f"{subject}/{subject} 5.md" for subject in ("bees", "bread", "trains")]
    assert len(ask("orphans", root).stdout.splitlines()) == 3


def test_duplicates_are_pairs_with_nearly_the_same_words(ask, root):
    text = (root / "bees" / "bees 1.md").read_text()
    (root / "bees" / "copy.md").write_text(text + "One more word.\n")
    found = answer(ask("duplicates", root, "--json", "--threshold", 0.9))["duplicates"]
    assert ["bees/bees 1.md", "bees/copy.md"] in [pair["notes"] for pair in found]
    assert "bees/copy.md" in ask("duplicates", root).stdout


def test_index_says_what_was_read_and_what_was_not(ask, root):
    (root / "binary.md").write_bytes(b"a\0b")
    done = ask("index", root, "--exclude", "bread/")
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert lines[0].startswith("notes: 12 added, 2 files skipped; ")
    assert lines[1].startswith("12 notes, ")
    assert "index: in " in lines[2]
    assert any(line.startswith("skipped   binary.md: ") for line in lines)
    assert any(line.startswith("skipped   bread/: ") for line in lines)
    assert answer(ask("index", root, "--json"))["unchanged"] == 12
    assert answer(ask("status", root, "--json"))["notes"] == 12
    assert answer(ask("index", root, "--forget", "--json"))["added"] == 6
    assert answer(ask("index", root, "--rebuild", "--json"))["notes"] == 18


def test_status_lists_every_file_that_was_left_out_and_on_request_all(ask, root):
    (root / "binary.md").write_bytes(b"a\0b")
    assert [line for line in ask("status", root).stdout.splitlines() if ".md" in line] == [
        line for line in ask("status", root).stdout.splitlines() if line.startswith("skipped   binary.md")
    ]
    assert sum(line.startswith("indexed") for line in ask("status", root, "--files").stdout.splitlines()) == 18
    found = answer(ask("status", root, "--json"))
    assert {file["state"] for file in found["files"]} == {"indexed", "skipped"}
    assert found["index_bytes"] > 0


def test_eval_prints_a_table_and_nothing_of_the_notes(ask, root):
    done = ask("eval", root)
    assert [line.split()[0] for line in done.stdout.splitlines()[1:5]] == ["kotovec", "BM25", "TF-IDF", "random"]
    assert not any(word in done.stdout for word in ("bees", "bread", "trains"))
    found = answer(ask("eval", root, "--hide", "all", "--seed", 3, "--json"))
    assert (found["hide"], found["seed"], found["n_hidden"]) == ("all", 3, found["n_links"])


def test_eval_without_links_is_an_error(ask, tmp_path):
    root = tmp_path / "plain"
    root.mkdir()
    (root / "a.md").write_text("Only words.\n")
    done = ask("eval", root)
    assert (done.returncode, done.stdout) == (1, "")
    assert "no links between notes" in done.stderr


def test_tuned_weights_are_kept_with_the_index_until_they_are_reset(ask, root, monkeypatch):
    from kotovec.notes import tuning
    from kotovec.notes.weights import Weights

    found = tuning.Tuned(Weights(cosine=3.0, bm25=0.0), 0.3, 0.4, 25)
    monkeypatch.setattr(tuning, "tune", lambda *_, **__: found)
    before = answer(ask("related", root, "bees 1", "--json", "--filter", "all"))
    done = ask("tune", root)
    assert done.stdout.splitlines()[1] == "these are kept"
    assert "bm25    1.6 -> 0" in done.stdout
    assert answer(ask("status", root, "--json"))["tuned"]
    after = answer(ask("related", root, "bees 1", "--json", "--filter", "all"))
    assert [item["score"] for item in after["related"]] != [item["score"] for item in before["related"]]
    ask("index", root, "--rebuild")
    assert answer(ask("status", root, "--json"))["tuned"]
    assert "those of all vaults" in ask("tune", root, "--reset").stdout
    assert answer(ask("related", root, "bees 1", "--json", "--filter", "all")) == before


def test_too_few_links_to_tune_by_is_an_error(ask, root):
    done = ask("tune", root)
    assert done.returncode == 1
    assert "too few links" in done.stderr


def test_no_command_changes_a_byte_or_a_time_in_the_vault(ask, root):
    (root / "bees" / "bees 0.md").chmod(0o600)
    before = snapshot(root)
    for words in (
        ["index"], ["status"], ["related", "bees 1", "--why"], ["related", "--all", "--json-lines"], ["search", "wax"],
        ["suggest"], ["orphans"], ["duplicates"], ["eval"], ["tune", "--reset"], ["index", "--rebuild"],
    ):  # fmt: skip
        done = ask(words[0], root, *words[1:])
        assert done.returncode == 0, done
    assert snapshot(root) == before


def test_related_writes_links_where_it_is_asked_to_and_writing_again_changes_nothing(ask, root):
    path = root / "bees" / "bees 1.md"
    data = path.read_bytes().replace(b"\n", b"\r\n").removesuffix(b"\r\n")
    path.write_bytes(b"\xef\xbb\xbf" + data)
    path.chmod(0o640)
    before = snapshot(root)
    done = ask("related", root, "bees 1", "-n", 3, "--write")
    assert done.stderr == "kotovec: bees/bees 1.md: 3 links written\n"
    written = path.read_bytes()
    assert written.startswith(b"\xef\xbb\xbf" + data + b"\r\n<!-- kotovec: related notes -->\r\n- [[bees ")
    assert written.count(b"- [[") == 3
    assert path.stat().st_mode & 0o777 == 0o640
    after = snapshot(root)
    assert {name for name in after if after[name] != before.get(name)} - {"bees"} == {"bees/bees 1.md"}
    again = ask("related", root, "bees 1", "-n", 3, "--write")
    assert again.stderr == "kotovec: bees/bees 1.md: nothing to change\n"
    assert again.stdout == done.stdout
    assert path.read_bytes() == written
    assert ask("related", root, "bees 1", "-n", 1, "--write").stderr.endswith("1 link written\n")
    assert path.read_bytes().count(b"- [[") == 1


def test_suggest_writes_into_the_note_that_is_named_alone(ask, root):
    found = answer(ask("suggest", root, "-n", 9, "--json"))["suggestions"]
    path = found[0]["notes"][0]
    before = snapshot(root)
    done = ask("suggest", root, "-n", 9, "--write", path)
    assert f"{path}: " in done.stderr
    after = snapshot(root)
    assert {name for name in after if after[name] != before.get(name)} - {path.partition("/")[0]} == {path}
    partner = os.path.splitext(os.path.basename(found[0]["notes"][1]))[0]
    assert f"[[{partner}" in (root / path).read_text()


@pytest.mark.parametrize(
    ("name", "data", "text"),
    [("plain.txt", b"honey wax comb\n", "Markdown only"), ("latin.md", b"honey wax comb \xff\n", "not valid UTF-8")],
)
def test_only_sound_markdown_is_written_to(ask, root, name, data, text):
    (root / name).write_bytes(data)
    done = ask("related", root, name, "--write")
    assert done.returncode == 1
    assert text in done.stderr
    assert (root / name).read_bytes() == data


def test_a_title_cannot_steer_the_terminal(ask, root):
    (root / "evil.md").write_text('---\ntitle: "a\\e[31m\\a\\u202E b"\n---\nhoney wax comb\n')
    done = ask("orphans", root)
    assert "\x1b" not in done.stdout
    assert "\x07" not in done.stdout
    assert safe("a\x1b[31mb\u202ec\n") == "a?[31mb?c?"


def test_columns_are_as_wide_as_their_letters():
    assert [width(text) for text in ("abc", "東京", "e\u0301")] == [3, 4, 1]
    assert padded("東京都", 5) == "東京…"
    assert padded("ab", 4) == "ab  "
    assert note_lines([(99.5, "東京", "a.md", ["x"]), (1.0, "abcd", "b.md", [])]) == [
        " 99.5  東京  a.md",
        "         x",
        "  1.0  abcd  b.md",
    ]


def test_a_snippet_is_the_paragraph_with_most_of_the_words_and_no_front_matter():
    text = "---\ntags: honey wax\n---\n# Honey wax\n\nNothing here.\n\nThe *wax* of [[bees|bees]] and\nhoney, too.\n"
    assert snippet(text, ["honey", "wax"]) == "The *wax* of bees and honey, too."
    assert snippet(text, ["steam"]) == "Nothing here."
    assert snippet("# Only a heading", ["steam"]) == snippet("", ["steam"]) == ""
    long = "word " * 100 + "honey " + "word " * 100
    assert snippet(long, ["honey"]).startswith("…word")
    assert "honey" in snippet(long, ["honey"])
    assert len(snippet(long, ["honey"])) <= 163


def test_an_outline_has_the_text_under_each_heading_without_front_matter_code_and_addresses():
    text = (
        "---\ntitle: x\n---\nBefore.\n\n# One #\nSee [here](http://a.b/c).\n```sh\n# no heading\n```\n"
        "## Two\n~~~\n# open to the end"
    )
    assert [(s.heading, s.level, s.text.split()) for s in outline(text)] == [
        ("", 0, ["Before."]),
        ("One", 1, ["See", "[here]."]),
        ("Two", 2, []),
    ]
    assert outline("") == []


def test_ctrl_c_while_indexing_leaves_the_old_index_and_exits_130(root, tmp_path):
    index = tmp_path / "index"
    run = [sys.executable, "-m", "kotovec", "notes", "index", str(root), "--index", str(index)]
    assert subprocess.run(run, capture_output=True).returncode == 0
    before = {path.name: path.read_bytes() for path in index.iterdir()}
    code = (
        "import sys, time; from kotovec.notes import batch\n"
        "def slow(*_): print('reading', flush=True); time.sleep(30)\n"
        "batch.parse_note = slow; from kotovec.cli import main; sys.exit(main(sys.argv[1:]))"
    )
    slow = [sys.executable, "-c", code, *run[3:], "--rebuild"]
    process = subprocess.Popen(slow, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout.readline() == "reading\n"
    time.sleep(0.1)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=20)
    assert (process.returncode, err) == (130, "kotovec: interrupted\n")
    assert {path.name: path.read_bytes() for path in index.iterdir()} == before


def test_asking_an_indexed_vault_loads_no_numba(root, tmp_path):
    words = ["notes", "related", str(root), "bees 1", "--why", "--index", str(tmp_path / "index")]
    subprocess.run([sys.executable, "-m", "kotovec", *words], capture_output=True, check=True)
    (root / "bees" / "bees 2.md").write_text("Something else about honey.\n")
    code = f"import sys; from kotovec.cli import main; main({words!r}); print('modules', *sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    loaded = set(done.stdout.splitlines()[-1].split())
    assert "kotovec.notes.ranking" in loaded
    assert not loaded & {"numba", "llvmlite", "rich", "starlette", "fugashi", "scipy"}


def test_the_help_of_kotovec_loads_no_command_of_notes():
    code = "import sys; from kotovec.cli import main; main(['--help']); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert "  notes " in done.stdout
    assert not {"numpy", "rich", "kotovec.cli.notes_related"} & set(done.stdout.splitlines()[-1].split())
