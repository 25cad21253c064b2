"""A vault with some of its links hidden, both directions of each, and their text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from kotovec.notes.arrays import VaultArrays, link_pairs
from kotovec.notes.fields import analyze, texts_without
from kotovec.notes.note import Link, Note
from kotovec.notes.terms import Analyzer
from kotovec.notes.word_vectors import train_on, with_vectors

if TYPE_CHECKING:
    from kotovec.events import Callback

Hide: TypeAlias = Literal["fifth", "all"]

SHARE = 0.2  # of the linked pairs, for "fifth"


@dataclass(frozen=True, eq=False)
class HeldOut:
    """What is left of a vault, and what is to be found."""

    arrays: VaultArrays
    texts: list[str]  # of each note, without what is hidden: its title, headings, text and code
    hidden: dict[int, frozenset[int]]  # note -> the notes that its hidden links point to, which are one at least
    n_links: int  # from a note to another one, each pair once, hidden or not

    def excluded(self, note: int) -> NDArray[np.int64]:
        """The note itself, and those that a visible link joins to it: no answers."""
        links = self.arrays.links
        joined = np.concatenate([links[links[:, 0] == note, 1], links[links[:, 1] == note, 0]])
        return np.unique(np.append(joined, note)).astype(np.int64)


def hold_out(
    notes: Sequence[Note],
    targets: Sequence[Sequence[int]],
    analyzer: Analyzer,
    *,
    hide: Hide = "fifth",
    seed: int = 1,
    part: int = 0,
    callback: Callback | None = None,
) -> HeldOut:
    """Hide a random fifth of the linked pairs of notes, one at least, or all; then train vectors on what is left.

    `part`, 0 to 4, is which fifth of those that the seed makes: two parts have no pair in common.

    `targets`: for each note, which note each of its links points to, -1 for none. A note's links to itself stay.
    """
    pairs = link_pairs(targets)
    chosen = _chosen(pairs, 1.0 if hide == "all" else SHARE, seed, part)
    hidden = {(a, b) for a, b in pairs.tolist() if (min(a, b), max(a, b)) in chosen}
    links = [
        [link for link, to in zip(note.links, found, strict=True) if (number, to) in hidden]
        for number, (note, found) in enumerate(zip(notes, targets, strict=True))
    ]
    analyzed = [analyze(note, analyzer, gone) for note, gone in zip(notes, links, strict=True)]
    visible = [[to for to in found if (note, to) not in hidden] for note, found in enumerate(targets)]
    arrays = VaultArrays.build(analyzed, visible)
    arrays = with_vectors(arrays, train_on(analyzed, arrays, callback=callback))
    wanted: dict[int, set[int]] = {}
    for a, b in sorted(hidden):
        wanted.setdefault(a, set()).add(b)
    return HeldOut(
        arrays=arrays,
        texts=[_text(note, gone) for note, gone in zip(notes, links, strict=True)],
        hidden={note: frozenset(found) for note, found in wanted.items()},
        n_links=len(pairs),
    )


def _chosen(pairs: NDArray[np.int32], share: float, seed: int, part: int) -> set[tuple[int, int]]:
    """Unordered pairs of notes, (smaller, larger)."""
    joined = np.unique(np.sort(pairs, axis=1), axis=0)
    n = min(len(joined), max(1, round(share * len(joined))))
    rows = np.random.default_rng(seed).permutation(len(joined))[part * n : (part + 1) * n]
    return {(int(a), int(b)) for a, b in joined[rows]}


def _text(note: Note, gone: Sequence[Link]) -> str:
    parts = [note.title]
    for (heading, text), section in zip(texts_without(note, gone), note.sections, strict=True):
        parts += [heading, text, section.code]
    return "\n".join(parts)
