import re
import sys

import pytest

from kotovec.notes.front_matter import MAX_CHARACTERS
from kotovec.notes.reading import parse_note


def note(text: str):
    return parse_note(text.encode(), "Note.md")


@pytest.mark.parametrize(
    ("text", "aliases", "tags"),
    [
        ("---\naliases: [A, b c]\ntags: [x, Y]\n---\n", ("A", "b c"), ("x", "y")),
        ("---\nalias: A, b c\ntag: x y\n---\n", ("A", "b c"), ("x", "y")),
        ("---\naliases:\n  - A\n  -\n  - 'b: c'\ntags:\n  - '#x'\n  - a/b\n---\n", ("A", "b: c"), ("x", "a/b")),
        ("---\ntags: x, y z\nkeywords: machine learning\n---\n", (), ("x", "y z", "machine learning")),
        ("---\nTags: 2021\nALIASES: 1.10\n---\n", ("1.10",), ("2021",)),
        ("---\ntags:\naliases: ~\n---\n", (), ()),
        ("---\ntags: {a: [b]}\n---\n", (), ("b",)),
        ("---\r\ntags: x\r\n---\r\n", (), ("x",)),
        ("---\ntags: x\n...\n", (), ("x",)),
        ("alias:: A, b c\ntags:: [[x y]], z\n\ntext", ("A", "b c"), ("x y", "z")),
        ("- tags:: #x #y\n- text", (), ("x", "y")),
    ],
)
def test_aliases_and_tags_come_from_lists_or_from_text(text, aliases, tags):
    assert (note(text).aliases, note(text).tags) == (aliases, tags)
    assert note(text).warnings == ()


@pytest.mark.skipif(sys.version_info < (3, 11), reason="tomllib came with 3.11")
def test_toml_between_plus_signs_is_front_matter_too():
    parsed = note("+++\ntitle = 'T'\ntags = ['x']\ndate = 2021-01-01\ndraft = true\n+++\ntext")
    assert (parsed.title, parsed.tags, parsed.sections[0].text) == ("T", ("x",), "text")
    assert parsed.properties == {"date": "2021-01-01", "draft": "true"}


def test_values_stay_as_they_are_written():
    parsed = note("---\ntitle: 1.10\ndate: 2021-01-01\nanswer: no\nnumber: 007\n---\n")
    assert parsed.title == "1.10"
    assert parsed.properties == {"date": "2021-01-01", "answer": "no", "number": "007"}


@pytest.mark.parametrize(
    ("front", "targets"),
    [
        ("up: '[[A]]'", ["A"]),
        ("up: [[A]]", ["A"]),
        ("up: [[A|alias]]", ["A"]),
        ("related:\n  - '[[A]]'\n  - [[B]]\n  - '[[C#h|c]]'", ["A", "C", "B"]),
        ("summary: see [[A]] and [[B]]", ["A", "B"]),
        ("up: [A, B]", []),
        ("aliases: ['[[A]]']", []),
        ("cover: '[[a.png]]'", []),
    ],
)
def test_links_stand_in_values_with_and_without_quotes(front, targets):
    parsed = note(f"---\n{front}\n---\ntext [[Z]]")
    assert [link.target for link in parsed.links] == [*targets, "Z"]
    assert {(link.kind, link.start, link.end) for link in parsed.links[:-1]} <= {("front-matter", 0, 0)}


def test_a_note_of_front_matter_alone_has_a_section_for_its_links():
    parsed = note("---\nup: '[[A]]'\n---\n")
    assert parsed.sections[parsed.links[0].section].text == ""


@pytest.mark.parametrize(
    ("text", "excluded"),
    [
        ("---\nkotovec: false\n---\n", True),
        ("---\nkotovec: No\n---\n", True),
        ("---\nkotovec: ignore\n---\n", True),
        ("---\nnoindex: true\n---\n", True),
        ("---\nexclude: yes\n---\n", True),
        ("kotovec:: false\n\ntext", True),
        ("---\nkotovec: true\nnoindex: false\n---\n", False),
        ("---\nexclude: [a]\n---\n", False),
        ("text\n\n---\nkotovec: false\n---\n", False),
    ],
)
def test_a_note_can_ask_to_be_left_out(text, excluded):
    assert note(text).excluded is excluded


