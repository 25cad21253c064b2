"""The words of a note that a search is shown by: of its raw text, lightly cleaned, where most of the question is."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from kotovec.notes.outline import FRONT_MATTER

_WIDTH = 160  # characters
_READ = 100_000  # characters of a note that are looked at
_MARKS = re.compile(r"^[\s>#*+-]+|[*_`~=]{2,}|!?\[\[(?:[^\]|]*\|)?|\]\]|\]\([^)]*\)|!?\[(?!\[)")
_HEADING = 0.4  # of a line of the text; the title, which is shown anyway, is passed over


def snippet(text: str, terms: Sequence[str]) -> str:
    """At most about 160 characters, of the paragraph with the most of `terms`, the best first; of the first for none.

    Terms are casefolded, in the singular: a word of the text counts that begins with one.
    """
    paragraphs = [one for one in _paragraphs(text[:_READ]) if one and not one.startswith("# ")]
    best, most = next((one for one in paragraphs if not one.startswith("#")), ""), 0.0
    for paragraph in paragraphs:
        folded = paragraph.casefold()
        hits = sum(1 / (1 + 0.2 * place) for place, term in enumerate(terms) if term in folded)
        if paragraph.startswith("#"):
            hits *= _HEADING
        if hits > most:
            best, most = paragraph, hits
    line = " ".join(_MARKS.sub("", best).split())
    return _cut(line, terms)


def _paragraphs(text: str) -> Iterator[str]:
    """Lines that belong together, as one; headings and items of lists by themselves."""
    found = FRONT_MATTER.match(text)
    for block in re.split(r"\n[ \t]*\n|\n(?=[ \t]*[-*+#>] ?)", text[found.end() :] if found else text):
        yield block.strip()


def _cut(line: str, terms: Sequence[str]) -> str:
    """The stretch of a line that begins a little before the first of the terms."""
    folded = line.casefold()
    first = min((place for term in terms if (place := folded.find(term)) >= 0), default=0)
    start = max(0, min(first - _WIDTH // 4, len(line) - _WIDTH))
    if start:  # at a word, where words have spaces between them
        start = line.find(" ", start, start + 20) + 1 or start
    return ("…" if start else "") + line[start : start + _WIDTH].strip() + ("…" if start + _WIDTH < len(line) else "")
