import re
from html.parser import HTMLParser

import pytest

from kotovec.web.render import LONGEST_TEXT, render

KEYS = {"Raven": "a" * 12, "birds/Crow.md": "b" * 12, "": "c" * 12}


def html_of(text, title="Title", **options):
    return render(text, title, KEYS.get, **options).html


class Tags(HTMLParser):
    def __init__(self, html):
        super().__init__()
        self.seen = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.seen.append((tag, dict(attrs)))


def assert_harmless(html):
    for tag, attributes in Tags(html).seen:
        assert (
            tag
            in "a blockquote br code del em h2 h3 h4 h5 h6 hr li ol p pre s span strong table tbody td th thead tr ul"
        )
        assert set(attributes) <= {"href", "title", "target", "rel", "start", "class"}
        assert re.match(r"https?://|mailto:|#/note/", attributes.get("href", "#/note/"))


HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)><animate onbegin=alert(1)>",
    "<iframe srcdoc='<script>alert(1)</script>'>",
    "[a](javascript:alert(1))",
    "[a](JaVaScRiPt:alert(1))",
    "[a](java&#115;cript:alert(1))",
    "[a](java\tscript:alert(1))",
    "[a](&#x6A;avascript&colon;alert(1))",
    "[a](vbscript:x)",
    "[a](data:text/html;base64,PHNjcmlwdD4=)",
    "[a](file:///etc/passwd)",
    "![a](data:image/svg+xml,<svg onload=alert(1)>)",
    "![<img src=x onerror=alert(1)>](x)",
    '![a](x"onerror=alert(1))',
    '[a](x "title\\"onmouseover=alert(1)")',
    "<javascript:alert(1)>",
    "[[Raven|<img src=x onerror=alert(1)>]]",
    "[[<script>alert(1)</script>]]",
    '[[Raven#"onmouseover=alert(1)]]',
    "[[javascript:alert(1)]]",
    '![[x" onerror=alert(1).png]]',
    "# <b onclick=alert(1)>x",
    "| <img src=x onerror=alert(1)> |\n|---|\n| [[Raven\\|<svg onload=alert(1)>]] |",
    '```"><script>alert(1)</script>\nx\n```',
    "`<script>`",
    # strings that change their meaning when they are parsed a second time
    '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">',
    '<svg></p><style><a id="</style><img src=1 onerror=alert(1)>">',
    '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
    "<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "<a href='#/note/x' id=view name=search>clobber</a>",
    "<style>*{background:url(//evil)}</style><link rel=stylesheet href=//evil><base href=//evil>",
]


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("markdown", [True, False])
def test_hostile_text_is_shown_and_not_obeyed(text, markdown):
    html = html_of(text, markdown=markdown)
    assert_harmless(html)
    assert html.strip()


def test_the_check_of_these_tests_can_fail():
    for bad in ("<img src=x>", "<p onclick=x>", '<a href="javascript:x">'):
        with pytest.raises(AssertionError):
            assert_harmless(bad)


@pytest.mark.parametrize(
    ("text", "href"),
    [
        ("[[Raven]]", "#/note/aaaaaaaaaaaa"),
        ("[[ Raven |black bird]]", "#/note/aaaaaaaaaaaa"),
        ("[[Raven#Food & drink]]", "#/note/aaaaaaaaaaaa/Food%20%26%20drink"),
        ("[[Raven#^block1]]", "#/note/aaaaaaaaaaaa"),
        ("![[Raven]]", "#/note/aaaaaaaaaaaa"),
        ("[black bird]([[Raven]])", "#/note/aaaaaaaaaaaa"),
        ("[x](birds/Crow.md?raw)", "#/note/bbbbbbbbbbbb"),
        ("[x](birds/Crow.md)", "#/note/bbbbbbbbbbbb"),
        ("[x](birds/%43row.md#N%C3%A9st)", "#/note/bbbbbbbbbbbb/N%C3%A9st"),
        ("[x](#part)", "#/note/cccccccccccc/part"),
        ("[[#Part]]", "#/note/cccccccccccc/Part"),
    ],
)
def test_a_link_to_a_note_leads_to_its_key(text, href):
    assert [attributes["href"] for tag, attributes in Tags(html_of(text)).seen if tag == "a"] == [href]


