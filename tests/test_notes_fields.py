import pytest

from kotovec.notes.fields import analyze
from kotovec.notes.note import Link, Note, Section
from kotovec.notes.terms import Analyzer
from ranking_vault import note

ANALYZER = Analyzer()


def test_a_note_becomes_names_headings_and_sections():
    found = analyze(
        note("sea/The Old Boat.md", "Tide tables\n## Rope work\nknots", aliases=("Dinghy",), tags=("sea/boats",)),
        ANALYZER,
    )
    assert found.names == (("old", "boat"), ("dinghy",))
    assert found.headings == ("rope", "work", "#sea/boats", "sea", "boat")
    assert found.sections == (("tide", "table"), ("knot",))
    assert found.tags == ("sea/boats",)
    assert found.n_words == 3


def test_the_file_name_is_a_name_where_it_differs_from_the_title():
    found = analyze(note("browser-window.md", title="BrowserWindow"), ANALYZER)
    assert found.names == (("browserwindow", "browser", "window"), ("browser", "window"))


def test_names_count_twice_headings_and_text_once():
    counted = analyze(note("Boat.md", "boat\n# Boat"), ANALYZER).counted
    assert counted.count("boat") == 2 + 1 + 1


def test_a_title_without_terms_leaves_an_empty_first_name():
    assert analyze(note("boat.md", title="!!!"), ANALYZER).names == ((), ("boat",))


def test_what_is_seen_of_hidden_links_is_left_out_and_all_else_stays():
    whole = note("a.md", "Sail the [[Boat]] to the [[Reef]] then home [[Boat]]")
    hidden = [link for link in whole.links if link.target == "Boat"]
    assert analyze(whole, ANALYZER, hidden).sections == (("sail", "reef", "home"),)


def test_a_hidden_link_in_a_heading_is_left_out_of_the_heading():
    whole = Note("a.md", "a", sections=(Section("Spring Boat day", 1, "Boat"),), links=())
    link = Link("wiki", "Boat", None, 0, 7, 11, in_heading=True)
    found = analyze(whole, ANALYZER, [link])
    assert found.headings == ("spring", "day")
    assert found.sections == (("boat",),)


def test_inline_code_counts_as_text_of_its_section():
    whole = Note("a.md", "a", sections=(Section("", 0, "call it", code="openFile"),))
    assert analyze(whole, ANALYZER).sections == (("call", "openfile", "open", "file"),)


@pytest.mark.parametrize("text", ["", "\n\n", "# \n## "])
def test_a_note_without_text_has_its_name(text):
    found = analyze(note("Boat.md", text), ANALYZER)
    assert found.names == (("boat",),)
    assert sum(map(len, found.sections)) == 0
