import pytest

from kotovec.notes.note import Note
from kotovec.notes.reading import parse_note


def note(text: str, path: str = "folder/Note.md") -> Note:
    return parse_note(text.encode(), path)


def body(text: str) -> str:
    return "\n".join(section.text for section in note(text).sections)


def links(text: str) -> list[tuple[str, str, str | None, str]]:
    parsed = note(text)
    return [(link.kind, link.target, link.heading, visible(parsed, link)) for link in parsed.links]


def visible(parsed, link) -> str:
    section = parsed.sections[link.section]
    return (section.heading if link.in_heading else section.text)[link.start : link.end]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[[Target]]", ("wiki", "Target", None, "Target")),
        ("[[Target|what is seen]]", ("wiki", "Target", None, "what is seen")),
        ("[[Target|with [brackets] in it]]", ("wiki", "Target", None, "with [brackets] in it")),
        ("[[ Target | alias ]]", ("wiki", "Target", None, "alias")),
        ("[[Target#Heading]]", ("wiki", "Target", "Heading", "Target > Heading")),
        ("[[Target#A#B]]", ("wiki", "Target", "B", "Target > B")),
        ("[[Target#^block1]]", ("wiki", "Target", None, "Target")),
        ("[[folder/Target]]", ("wiki", "folder/Target", None, "folder/Target")),
        ("[[20210101120000]]", ("wiki", "20210101120000", None, "20210101120000")),
        ("[[Node.js]]", ("wiki", "Node.js", None, "Node.js")),
        ("![[Target#Part]]", ("embed", "Target", "Part", "")),
        ("{{embed [[Target]]}}", ("embed", "Target", None, "")),
        ("#[[many words]]", ("wiki", "many words", None, "many words")),
        ("[alias]([[Target of words]])", ("wiki", "Target of words", None, "alias")),
        ("[[Note]](aside)", ("wiki", "Note", None, "Note")),
        ("[text](../b.md#h)", ("markdown", "../b.md", "h", "text")),
        ("[text](b%20c.md)", ("markdown", "b c.md", None, "text")),
        ("[text](<b c.md>)", ("markdown", "b c.md", None, "text")),
        ("[text](日本.md)", ("markdown", "日本.md", None, "text")),
        ("[text](other)", ("markdown", "other", None, "text")),
        ("[text](b.md?plain=1)", ("markdown", "b.md", None, "text")),
        ("[a *b* c](x.md 'title')", ("markdown", "x.md", None, "a b c")),
        ("[text][ref]\n\n[ref]: b.md", ("markdown", "b.md", None, "text")),
        ("[see https://example.org/x](b.md)", ("markdown", "b.md", None, "see")),
        ("[ref]\n\n[ref]: b.md", ("markdown", "b.md", None, "ref")),
        ("[`code`][]\n\n[`code`]: b.md", ("markdown", "b.md", None, "")),
        ("<a href='b.md'>text</a>", ("markdown", "b.md", None, "text")),
        ("| a |\n|---|\n| [[Target\\|alias]] |", ("wiki", "Target", None, "alias")),
        ("text[^1]\n\n[^1]: [[Target]]", ("wiki", "Target", None, "Target")),
        ("[key]: [[Target]]", ("wiki", "Target", None, "Target")),
    ],
)
def test_a_link_to_a_note_is_read_as_written(text, expected):
    assert links(f"before {text}" if "\n" not in text and text[0] != "[" else text) == [expected]


