"""Of every link, text[start:end] is what is seen of it: shown on notes made of parts whose text is known."""

from dataclasses import dataclass

from hypothesis import given, settings
from hypothesis import strategies as st

from kotovec.notes.reading import parse_note

WORDS = st.text(st.sampled_from("abcdé日本ß"), min_size=1, max_size=6)


@dataclass(frozen=True)
class Part:
    source: str
    seen: str = ""  # what is seen of the link, if it is one
    link: bool = False

    def seen_in(self, heading: bool) -> str:
        return self.seen + "code" if heading and "`code`" in self.source else self.seen


def link_parts(word: str, alias: str) -> list[Part]:
    return [
        Part(f"[[{word}]]", word, True),
        Part(f"[[{word}|{alias}]]", alias, True),
        Part(f"[[{word}#{alias}]]", f"{word} > {alias}", True),
        Part(f"![[{word}]]", "", True),
        Part(f"[{alias}]({word}.md)", alias, True),
        Part(f"[**{alias}** _x_]({word}.md)", f"{alias} x", True),
        Part(f"[{alias} `code`](<{word} {word}.md>)", f"{alias} ", True),
        Part(f"<a href='{word}.md'>{alias}</a>", alias, True),
        Part(f"#[[{word}]]", word, True),
    ]


def other_parts(word: str) -> list[Part]:
    return [
        Part(source) for source in (word, f"**{word}**", f"`{word}`", f"#{word}", "&amp;", "$x$", "%%c%%", "\\*")
    ] + [
        Part("https://example.org/x"),
        Part(f"[{word}](https://example.org)"),
        Part("<br>"),
        Part(f"<!-- {word} -->"),
        Part("==mark=="),
        Part("[^1]"),
        Part("{{macro}}"),
        Part("\n"),
    ]


PART = st.tuples(WORDS, WORDS).flatmap(lambda pair: st.sampled_from(link_parts(*pair) + other_parts(pair[0])))
BLOCK = st.tuples(st.sampled_from(["", "# ", "- ", "> ", "- [ ] ", "1. ", "> [!note] "]), st.lists(PART, max_size=8))


@settings(max_examples=150, deadline=None)
@given(st.lists(BLOCK, max_size=6), st.sampled_from(["", " "]))
def test_every_span_is_what_a_reader_sees_of_the_link(blocks, gap):
    lines, expected = [], []
    for opening, parts in blocks:
        heading = opening == "# "
        parts = [part for part in parts if not (heading and part.source == "\n")]
        lines.append(opening + (gap + " ").join(part.source for part in parts))
        expected += [part.seen_in(heading) for part in parts if part.link]
    note = parse_note("\n\n".join(lines).encode(), "a.md")
    seen = []
    for link in note.links:
        section = note.sections[link.section]
        text = section.heading if link.in_heading else section.text
        assert 0 <= link.start <= link.end <= len(text)
        seen.append(text[link.start : link.end])
    assert [one.strip() for one in seen] == [one.strip() for one in expected]


@settings(max_examples=150, deadline=None)
@given(
    st.text(st.sampled_from("ab [](){}<>!#*_`|\\\n\t$%^~=:-+.&/\"'日\u0301\u200d"), max_size=120),
    st.sampled_from(["a.md", "a.txt", "a.org"]),
)
def test_any_text_gives_a_note_whose_spans_lie_in_order_within_it(text, path):
    note = parse_note(text.encode(), path)
    ends: dict[tuple[int, bool], int] = {}
    for link in note.links:
        section = note.sections[link.section]
        assert 0 <= link.start <= link.end <= len(section.heading if link.in_heading else section.text)
        place = (link.section, link.in_heading)
        assert link.start == link.end or link.start >= ends.get(place, 0)
        ends[place] = max(link.end, ends.get(place, 0))
