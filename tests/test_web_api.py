import asyncio
import json
import logging
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from asgi import request
from fake_vault import FakeVault
from kotovec.errors import SourceError
from kotovec.web.app import build
from kotovec.web.security import Guard

NOTES = {
    "Raven.md": "# Raven\n\nClever black birds that cache food. See [[Crow]] and [[Nowhere]]. #birds\n",
    "Crow.md": "---\ntitle: secret\n---\nClever black birds of the town. #birds\n",
    "trees/Oak.md": "# Oak\n\nAcorns are food that birds cache.\n",
}


@pytest.fixture
def vault(tmp_path):
    for path, text in NOTES.items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text(text)
    return FakeVault(tmp_path)


@pytest.fixture
def ask(vault):
    app, _ = build(vault, Guard("127.0.0.1", 8765))
    return lambda target, **options: request(app, target, **options)


@pytest.fixture
def keys(vault):
    return {entry.path: entry.key for entry in vault.entries}


def test_the_page_and_its_files_are_served(ask):
    assert ask("/").headers["content-type"] == "text/html; charset=utf-8"
    assert ask("/static/main.js").headers["content-type"] == "text/javascript; charset=utf-8"
    assert ask("/static/style.css").headers["content-type"] == "text/css; charset=utf-8"
    assert ask("/static/icon.svg").headers["content-type"] == "image/svg+xml"


def test_the_vault_says_its_name_and_size(ask, tmp_path):
    about = ask("/api/vault").json
    assert (about["name"], about["n_notes"]) == (tmp_path.name, 3)


def test_notes_are_listed_by_title_a_part_at_a_time(ask):
    answer = ask("/api/notes?first=1&n=1").json
    assert (answer["total"], [note["title"] for note in answer["notes"]]) == (3, ["Oak"])


def test_a_search_names_notes_with_the_words_that_found_them(ask):
    answer = ask("/api/search?q=acorns+food&n=2").json
    assert answer["query"] == "acorns food"
    assert [hit["title"] for hit in answer["found"]] == ["Oak", "Raven"]
    assert answer["found"][0]["terms"] == ["acorns", "food"]
    assert answer["found"][0]["path"] == "trees/Oak.md"


def test_a_search_for_nothing_finds_nothing(ask):
    assert ask("/api/search?q=+").json["found"] == []


def test_a_note_is_shown_with_its_links_and_without_its_front_matter(ask, keys):
    raven, crow = (ask(f"/api/note/{keys[path]}").json for path in ("Raven.md", "Crow.md"))
    assert f'<a href="#/note/{keys["Crow.md"]}" rel="noopener noreferrer">Crow</a>' in raven["html"]
    assert '<span class="unresolved">Nowhere</span>' in raven["html"]
    assert (raven["title"], raven["tags"], raven["wikilink"], raven["cut"]) == ("Raven", ["birds"], "[[Raven]]", False)
    assert "secret" not in crow["html"]


def test_related_notes_come_with_reasons_and_the_number_that_the_filter_hides(ask, keys):
    answer = ask(f"/api/note/{keys['Raven.md']}/related").json
    assert ([item["title"] for item in answer["items"]], answer["hidden"]) == (["Oak"], 1)
    why = answer["items"][0]["why"]
    assert "food" in why["shared"]
    assert why["near"] == [["raven", "crow"]]
    assert why["named"] == [False, False]
    assert why["section"] == ["Here", "There"]


@pytest.mark.parametrize(("filter", "titles"), [("linked", ["Crow"]), ("all", ["Crow", "Oak"])])
def test_the_filter_chooses_among_linked_and_unlinked_notes(ask, keys, filter, titles):
    items = ask(f"/api/note/{keys['Raven.md']}/related?filter={filter}").json["items"]
    assert sorted(item["title"] for item in items) == titles
    assert [item["linked"] for item in items if item["title"] == "Crow"] == [True]


def test_suggestions_are_pairs_with_reasons(ask):
    pairs = ask("/api/suggest?n=1").json["pairs"]
    assert len(pairs) == 1
    assert {"key", "title", "path", "wikilink"} == set(pairs[0]["a"])
    assert pairs[0]["why"]["shared"]


def test_the_map_has_a_place_for_each_note(ask, keys):
    placed = ask("/api/map").json
    assert sorted(placed["keys"]) == sorted(keys.values())
    assert {len(placed[name]) for name in ("titles", "x", "y", "cluster")} == {3}
    assert placed["names"] == ["birds", "trees"]


def test_the_status_says_what_was_skipped_and_why(ask, keys):
    status = ask("/api/status").json
    skipped = [(file["path"], file["reason"]) for file in status["files"] if file["state"] == "skipped"]
    assert skipped == [("huge.md", "larger than 50 MB")]
    assert {file["path"]: file["key"] for file in status["files"] if file["key"]} == keys
    assert status["n_notes"] == 3


