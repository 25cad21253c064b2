"""Which notes a vault holds now, and what was left out and why. Only names and sizes are read here."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from kotovec.errors import ConfigError, NoteError
from kotovec.notes.link_syntax import NOTE_SUFFIXES
from kotovec.notes.reading import MAX_BYTES, Skipped
from kotovec.notes.rules import IGNORE_FILE, PatternSet, RuleChain, Rules

_MAX_IGNORE_FILE = 1_000_000
_NOT_UTF8 = "its name is not valid UTF-8: rename it to have it read"


class NoteFile(NamedTuple):
    """A note on disk; `path` is relative to the vault, with `/`."""

    path: str
    size: int  # bytes
    mtime_ns: int


@dataclass(slots=True)
class Scan:
    """The notes of a vault, sorted by path, and all that was left out; `other_files` are of other kinds."""

    files: list[NoteFile] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    other_files: int = 0


def check_vault(root: Path) -> Path:
    """The absolute path of a vault. NoteError if it is missing, a file, or cannot be opened."""
    if not os.path.lexists(root):
        raise NoteError("no such folder", path=root, expected="a folder of notes")
    if not os.path.isdir(root):
        raise NoteError("not a folder", path=root, expected="a folder of notes", hint=f"try: {root.parent}")
    return root.resolve()


def scan(root: Path, rules: Rules | None = None) -> Scan:
    """Every note below `root` that the rules take. NoteError if `root` is no folder, or cannot be read."""
    scanner = _Scanner(check_vault(root), RuleChain(rules or Rules()))
    scanner.run()
    result = scanner.result
    result.files.sort(key=lambda file: file.path)
    result.skipped.sort(key=lambda skipped: skipped.path)
    return result


def check_not_empty(found: Scan, root: Path) -> None:
    """NoteError that says what else was found, if there is no note."""
    if found.files:
        return
    n, others = found.other_files, []
    if n:
        others.append(f"{n} file{'' if n == 1 else 's'} of other kinds")
    if found.skipped:
        others.append(f"{len(found.skipped)} left out ({found.skipped[0].path}: {found.skipped[0].reason})")
    raise NoteError(
        "no notes in this folder",
        path=root,
        expected=f"files named {', '.join(NOTE_SUFFIXES)}",
        found=", ".join(others) or "nothing",
    )


class _Scanner:
    def __init__(self, root: Path, chain: RuleChain) -> None:
        self._root = str(root)
        self._chain = chain
        self._links: list[tuple[str, str]] = []  # path, and the path within the vault that it leads to
        self.result = Scan()

    def run(self) -> None:
        waiting = [("", self._chain)]
        while waiting:
            folder, chain = waiting.pop()
            entries = self._list(folder)
            chain = self._with_ignore_file(entries, folder, chain)
            for entry in entries:
                if self._take(entry, folder + entry.name, chain):
                    waiting.append((f"{folder}{entry.name}/", chain))
        self._follow_links()

    def _list(self, folder: str) -> list[os.DirEntry[str]]:
        try:
            with os.scandir(os.path.join(self._root, folder)) as entries:
                return list(entries)
        except OSError as error:
            if not folder:
                raise NoteError(f"cannot be read: {error.strerror}", path=self._root) from error
            self._skip(folder, f"it cannot be read: {error.strerror}")
            return []

    def _take(self, entry: os.DirEntry[str], path: str, chain: RuleChain) -> bool:
        """Note one entry down; whether it is a folder to look into."""
        is_link = entry.is_symlink()
        is_folder = os.path.isdir(entry.path) if is_link else entry.is_dir()
        if not is_folder and not entry.name.lower().endswith(NOTE_SUFFIXES):
            self.result.other_files += 1
            return False
        reason = chain.reason(path, is_folder) if _is_printable(path) else _NOT_UTF8
        if reason is not None:
            self._skip(path + "/" * is_folder, reason)
        elif is_link:
            self._take_link(path, is_folder)
        elif is_folder:
            return True
        else:
            self._take_file(path, entry)
        return False

    def _take_file(self, path: str, entry: os.DirEntry[str]) -> None:
        try:
            status = entry.stat(follow_symlinks=False)
        except OSError:
            self._skip(path, "it vanished while the vault was being read")
            return
        self._add(path, status)

    def _add(self, path: str, status: os.stat_result) -> None:
        if not stat.S_ISREG(status.st_mode):
            self._skip(path, "not a regular file")
        elif status.st_size > MAX_BYTES:
            self._skip(path, f"it has {status.st_size / 1e6:,.0f} MB, the limit is {MAX_BYTES / 1e6:.0f} MB")
        else:
            self.result.files.append(NoteFile(path, status.st_size, status.st_mtime_ns))

    def _take_link(self, path: str, is_folder: bool) -> None:
        """Links are followed within the vault only, files after everything else, folders never: they are read there."""
        target = os.path.realpath(os.path.join(self._root, path))
        if not os.path.exists(target):
            self._skip(path, "a link that leads nowhere")
        elif os.path.commonpath([self._root, target]) != self._root:
            self._skip(path + "/" * is_folder, "a link out of the vault")
        elif is_folder:
            self._skip(path + "/", "a link to a folder of the vault, which is read there")
        else:
            self._links.append((path, os.path.relpath(target, self._root).replace(os.sep, "/")))

    def _follow_links(self) -> None:
        read_as = {file.path: file.path for file in self.result.files}
        for path, target in sorted(self._links):
            if target in read_as:
                self._skip(path, f"a link to {target}, which is read as {read_as[target]}")
                continue
            read_as[target] = path
            try:
                self._add(path, os.stat(os.path.join(self._root, path)))
            except OSError as error:
                self._skip(path, f"it cannot be read: {error.strerror}")

    def _with_ignore_file(self, entries: list[os.DirEntry[str]], folder: str, chain: RuleChain) -> RuleChain:
        if not any(entry.name == IGNORE_FILE for entry in entries):
            return chain
        path = folder + IGNORE_FILE
        try:
            with open(os.path.join(self._root, path), encoding="utf-8-sig", errors="replace") as file:
                patterns = PatternSet.parse(file.read(_MAX_IGNORE_FILE).splitlines(), path, folder)
        except (OSError, ConfigError) as error:
            self._skip(path, f"its rules are not applied: {error}")
            return chain
        return chain.below(patterns) if patterns else chain

    def _skip(self, path: str, reason: str) -> None:
        self.result.skipped.append(Skipped(path.encode("utf-8", "backslashreplace").decode(), reason))


def _is_printable(path: str) -> bool:
    """Whether the path can be encoded: a name of bytes that are no UTF-8 comes as lone surrogates."""
    if path.isascii():
        return True
    try:
        path.encode()
    except UnicodeEncodeError:
        return False
    return True
