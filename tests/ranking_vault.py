"""Small vaults of our own words, for the tests of ranking."""

from __future__ import annotations

import numpy as np

from kotovec.notes.arrays import VaultArrays
from kotovec.notes.fields import Analyzed, analyze
from kotovec.notes.note import Link, Note, Section
from kotovec.notes.terms import Analyzer

TOPICS = {
    "garden": "soil seed compost tomato water prune bloom root spade harvest frost mulch",
    "music": "chord melody rhythm scale piano tempo harmony string concert octave note tune",
    "sea": "tide boat anchor sail wave harbour rope mast current storm reef lighthouse",
    "kitchen": "bread flour oven yeast knead butter recipe salt dough crust sugar bake",
}


def note(path: str, text: str = "", *, title: str | None = None, **rest) -> Note:
    """A note of one section; `# Heading` lines begin others. `[[Target]]` is a link that shows its target."""
    sections, links, heading, level, body = [], [], "", 0, ""

    def close() -> None:
        shown, found = unlink(body, len(sections))
        sections.append(Section(heading, level, shown))
        links.extend(found)

    for line in text.split("\n"):
        if line.startswith("#"):
            close()
            heading, level, body = line.lstrip("# "), len(line) - len(line.lstrip("#")), ""
        else:
            body += line + "\n"
    close()
    stem = path.rpartition("/")[2].removesuffix(".md")
    return Note(path=path, title=title or stem, sections=tuple(sections), links=tuple(links), **rest)


def unlink(text: str, section: int) -> tuple[str, list[Link]]:
    shown, links = "", []
    while "[[" in text:
        before, _, text = text.partition("[[")
        target, _, text = text.partition("]]")
        shown += before
        links.append(Link("wiki", target, None, section, len(shown), len(shown) + len(target)))
        shown += target
    return shown + text, links


def targets_of(notes: list[Note]) -> list[list[int]]:
    numbers = {each.title: number for number, each in enumerate(notes)}
    return [[numbers.get(link.target, -1) for link in each.links] for each in notes]


def analyzed(notes: list[Note]) -> list[Analyzed]:
    analyzer = Analyzer()
    return [analyze(each, analyzer) for each in notes]


def build(notes: list[Note]) -> VaultArrays:
    return VaultArrays.build(analyzed(notes), targets_of(notes))


def topical(n_per_topic: int = 8, seed: int = 0, length: int = 40) -> list[Note]:
    """Notes about one topic each, with links within it: to the one before, and to the first."""
    random = np.random.default_rng(seed)
    notes = []
    for topic, words in TOPICS.items():
        for at in range(n_per_topic):
            text = " ".join(random.choice(words.split(), length))
            links = f" [[{topic} {at - 1}]] and [[{topic} 0]]" if at > 1 else ""
            notes.append(note(f"{topic}/{topic} {at}.md", f"{text}\n{links}"))
    return notes