@pytest.mark.parametrize(
    "key",
    """000000000000 raven ABCDEF012345 .. %2e%2e ..%2f..%2fetc%2fpasswd %2fetc%2fpasswd Raven.md Raven%00 C:%5Cx
    ....// %c0%ae%c0%ae 0123456789ab%0a ffffffffffff.md""".split(),
)
@pytest.mark.parametrize("more", ["", "/related"])
def test_only_the_key_of_a_note_leads_to_one(ask, key, more):
    answer = ask(f"/api/note/{key}{more}")
    assert (answer.status, list(answer.json)) == (404, ["error"])


@pytest.mark.parametrize("name", ["../app.py", "..%2fapp.py", "%2e%2e%2fapp.py", "", "none.js", "static", "main.js%00"])
def test_no_file_is_served_but_the_page_s_own(ask, name):
    assert ask(f"/static/{name}").status == 404


@pytest.mark.parametrize("target", ["/nothing", "/api", "/api/", "/api/vault/", "//api/vault", "/index.html"])
def test_an_address_that_is_none_is_an_error_in_json(ask, target):
    answer = ask(target)
    assert (answer.status, answer.json) == (404, {"error": "Not Found"})


@pytest.mark.parametrize(
    "target",
    """/api/search?q=a&n=0 /api/search?q=a&n=101 /api/search?q=a&n=x /api/search?q=a&n=-1 /api/search?q=a&n=1e9
    /api/search?q=a&n=%D9%A3 /api/suggest?n=999999999999999999999 /api/notes?first=-1 /api/notes?n=0""".split(),
)
def test_a_number_out_of_its_range_is_refused_by_name(ask, target):
    answer = ask(target)
    assert answer.status == 400
    assert "expected a whole number from" in answer.json["error"]


def test_an_unknown_filter_is_refused(ask, keys):
    answer = ask(f"/api/note/{keys['Raven.md']}/related?filter=some")
    assert (answer.status, answer.json) == (400, {"error": "filter: expected unlinked, linked or all"})


def test_head_is_answered_for_an_event_stream_too(ask):
    assert ask("/api/events", method="HEAD").body == b""


def test_a_file_that_is_gone_is_said_in_one_line(ask, vault, keys, monkeypatch):
    def gone(note):
        raise SourceError("the file is gone", path="Raven.md")

    monkeypatch.setattr(vault, "text_of", gone)
    answer = ask(f"/api/note/{keys['Raven.md']}")
    assert (answer.status, answer.json) == (500, {"error": "Raven.md: the file is gone"})


def test_a_fault_of_ours_shows_no_traceback(ask, vault, monkeypatch, caplog):
    def broken():
        raise RuntimeError("secret inner state")

    monkeypatch.setattr(vault, "map", broken)
    with caplog.at_level(logging.ERROR):
        answer = ask("/api/map")
    assert answer.status == 500
    assert answer.json == {"error": "unexpected RuntimeError; the terminal of kotovec says more"}
    assert caplog.messages == ["/api/map: unexpected RuntimeError: secret inner state"]


def test_a_search_does_not_wait_for_the_map_and_an_update_is_put_off_until_it_is_there(vault, monkeypatch):
    drawing, drawn = threading.Event(), threading.Event()
    draw = vault.map

    def slow():
        drawing.set()
        assert drawn.wait(10)
        return draw()

    monkeypatch.setattr(vault, "map", slow)
    app, live = build(vault, Guard("127.0.0.1", 8765))
    with ThreadPoolExecutor(1) as other:
        asked = other.submit(request, app, "/api/map")
        assert drawing.wait(10)
        (vault.root / "Wren.md").write_text("# Wren\n")
        asyncio.run(live.look())
        assert request(app, "/api/search?q=raven").json["revision"].endswith("-0")
        drawn.set()
        assert len(asked.result().json["keys"]) == 3
    asyncio.run(live.look())
    assert request(app, "/api/search?q=wren").json["revision"].endswith("-1")
    assert len(request(app, "/api/map").json["keys"]) == 4


def test_an_answer_carries_the_revision_that_it_is_true_for(ask):
    first, second = (ask(target).json["revision"] for target in ("/api/vault", "/api/map"))
    assert first == second
    assert first.endswith("-0")


def test_a_name_that_is_no_unicode_is_still_json(ask, vault):
    object.__setattr__(vault.entries[0], "title", "caf\udce9")
    assert "caf?" in [note["title"] for note in ask("/api/notes").json["notes"]]


def test_titles_of_any_kind_are_plain_json(tmp_path):
    title = "<img src=x onerror=alert(1)> \"quoted\" 'single' \u202eLTR\u202c \\ & אב " + "long " * 60
    (tmp_path / "odd.md").write_text(f"# {title}\n")
    app, _ = build(FakeVault(tmp_path), Guard("127.0.0.1", 8765))
    answer = request(app, "/api/notes")
    assert json.loads(answer.body)["notes"][0]["title"] == title
