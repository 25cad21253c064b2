"""What a vault can be made of, through the commands: see test_notes_scan and test_notes_reading for each alone."""

import hashlib
import json
import os
import socket
import subprocess
import sys
import unicodedata

import pytest

from kotovec.errors import SourceError
from kotovec.notes import index as notes_index
from kotovec.notes import markdown, open_vault

BREAD = "The dough rests overnight in the cool kitchen. Salt, flour and water, and a warm oven in the morning.\n"
GARDEN = "The beds need water in dry weeks. Compost in spring, mulch in summer, and the barrel fills in autumn.\n"
ASK = {
    "index": (),
    "status": (),
    "related": ("bread",),
    "search": ("cool kitchen dough",),
    "suggest": (),
    "orphans": (),
    "duplicates": (),
}
EMPTY_STATUS = ("status", "empty")  # status says what is there, were it nothing


def write_good_notes(folder):
    folder.mkdir(parents=True, exist_ok=True)
    texts = {
        "bread": f"# Bread\n\n{BREAD}\nSee [[rye]].\n",
        "rye": f"# Rye\n\n{BREAD}Rye flour ferments sooner.\n\n[[bread]] and [[wheat|the other]]\n",
        "wheat": "# Wheat\n\nWheat flour gives a tall loaf and a mild dough in a warm kitchen.\n",
        "garden": f"# Garden\n\n{GARDEN}",
        "beds": f"# Beds\n\n{GARDEN}Six beds, see [[garden]].\n",
    }
    for name, text in texts.items():
        (folder / f"{name}.md").write_text(text, encoding="utf-8")
    return folder


def write_bad_files(folder):
    """Every file that the issue names, and a few more; from path to the state that it should be in."""
    bad = {
        "binary.md": (b"\x89PNG\r\n\x1a\n\x00\x00\x00dough", "skipped", "binary"),
        "broken.md": (b"---\ntags: [bread\n---\nThe dough of the broken note.\n", "indexed", "front matter"),
        "invalid.md": (b"Caf\xe9 and dough.\n", "indexed", "UTF-8"),
        "empty.md": (b"", "indexed", ""),
        "front.md": (b"---\ntitle: Only front matter\n---\n", "indexed", ""),
        "secret.md": (b"---\nkotovec: false\n---\nDough.\n", "excluded", ""),
        "one-line.md": (b"dough" * 100_000, "indexed", ""),
        "loop a.md": (b"[[loop b]] dough ![[loop b]]", "indexed", ""),
        "loop b.md": (b"[[loop a]] [[loop b]] ![[loop a]] flour", "indexed", ""),
        "html.md": (b"# <script>alert(1)</script> dough\n\n<script>alert(2)</script> flour\n", "indexed", ""),
        "template/daily.md": (b"{{date}}", None, "templates"),
    }
    for name, (data, _, _) in bad.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(data)
    with open(folder / "huge.md", "wb") as file:
        file.write(b"dough ")
        file.truncate(50_000_000)
    found = {name: (state, said) for name, (_, state, said) in bad.items() if state}
    return found | {"huge.md": ("skipped", "50 MB"), "template/": ("skipped", "templates")} | write_odd_names(folder)


def write_odd_names(folder):
    """Names that some file systems do not take, links and pipes; the states of those that this one took."""
    found = {}
    for name in (
        "Case.md",
        "case.md",
        unicodedata.normalize("NFC", "café.md"),
        unicodedata.normalize("NFD", "café.md"),
    ):
        if not (folder / name).exists():
            (folder / name).write_text(f"The dough of {name}.\n", encoding="utf-8")
            found[name] = ("indexed", "")
    if os.name == "nt":
        return found
    (folder / "circle").symlink_to(folder)
    (folder / "itself.md").symlink_to("itself.md")
    (folder / "outside.md").symlink_to(folder.parent / "outside.md")
    (folder.parent / "outside.md").write_text("Not of this vault.\n")
    (folder / "again.md").symlink_to("bread.md")
    os.mkfifo(folder / "pipe.md")
    (folder / "folder.md").mkdir()
    (folder / "two\nlines \x1b[31m.md").write_text("Dough that colours the terminal.\n")
    found |= dict.fromkeys(["circle/", "itself.md", "outside.md", "again.md"], ("skipped", "link"))
    return found | {"pipe.md": ("skipped", "not a regular file"), "two\nlines \x1b[31m.md": ("indexed", "")}