@pytest.mark.parametrize(
    "text",
    [
        "[text](https://example.org/a.md)",
        "[text](mailto:a@b.c)",
        "[text](//host/a.md)",
        "[text](#heading)",
        "[text](picture.png)",
        "![text](picture.png)",
        "[[paper.pdf|text]]",
        "[[#heading|text]]",
        "[[text](https://example.org)",
        "\\[[text\\]]",
        "text `[[code]]`",
        "text ((64a0aaaa-1111-2222-3333-444455556666))",
        "text\n\n```\n[[code]]\n```",
        "text\n\n    [[code]]",
        "text <!-- [[comment]] -->",
        "text\n\n<!--\n\n[[comment]]\n\n-->",
        "text %%[[comment]]%%",
        "text\n\n%%\n[[comment]]\n\n[[comment]]\n%%",
        "text <code>[[code]]</code>",
        "text\n\n<pre>\n\n[[code]]\n\n</pre>",
        "![[picture.png]] text",
    ],
)
def test_what_is_no_link_to_a_note_is_none_and_only_its_words_stay(text):
    assert links(text) == []
    assert body(text).replace("\\", "").strip(" []\n") == "text"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a `code` b", "a b"),
        ("a **b** __c__ *d* _e_ ~~f~~ ==g==", "a b c d e f g"),
        ("a <b>b</b>c<br>d", "a bc d"),
        ("see https://example.org/a_b_(c)?d=e. End", "see . End"),
        ("at [https://example.org/a](https://example.org/a). End", "at . End"),
        ("see <https://example.org> end", "see end"),
        ("a &amp; b \\* c &lt;", "a & b * c <"),
        ("> [!note]- Title\n> text", "Title\ntext"),
        (":::warning Title\ntext\n:::", "Title\ntext"),
        (":::note[Title]\ntext\n:::", "Title\ntext"),
        ('!!! note "Title"\n    text\n\n    more\n\nafter', "Title\ntext\nmore\nafter"),
        ("- [ ] open\n- [x] done\n- TODO later", "open\ndone\nlater"),
        ("| a | b |\n|---|:-:|\n| c | d |", "a\nb\nc\nd"),
        ("text ^block-1", "text"),
        ("2^10 is 1024 and a^b", "2^10 is 1024 and a^b"),
        ("text[^1] more\n\n[^1]: note", "text more\nnote"),
        ("a $x^2$ b $$y$$ c", "a b c"),
        ("it costs $5 and $6", "it costs $5 and $6"),
        ("a\n\n$$\nx\n\ny\n$$\n\nb", "a\nb"),
        ("a $$\nx\n$$\n\nb $$y$$ c", "a\nb c"),
        ("100%% sure", "100%% sure"),
        ("a {{query (task)}} b", "a b"),
        ("- text\n  id:: 64a0\n  collapsed:: true", "text"),
        ("- text\n  :LOGBOOK:\n  CLOCK: x\n  :END:", "text"),
        ("- a\n  #+BEGIN_SRC x\n  code\n\n  #+BEGIN_QUERY\n  #+END_SRC\n  b\n- c", "a\nb\nc"),
        ("- a\n  #+BEGIN_SRC x\n  never closed\n- #+END_SRC\n  c", "a\nnever closed\nc"),
        ("#+BEGIN_NOTE\ntext\n#+END_NOTE", "text"),
        ("- a\n  %%\n  hidden\n- b %%", "a\n%%\nhidden\nb %%"),
        ("std::vector is text", "std::vector is text"),
        ("![words of a picture](a.png)", "words of a picture"),
        ("a\n***\nb\n\n---\n\nc", "a\nb\nc"),
        ("snake_case_name stays", "snake_case_name stays"),
        ("日本語の*本文*。\n二行目", "日本語の本文。\n二行目"),
    ],
)
def test_the_text_is_what_a_reader_reads(text, expected):
    assert [" ".join(line.split()) for line in body(text).splitlines()] == expected.splitlines()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a #tag b #Other", ("tag", "other")),
        ("#nested/tag", ("nested/tag",)),
        ("#日本語。", ("日本語",)),
        ("(#tag)", ("tag",)),
        ("#snake_case-tag, next", ("snake_case-tag",)),
        ("#[[many words]]", ("many words",)),
        ("#tag #tag", ("tag",)),
        ("#E\u0301cole", ("\u00e9cole",)),
        ("issue #123", ()),
        ("a#b C# x", ()),
        ("\\#escaped `#code`", ()),
        ("[text](a.md#heading) https://a.b/#frag", ()),
        ("# Heading", ()),
    ],
)
def test_tags_are_found_where_tools_find_them(text, expected):
    assert note(text).tags == expected


def test_headings_part_a_note_into_sections():
    parsed = note("intro\n\n# One\n\ntext\n\n## Two `code` [[X]]\n\nmore `gone`\n\nThree\n-----\n- # Four")
    assert [(s.level, s.heading, s.text, s.code) for s in parsed.sections] == [
        (0, "", "intro", ""),
        (1, "One", "text", ""),
        (2, "Two code X", "more", "gone"),
        (2, "Three", "", ""),
        (1, "Four", "", ""),
    ]
    (link,) = parsed.links
    assert (link.section, link.in_heading, visible(parsed, link)) == (2, True, "X")


def test_nothing_before_the_first_heading_makes_no_section():
    assert [section.heading for section in note("\n<!-- c -->\n\n# One\n\ntext").sections] == ["One"]


def test_a_link_in_an_otherwise_empty_opening_keeps_its_section():
    parsed = note("![[Embedded]]\n\n# One")
    assert [section.level for section in parsed.sections] == [0, 1]
    assert parsed.links[0].section == 0


@pytest.mark.parametrize(
    ("text", "path", "title"),
    [
        ("---\ntitle: From front matter\n---\n# Heading", "a.md", "From front matter"),
        ("---\nup: '[[X]]'\n---\n# Heading [[L]]\n", "a.md", "Heading L"),
        ("Heading\n=======", "a.md", "Heading"),
        ("text\n\n# Heading", "a.md", "a"),
        ("## Heading", "a.md", "a"),
        ("# \n", "a.md", "a"),
        ("", "folder/My Note.md", "My Note"),
        ("", "folder/a___b%3Fc.md", "a/b?c"),
        ("", "日記.markdown", "日記"),
        ("# not a heading", "v1.2 notes.txt", "v1.2 notes"),
    ],
)
def test_the_title_is_front_matters_else_the_opening_headings_else_the_files(text, path, title):
    assert note(text, path).title == title


def test_a_link_within_a_link_shows_nothing_of_its_own():
    parsed = note("<a href='out.md'>outer [[Inner]] end</a>")
    assert [(link.target, visible(parsed, link)) for link in parsed.links] == [
        ("out.md", "outer Inner end"),
        ("Inner", ""),
    ]


def test_html_left_open_ends_with_its_block():
    parsed = note("<a href='b.md'>open <code>hidden\n\nnext")
    assert [section.text for section in parsed.sections] == ["open \nnext"]
    assert visible(parsed, parsed.links[0]) == "open "
