"""What a vault answers: plain values with names. A note is a number, its place in `Vault.entries`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from kotovec.notes.reading import Skipped
    from kotovec.notes.reasons import Why

LinkFilter: TypeAlias = Literal["unlinked", "linked", "all"]
FileState: TypeAlias = Literal["indexed", "excluded", "skipped"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One note. `key` names it in addresses: 12 hexadecimal digits, a hash of the path."""

    key: str
    path: str
    title: str
    n_words: int
    n_links: int  # to other notes of the vault
    tags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Related:
    """A note related to another one. `score` is a percentile of the vault, 0 to 100."""

    note: int
    key: str
    path: str
    title: str
    score: float
    linked: bool  # one of the two links to the other
    why: Why | None


@dataclass(frozen=True, slots=True)
class RelatedNotes:
    """Related notes, best first, and how many linked ones the filter `unlinked` hides."""

    items: list[Related]
    hidden: int


@dataclass(frozen=True, slots=True)
class Found:
    """A note that a search found. `terms` are the words of the question that it has, or near ones."""

    note: int
    key: str
    path: str
    title: str
    score: float
    snippet: str
    terms: list[str]


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Two notes that do not link to each other, and perhaps should; `score` is a percentile of the vault."""

    a: int
    b: int
    score: float
    why: Why | None


@dataclass(frozen=True, slots=True)
class UpdateReport:
    """What an update found: notes by what happened to them, files that were left out, and what else is to be said."""

    added: int = 0
    changed: int = 0
    removed: int = 0
    renamed: int = 0
    unchanged: int = 0
    skipped: list[Skipped] = field(default_factory=list)
    other_files: int = 0  # of kinds that hold no notes
    notices: list[str] = field(default_factory=list)  # such as: the index was damaged, and is made anew
    seconds: float = 0.0

    @property
    def any(self) -> bool:
        """Whether the notes are other ones than before."""
        return bool(self.added or self.changed or self.removed or self.renamed)


@dataclass(frozen=True, slots=True)
class FileStatus:
    """What became of one file."""

    path: str
    state: FileState
    reason: str = ""  # why it was left out
    warnings: tuple[str, ...] = ()
    n_words: int = 0
    size: int = 0  # bytes


@dataclass(frozen=True, slots=True)
class Status:
    """What is in the index. `index` is None, and `index_size` 0, where no index is kept."""

    files: list[FileStatus]
    n_notes: int
    n_words: int
    text_size: int  # bytes of all notes
    index: str | None
    index_size: int  # bytes
    indexed_at: float  # seconds since 1970
    version: str
    vectors: str | None  # the file of other vectors that is used
    tuned: bool  # the weights are this vault's own
