"""The page over a real vault: what the fake one of the other tests promises."""

import asyncio

import pytest

from asgi import request
from kotovec.notes import open_vault
from kotovec.notes.demo import copy_vault
from kotovec.web.app import build
from kotovec.web.security import Guard


@pytest.fixture(scope="module")
def vault(tmp_path_factory):
    folder = tmp_path_factory.mktemp("page") / "notes"
    copy_vault(folder)
    return open_vault(folder, index=folder.parent / "index")


@pytest.fixture(scope="module")
def ask(vault):
    app, _ = build(vault, Guard("127.0.0.1", 8765))

    def ask(target):
        answer = request(app, target)
        assert answer.status == 200, answer.text
        return answer.json

    return ask


def test_each_note_is_shown_and_every_link_of_it_leads_somewhere(ask, vault):
    keys = {entry.key for entry in vault.entries}
    for entry in vault.entries:
        note = ask(f"/api/note/{entry.key}")
        assert note["html"].strip()
        linked = {part.partition("/")[0][:12] for part in note["html"].split('href="#/note/')[1:]}
        assert linked <= keys


def test_related_notes_have_scores_and_reasons(ask, vault):
    for entry in vault.entries[::5]:
        answer = ask(f"/api/note/{entry.key}/related?filter=all&n=5")
        assert answer["items"]
        for item in answer["items"]:
            assert 0 <= item["score"] <= 100
            assert item["key"] != entry.key
            assert set(item["why"]) == {"shared", "near", "links", "tags", "named", "section"}


def test_the_filters_part_all_notes(ask, vault):
    entry = max(vault.entries, key=lambda entry: entry.n_links)
    linked, unlinked = (
        {item["key"] for item in ask(f"/api/note/{entry.key}/related?filter={filter}&n=200")["items"]}
        for filter in ("linked", "unlinked")
    )
    assert linked
    assert unlinked
    assert not linked & unlinked


def test_words_find_notes(ask):
    assert ask("/api/search?q=which+microbes+make+bread+sour&n=3")["found"]


def test_the_map_places_each_note_and_names_each_group(ask, vault):
    placed = ask("/api/map")
    assert placed["keys"] == [entry.key for entry in vault.entries]
    assert len({(x, y) for x, y in zip(placed["x"], placed["y"], strict=True)}) > len(vault.entries) // 2
    assert set(placed["cluster"]) <= {-1, *range(len(placed["names"]))}
    assert all(placed["names"])


def test_suggestions_are_pairs_without_a_link(ask):
    pairs = ask("/api/suggest?n=5")["pairs"]
    assert pairs
    for pair in pairs:
        linked = ask(f"/api/note/{pair['a']['key']}/related?filter=linked&n=200")["items"]
        assert pair["b"]["key"] not in {item["key"] for item in linked}


def test_the_status_knows_every_note(ask, vault):
    status = ask("/api/status")
    assert status["n_notes"] == len(vault.entries)
    assert {file["key"] for file in status["files"] if file["state"] == "indexed"} == {e.key for e in vault.entries}


def test_an_edited_note_is_found_after_an_update(vault, tmp_path):
    copy_vault(tmp_path / "notes")
    edited = open_vault(tmp_path / "notes", index=tmp_path / "index")
    app, live = build(edited, Guard("127.0.0.1", 8765))
    before = live.revision
    (tmp_path / "notes" / "Zeppelin.md").write_text("# Zeppelin\n\nAn airship of the count.\n", encoding="utf-8")
    asyncio.run(live.look())
    assert live.revision != before
    assert request(app, "/api/search?q=zeppelin").json["found"][0]["title"] == "Zeppelin"