@pytest.mark.parametrize(
    ("front", "reason"),
    [
        ("title: a: b", "mapping values are not allowed.*line 2"),
        ("a: 1\nb: [x", "line 3|did not find"),
        ("title: {{title}}", "a key must be a word"),
        ("- a\n- b", "key: value"),
        ("just words", "key: value"),
        ("a: &x [1]\nb: *x", "aliases .* are not followed"),
        ("a: " + "[" * 30_000, "nested more than 20 deep"),
        ("- " * 30_000, "nested more than 20 deep"),
        ("? " * 30_000, "a key must be a word"),
        ("a: " + "x" * MAX_CHARACTERS, "the limit is 65,536"),
        ('title: "\\uD800"', "invalid Unicode"),
        ("a: !!python/object/apply:os.system ['true']\nb: [", "line|did not find"),
    ],
)
def test_broken_front_matter_is_said_and_kept_as_text(front, reason):
    parsed = note(f"---\n{front}\n---\ntext [[Link]]")
    (warning,) = parsed.warnings
    assert re.search(reason, warning), warning
    assert warning.startswith("front matter cannot be read and counts as text: ")
    assert "\n" not in warning
    text = "\n".join(f"{section.heading}\n{section.text}" for section in parsed.sections)
    assert text.endswith("text Link")
    assert [link.target for link in parsed.links] == ["Link"]


def test_the_text_of_broken_front_matter_is_no_heading():
    parsed = note("---\ntitle: a: b\n---\ntext")
    assert [(section.level, section.text) for section in parsed.sections] == [(0, "title: a: b\ntext")]


@pytest.mark.skipif(sys.version_info < (3, 11), reason="tomllib came with 3.11")
@pytest.mark.parametrize("front", ["title = ", "a = " + "[" * 50_000])
def test_broken_toml_is_said_too(front):
    (warning,) = note(f"+++\n{front}\n+++\ntext").warnings
    assert warning.startswith("front matter cannot be read")


def test_yaml_tags_construct_nothing():
    assert note("---\na: !!python/name:os.system x\n---\n").properties == {"a": "x"}


@pytest.mark.parametrize(
    "text", ["--- a\ntext", "---\ntext without an end", "----\na: b\n----\n", "text\n---\na: b\n---"]
)
def test_a_line_of_dashes_alone_is_no_front_matter(text):
    assert (note(text).properties, note(text).warnings) == ({}, ())


def test_front_matter_never_reaches_the_text():
    parsed = note("---\ntitle: Secret\nother: words\n---\n\ntext\n\n---\nafter: a rule\n---")
    assert parsed.sections[0].text == "text"
    assert "words" not in str(parsed.sections)


def test_page_properties_that_are_no_names_stay_in_the_text():
    parsed = note("title:: T\nauthor:: [[Joe]]\n\n- text")
    assert (parsed.title, parsed.properties) == ("T", {"author": "Joe"})
    assert parsed.sections[0].text == "Joe\ntext"
    assert [(link.kind, link.target) for link in parsed.links] == [("wiki", "Joe")]


def test_the_pure_python_reader_of_yaml_gives_the_same(monkeypatch):
    yaml = pytest.importorskip("yaml")
    text = "---\ntitle: T\ntags: [a, b]\nup: [[X]]\nn: ~\nq: ''\n---\n"
    expected = note(text)
    monkeypatch.delattr(yaml, "CBaseLoader", raising=False)
    assert note(text) == expected
    assert note('---\ntitle: "\\uD800x"\n---\n').title == "?x"


def test_a_missing_extra_is_named(monkeypatch):
    from kotovec.errors import MissingExtraError

    monkeypatch.setitem(sys.modules, "yaml", None)
    with pytest.raises(MissingExtraError, match=r"front matter needs the package PyYAML.*kotovec\[notes\]"):
        note("---\na: b\n---\n")
