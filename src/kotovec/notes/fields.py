"""A note as terms, by field: all that ranking, and the index, keep of its text."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import PurePosixPath

from kotovec.notes.note import Link, Note
from kotovec.notes.terms import Analyzer, has_kana

TITLE_COUNT = 2  # a word of the title counts as much as two of the text, and so does one of the file's name


@dataclass(frozen=True, slots=True)
class Analyzed:
    """A note as terms. Each list has them in the order of the text, as often as they occur there.

    `names` are what the note is called: first its title, then its file's name and its aliases where they differ; the
    title may have no terms. `headings` has the tags too, each as `#a/b` and as its words.
    """

    path: str
    names: tuple[tuple[str, ...], ...]
    headings: tuple[str, ...]
    tags: tuple[str, ...]
    sections: tuple[tuple[str, ...], ...]  # the text of each section, without its heading
    n_words: int  # of the text, stop words too; for unspaced scripts the terms

    @property
    def counted(self) -> list[str]:
        """All terms that count as the note's text: a term of a name `TITLE_COUNT` times for each name it is in."""
        terms = [term for section in self.sections for term in section]
        terms += self.headings
        for name in self.names:
            terms += name * TITLE_COUNT
        return terms


def analyze(note: Note, analyzer: Analyzer, hidden: Collection[Link] = ()) -> Analyzed:
    """A note as terms; what a reader sees of the `hidden` links, which are links of this note, is left out."""
    texts = texts_without(note, hidden)
    japanese = any(has_kana(text) or has_kana(heading) for heading, text in texts) or has_kana(note.title)

    def terms(text: str) -> tuple[str, ...]:
        return tuple(analyzer.terms(text, japanese=japanese))

    sections = [
        terms(text) + (terms(section.code) if section.code else ())
        for (_, text), section in zip(texts, note.sections, strict=True)
    ]
    headings = [term for heading, _ in texts if heading for term in terms(heading)]
    for tag in note.tags:
        headings += [f"#{tag}", *terms(tag)]
    names = (note.title, PurePosixPath(note.path).stem, *note.aliases)
    n_spaced = sum(len(text.split()) for _, text in texts)
    return Analyzed(
        path=note.path,
        names=_distinct([terms(name) for name in names]),
        headings=tuple(headings),
        tags=note.tags,
        sections=tuple(sections),
        n_words=max(n_spaced, sum(map(len, sections))) if japanese else n_spaced,
    )


def _distinct(names: list[tuple[str, ...]]) -> tuple[tuple[str, ...], ...]:
    return (names[0], *[name for name in dict.fromkeys(names[1:]) if name and name != names[0]])


def texts_without(note: Note, hidden: Collection[Link]) -> list[tuple[str, str]]:
    """The heading and the text of each section, without what is seen of the hidden links."""
    texts = [[section.heading, section.text] for section in note.sections]
    for link in sorted(hidden, key=lambda link: -link.start):  # from the end, so that earlier places stay
        part = 0 if link.in_heading else 1
        text = texts[link.section][part]
        texts[link.section][part] = f"{text[: link.start]} {text[link.end :]}"
    return [(heading, text) for heading, text in texts]
