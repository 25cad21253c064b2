import pytest

from kotovec.notes.links import Resolver, name_index, resolve
from kotovec.notes.names import NameIndex
from kotovec.notes.reading import parse_note


def vault(**texts: str):
    return [parse_note(text.encode(), path) for path, text in texts.items()]


def target(link: str, paths: list[str], source: str = "from.md", **texts: str) -> str | None:
    """The path that the one link of the note at `source` leads to."""
    contents = {source: link, **dict.fromkeys(paths, ""), **texts}
    notes = [parse_note(text.encode(), path) for path, text in contents.items()]
    ((index, *rest), *_) = resolve(notes).targets
    assert not rest
    return notes[index].path if index >= 0 else None


@pytest.mark.parametrize(
    ("link", "paths", "expected"),
    [
        ("[[Note]]", ["a/b/Note.md"], "a/b/Note.md"),
        ("[[note]]", ["a/Note.md"], "a/Note.md"),
        ("[[Note.md]]", ["a/Note.md"], "a/Note.md"),
        ("[[Note.md]]", ["Note.txt"], None),
        ("[[Note.txt]]", ["Note.md", "Note.txt"], "Note.txt"),
        ("[[Node.js]]", ["Node.js.md"], "Node.js.md"),
        ("[[b/Note]]", ["a/Note.md", "a/b/Note.md"], "a/b/Note.md"),
        ("[[/a/Note]]", ["a/Note.md", "b/a/Note.md"], "a/Note.md"),
        ("[[c/Note]]", ["a/Note.md", "abc/Note.md"], None),
        ("[[Note]]", ["a/b/Note.md", "c/Note.md"], "c/Note.md"),
        ("[[Note]]", ["long/Note.md", "Note.md"], "Note.md"),
        ("[[./Note]]", ["Note.md", "a/Note.md"], "Note.md"),
        ("[[../Note]]", ["Note.md"], None),
        ("[[Cafe\u0301]]", ["Caf\u00e9.md"], "Caf\u00e9.md"),
        ("[[STRASSE]]", ["Straße.md"], "Straße.md"),
        ("[[a/b]]", ["pages/a___b.md"], "pages/a___b.md"),
        ("[[a?b]]", ["pages/a%3Fb.md"], "pages/a%3Fb.md"),
        ("[[my note]]", ["my-note.md"], "my-note.md"),
        ("[[my-note]]", ["a/My Note.md"], "a/My Note.md"),
        ("[[202101011200]]", ["202101011200 Zettel.md"], "202101011200 Zettel.md"),
        ("[[20210101120000]]", ["Zettel 20210101120000.md"], "Zettel 20210101120000.md"),
        ("[[Aug 4th, 2020]]", ["journals/2020_08_04.md"], "journals/2020_08_04.md"),
        ("[[2020-08-04]]", ["journals/2020_08_04.md"], "journals/2020_08_04.md"),
        ("[[missing]]", ["Note.md"], None),
        ("[[...]]", ["Note.md"], None),
    ],
)
def test_a_wikilink_leads_where_obsidian_would_take_it(link, paths, expected):
    assert target(link, paths) == expected


def test_the_nearest_of_several_is_below_the_folder_of_the_link():
    paths = ["a/x/Note.md", "b/Note.md", "b/c/Note.md"]
    assert target("[[Note]]", paths, source="a/from.md") == "a/x/Note.md"
    assert target("[[Note]]", paths, source="b/c/from.md") == "b/c/Note.md"
    assert target("[[Note]]", paths, source="d/from.md") == "b/Note.md"


def test_an_exact_path_comes_before_the_nearest():
    assert target("[[b/Note]]", ["b/Note.md", "a/b/Note.md"], source="a/from.md") == "b/Note.md"


@pytest.mark.parametrize("spelling", ["Note", "note", "NOTE"])
def test_names_that_differ_only_by_case_are_two_notes_each_found_by_its_spelling(spelling):
    expected = "note.md" if spelling == "note" else "Note.md"
    assert target(f"[[{spelling}]]", ["Note.md", "note.md"]) == expected


