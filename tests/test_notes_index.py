import json
import os
import shutil
import subprocess
import sys
import threading
import time
from contextlib import contextmanager

import numpy as np
import pytest

from kotovec.errors import BusyError, ConfigError, KotovecError, NoteError, OutputError, SourceError
from kotovec.formats import save
from kotovec.notes import Rules, batch, index, open_vault, readers, reading
from kotovec.notes.locking import write_lock
from kotovec.notes.storage import MANIFEST
from notes_vault import snapshot, write_vault

COUNTS = ("added", "changed", "renamed", "removed", "unchanged")

pytestmark = pytest.mark.usefixtures("untrained")


@pytest.fixture
def root(tmp_path):
    return write_vault(tmp_path / "My vault")


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr("kotovec.notes.places.cache_roots", lambda *_: [tmp_path / "cache"])
    return tmp_path / "index"


@pytest.fixture
def parsed(monkeypatch):
    """The paths of all notes that are parsed."""
    paths = []
    parse = batch.parse_note

    def told(data, path):
        paths.append(path)
        return parse(data, path)

    monkeypatch.setattr(batch, "parse_note", told)
    return paths


def counts(report):
    return {name: getattr(report, name) for name in COUNTS if getattr(report, name)}


def opened(root, folder, **more):
    vault = open_vault(root, index=folder, **more)
    return vault, counts(vault.updated)


def settled(root):
    """Let all files be old enough to be believed by size and time."""
    for path in root.rglob("*"):
        os.utime(path, ns=(10**18, path.stat().st_mtime_ns - 10**10))


def answers(vault):
    return [
        [(item.path, round(item.score, 3)) for item in vault.related(note, 4, "all", why=False).items]
        for note in range(len(vault.entries))
    ]


def test_a_vault_is_read_once_and_then_taken_from_the_index(root, folder, parsed, trained):
    settled(root)
    first, found = opened(root, folder)
    assert found == {"added": 18}
    assert len(parsed) == 18
    second, found = opened(root, folder)
    assert found == {"unchanged": 18}
    assert len(parsed) == 18
    assert list(second.entries) == list(first.entries)
    assert answers(second) == answers(first)


def test_only_what_changed_is_parsed_again(root, folder, parsed):
    settled(root)
    vault, _ = opened(root, folder)
    (root / "bees" / "bees 1.md").write_text("# Steam engines\n\nSteam engine, rails and a tunnel. [[trains 2]]\n")
    (root / "bread" / "new.md").write_text("Flour and water.\n")
    (root / "trains" / "trains 5.md").unlink()
    del parsed[:]
    assert counts(vault.update()) == {"added": 1, "changed": 1, "removed": 1, "unchanged": 16}
    assert sorted(parsed) == ["bees/bees 1.md", "bread/new.md"]
    assert [entry.path for entry in vault.entries] == sorted(
        path.relative_to(root).as_posix() for path in root.rglob("*.md")
    )
    changed = vault.entries[vault.find("Steam engines")]
    assert (changed.path, changed.n_links, changed.tags) == ("bees/bees 1.md", 1, ())
    again, found = opened(root, folder)
    assert found == {"unchanged": 18}
    assert answers(again) == answers(vault)


def test_an_update_gives_what_a_new_index_gives_but_for_the_vectors(root, folder, tmp_path, monkeypatch):
    vault, _ = opened(root, folder)
    (root / "bees" / "bees 1.md").write_text("# Steam engines\n\nSteam engine, rails and a tunnel. [[trains 2]]\n")
    (root / "a.md").write_text("[[bees 3]] and [[Steam engines]]\n")
    vault.update()
    new, _ = opened(root, tmp_path / "other")
    assert list(vault.entries) == list(new.entries)
    for mine, theirs in zip(vault._state.links.resolved.to_lists(), new._state.links.resolved.to_lists(), strict=True):
        assert mine == theirs
    assert np.array_equal(vault._state.arrays.lengths, new._state.arrays.lengths)


