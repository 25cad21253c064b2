"""Where the names of notes stand in the text of others, as whole phrases.

Only names of two terms and more: where a single term stands is known from the postings.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from kotovec.notes.postings import Ints

SEPARATOR = -1  # between sections: no name goes over it
LONGEST = 8  # terms; longer names are looked for by their first ones

_FACTOR = np.uint64(0x9E3779B97F4A7C15)


def find_names(
    ids: NDArray[np.int32], owners: NDArray[np.int32], name_starts: Ints, name_terms: NDArray[np.int32]
) -> tuple[Ints, Ints, Ints]:
    """Each name that stands in each text, and how often there: names, owners of the text, counts, one per pair.

    `ids`: (n,) terms of all texts, with SEPARATOR between sections; `owners`: (n,) whose text each is. Of name k the
    terms are name_terms[name_starts[k]:name_starts[k + 1]].
    """
    sizes = np.minimum(np.diff(name_starts), LONGEST)
    found: list[tuple[Ints, Ints]] = [(np.zeros(0, np.int64), np.zeros(0, np.int64))]
    for size in range(2, LONGEST + 1):
        names = np.flatnonzero(sizes == size)
        if len(names) and len(ids) >= size:
            table = name_terms[name_starts[names, np.newaxis] + np.arange(size)]
            places, which = _find(ids, table)
            found.append((names[which], owners[places].astype(np.int64)))
    names, notes = (np.concatenate(part) for part in zip(*found, strict=True))
    n_owners = int(owners.max(initial=-1)) + 1
    keys, counts = np.unique(names * n_owners + notes, return_counts=True)
    return keys // max(n_owners, 1), keys % max(n_owners, 1), counts.astype(np.int64)


def _find(ids: NDArray[np.int32], table: NDArray[Any]) -> tuple[Ints, Ints]:
    """Where in `ids` each row of `table`, (n_names, size), stands: places, and rows of the table."""
    size = table.shape[1]
    top = max(int(ids.max()), int(table.max())) + 2
    places = np.arange(len(ids) - size + 1)
    for column in range(size):  # a term that stands in no name at this place ends most candidates at once
        known = np.zeros(top, bool)
        known[table[:, column]] = True
        places = places[known[ids[places + column]]]
    windows = ids[places[:, np.newaxis] + np.arange(size)]
    hashes, wanted = _hashes(windows), _hashes(table)
    order = np.argsort(wanted, kind="stable")
    first = np.searchsorted(wanted, hashes, side="left", sorter=order)
    n_same = np.searchsorted(wanted, hashes, side="right", sorter=order) - first
    hits = np.repeat(np.arange(len(places)), n_same)  # notes may share a name
    nth = np.arange(len(hits)) - np.repeat(np.cumsum(n_same) - n_same, n_same)
    rows = order[first[hits] + nth]
    same = (windows[hits] == table[rows]).all(axis=1)
    return places[hits[same]], rows[same]


def _hashes(rows: NDArray[Any]) -> NDArray[np.uint64]:
    hashes = np.zeros(len(rows), np.uint64)
    for column in rows.T:
        hashes = hashes * _FACTOR + column.astype(np.uint64)
    return hashes
