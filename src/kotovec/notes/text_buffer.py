"""Plain text as it grows, with the place of every link in it: the only file that knows how spans are counted."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from kotovec.notes.note import Link, LinkKind, Section


@dataclass(slots=True)
class TextBuffer:
    """Pieces of text that know how long they are together."""

    pieces: list[str] = field(default_factory=list)
    length: int = 0

    def add(self, text: str) -> None:
        """Append `text`, with at most one blank between words; what stands already never moves."""
        if text[:1] == " " and (not self.pieces or self.pieces[-1][-1] in " \n"):
            text = text[1:]
        if text:
            self.pieces.append(text)
            self.length += len(text)

    def end_line(self) -> None:
        """Begin a new line, unless one was just begun."""
        if self.length and not self.pieces[-1].endswith("\n"):
            self.add("\n")

    def text(self) -> str:
        """Everything added, without the white space at its end."""
        return "".join(self.pieces).rstrip()


class NoteWriter:
    """Collects the sections, links and tags of one note in reading order."""

    def __init__(self) -> None:
        self.sections: list[Section] = []
        self.links: list[Link] = []
        self.tags: list[str] = []
        self._heading = TextBuffer()
        self._body = TextBuffer()
        self._code: list[str] = []
        self._level = 0
        self._in_heading = False
        self._open_links: list[tuple[int, bool]] = []

    def add(self, text: str) -> None:
        """Text that a reader sees."""
        self._buffer().add(text)

    def add_code(self, code: str) -> None:
        """Inline code: part of a heading, kept apart from a text; within a link it is left out altogether."""
        if self._in_heading:
            self._heading.add(code)
        elif not self._open_links:
            self._code.append(code)

    def end_line(self) -> None:
        """The end of a paragraph, a table cell or another block."""
        if not self._in_heading:
            self._body.end_line()

    def add_break(self) -> None:
        """The end of a line within a paragraph."""
        self.add(" " if self._in_heading else "\n")

    def begin_heading(self, level: int) -> None:
        """What follows, until `end_heading`, is the heading of a new section."""
        self._close_section()
        self._level, self._in_heading = level, True

    def end_heading(self) -> None:
        """What follows is the text of the section."""
        self._in_heading = False

    def open_link(self, kind: LinkKind, target: str, heading: str | None = None) -> None:
        """What is added until `close_link` is the visible text of a link; of nested links the outer one shows it."""
        start = self._buffer().length
        self._open_links.append((len(self.links), bool(self._open_links)))
        self.links.append(Link(kind, target, heading, len(self.sections), start, start, self._in_heading))

    def close_link(self) -> None:
        """The end of the link that was opened last."""
        index, nested = self._open_links.pop()
        if not nested:
            self.links[index] = replace(self.links[index], end=self._buffer().length)

    def add_link(self, kind: LinkKind, target: str, heading: str | None, visible: str) -> None:
        """A link and what is seen of it."""
        self.open_link(kind, target, heading)
        self.add(visible)
        self.close_link()

    def prepend_link(self, kind: LinkKind, target: str, heading: str | None) -> None:
        """A link that stands before all text and shows nothing there; the note has at least one section then."""
        self.links.insert(0, Link(kind, target, heading, 0, 0, 0))
        if not self.sections:
            self.sections.append(Section("", 0, ""))

    def add_tag(self, tag: str) -> None:
        """A tag of the note, as it is written, without `#`."""
        self.tags.append(tag)

    def finish(self) -> None:
        """The end of the note: `sections` are complete, the one before the first heading only if something is there."""
        self._close_section()

    def _clamp_links(self, heading_length: int, text_length: int) -> bool:
        """Keep the spans of this section's links within its texts, whose ends were trimmed; whether there are any."""
        index = len(self.links)
        while index and self.links[index - 1].section == len(self.sections):
            index -= 1
            link = self.links[index]
            length = heading_length if link.in_heading else text_length
            if link.end > length:
                self.links[index] = replace(link, start=min(link.start, length), end=length)
        return index < len(self.links)

    def _buffer(self) -> TextBuffer:
        return self._heading if self._in_heading else self._body

    def _close_section(self) -> None:
        text, code = self._body.text(), " ".join(self._code)
        heading = self._heading.text()
        linked = self._clamp_links(len(heading), len(text))
        if self._level or text or code or linked:
            self.sections.append(Section(heading, self._level, text, code))
        self._heading, self._body, self._code = TextBuffer(), TextBuffer(), []
        self._in_heading = False