@pytest.fixture
def vault(tmp_path):
    return write_good_notes(tmp_path / "vault")


@pytest.fixture
def ask(run_kotovec, vault, tmp_path):
    """Run a command on the vault with its own index; the result must be an answer."""

    def run(command, *more):
        done = run_kotovec("notes", command, vault, *(more or ASK[command]), "--index", tmp_path / "index")
        assert done.returncode == 0, done.stderr
        return done

    return run


def digests(folder):
    return {
        path: hashlib.sha256(path.read_bytes()).digest()
        for path in folder.rglob("*")
        if path.is_file() and not path.is_symlink() and path.stat().st_size < 1_000_000
    }


def test_every_command_answers_on_a_vault_of_bad_files_and_changes_none(vault, ask):
    write_bad_files(vault)
    before = digests(vault)
    for command in ASK:
        done = ask(command)
        assert done.stdout, command
        assert "Traceback" not in done.stderr and "unexpected" not in done.stderr
        assert "\x1b" not in done.stdout
    assert digests(vault) == before


def test_status_says_what_happened_to_each_bad_file(vault, ask):
    expected = write_bad_files(vault)
    files = {file["path"]: file for file in json.loads(ask("status", "--json").stdout)["files"]}
    wrong = {
        name: files.get(name)
        for name, (state, said) in expected.items()
        if name not in files
        or files[name]["state"] != state
        or said not in " ".join([files[name]["reason"] or "", *files[name]["warnings"]])
    }
    assert wrong == {}


def test_good_notes_are_found_among_bad_files(vault, ask):
    write_bad_files(vault)
    answer = json.loads(ask("related", "bread", "--filter", "all", "--json").stdout)
    assert answer["related"][0]["note"] == "rye.md"


@pytest.mark.parametrize(
    ("command", "kind"),
    [(command, kind) for command in ASK for kind in ("missing", "file", "empty") if (command, kind) != EMPTY_STATUS],
)
def test_a_vault_that_is_none_is_one_line(run_kotovec, tmp_path, command, kind):
    path = tmp_path / "notes"
    {"missing": lambda: None, "file": lambda: path.write_text("a"), "empty": path.mkdir}[kind]()
    done = run_kotovec("notes", command, path, *ASK[command], "--index", tmp_path / "index")
    assert done.returncode == 1
    assert done.stderr.startswith("kotovec: error: ") and done.stderr.count("\n") == 1
    expected = {"missing": "no such folder", "file": "is a file", "empty": "no notes in this folder"}[kind]
    assert expected in done.stderr and str(path) in done.stderr


def test_a_vault_of_one_word_is_answered_by_every_command(run_kotovec, tmp_path):
    (tmp_path / "vault").mkdir()
    (tmp_path / "vault" / "bread.md").write_text("dough")
    for command, words in ASK.items():
        done = run_kotovec("notes", command, tmp_path / "vault", *words, "--index", tmp_path / "index")
        assert done.returncode == 0 and done.stdout, done.stderr
    done = run_kotovec("notes", "eval", tmp_path / "vault", "--index", tmp_path / "index")
    assert done.returncode == 1 and done.stderr.endswith("expected a vault with links, found 1 note\n")


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")
def test_output_that_nobody_takes_is_an_exit_code_and_at_most_one_line(vault, run_process, tmp_path):
    command = ["notes", "related", vault, "--all", "--json-lines", "--index", tmp_path / "index"]
    read_end, write_end = os.pipe()
    os.close(read_end)
    with os.fdopen(write_end, "wb") as closed:
        done = run_process(*command, capture_output=False, stdout=closed, stderr=subprocess.PIPE)
    assert (done.returncode, done.stderr) == (1, "")
    with open("/dev/full", "wb") as full:
        done = run_process(*command, capture_output=False, stdout=full, stderr=subprocess.PIPE)
    assert done.returncode == 1
    assert done.stderr.endswith("cannot be written: No space left on device\n") and done.stderr.count("\n") == 1


