"""A whole vault as arrays: what ranking reads, what the index keeps, and how both follow a change."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from kotovec.errors import FormatError
from kotovec.notes.fields import Analyzed
from kotovec.notes.mentions import SEPARATOR
from kotovec.notes.name_table import NameTable, Phrases, find_phrases
from kotovec.notes.postings import Ints, Postings, note_type, starts_of

Array: TypeAlias = NDArray[Any]
Links: TypeAlias = Iterable[Sequence[int]]  # per note, the notes it links to; -1 is none


def _no_vectors() -> NDArray[np.int8]:
    return np.zeros((0, 0), np.int8)


@dataclass(frozen=True, eq=False)
class VaultArrays:
    """All notes of a vault, numbered from 0 in the order of `paths`, and their terms, numbered in that of `terms`.

    Terms come by falling number of notes when built; those of later changes come behind them. Rows of vectors have
    length 127, or 0 where nothing is known; the matrices are (0, 0) before `word_vectors.with_vectors`.
    """

    paths: list[str]
    terms: list[str]
    text: Postings  # all of a note: Analyzed.counted
    headings: Postings  # headings, tags and names
    lengths: NDArray[np.int32]  # (n_notes,) how many terms `text` has of each
    names: NameTable
    phrases: Phrases
    links: NDArray[np.int32]  # (n_links, 2) from, to; sorted, each pair once, none to itself
    word_vectors: NDArray[np.int8] = field(default_factory=_no_vectors)  # (n_words, size) of the first n_words terms
    note_vectors: NDArray[np.int8] = field(default_factory=_no_vectors)  # (n_notes, size)
    n_stale: int = 0  # notes that came, changed or went since the vectors were trained

    @classmethod
    def build(cls, analyzed: Sequence[Analyzed], links: Links) -> VaultArrays:
        """Everything but the vectors. `links`: for each note the numbers of those it links to (-1 is none)."""
        built = _EMPTY.updated(np.zeros(0, np.int64), dict(enumerate(analyzed)), links)
        return replace(_by_frequency(built), n_stale=0)

    @property
    def n_notes(self) -> int:
        """How many notes there are."""
        return len(self.paths)

    def updated(self, places: Sequence[int] | Ints, changed: Mapping[int, Analyzed], links: Links) -> VaultArrays:
        """After a change. `places`: (n_notes,) the new number of each note, -1 for those gone or changed.

        `changed` has the other new numbers, with their terms; together they are 0 to n - 1. Vectors of words are kept,
        new words have none; changed notes get theirs from the words. Names that are new are looked for, as phrases,
        in changed notes alone, until the arrays are built anew.
        """
        moved = np.asarray(places, np.int64).reshape(-1)
        n_notes = int((moved >= 0).sum()) + len(changed)
        fresh = _Fresh(self.terms, changed, n_notes)
        names, name_numbers = self.names.changed(moved, fresh.names)
        return VaultArrays(
            paths=_moved_paths(self.paths, moved, changed),
            terms=fresh.terms,
            text=self.text.changed(moved, fresh.text, n_notes),
            headings=self.headings.changed(moved, fresh.headings, n_notes),
            lengths=_moved(self.lengths, moved, fresh.notes, fresh.lengths),
            names=names,
            phrases=self.phrases.changed(moved, name_numbers, find_phrases(names, fresh.sequences, n_notes), n_notes),
            links=link_pairs(links),
            word_vectors=self.word_vectors,
            note_vectors=self._moved_vectors(moved, fresh),
            n_stale=self.n_stale + max(len(changed), int((moved < 0).sum())),
        )

    def _moved_vectors(self, moved: Ints, fresh: _Fresh) -> NDArray[np.int8]:
        if not self.note_vectors.size:
            return self.note_vectors
        from kotovec.notes.word_vectors import vectors_of

        return _moved(self.note_vectors, moved, fresh.notes, vectors_of(fresh.counted, self))

    def to_arrays(self) -> dict[str, Array]:
        """Everything, as plain arrays under names: what `from_arrays` takes."""
        return {
            "paths": _joined(self.paths),
            "terms": _joined(self.terms),
            **{f"text_{part}": getattr(self.text, part) for part in _POSTINGS},
            **{f"headings_{part}": getattr(self.headings, part) for part in _POSTINGS},
            "lengths": self.lengths,
            **{f"name_{part}": getattr(self.names, part) for part in _NAMES},
            **{f"phrase_{part}": getattr(self.phrases, part) for part in _PHRASES},
            "links": self.links,
            "word_vectors": self.word_vectors,
            "note_vectors": self.note_vectors,
            "n_stale": np.array([self.n_stale], np.int64),
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, Array]) -> VaultArrays:
        """What `to_arrays` gave; the arrays may be mapped from a file, and are not changed. FormatError otherwise."""
        try:
            made = cls(
                paths=_split(arrays["paths"]),
                terms=_split(arrays["terms"]),
                text=Postings(*(arrays[f"text_{part}"] for part in _POSTINGS)),
                headings=Postings(*(arrays[f"headings_{part}"] for part in _POSTINGS)),
                lengths=arrays["lengths"],
                names=NameTable(*(arrays[f"name_{part}"] for part in _NAMES)),
                phrases=Phrases(*(arrays[f"phrase_{part}"] for part in _PHRASES)),
                links=arrays["links"],
                word_vectors=arrays["word_vectors"],
                note_vectors=arrays["note_vectors"],
                n_stale=int(arrays["n_stale"][0]),
            )
        except (KeyError, IndexError, ValueError) as error:
            raise FormatError("not the arrays of a vault", found=repr(error)) from error
        made._check()
        return made

    def _check(self) -> None:
        n, m = self.n_notes, len(self.terms)
        right = (
            len(self.lengths) == n
            and _postings_fit(self.text, n, m)
            and _postings_fit(self.headings, n, m)
            and _parts_fit(self.names.starts, len(self.names), len(self.names.terms))
            and _below(self.names.notes, n)
            and _below(self.names.terms, m)
            and _below(self.phrases.names, len(self.names))
            and _below(self.phrases.notes, n)
            and len(self.phrases.names) == len(self.phrases.notes) == len(self.phrases.counts)
            and self.links.ndim == 2
            and self.links.shape[1] == 2
            and _below(self.links, n)
            and len(self.word_vectors) <= m
            and (not self.note_vectors.size or len(self.note_vectors) == n)
            and self.word_vectors.shape[1:] == self.note_vectors.shape[1:]
        )
        if not right:
            raise FormatError("the arrays of a vault do not belong together")


_POSTINGS, _NAMES, _PHRASES = ("starts", "notes", "counts"), ("notes", "starts", "terms"), ("names", "notes", "counts")


class _Fresh:
    """Changed notes as arrays, with the numbers that their terms get."""

    def __init__(self, terms: list[str], changed: Mapping[int, Analyzed], n_notes: int) -> None:
        numbers = _Numbers(zip(terms, range(len(terms)), strict=True))
        known = numbers.__getitem__
        self.notes = np.array(sorted(changed), np.int64)
        counted, headings, owners, names = [], [], [], []
        self.sequences: dict[int, NDArray[np.int32]] = {}
        for note in self.notes.tolist():
            one = changed[note]
            counted.append(np.fromiter(map(known, one.counted), np.int32))
            flat = [*one.headings, *(term for name in one.names for term in name)]
            headings.append(np.fromiter(map(known, flat), np.int32))
            names += [list(map(known, name)) for name in one.names]
            owners += [note] * len(one.names)
            self.sequences[note] = _sequence(one, known)
        self.terms = list(numbers)
        self.lengths = np.array([len(part) for part in counted], np.int32)
        self.names = NameTable.build(owners, names)
        self.text = self._postings(counted, n_notes)
        self.headings = self._postings(headings, n_notes)
        self.counted = [np.unique(part, return_counts=True) for part in counted] if len(counted) < n_notes else []

    def _postings(self, parts: list[NDArray[np.int32]], n_notes: int) -> Postings:
        owners = np.repeat(self.notes, [len(part) for part in parts])
        flat = np.concatenate([np.zeros(0, np.int32), *parts]).astype(np.int64)
        return Postings.build(owners, flat, n_notes, len(self.terms))


class _Numbers(dict[str, int]):
    """Terms and their numbers; a new one gets the next."""

    def __missing__(self, term: str) -> int:
        number = self[term] = len(self)
        return number


def _sequence(one: Analyzed, known: Any) -> NDArray[np.int32]:
    parts: list[int] = []
    for section in (one.headings, *one.sections):
        parts += map(known, section)
        parts.append(SEPARATOR)
    return np.array(parts, np.int32)


def _by_frequency(arrays: VaultArrays) -> VaultArrays:
    """The terms in the order of how many notes have them, the most frequent first."""
    order = np.argsort(-arrays.text.sizes(), kind="stable")
    numbers = np.empty(len(order), np.int32)
    numbers[order] = np.arange(len(order), dtype=np.int32)
    return replace(
        arrays,
        terms=[arrays.terms[old] for old in order.tolist()],
        text=arrays.text.reordered(order),
        headings=arrays.headings.reordered(order),
        names=replace(arrays.names, terms=numbers[arrays.names.terms]),
    )


def link_pairs(links: Links) -> NDArray[np.int32]:
    """(n_links, 2) From and to, sorted, each pair once, without links to the note itself and to none (-1)."""
    rows = list(links)
    to = np.fromiter(chain.from_iterable(rows), np.int64)
    notes = np.repeat(np.arange(len(rows)), list(map(len, rows)))
    real = (to >= 0) & (to != notes)
    n = max(len(rows), 1 + int(to.max(initial=0)))
    return np.stack(np.divmod(np.unique(notes[real] * n + to[real]), n), axis=1).astype(np.int32)


def _moved(values: Array, places: Ints, fresh: Ints, new: Array) -> Array:
    moved = np.zeros((int((places >= 0).sum()) + len(fresh), *values.shape[1:]), values.dtype)
    moved[places[places >= 0]] = values[places >= 0]
    moved[fresh] = new
    return moved


def _moved_paths(paths: list[str], places: Ints, changed: Mapping[int, Analyzed]) -> list[str]:
    numbered = {new: path for path, new in zip(paths, places.tolist(), strict=True) if new >= 0}
    numbered |= {new: one.path for new, one in changed.items()}
    return [numbered[note] for note in range(len(numbered))]


def _joined(texts: list[str]) -> NDArray[np.uint8]:
    """Texts as UTF-8 (file names may hold surrogates), each with a zero behind it."""
    return np.frombuffer("\0".join([*texts, ""]).encode("utf-8", "surrogatepass"), np.uint8)


def _split(data: Array) -> list[str]:
    return data.tobytes().decode("utf-8", "surrogatepass").split("\0")[:-1]


def _below(numbers: Array, n: int) -> bool:
    return not numbers.size or (0 <= int(numbers.min()) and int(numbers.max()) < n)


def _parts_fit(starts: Array, n_parts: int, n_items: int) -> bool:
    return (
        len(starts) == n_parts + 1
        and int(starts[0]) == 0
        and int(starts[-1]) == n_items
        and not bool((np.diff(starts) < 0).any())
    )


def _postings_fit(postings: Postings, n_notes: int, n_terms: int) -> bool:
    n_items = len(postings.notes)
    return (
        len(postings.counts) == n_items
        and _parts_fit(postings.starts, n_terms, n_items)
        and _below(postings.notes, n_notes)
    )


def _no_postings() -> Postings:
    return Postings(starts_of(np.zeros(0)), np.zeros(0, np.uint16), np.zeros(0, np.uint8))


_EMPTY = VaultArrays(
    paths=[],
    terms=[],
    text=_no_postings(),
    headings=_no_postings(),
    lengths=np.zeros(0, np.int32),
    names=NameTable.build([], []),
    phrases=Phrases(np.zeros(0, np.int32), np.zeros(0, note_type(0)), np.zeros(0, np.uint8)),
    links=np.zeros((0, 2), np.int32),
)
