"""From the name of a note, as people write it, to the note: by path, by file name, by title, by alias, by id."""

from __future__ import annotations

import posixpath
import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import cached_property

from kotovec.notes.link_syntax import NOTE_SUFFIXES, percent_decoded

_LEADING_ID = re.compile(r"(\d{12,14})(?!\d)|.*?(?<!\d)(\d{14})(?!\d)")
_MONTHS = "janfebmaraprmayjunjulaugsepoctnovdec"
_JOURNAL = re.compile(r"(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec) (\d{1,2})(?:st|nd|rd|th), (\d{4})")
_FOLDER_NOTES = ("readme", "index", "_index")
_NOT_IN_SLUG = re.compile(r"[^\w-]+-*|_+-*|-{2,}")


def fold(name: str) -> str:
    """What two spellings of a name have in common: no difference of case or Unicode normalisation."""
    if name.isascii():
        return name.lower()
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


def without_suffix(path: str) -> str:
    """The path without .md and the like."""
    stem, dot, suffix = path.rpartition(".")
    return stem if dot and f".{suffix.lower()}" in NOTE_SUFFIXES and stem and not stem.endswith("/") else path


class NameIndex:
    """Finds notes by name. Each look-up takes microseconds; titles and the rest are indexed when first needed."""

    def __init__(
        self,
        paths: Sequence[str],
        titles: Sequence[str] = (),
        aliases: Sequence[Iterable[str]] = (),
        ids: Sequence[str | None] = (),
    ) -> None:
        """One entry per note in each sequence that is not empty; the note's index is its place."""
        self._paths = paths
        self._titles = titles
        self._aliases = aliases
        self._ids = ids
        self._exact = {path: index for index, path in enumerate(paths)}

    def find(self, name: str, from_path: str | None = None) -> list[int]:
        """All notes that `name` may mean, the likeliest first, as Obsidian chooses.

        Exact spelling comes before another case or normalisation; notes below the folder of `from_path` before
        others; a shorter path before a longer one. Titles count only where no path fits, then aliases, then ids
        and, last, spellings with other punctuation (`my-note` for `My Note`), and Logseq's days (`Aug 14th, 2020` for
        `2020_08_14`).
        """
        name = name.strip().replace("\\", "/")
        if name.startswith(("./", "../")) and from_path is not None:
            name = _joined(name, from_path)
        name = name.strip("/").removeprefix("./")
        if not name or name.startswith("../"):
            return []
        found = self._by_path(name)
        if found:
            return self._ordered(found, name, from_path)
        folded = fold(name)
        for kind in ("_by_title", "_by_alias", "_by_id"):  # each is built when it is first asked for
            found = getattr(self, kind).get(folded)
            if found:
                return self._ordered(found, name, from_path)
        found = self._by_slug.get(_slug(folded)) or self._by_slug.get(_journal_slug(folded), [])
        return self._ordered(found, name, from_path)

    def find_path(self, path: str, from_path: str | None = None) -> int:
        """The note at `path` as a Markdown link gives it, or -1.

        From the folder of `from_path`, else from the root of the vault; with or without a suffix, `.html` for a
        published note; a folder means its README or index. `/docs/a` may stand for `a`: sites are served below a
        prefix. Where there is no such path, the end of one counts, and then the name, as `find` has it.
        """
        path = path.replace("\\", "/")
        for base in self._bases(path, from_path):
            if base in self._exact:
                return self._exact[base]
            for candidate in self._spellings(base):
                found = self._folded.get(fold(candidate))
                if found:
                    return self._ordered(found, candidate, from_path)[0]
        name = posixpath.normpath(path).lstrip("./")
        outside = from_path is not None and _joined(path, from_path).startswith("../")
        if outside or not name or fold(without_suffix(name.rpartition("/")[2])) in _FOLDER_NOTES:
            return -1
        return next(iter(self.find(name, from_path)), -1)

    def _bases(self, path: str, from_path: str | None) -> Iterable[str]:
        """Where a link may lead, as paths from the root, the likeliest first."""
        if path.startswith("/"):
            parts = posixpath.normpath(path).strip("/").split("/")
            yield from ("/".join(parts[start:]) for start in range(len(parts)))
            return
        if from_path is not None:
            yield _joined(path, from_path)
        if not path.startswith("../"):
            yield posixpath.normpath(path)

    def _spellings(self, base: str) -> Iterable[str]:
        yield base
        stem = base[: -len(".html")] if base.endswith(".html") else base
        yield from (stem + suffix for suffix in NOTE_SUFFIXES)
        folder = f"{base}/" if base not in ("", ".") else ""
        for name in (*_FOLDER_NOTES, base.rpartition("/")[2]):
            yield from (folder + name + suffix for suffix in NOTE_SUFFIXES)

    def _by_path(self, name: str) -> list[int]:
        folded = fold(name)
        last = folded.rpartition("/")[2]
        found = [index for index, tail in self._by_file_name.get(last, ()) if _ends(tail, folded)]
        stem = without_suffix(folded)
        if found or stem == folded:
            return found
        suffix = folded[len(stem) :]
        stem_last = stem.rpartition("/")[2]
        return [
            index
            for index, tail in self._by_file_name.get(stem_last, ())
            if _ends(tail, stem) and self._paths[index].lower().endswith(suffix)
        ]

    def _ordered(self, found: list[int], name: str, from_path: str | None) -> list[int]:
        if len(found) < 2:
            return list(found)
        folder = posixpath.dirname(from_path) + "/" if from_path and "/" in from_path else ""
        stem = without_suffix(name)

        def rank(index: int) -> tuple[bool, bool, bool, int, str]:
            path = self._paths[index]
            own = without_suffix(path)
            exact = own == stem or path == name
            same_spelling = exact or own.endswith("/" + stem) or path.endswith("/" + name)
            return not exact, not same_spelling, not path.startswith(folder), len(path), path

        return sorted(found, key=rank)

    @cached_property
    def _by_file_name(self) -> dict[str, list[tuple[int, str]]]:
        """Folded last component -> (note, folded path without suffix); Logseq's `a___b` counts as `a/b` too."""
        table: dict[str, list[tuple[int, str]]] = {}
        for index, path in enumerate(self._paths):
            tail = fold(without_suffix(path))
            table.setdefault(tail.rpartition("/")[2], []).append((index, tail))
            if "___" in tail or "%" in tail:
                page = fold(percent_decoded(tail)).replace("___", "/")
                if page != tail:
                    table.setdefault(page.rpartition("/")[2], []).append((index, page))
        return table

    @cached_property
    def _folded(self) -> dict[str, list[int]]:
        return _table((fold(path), index) for index, path in enumerate(self._paths))

    @cached_property
    def _by_title(self) -> dict[str, list[int]]:
        return _table((fold(title), index) for index, title in enumerate(self._titles))

    @cached_property
    def _by_alias(self) -> dict[str, list[int]]:
        return _table((fold(alias), index) for index, names in enumerate(self._aliases) for alias in names)

    @cached_property
    def _by_id(self) -> dict[str, list[int]]:
        named = ((fold(identity), index) for index, identity in enumerate(self._ids) if identity)
        return _table([*self._ids_in_names(), *named])

    def _ids_in_names(self) -> Iterable[tuple[str, int]]:
        for index, path in enumerate(self._paths):
            match = _LEADING_ID.match(path.rpartition("/")[2])
            if match:
                yield match.group(1) or match.group(2), index

    @cached_property
    def _by_slug(self) -> dict[str, list[int]]:
        table: dict[str, list[int]] = {}
        for name, notes in self._by_file_name.items():
            table.setdefault(_slug(name), []).extend(index for index, _ in notes)
        table.pop("", None)
        return table


def _joined(path: str, from_path: str) -> str:
    """`path` seen from the folder of the note at `from_path`; it begins with `../` if it leads out of the vault."""
    parts = from_path.split("/")[:-1]
    for part in path.split("/"):
        if part == ".." and parts and parts[-1] != "..":
            parts.pop()
        elif part not in ("", "."):
            parts.append(part)
    return "/".join(parts)


def _ends(tail: str, name: str) -> bool:
    return tail == name or tail.endswith("/" + name)


def _slug(folded: str) -> str:
    return _NOT_IN_SLUG.sub("-", folded.replace(" ", "-")).strip("-")


def _journal_slug(folded: str) -> str:
    match = _JOURNAL.fullmatch(folded)
    return f"{match[3]}-{_MONTHS.index(match[1]) // 3 + 1:02}-{int(match[2]):02}" if match else ""


def _table(pairs: Iterable[tuple[str, int]]) -> dict[str, list[int]]:
    table: dict[str, list[int]] = {}
    for name, index in pairs:
        found = table.setdefault(name, [])
        if index not in found:
            found.append(index)
    return table
