import re
import tempfile
from collections import Counter

import pytest

import kotovec.notes.demo as demo_vault
import kotovec.notes.places as places_of_indexes
from kotovec.cli import notes_demo
from kotovec.errors import OutputError
from kotovec.notes.demo import copy_vault
from kotovec.notes.links import resolve
from kotovec.notes.reading import read_note
from kotovec.notes.scan import scan

UNWRITTEN = {("Garden plans", "Greenhouse"), ("2024-08-18", "Bread book")}  # links to notes that are still to come
ORPHANS = {"Plum cake", "Puncture repair"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("demo") / "vault"
    copy_vault(path)
    return path


@pytest.fixture(scope="module")
def notes(folder):
    return [note for file in scan(folder).files for note in [read_note(folder, file.path)[0]] if not note.excluded]


def linked(notes):
    targets = resolve(notes).targets
    return {(a, b) for a, found in enumerate(targets) for b in found if b >= 0 and b != a}


def test_the_demo_vault_is_a_vault_of_forty_notes_or_more_that_a_wheel_can_carry(folder, notes):
    assert 45 <= len(notes) <= 55
    assert sum(path.stat().st_size for path in folder.rglob("*.md")) < 100_000


def test_every_demo_note_has_something_to_say_and_reads_without_a_warning(notes):
    words = {note.title: sum(len(section.text.split()) for section in note.sections) for note in notes}
    assert {title: n for title, n in words.items() if not 80 <= n <= 300} == {}
    assert [note.path for note in notes if note.warnings] == []


def test_every_link_of_the_demo_leads_somewhere_but_those_to_notes_that_are_still_to_come(notes):
    lost = {
        (note.title, link.target)
        for note, targets in zip(notes, resolve(notes).targets, strict=True)
        for link, target in zip(note.links, targets, strict=True)
        if target < 0
    }
    assert lost == UNWRITTEN


def test_every_heading_that_a_link_of_the_demo_names_is_there(notes):
    lost = [
        (note.title, link.target, link.heading)
        for note, targets in zip(notes, resolve(notes).targets, strict=True)
        for link, target in zip(note.links, targets, strict=True)
        if link.heading and link.heading not in {section.heading for section in notes[target].sections}
    ]
    assert lost == []


def test_only_two_demo_notes_are_orphans(notes):
    reached = {note for pair in linked(notes) for note in pair}
    assert {note.title for place, note in enumerate(notes) if place not in reached} == ORPHANS


def test_the_demo_shows_every_kind_of_link_and_both_ways_to_be_left_out(folder, notes):
    kinds = Counter(link.kind for note in notes for link in note.links)
    assert kinds["wiki"] > 100 and kinds["markdown"] >= 3 and kinds["embed"] == 1
    scanned = scan(folder)
    assert [skipped.path for skipped in scanned.skipped] == ["templates/"]
    assert [file.path for file in scanned.files if read_note(folder, file.path)[0].excluded] == [
        "Letter to the landlord.md"
    ]
    assert any(note.aliases for note in notes)
    assert any("```" in path.read_text("utf-8") for path in folder.rglob("*.md"))


def test_demo_notes_have_names_that_every_file_system_takes(folder):
    names = [path.relative_to(folder).as_posix() for path in folder.rglob("*")]
    assert [name for name in names if not re.fullmatch(r"[A-Za-z0-9 ()./-]+", name)] == []
    assert len({name.lower() for name in names}) == len(names)


def test_the_demo_is_copied_into_an_empty_folder_that_is_there(tmp_path):
    copy_vault(tmp_path)
    assert (tmp_path / "journal" / "2024-03-10.md").is_file()


@pytest.mark.parametrize("kind", ["folder", "file"])
def test_the_demo_is_not_copied_over_what_is_there(tmp_path, kind):
    target = tmp_path / "mine"
    if kind == "folder":
        target.mkdir()
        (target / "Home.md").write_text("my own")
    else:
        target.write_text("my own")
    with pytest.raises(OutputError, match=r"mine.*expected a new name or an empty folder|is a file"):
        copy_vault(target)
    kept = target / "Home.md" if kind == "folder" else target
    assert kept.read_text() == "my own"


@pytest.mark.parametrize("is_there", [True, False])
def test_a_copy_of_the_demo_that_fails_leaves_what_was_there(tmp_path, monkeypatch, is_there):
    target = tmp_path / "vault"
    if is_there:
        target.mkdir()
    original, calls = demo_vault.atomic_write, []

    def failing(path):
        calls.append(path)
        if len(calls) > 20:
            raise OSError(28, "No space left on device")
        return original(path)

    monkeypatch.setattr(demo_vault, "atomic_write", failing)
    with pytest.raises(OutputError, match="No space left on device"):
        copy_vault(target)
    assert len(calls) > 20
    assert target.is_dir() == is_there
    assert not is_there or list(target.iterdir()) == []


@pytest.fixture
def places(tmp_path, monkeypatch):
    """Where temporary files and indexes go in a test of the command: both empty."""
    for name in ("temporary", "cache"):
        (tmp_path / name).mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    monkeypatch.setattr(places_of_indexes, "cache_roots", lambda *names: [tmp_path / "cache"])
    return tmp_path


def test_the_demo_shows_every_question_with_its_command_and_leaves_nothing_behind(places, run_kotovec):
    done = run_kotovec("notes", "demo")
    assert done.returncode == 0, done.stderr
    for command in ("status", "related", "search", "suggest", "duplicates", "eval", "serve"):
        assert f"$ kotovec notes {command} " in done.stdout
    assert "Sleep and memory" in done.stdout and "same words: " in done.stdout
    assert re.search(r"Feeding the starter \(old\)\.md +Feeding the starter\.md", done.stdout)
    assert re.search(r"TF-IDF +0\.\d+", done.stdout)
    assert list((places / "temporary").iterdir()) == []
    assert list((places / "cache").iterdir()) == []


def test_the_demo_can_be_kept_and_asked_again(places, run_kotovec, monkeypatch):
    monkeypatch.setattr(notes_demo, "STEPS", notes_demo.STEPS[:1])
    done = run_kotovec("notes", "demo", "--to", places / "mine")
    assert done.returncode == 0, done.stderr
    assert f"$ kotovec notes serve {places / 'mine'} --open" in done.stdout
    assert run_kotovec("notes", "orphans", places / "mine").stdout.count("\n") == len(ORPHANS)
    again = run_kotovec("notes", "demo", "--to", places / "mine")
    assert again.returncode == 1 and "expected a new name or an empty folder" in again.stderr