def test_a_note_that_moves_to_another_folder_is_not_parsed_again(root, folder, parsed):
    settled(root)
    vault, _ = opened(root, folder)
    before = answers(vault)
    (root / "zoo").mkdir()
    (root / "bees" / "bees 2.md").rename(root / "zoo" / "bees 2.md")
    del parsed[:]
    assert counts(vault.update()) == {"renamed": 1, "unchanged": 17}
    assert parsed == []
    assert vault.entries[-1].path == "zoo/bees 2.md"
    assert vault.entries[vault.find("bees 1")].n_links == 1
    assert len(answers(vault)) == len(before)
    assert counts(opened(root, folder)[0].updated) == {"unchanged": 18}


def test_a_note_with_a_new_name_is_parsed_for_its_name_and_counted_as_renamed(root, folder, parsed):
    vault, _ = opened(root, folder)
    (root / "bees" / "bees 2.md").rename(root / "bees" / "drones.md")
    del parsed[:]
    assert counts(vault.update()) == {"renamed": 1, "unchanged": 17}
    assert parsed == ["bees/drones.md"]
    assert vault.entries[vault.find("drones")].title == "Bees part 2"
    assert vault.entries[vault.find("bees 1")].n_links == 0


def test_a_touched_file_is_read_and_not_parsed(root, folder, parsed):
    settled(root)
    vault, _ = opened(root, folder)
    del parsed[:]
    os.utime(root / "bees" / "bees 0.md")
    assert counts(vault.update()) == {"unchanged": 18}
    assert parsed == []


def test_a_change_that_leaves_size_and_time_is_noticed_where_the_time_is_young(root, folder):
    vault, _ = opened(root, folder)
    path = root / "bees" / "bees 0.md"
    status = path.stat()
    path.write_text(path.read_text().replace("honey", "money"))
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert counts(vault.update()) == {"changed": 1, "unchanged": 17}


def test_when_much_has_changed_all_is_read_anew(root, folder, parsed, monkeypatch):
    monkeypatch.setattr("kotovec.notes.state._FEW", 3)
    vault, _ = opened(root, folder)
    for number in range(4):
        (root / f"new {number}.md").write_text(f"Nectar number {number}\n")
    del parsed[:]
    assert counts(vault.update()) == {"added": 4, "unchanged": 18}
    assert len(parsed) == 22
    assert vault._state.arrays.n_stale == 0


def test_what_trains_is_compiled_while_all_notes_are_read_and_not_for_an_update(root, folder, parsed, monkeypatch):
    read_by_then = []

    @contextmanager
    def ahead():
        read_by_then.append(len(parsed))
        yield
        read_by_then.append(len(parsed))

    monkeypatch.setattr("kotovec.notes.index.compiled_ahead", ahead)
    vault, _ = opened(root, folder)
    assert read_by_then == [0, 18]
    (root / "new.md").write_text("Nectar\n")
    assert counts(vault.update()) == {"added": 1, "unchanged": 18}
    assert read_by_then == [0, 18]


def test_rules_are_remembered_until_others_are_given(root, folder):
    _, found = opened(root, folder, rules=Rules(exclude=("bees/",)))
    assert found == {"added": 12}
    vault, found = opened(root, folder)
    assert found == {"unchanged": 12}
    assert [(one.path, "bees/" in one.reason) for one in vault.updated.skipped] == [("bees/", True)]
    assert opened(root, folder, rules=Rules())[1] == {"added": 6, "unchanged": 12}


def test_rules_that_leave_nothing_and_vectors_that_are_none_are_not_remembered(root, folder):
    opened(root, folder)
    with pytest.raises(NoteError, match="no notes in this folder"):
        open_vault(root, index=folder, rules=Rules(include=("nothing*",)))
    with pytest.raises(KotovecError, match="bees 0.md"):
        open_vault(root, index=folder, vectors=root / "bees" / "bees 0.md")
    vault, _ = opened(root, folder)
    assert len(vault.entries) == 18
    assert (vault.settings.rules, vault.settings.vectors) == (Rules(), None)


