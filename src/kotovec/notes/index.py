"""The index of a vault: read once, kept in step with the files, written where it can be.

What could go wrong: it is missing, damaged, of another version or of another vault; it cannot be written; another
process writes it. Whatever it is, the notes are the truth, and the index is made of them anew; what happened is said.
"""

from __future__ import annotations

import hashlib
import sys
import time
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kotovec._version import __version__
from kotovec.errors import FormatError, OutputError
from kotovec.events import Callback, VaultProgress
from kotovec.notes.answers import UpdateReport
from kotovec.notes.batch import Reading, japanese_is_installed
from kotovec.notes.catalog import Catalog, Record
from kotovec.notes.changes import Changes, find_changes, record_of
from kotovec.notes.locking import write_lock
from kotovec.notes.parts import LAYOUT, meta_of, parts_of, state_of
from kotovec.notes.readers import read_notes
from kotovec.notes.reading import Skipped
from kotovec.notes.scan import NoteFile, scan
from kotovec.notes.settings import Settings
from kotovec.notes.state import State, build, empty, must_be_built, patch
from kotovec.notes.storage import check_folder, read_folder, stamp_of, write_folder
from kotovec.notes.weights import DEFAULT, Weights
from kotovec.notes.word_vectors import compiled_ahead

if TYPE_CHECKING:
    from kotovec.vectors import KeyedVectors


class VaultIndex:
    """The index of the vault `root` in `folder`, or in memory alone where that is None."""

    def __init__(self, root: Path, folder: Path | None, settings: Settings, processes: int | None = None) -> None:
        """OutputError where `folder` is somebody else's."""
        if folder is not None:
            check_folder(folder)
        self.root, self.folder, self.settings = root, folder, settings
        self.strict = False  # whether vectors that cannot be read are an error, or a notice
        self._processes = processes
        self._notices: list[str] = []  # since the last update

    @property
    def weights(self) -> Weights:
        """Those of the vault, or those of all vaults."""
        return self.settings.weights or DEFAULT

    def notice(self, text: str) -> None:
        """Let the next update say so."""
        self._notices.append(text)

    def load(self) -> State:
        """What is stored, where it is sound and of this vault; else an empty state, and the next update says why."""
        if self.folder is None:
            return empty()
        try:
            return self._read(self.folder) or empty()
        except (FormatError, KeyError, TypeError, ValueError) as error:
            self.notice(f"the index is made anew: {error}")
            return empty()

    def _read(self, folder: Path) -> State | None:
        stored = read_folder(folder, version())
        if stored is None:
            return None
        if stored.meta.get("root") != str(self.root):
            raise FormatError("it is of another vault", path=folder, found=stored.meta.get("root"))
        return state_of(stored, self.weights)

    def update(self, state: State, callback: Callback, *, anew: bool = False) -> tuple[State, UpdateReport]:
        """The state of the files now, and what changed; kept in the folder if there is one.

        With `anew`, everything is read again. OutputError where the folder cannot be written, or another process
        writes it for long; NoteError where the vault cannot be listed.
        """
        began = time.perf_counter()
        scanned, now_ns = scan(self.root, self.settings.rules), time.time_ns()
        old = empty() if anew else state
        changes = find_changes(self.root, old.catalog.records, scanned.files, now_ns)
        new = replace(old, skipped=tuple(scanned.skipped))
        unkept = self.folder is not None and old.stamp is None
        if changes.any or changes.confirmed or unkept or old.skipped != new.skipped:
            with self.locked():
                if self.folder is not None and not anew and stamp_of(self.folder) != old.stamp:
                    old = self.load()
                    changes = find_changes(self.root, old.catalog.records, scanned.files, now_ns)
                new = replace(self._changed(old, changes, scanned.files, now_ns, callback), skipped=new.skipped)
                new = self._write(old, new)
        report = self._report(old, new, changes)
        return new, replace(report, other_files=scanned.other_files, seconds=time.perf_counter() - began)

    def locked(self) -> AbstractContextManager[None]:
        """The only writer of the folder, which is made, while the context lasts; OutputError, BusyError."""
        if self.folder is None:
            return nullcontext()
        check_folder(self.folder)
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise OutputError(f"cannot be made: {error.strerror or error}", path=self.folder) from error
        return write_lock(self.folder)

    def _changed(
        self, state: State, changes: Changes, files: Sequence[NoteFile], now_ns: int, callback: Callback
    ) -> State:
        whole = must_be_built(state, changes)
        wanted = {file.path: file for file in (files if whole else changes.wanted)}
        with compiled_ahead() if whole and wanted else nullcontext():
            readings = self._read_notes(wanted, callback)
            records = [] if whole else list(changes.kept)
            records += [record_of(wanted[path], reading, now_ns) for path, reading in readings.items()]
            catalog = Catalog(sorted(records, key=lambda record: record.path))
            if whole:
                return build(catalog, readings, self._other_vectors(), self.weights, callback)
        return patch(state, catalog, changes, readings)

    def _other_vectors(self) -> KeyedVectors | None:
        if not self.settings.vectors:
            return None
        from kotovec.formats import load

        try:
            return load(self.settings.vectors)
        except FormatError as error:
            if self.strict:
                raise
            self.notice(f"the other vectors are not used: {error}")
            return None

    def _read_notes(self, wanted: dict[str, NoteFile], callback: Callback) -> dict[str, Reading]:
        began = time.perf_counter()

        def told(done: int) -> None:
            callback(VaultProgress("read", done, len(wanted), time.perf_counter() - began))

        n_bytes = sum(file.size for file in wanted.values())
        batches = read_notes(self.root, list(wanted), n_bytes, told, self._processes)
        return {reading.path: reading for batch in batches for reading in batch}

    def save(self, state: State) -> State:
        """Write all of a state anew, as its weights have changed; OutputError."""
        with self.locked():
            return self._write(replace(state, stamp=None), state)

    def _write(self, old: State, new: State) -> State:
        new = replace(new, indexed_at=time.time())
        if self.folder is None:
            return new
        parts, kept = parts_of(new, None if old.stamp is None else old)
        meta = meta_of(new, str(self.root), self.weights)
        n_bytes, stamp = write_folder(self.folder, version(), meta, parts, kept)
        return replace(new, n_bytes=n_bytes, stamp=stamp)

    def _report(self, old: State, new: State, changes: Changes) -> UpdateReport:
        before = {record.path for record in old.catalog.notes}
        after = {record.path for record in new.catalog.notes}
        moved = {new_path for new_path, old_path in changes.moved.items() if new_path in after and old_path in before}
        wanted = {file.path for file in changes.wanted}
        left = before - after - {changes.moved[path] for path in moved}
        notices, self._notices = list(dict.fromkeys(self._notices)), []
        return UpdateReport(
            added=len(after - before - moved),
            changed=len((after & before & wanted) - moved),
            removed=len(left),
            renamed=len(moved),
            unchanged=len((after & before) - wanted - moved),
            skipped=[*new.skipped, *left_out(new.catalog.records)],
            notices=notices,
        )


def left_out(records: Sequence[Record]) -> list[Skipped]:
    """The files of the index that are no notes of it."""
    return [Skipped(record.path, record.reason) for record in records if record.facts is None]


@cache
def version() -> dict[str, Any]:
    """All that the content of an index depends on besides the notes: where it differs, the index is made anew."""
    digest = hashlib.blake2b(digest_size=8)
    for file in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(file.read_bytes())
    return {
        "layout": LAYOUT,
        "kotovec": __version__,
        "code": digest.hexdigest(),
        "japanese": japanese_is_installed(),
        "byteorder": sys.byteorder,
    }