@pytest.mark.parametrize("text", ["[[Nowhere]]", "[x](nowhere.md)", "[x](../../etc/passwd)", "[x](/etc/passwd)"])
def test_a_link_to_nowhere_is_marked_and_leads_nowhere(text):
    seen = Tags(html_of(text)).seen
    assert ("span", {"class": "unresolved"}) in seen
    assert "a" not in [tag for tag, _ in seen]


def test_a_link_out_of_the_vault_opens_a_page_of_its_own_and_tells_it_nothing():
    ((tag, attributes),) = [seen for seen in Tags(html_of("[x](https://example.org/)")).seen if seen[0] == "a"]
    assert attributes == {"href": "https://example.org/", "target": "_blank", "rel": "noopener noreferrer"}


def test_an_address_that_stands_in_the_text_becomes_a_link_and_one_in_a_link_does_not():
    html = html_of("see https://example.org/a_b?c=d&e, [x https://example.net](https://example.com) javascript://x")
    links = [attributes["href"] for tag, attributes in Tags(html).seen if tag == "a"]
    assert links == ["https://example.org/a_b?c=d&e", "https://example.com"]


def test_a_comment_is_not_shown():
    assert html_of("a %%hidden%% b") == "<p>a  b</p>\n"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("![a raven](https://evil.example/track.png)", "a raven"),
        ("![](pictures/black%20bird.png)", "black bird.png"),
        ("![[bird.png]]", "bird.png"),
    ],
)
def test_a_picture_is_words_and_is_not_loaded(text, shown):
    assert html_of(text) == f'<p><span class="image">{shown}</span></p>\n'


def test_code_keeps_its_brackets():
    assert html_of("`[[Raven]]`") == "<p><code>[[Raven]]</code></p>\n"
    assert "[[Raven]]" in html_of("```\n[[Raven]]\n```")


def test_headings_are_one_level_lower_and_the_title_is_not_repeated():
    assert html_of("# Title\n\n# Other\n\n## Deep") == "<h2>Other</h2>\n<h3>Deep</h3>\n"
    assert html_of("Text\n\n# Title").endswith("<h2>Title</h2>\n")


def test_tasks_show_their_boxes():
    assert [line for line in html_of("- [ ] one\n- [x] two\n- [y] three").split("\n") if "<li>" in line] == [
        "<li>☐ one</li>",
        "<li>☑ two</li>",
        "<li>[y] three</li>",
    ]


@pytest.mark.parametrize(("text", "shown"), [("> [!note] Look\n> here", "Look"), ("> [!warning]-\n> here", "Warning")])
def test_a_callout_shows_its_title(text, shown):
    assert html_of(text) == f"<blockquote>\n<p><strong>{shown}</strong>\nhere</p>\n</blockquote>\n"


def test_tables_and_strike_through_are_read():
    html = html_of("| a |\n|---|\n| b |\n\n~~no~~")
    assert "<td>b</td>" in html
    assert "<s>no</s>" in html


def test_plain_text_keeps_its_lines_and_means_nothing_else():
    assert html_of("* a\n [[Raven]] <b>", markdown=False) == "<pre>* a\n [[Raven]] &lt;b&gt;</pre>"


def test_of_a_very_long_note_the_beginning_is_shown():
    long = render("word " * LONGEST_TEXT, "Title", KEYS.get)
    assert long.cut
    assert len(long.html) < LONGEST_TEXT + 100
    assert not render("word", "Title", KEYS.get).cut


@pytest.mark.parametrize("text", ["[[" * 20_000, "![[a" * 10_000, ">" * 20_000, "*a_" * 20_000, "[a](" * 10_000])
def test_text_that_is_made_to_be_slow_is_not(text):
    assert_harmless(html_of(text))