def test_other_vectors_are_joined_and_remembered(root, folder, tmp_path, trained):
    from kotovec.corpus.vocabulary import Vocabulary

    path = tmp_path / "other.txt"
    words = ["honey", "bread", "crust", "steam"]
    save(path, Vocabulary(words, [4, 3, 2, 1]), np.eye(4, 8, dtype=np.float32), format="text")
    plain, _ = opened(root, folder)
    joined, found = opened(root, folder, vectors=path)
    assert found == {"added": 18} or found == {"unchanged": 18}
    assert joined._state.arrays.word_vectors.shape[1] > plain._state.arrays.word_vectors.shape[1]
    assert opened(root, folder)[0].status().vectors == str(path)
    path.unlink()
    again, found = opened(root, folder, rebuild=True)
    assert "the other vectors are not used" in again.updated.notices[0]
    assert opened(root, folder, vectors="")[0].status().vectors is None


def test_vectors_that_are_not_there_are_an_error(root, folder):
    with pytest.raises(KotovecError, match="no such file"):
        open_vault(root, index=folder, vectors=root / "none.bin")


def damage(folder, how):
    for path in sorted(folder.iterdir()):
        if path.name == "lock" or path.name == "settings.json":
            continue
        data = path.read_bytes()
        how(path, data)
        yield path.name
        path.write_bytes(data)


