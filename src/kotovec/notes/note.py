"""What is read from one note: the types that parsing, ranking and the index share."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

LinkKind: TypeAlias = Literal["wiki", "embed", "markdown", "front-matter"]


@dataclass(frozen=True, slots=True)
class Link:
    """A link to another note, as it is written.

    `text[start:end]` of section `section` is what a reader sees of it (alias, link text, or the target); an embed,
    or a link in the front matter, shows nothing there: start == end. Spans never overlap. Of a link that stands in the
    heading itself (`in_heading`), the span counts in `heading` of that section instead.
    """

    kind: LinkKind
    target: str  # without #heading and ^block; for Markdown links decoded from %20 and the like
    heading: str | None
    section: int
    start: int
    end: int
    in_heading: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """What stands between two headings, as plain text: no mark-up, no code, no front matter, no HTML."""

    heading: str  # empty for what stands before the first heading
    level: int  # 1 to 6; 0 before the first heading
    text: str
    code: str = ""  # its inline code, which is not in `text` (but stays in a heading, whose name it is)


@dataclass(frozen=True, slots=True)
class Note:
    """One note, parsed. `path` is relative to the vault, with `/`, as the file system writes it."""

    path: str
    title: str  # front matter, else the first level-1 heading that opens the note, else the file's stem
    aliases: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()  # casefolded, without `#`; nested ones as `a/b`
    sections: tuple[Section, ...] = ()
    links: tuple[Link, ...] = ()
    warnings: tuple[str, ...] = ()  # broken front matter, invalid bytes: said by the status report
    excluded: bool = False  # the front matter asks to be left out
    properties: dict[str, str] = field(default_factory=dict)  # what else the front matter says in plain words
