"""What became of each file of a vault: indexed, left out as its own front matter asks, or skipped, and why."""

from __future__ import annotations

from kotovec._version import __version__
from kotovec.notes.answers import FileStatus, Status
from kotovec.notes.batch import EXCLUDED
from kotovec.notes.catalog import Record
from kotovec.notes.index import VaultIndex
from kotovec.notes.state import State


def status_of(state: State, index: VaultIndex) -> Status:
    """Of all files of a state, sorted by path."""
    files = [_file_status(record) for record in state.catalog.records]
    files += [FileStatus(one.path, "skipped", one.reason) for one in state.skipped]
    notes = state.catalog.notes
    return Status(
        files=sorted(files, key=lambda file: file.path),
        n_notes=len(notes),
        n_words=sum(record.n_words for record in notes),
        text_size=sum(record.size for record in notes),
        index=str(index.folder) if state.stamp is not None else None,
        index_size=state.n_bytes,
        indexed_at=state.indexed_at,
        version=__version__,
        vectors=index.settings.vectors,
        tuned=index.settings.weights is not None,
    )


def _file_status(record: Record) -> FileStatus:
    if record.facts is None:
        return FileStatus(
            record.path, "excluded" if record.reason == EXCLUDED else "skipped", record.reason, size=record.size
        )
    return FileStatus(record.path, "indexed", "", record.facts.warnings, record.n_words, record.size)