@pytest.mark.skipif(os.name == "nt", reason="needs a limit on files")
def test_a_disk_too_small_for_the_index_is_said_and_leaves_no_part_of_it(vault, run_process, tmp_path):
    import resource

    command = [vault, "--index", tmp_path / "index"]
    few = {"preexec_fn": lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (300, 300))}
    answered = run_process("notes", "related", *command[:1], "bread", *command[1:], **few)
    assert answered.returncode == 0 and "wheat.md" in answered.stdout
    assert "the index is not kept: " in answered.stderr and answered.stderr.count("\n") == 1
    failed = run_process("notes", "index", *command, **few)
    assert (failed.returncode, failed.stdout) == (1, "")
    assert "cannot be written: File too large" in failed.stderr and failed.stderr.count("\n") == 1
    assert [file.name for file in (tmp_path / "index").iterdir()] == ["lock"]


def test_a_folder_without_notes_says_what_it_has(run_kotovec, tmp_path):
    (tmp_path / "photo.jpg").write_bytes(b"")
    done = run_kotovec("notes", "related", tmp_path, "bread", "--index", tmp_path.parent / "index-of-none")
    assert done.returncode == 1
    assert "1 file" in done.stderr and ".md" in done.stderr


def test_a_note_that_is_not_there_is_one_line_with_near_names(vault, run_kotovec, tmp_path):
    done = run_kotovec("notes", "related", vault, "braed", "--index", tmp_path / "index")
    assert done.returncode == 1 and done.stderr.count("\n") == 1
    assert "braed" in done.stderr and "bread" in done.stderr.lower().replace("braed", "")


def test_a_file_deleted_between_listing_and_reading_is_said_and_the_rest_is_read(vault, monkeypatch, tmp_path):
    original = notes_index.scan

    def scan_then_delete(*arguments):
        scanned = original(*arguments)
        (vault / "wheat.md").unlink(missing_ok=True)
        return scanned

    monkeypatch.setattr(notes_index, "scan", scan_then_delete)
    opened = open_vault(vault, index=tmp_path / "index")
    assert "wheat.md" not in {entry.path for entry in opened.entries}
    assert len(opened.entries) == 4
    assert "vanished" in {file.path: file.reason for file in opened.status().files}["wheat.md"]
    monkeypatch.setattr(notes_index, "scan", original)
    opened.update()
    assert "wheat.md" not in {file.path for file in opened.status().files}


def test_a_note_deleted_after_indexing_is_an_error_that_names_it_where_its_text_is_needed(vault, tmp_path):
    opened = open_vault(vault, index=tmp_path / "index")
    note = opened.find("wheat")
    (vault / "wheat.md").unlink()
    with pytest.raises(SourceError, match=r"wheat\.md"):
        opened.text_of(note)
    answer = opened.related(opened.find("bread"), 5, "all")
    assert {item.path for item in answer.items} >= {"rye.md"}
    assert opened.search("flour dough kitchen")
    opened.update()
    with pytest.raises(ValueError, match="wheat"):
        opened.find("wheat")


