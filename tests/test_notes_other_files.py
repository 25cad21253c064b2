"""Plain text and org files."""

import pytest

from kotovec.notes.reading import parse_note


def links(parsed):
    return [
        (link.kind, link.target, link.heading, parsed.sections[link.section].text[link.start : link.end])
        for link in parsed.links
    ]


def test_plain_text_stays_as_it_is_with_its_links_and_tags():
    parsed = parse_note(
        b"# *no* mark-up_here\n\n    [[A|b]] #tag #1 ![[E]] [[x.png]] https://example.org/x end", "a.txt"
    )
    (section,) = parsed.sections
    assert section.text == "# *no* mark-up_here\n\n    b #tag #1 x.png end"
    assert links(parsed) == [("wiki", "A", None, "b"), ("embed", "E", None, "")]
    assert (parsed.tags, parsed.title) == (("tag",), "a")


def test_plain_text_may_have_front_matter():
    assert parse_note(b"---\ntitle: T\n---\ntext", "a.txt").title == "T"


ORG = """#+TITLE: The title
#+filetags: :one:two:
:PROPERTIES:
:ID: 1234-abcd
:ROAM_ALIASES: "An alias" other
:END:
Intro with [[file:other.org::*Part][a label]], [[id:ffff][named]], [[Bare]] and [[https://example.org][a site]].
# a comment
* TODO First heading with [[Link]] :three:four:
SCHEDULED: <2021-01-01>
Text with =code= and ~more~ a=b.
#+BEGIN_SRC python
hidden = 1
#+END_SRC
: fixed
after
** Second
#+begin_example
never closed
* Third
end
"""


def test_org_is_read_by_heading_without_its_machinery():
    parsed = parse_note(ORG.encode(), "a.org")
    assert (parsed.title, parsed.aliases) == ("The title", ("An alias", "other"))
    assert parsed.tags == ("one", "two", "three", "four")
    assert parsed.properties == {"id": "1234-abcd"}
    assert [(s.level, s.heading, s.text, s.code) for s in parsed.sections] == [
        (0, "", "Intro with a label, named, Bare and a site.", ""),
        (1, "First heading with Link", "Text with and a=b.\nafter", "code more"),
        (2, "Second", "", ""),
        (1, "Third", "end", ""),
    ]


def test_org_links_lead_to_files_ids_and_names():
    parsed = parse_note(ORG.encode(), "a.org")
    assert [(link.kind, link.target, link.heading) for link in parsed.links] == [
        ("markdown", "other.org", "Part"),
        ("wiki", "ffff", None),
        ("wiki", "Bare", None),
        ("wiki", "Link", None),
    ]
    assert links(parsed)[0][3] == "a label"


@pytest.mark.parametrize("value", ["false", "No"])
def test_an_org_file_can_ask_to_be_left_out(value):
    assert parse_note(f"#+kotovec: {value}\ntext".encode(), "a.org").excluded