@pytest.mark.parametrize("name", ["Caf\u00e9", "Cafe\u0301"])
def test_names_that_differ_only_by_normalisation_are_two_notes_each_found_by_its_spelling(name):
    assert target(f"[[{name}]]", ["Cafe\u0301.md", "Caf\u00e9.md"]) == f"{name}.md"
    assert target(f"[x](<{name}.md>)", ["Cafe\u0301.md", "Caf\u00e9.md"]) == f"{name}.md"


def test_paths_come_before_titles_titles_before_aliases_aliases_before_ids():
    by_alias, by_id = "---\naliases: [name]\n---\n", "---\nid: name\n---\n"
    texts = {"a.md": by_id, "b.md": by_alias, "c.md": "# Name", "d/name.md": ""}
    for path in ("d/name.md", "c.md", "b.md", "a.md"):
        assert target("[[name]]", [], **texts) == path
        del texts[path]


def test_a_zettel_is_found_by_the_id_in_its_text():
    assert (
        target("[[20210101120000]]", [], **{"a.md": "# A\n20210101120000\n", "b.md": "see [[20210101120000]]"})
        == "a.md"
    )


@pytest.mark.parametrize(
    ("link", "expected"),
    [
        ("[x](b.md)", "a/b.md"),
        ("[x](./b.md#h)", "a/b.md"),
        ("[x](b)", "a/b.md"),
        ("[x](B.MD)", "a/b.md"),
        ("[x](b.html)", "a/b.md"),
        ("[x](../top%20note.md)", "top note.md"),
        ("[x](/a/b.md)", "a/b.md"),
        ("[x](a/b.md)", "a/b.md"),
        ("[x](/docs/latest/a/b)", "a/b.md"),
        ("[x](folder/)", "a/folder/README.md"),
        ("[x](folder)", "a/folder/README.md"),
        ("[x](../c)", "c/index.md"),
        ("[x](../d/)", "d/d.md"),
        ("[x](deep/note.md)", "z/deep/note.md"),
        ("[x](note.md)", "z/deep/note.md"),
        ("[x](wrong/note.md)", None),
        ("[x](../../outside/b.md)", None),
        ("[x](../../README.md)", None),
        ("[x](missing/README.md)", None),
        ("[x](missing.md)", None),
        ("[x](../)", "README.md"),
    ],
)
def test_a_markdown_link_leads_by_path_then_by_name(link, expected):
    paths = ["a/b.md", "top note.md", "a/folder/README.md", "c/index.md", "d/d.md", "z/deep/note.md", "README.md"]
    assert target(link, paths, source="a/from.md") == expected


def test_loops_and_links_of_a_note_to_itself_are_links_like_any_other():
    notes = vault(**{"a.md": "[[b]] [[a]] [x](a.md)", "b.md": "[[a]] ![[b]] [[none]]"})
    assert resolve(notes).targets == ((1, 0, 0), (0, 1, -1))


def test_the_same_name_may_mean_another_note_from_another_folder():
    notes = vault(**{"a/x.md": "", "b/x.md": "", "a/1.md": "[[x]] [l](x.md)", "b/2.md": "[[x]] [l](x.md)"})
    assert resolve(notes).targets[2:] == ((0, 0), (1, 1))


def test_front_matter_and_embeds_resolve_as_wikilinks_do():
    notes = vault(**{"a.md": "---\nup: '[[C]]'\n---\n![[c]]", "x/c.md": ""})
    assert resolve(notes).targets[0] == (1, 1)


def test_an_index_may_resolve_the_links_it_stored():
    notes = vault(**{"a.md": "[[b]]", "b.md": ""})
    assert Resolver(name_index(notes)).targets(notes[0].links, "a.md") == (1,)


def test_find_gives_all_notes_of_a_name_the_likeliest_first():
    names = NameIndex(["x/Note.md", "note.md", "a/b/Note.md"], ["One", "Two", "Two"])
    assert names.find("Note") == [0, 2, 1]
    assert names.find("note") == [1, 0, 2]
    assert names.find("two") == [1, 2]
    assert names.find("") == names.find("/") == names.find("../x") == []


def test_resolution_without_notes_gives_nothing():
    assert resolve([]).targets == ()