def shorten(file, folder):
    data = file.read_bytes()
    file.write_bytes(data[: len(data) // 2])


def spoil(file, folder):
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 0xFF
    file.write_bytes(bytes(data))


def renew(file, folder):
    file.write_bytes(
        file.read_bytes().replace(b'"kotovec":"', b'"kotovec":"9.').replace(b'"kotovec": "', b'"kotovec": "9.')
    )


DAMAGES = {"shorten": shorten, "spoil": spoil, "delete": lambda file, folder: file.unlink()}


@pytest.mark.parametrize("damage", DAMAGES)
def test_an_index_that_is_damaged_in_any_file_is_made_anew_and_said(vault, ask, tmp_path, damage):
    expected = ask("related").stdout
    names = sorted(path.name for path in (tmp_path / "index").iterdir() if path.stat().st_size and path.name != "lock")
    assert len(names) >= 3
    for name in names:
        if damage == "delete" and name.endswith(".json"):
            continue
        ask("index")
        current = tmp_path / "index" / name
        if not current.exists():  # a part has another name after each writing
            current = next((tmp_path / "index").glob(name.split("-")[0] + "-*"))
        DAMAGES[damage](current, tmp_path / "index")
        done = ask("related")
        assert done.stdout == expected
        assert "anew" in done.stderr, f"{name}: {done.stderr}"
        assert ask("related").stderr == ""


def test_an_index_of_another_version_is_made_anew_and_said(vault, ask, tmp_path):
    expected = ask("related").stdout
    manifest = tmp_path / "index" / "kotovec-notes.json"
    before = manifest.read_bytes()
    renew(manifest, tmp_path)
    assert manifest.read_bytes() != before
    done = ask("related")
    assert done.stdout == expected
    assert "version" in done.stderr and "anew" in done.stderr


def test_two_processes_that_index_at_once_both_answer(vault, tmp_path):
    for number in range(200):
        (vault / f"more {number}.md").write_text(f"Note {number} of dough and water, [[more {number // 2}]].\n")
    command = [sys.executable, "-m", "kotovec", "notes", "search", str(vault), "dough", "--json", "--index", "index"]
    started = [
        subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    results = [(*process.communicate(timeout=120), process.returncode) for process in started]
    assert [code for _, _, code in results] == [0, 0, 0], results
    assert len({out for out, _, _ in results}) == 1
    assert not any("Traceback" in err for _, err, _ in results)


def test_a_port_in_use_is_one_line(vault, run_kotovec, tmp_path):
    pytest.importorskip("uvicorn")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = run_kotovec("notes", "serve", vault, "--port", port, "--index", tmp_path / "index")
    assert done.returncode == 1
    assert str(port) in done.stderr and done.stderr.count("\n") == 1


NO_SOCKETS = """
import sys

def deny(event, arguments):
    if event.startswith("socket."):
        raise SystemExit(f"{event} {arguments}")

sys.addaudithook(deny)
from kotovec.cli import main

for words in COMMANDS:
    if main(["notes", *words, "--index", "index"]):
        raise SystemExit(words)
"""


def test_indexing_and_ranking_open_no_socket(vault, tmp_path):
    commands = [[command, str(vault), *words] for command, words in ASK.items()] + [["eval", str(vault)]]
    done = subprocess.run(
        [sys.executable, "-c", NO_SOCKETS.replace("COMMANDS", repr(commands))],
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout


def test_the_guard_against_sockets_sees_one(tmp_path):
    program = NO_SOCKETS.replace("COMMANDS", "[]") + "\nimport socket\nsocket.getaddrinfo('localhost', 80)\n"
    done = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 1 and "socket." in done.stderr


@pytest.mark.parametrize("package", ["markdown_it", "yaml"])
@pytest.mark.parametrize("processes", [1, 2])
def test_a_missing_package_is_one_line_that_says_how_to_install_it(
    vault, run_kotovec, tmp_path, monkeypatch, package, processes
):
    (vault / "front.md").write_text("---\ntags: a\n---\ntext\n")
    monkeypatch.setitem(sys.modules, package, None)
    markdown._parser.cache_clear()
    done = run_kotovec("notes", "index", vault, "--index", tmp_path / "index", "--processes", processes)
    assert done.returncode == 1
    assert 'pip install "kotovec[notes]"' in done.stderr and done.stderr.count("\n") == 1