@pytest.mark.parametrize(
    "how",
    [
        lambda path, data: path.write_bytes(data[: len(data) // 2]),
        lambda path, data: path.write_bytes(b""),
        lambda path, data: path.unlink(),
        lambda path, data: path.write_bytes(bytes([data[0] ^ 255]) + data[1:]),
    ],
    ids=["half", "empty", "gone", "flipped"],
)
def test_an_index_with_any_damaged_file_is_made_anew_and_that_is_said(root, folder, how, monkeypatch):
    whole, _ = opened(root, folder)
    expected = [entry.path for entry in whole.entries]
    saved = snapshot(folder)
    for name in damage(folder, how):
        vault, found = opened(root, folder)
        assert found == {"added": 18}, name
        gone = name == MANIFEST and not (folder / "x").exists() and not vault.updated.notices
        assert gone or "made anew" in vault.updated.notices[0], name
        assert [entry.path for entry in vault.entries] == expected
        shutil.rmtree(folder)
        folder.mkdir()
        for path, (data, _, _) in saved.items():
            (folder / path).write_bytes(data)


def test_an_index_of_another_version_is_made_anew_and_that_is_said(root, folder):
    opened(root, folder)
    manifest = json.loads((folder / MANIFEST).read_text())
    manifest["version"]["kotovec"] = "0.0.1"
    (folder / MANIFEST).write_text(json.dumps(manifest))
    vault, found = opened(root, folder)
    assert found == {"added": 18}
    assert "another version" in vault.updated.notices[0]
    assert opened(root, folder)[1] == {"unchanged": 18}


@pytest.mark.parametrize("part", ["files", "names", "links", "notes", "vectors"])
def test_arrays_with_a_right_checksum_and_wrong_numbers_are_refused(root, folder, part, monkeypatch):
    from kotovec.notes.storage import read_folder, write_folder

    vault, _ = opened(root, folder)
    stored = read_folder(folder, index.version())
    for name, array in stored.parts[part].items():
        if not array.size or array.dtype.kind == "f" or name in ("size", "mtime_ns", "seen_ns", "n_words", "digests"):
            continue
        for wrong in (array[:-1], np.full_like(array, 120)):
            if name in ("n_stale", "text_counts", "headings_counts", "phrase_counts", "lengths") and len(wrong):
                continue
            if name in ("word_vectors", "note_vectors", "targets") and (
                wrong.shape == array.shape or name == "targets"
            ):
                continue
            parts = {key: dict(arrays) for key, arrays in stored.parts.items()}
            parts[part][name] = wrong
            write_folder(folder, index.version(), stored.meta, parts)
            again = index.VaultIndex(vault.root, folder, vault.settings)
            state = again.load()
            same = np.array_equal(wrong, array)
            assert same or not state.catalog.records or name == "word_vectors", (name, wrong)


def test_an_index_of_another_vault_is_not_taken(root, folder, tmp_path):
    opened(root, folder)
    other = tmp_path / "other"
    other.mkdir()
    (other / "a.md").write_text("Only one.\n")
    vault, found = opened(other, folder)
    assert found == {"added": 1}
    assert "another vault" in vault.updated.notices[0]


def test_damaged_settings_are_forgotten_and_that_is_said(root, folder):
    opened(root, folder, rules=Rules(exclude=("bees/",)))
    (folder / "settings.json").write_text('{"rules": 3}')
    vault, found = opened(root, folder)
    assert found == {"added": 6, "unchanged": 12}
    assert "forgotten" in vault.updated.notices[0]


def test_where_no_index_can_be_kept_notes_are_held_in_memory_and_that_is_said(root, tmp_path):
    (tmp_path / "file").write_text("")
    vault, found = opened(root, tmp_path / "file" / "index")
    assert found == {"added": 18}
    assert "not kept" in vault.updated.notices[0]
    assert vault.status().index is None
    (root / "bees" / "bees 0.md").unlink()
    assert counts(vault.update()) == {"removed": 1, "unchanged": 17}
    with pytest.raises(OutputError, match="cannot be made|is a file"):
        open_vault(root, index=tmp_path / "file" / "index", must_keep=True)


def test_a_folder_of_somebody_else_is_left_alone(root, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("dear")
    with pytest.raises(OutputError, match="left alone"):
        open_vault(root, index=tmp_path / "mine")
    with pytest.raises(ConfigError, match="vault itself"):
        open_vault(root, index=root)


def test_the_index_is_outside_the_vault(root, folder, tmp_path):
    before = snapshot(root)
    vault = open_vault(root)
    assert snapshot(root) == before
    assert vault.status().index.startswith(str(tmp_path / "cache" / "notes" / "My_vault-"))


def test_a_second_process_waits_and_then_takes_what_the_first_has_written(root, folder, monkeypatch, parsed):
    first, _ = opened(root, folder)
    second, _ = opened(root, folder)
    (root / "bees" / "bees 0.md").write_text("Changed.\n")
    first.update()
    del parsed[:]
    assert counts(second.update()) == {"unchanged": 18}
    assert parsed == []
    assert second.entries[0].title == first.entries[0].title == "bees 0"


def test_while_another_process_writes_who_it_is_is_said(root, folder, monkeypatch):
    monkeypatch.setattr("kotovec.notes.locking.WAIT", 0.1)
    monkeypatch.setattr(index, "write_lock", lambda path: write_lock(path, wait=0.1))
    vault, _ = opened(root, folder)
    (root / "bees" / "bees 0.md").write_text("Changed.\n")
    with write_lock(folder):
        with pytest.raises(BusyError, match=f"process {os.getpid()}"):
            vault.update()
        assert len(vault.related(0).items)
    assert counts(vault.update()) == {"changed": 1, "unchanged": 17}


def test_a_waiting_process_goes_on_when_the_lock_is_free(root, folder):
    folder.mkdir()
    done = []

    def hold():
        with write_lock(folder):
            time.sleep(0.3)
            done.append(True)

    thread = threading.Thread(target=hold)
    thread.start()
    time.sleep(0.05)
    assert opened(root, folder)[1] == {"added": 18}
    assert done
    thread.join()


def test_files_that_vanish_between_listing_and_reading_are_passed_over(root, folder, monkeypatch):
    read = reading.read_bytes

    def vanishing(root, path):
        if path == "bees/bees 1.md":
            (root / path).unlink(missing_ok=True)
        return read(root, path)

    monkeypatch.setattr(batch, "read_bytes", vanishing)
    vault, found = opened(root, folder)
    assert found == {"added": 17}
    assert [one.path for one in vault.updated.skipped] == ["bees/bees 1.md"]
    assert counts(vault.update()) == {"unchanged": 17}
    assert vault.updated.skipped == []


def test_a_file_that_cannot_be_read_is_skipped_until_it_can(root, folder, monkeypatch):
    def refused(root, path):
        return reading.Skipped(path, "it cannot be read: no") if path == "bees/bees 1.md" else real(root, path)

    settled(root)
    real = reading.read_bytes
    with monkeypatch.context() as patch:
        for module in ("batch", "changes"):
            patch.setattr(f"kotovec.notes.{module}.read_bytes", refused)
        vault, found = opened(root, folder)
        assert found == {"added": 17}
        stamp = vault._state.stamp
        assert counts(vault.update()) == {"unchanged": 17}
        assert vault._state.stamp == stamp
        assert [one.reason for one in vault.updated.skipped] == ["it cannot be read: no"]
    assert counts(vault.update()) == {"added": 1, "unchanged": 17}


def test_a_note_that_breaks_the_parser_is_skipped_and_the_others_are_read(root, folder, monkeypatch):
    def broken(data, path):
        if path.endswith("1.md"):
            raise RecursionError("too deep")
        return parse(data, path)

    parse = batch.parse_note
    monkeypatch.setattr(batch, "parse_note", broken)
    vault, found = opened(root, folder)
    assert found == {"added": 15}
    assert {one.reason for one in vault.updated.skipped} == {
        "it could not be parsed (unexpected RecursionError: too deep); please report it"
    }


def test_every_file_has_a_status(root, folder):
    (root / "binary.md").write_bytes(b"a\0b")
    (root / "latin.md").write_bytes("naïve".encode("latin-1"))
    (root / "private.md").write_text("---\nkotovec: false\n---\nsecret\n")
    (root / ".hidden").mkdir()
    vault, _ = opened(root, folder)
    status = vault.status()
    by_path = {file.path: file for file in status.files}
    assert by_path["binary.md"].state == "skipped"
    assert "binary" in by_path["binary.md"].reason
    assert by_path["latin.md"].state == "indexed"
    assert "UTF-8" in by_path["latin.md"].warnings[0]
    assert by_path["private.md"].state == "excluded"
    assert by_path[".hidden/"].state == "skipped"
    assert status.n_notes == 19
    assert status.index_size == sum(path.stat().st_size for path in folder.iterdir() if path.name != "settings.json")


@pytest.mark.parametrize("make", [lambda root: None, lambda root: (root / "picture.png").write_bytes(b"x")])
def test_a_vault_without_notes_answers_with_nothing(tmp_path, folder, make):
    root = tmp_path / "empty"
    root.mkdir()
    make(root)
    vault, found = opened(root, folder)
    assert found == {}
    assert list(vault.entries) == []
    assert (vault.search("anything"), vault.suggest(), vault.orphans(), vault.duplicates()) == ([], [], [], [])
    assert len(vault.map().x) == 0
    with pytest.raises(NoteError, match="no note is called"):
        vault.find("x")
    (root / "a.md").write_text("Hello there.\n")
    assert counts(vault.update()) == {"added": 1}
    assert vault.related(0).items == []


def test_a_vault_that_is_no_folder_is_an_error(tmp_path, text_file, folder):
    with pytest.raises(SourceError, match="is a file"):
        open_vault(text_file)
    with pytest.raises(SourceError, match="no such folder"):
        open_vault(tmp_path / "none")


def test_a_note_is_known_by_its_key_as_long_as_its_path_holds(root, folder):
    vault, _ = opened(root, folder)
    entry = vault.entries[5]
    assert len(entry.key) == 12
    (root / "aaa.md").write_text("First.\n")
    vault.update()
    assert vault.entries[vault.by_key(entry.key)] == entry
    (root / entry.path).unlink()
    vault.update()
    with pytest.raises(NoteError, match="no note has this key"):
        vault.by_key(entry.key)


def test_a_link_is_resolved_as_it_is_written(root, folder):
    vault, _ = opened(root, folder)
    for target in ("bees 2", "bees/bees 2", "../bees/bees 2.md", "Bees part 2"):
        found = vault.resolve(target, "trains/trains 1.md")
        assert vault.entries[found].path == "bees/bees 2.md", target
    assert vault.resolve("nowhere", "trains/trains 1.md") is None


def test_the_text_of_a_note_is_read_now_and_an_error_where_it_is_gone(root, folder):
    vault, _ = opened(root, folder)
    path = root / vault.entries[0].path
    path.write_bytes(b"\xef\xbb\xbfNew\r\ntext")
    assert vault.text_of(0) == "New\ntext"
    path.unlink()
    with pytest.raises(SourceError, match="vanished"):
        vault.text_of(0)
    assert vault.related(1, filter="all").items


def test_a_vault_that_goes_away_is_an_error_and_comes_back(root, folder):
    vault, _ = opened(root, folder)
    root.rename(root.parent / "away")
    with pytest.raises(KotovecError, match="no such folder"):
        vault.update()
    (root.parent / "away").rename(root)
    assert counts(vault.update()) == {"unchanged": 18}


def test_several_processes_read_what_one_reads(root, folder, tmp_path, trained):
    one, _ = opened(root, folder, processes=1)
    three, _ = opened(root, tmp_path / "other", processes=3)
    assert list(one.entries) == list(three.entries)
    assert answers(one) == answers(three)


def test_several_processes_end_where_reading_is_given_up(root, monkeypatch):
    monkeypatch.setattr(readers, "CHUNK", 1)
    crew = []
    start = subprocess.Popen
    monkeypatch.setattr(subprocess, "Popen", lambda *a, **k: crew.append(start(*a, **k)) or crew[-1])
    paths = [path.relative_to(root).as_posix() for path in root.rglob("*.md")]
    running = readers.read_notes(root, paths, 0, lambda n: None, processes=2)
    next(running)
    assert crew
    running.close()
    assert all(process.poll() is not None for process in crew)


def test_a_process_that_dies_is_an_error(root, monkeypatch):
    monkeypatch.setattr(readers, "PROGRAM", "import sys; sys.exit(3)")
    with pytest.raises(SourceError, match="ended with exit code 3"):
        list(readers.read_notes(root, ["bees/bees 0.md"], 0, lambda n: None, processes=2))


def test_readings_come_through_a_pipe_as_they_were(root):
    readings = batch.Intake(root).read(["bees/bees 0.md", "none.md", "trains/trains 5.md"])
    words = {}
    again = batch.from_bytes(batch.to_bytes(readings), words)
    assert again == readings
    assert again[0].analyzed.sections[0][0] is words[again[0].analyzed.sections[0][0]]


def test_no_process_of_notes_ever_opens_a_socket(root, tmp_path):
    code = """
import sys
def refuse(event, arguments):
    if event.startswith("socket."):
        raise RuntimeError(event)
sys.addaudithook(refuse)
from pathlib import Path
from kotovec.notes import open_vault
vault = open_vault(sys.argv[1], index=sys.argv[2], processes=1)
vault.related(0), vault.search("honey and wax"), vault.suggest(3), vault.duplicates(), vault.map(), vault.evaluate()
try:
    import socket; socket.socket()
except RuntimeError as error:
    print("refused", error, len(vault.entries))
"""
    done = subprocess.run([sys.executable, "-c", code, root, tmp_path / "index"], capture_output=True, text=True)
    assert done.stdout == "refused socket.__new__ 18\n", done.stderr


def test_the_processes_that_read_import_no_network_and_no_numpy():
    code = "import json, sys; from kotovec.notes import reader_process, batch; print(json.dumps(list(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert not set(json.loads(done.stdout)) & {"numpy", "numba", "rich", "socket", "ssl", "http"}
