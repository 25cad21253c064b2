"""What changed in a vault since it was indexed: by size and time first, by content where these tell nothing.

What could go wrong: two changes within one tick of the clock leave a file the same size and time, so a time as young
as the reading itself is not believed; a file disappears between listing and reading.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from kotovec.notes.batch import Reading
from kotovec.notes.catalog import Record
from kotovec.notes.reading import Skipped, digest, read_bytes
from kotovec.notes.scan import NoteFile


@dataclass(slots=True)
class Changes:
    """`kept`: records that hold, with what is new of path and time. `wanted`: files that must be read.

    `moved` maps the new path of a renamed file to its old one; such a file is in `kept`, or in `wanted` where its
    name is part of what it says.
    """

    kept: list[Record] = field(default_factory=list)
    wanted: list[NoteFile] = field(default_factory=list)
    moved: dict[str, str] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)
    confirmed: int = 0  # files read only to see that they are what they were

    @property
    def any(self) -> bool:
        """Whether the index must change."""
        return bool(self.wanted or self.moved or self.gone)


def find_changes(root: Path, records: Sequence[Record], files: Sequence[NoteFile], now_ns: int) -> Changes:
    """Compare what is known with what is there, at the time `now_ns`."""
    known = {record.path: record for record in records}
    changes = Changes(gone=known.keys() - {file.path for file in files})
    candidates = {(known[path].size, known[path].digest): path for path in sorted(changes.gone) if known[path].digest}
    sizes = {size for size, _ in candidates}
    for file in files:
        record = known.get(file.path)
        if record is not None and record.holds_for(file.size, file.mtime_ns):
            changes.kept.append(record)
        elif record is not None:
            _compare(root, record, file, changes, now_ns)
        elif file.size in sizes:
            _follow(root, known, candidates, file, changes, now_ns)
        else:
            changes.wanted.append(file)
    return changes


def _compare(root: Path, record: Record, file: NoteFile, changes: Changes, now_ns: int) -> None:
    """See whether a file with another size or time, or one that could not be read, is what it was all the same."""
    same = file.size == record.size or not record.digest
    if same and _digest(root, file.path) == record.digest:
        changes.kept.append(record._replace(size=file.size, mtime_ns=file.mtime_ns, seen_ns=now_ns))
        changes.confirmed += bool(record.digest)
    else:
        changes.wanted.append(file)


def _follow(
    root: Path,
    known: Mapping[str, Record],
    candidates: dict[tuple[int, bytes], str],
    file: NoteFile,
    changes: Changes,
    now_ns: int,
) -> None:
    """See whether a new file is one that has gone, under another name."""
    old = candidates.pop((file.size, _digest(root, file.path)), None)
    if old is None:
        changes.wanted.append(file)
        return
    changes.moved[file.path] = old
    changes.gone.discard(old)
    if PurePosixPath(old).name == PurePosixPath(file.path).name:
        changes.kept.append(known[old]._replace(path=file.path, mtime_ns=file.mtime_ns, seen_ns=now_ns))
    else:
        changes.wanted.append(file)


def _digest(root: Path, path: str) -> bytes:
    data = read_bytes(root, path)
    return b"" if isinstance(data, Skipped) else digest(data)


def record_of(file: NoteFile, reading: Reading, now_ns: int) -> Record:
    """What the index keeps of a file that was read at `now_ns`; its links and terms are kept apart."""
    facts = reading.facts and reading.facts._replace(links=())
    n_words = reading.analyzed.n_words if reading.analyzed else 0
    return Record(file.path, file.size, file.mtime_ns, now_ns, reading.digest, n_words, reading.reason, facts)
