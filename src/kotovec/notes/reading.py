"""A file -> a Note. What cannot be read is skipped with a reason; what can be read in part is, with a warning."""

from __future__ import annotations

import codecs
import os
import re
import unicodedata
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path, PurePosixPath

from kotovec.notes.front_matter import FrontMatter, read_front_matter
from kotovec.notes.link_syntax import percent_decoded
from kotovec.notes.markdown import write_markdown
from kotovec.notes.note import Note
from kotovec.notes.org import read_org_header, write_org
from kotovec.notes.plain_text import write_plain_text
from kotovec.notes.text_buffer import NoteWriter

MAX_BYTES = 20_000_000
MAX_MARKDOWN = 2_000_000  # characters; longer ones (exports, logs) are read as plain text, which takes linear time
_UTF16 = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
_LONG_LINE = 200_000  # characters without a blank line: no paragraph, and quadratic for a parser of inline marks
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")  # nothing to read, and a terminal would obey them
_ZETTEL_ID = re.compile(r"(?<!\[\[)(?<!\d)\d{14}(?!\d)")


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file or folder that is not in the index, and why; `path` can always be printed and encoded."""

    path: str
    reason: str


def digest(data: bytes) -> bytes:
    """What tells one content of a file from another: 16 bytes of BLAKE2b."""
    return blake2b(data, digest_size=16).digest()


def read_bytes(root: Path, path: str) -> bytes | Skipped:
    """The content of note `path` of the vault; Skipped if it is gone, unreadable, too long or not text."""
    try:
        with open(root / path, "rb") as file:
            size = os.fstat(file.fileno()).st_size
            data = file.read(MAX_BYTES + 1) if size <= MAX_BYTES else b""
    except FileNotFoundError:
        return Skipped(path, "it vanished while the vault was being read")
    except OSError as error:
        return Skipped(path, f"it cannot be read: {error.strerror or error}")
    if size > MAX_BYTES or len(data) > MAX_BYTES:
        return Skipped(path, f"it has {size / 1e6:,.0f} MB, the limit is {MAX_BYTES / 1e6:.0f} MB")
    if data[:2] not in _UTF16 and b"\0" in data:
        return Skipped(path, "it is binary, not text (it holds NUL bytes)")
    return data


def read_note(root: Path, path: str) -> tuple[Note, bytes] | Skipped:
    """Note `path` and the digest of its bytes; a note that opts out comes back as such (`excluded`)."""
    data = read_bytes(root, path)
    return data if isinstance(data, Skipped) else (parse_note(data, path), digest(data))


def parse_note(data: bytes, path: str) -> Note:
    """The note that `data` holds. Any bytes and any mark-up give a note; what is broken is said in its warnings."""
    text, warnings = decode(data)
    suffix = PurePosixPath(path).suffix.lower()
    front = read_org_header(text) if suffix == ".org" else read_front_matter(text)
    writer = NoteWriter()
    warnings += front.warnings
    if suffix == ".org":
        write_org(front.body, writer)
    elif suffix == ".txt":
        write_plain_text(front.body, writer)
    elif _is_too_long(front.body):
        warnings += ("too long to parse as Markdown, read as plain text",)
        write_plain_text(front.body, writer)
    else:
        write_markdown(front.body, writer)
    return _assemble(path, front, writer, warnings)


def decode(data: bytes) -> tuple[str, tuple[str, ...]]:
    """Text with line feeds at the ends of lines, and warnings: UTF-8, or UTF-16 with its mark."""
    encoding = _UTF16.get(data[:2], "utf-8")
    text = data.decode(encoding, "replace").removeprefix("\ufeff")
    bad = _invalid_bytes(data, encoding) if "\ufffd" in text else None
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _CONTROL.sub(" ", text), (bad,) if bad else ()


def _invalid_bytes(data: bytes, encoding: str) -> str | None:
    try:
        data.decode(encoding)
    except UnicodeDecodeError as error:
        return f"not valid {encoding.upper()} from byte {error.start:,} on: replaced what could not be read"
    return None


def _is_too_long(text: str) -> bool:
    if len(text) <= _LONG_LINE:
        return False
    return len(text) > MAX_MARKDOWN or max(map(len, text.split("\n\n"))) > _LONG_LINE


def _assemble(path: str, front: FrontMatter, writer: NoteWriter, warnings: tuple[str, ...]) -> Note:
    writer.finish()
    for target in reversed(front.links):
        writer.prepend_link("front-matter", *target)
    sections = tuple(writer.sections)
    opening = sections[0] if sections else None
    heading = opening.heading.strip() if opening and opening.level == 1 else ""
    aliases = (_name(alias) for alias in front.aliases)
    tags = (unicodedata.normalize("NFC", _name(tag).strip("/")).casefold() for tag in (*front.tags, *writer.tags))
    return Note(
        path=path,
        title=_name(front.title or "") or _name(heading) or _name(page_name(path)),
        aliases=tuple(dict.fromkeys(alias for alias in aliases if alias)),
        tags=tuple(dict.fromkeys(tag for tag in tags if tag)),
        sections=sections,
        links=tuple(writer.links),
        warnings=warnings,
        excluded=front.excluded,
        properties=_with_id(front, path),
    )


def _name(text: str) -> str:
    """One line that can be printed and encoded; YAML's escapes can spell what no file holds."""
    return " ".join(_CONTROL.sub(" ", text).encode("utf-8", "replace").decode().split())


def _with_id(front: FrontMatter, path: str) -> dict[str, str]:
    """Zettlr: the id of a note is in its file name, else the first 14 digits near its start."""
    if "id" not in front.properties and not _ZETTEL_ID.search(path):
        match = _ZETTEL_ID.search(front.body, 0, 500)
        if match:
            return {**front.properties, "id": match.group()}
    return front.properties


def page_name(path: str) -> str:
    """The file's stem; Logseq writes `a/b` as `a___b` and other characters as %XX."""
    stem = PurePosixPath(path).stem
    if "%" in stem:
        stem = percent_decoded(stem)
    return stem.replace("___", "/") if "___" in stem.strip("_") else stem
