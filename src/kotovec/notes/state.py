"""What is known of a vault at one moment, and the way to the next: built from all notes, or patched with a few."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from kotovec.events import Callback, VaultProgress
from kotovec.notes.arrays import VaultArrays
from kotovec.notes.batch import Reading
from kotovec.notes.calibration import Calibration
from kotovec.notes.catalog import Catalog, LinkTexts
from kotovec.notes.changes import Changes
from kotovec.notes.fields import Analyzed
from kotovec.notes.reading import Skipped

if TYPE_CHECKING:
    from kotovec.notes.catalog import Links
    from kotovec.notes.weights import Weights
    from kotovec.vectors import KeyedVectors

_FEW = 25  # notes that may change before everything is built anew, however small the vault is


@dataclass(frozen=True, eq=False)
class State:
    """Nothing in it changes. Notes are numbered in the order of `catalog.notes`."""

    catalog: Catalog
    links: LinkTexts
    arrays: VaultArrays
    calibration: Calibration | None = None  # by the weights in force when all was built
    skipped: tuple[Skipped, ...] = ()  # files and folders that were not looked into
    indexed_at: float = 0.0  # seconds since 1970
    n_bytes: int = 0  # of the index on disk; 0 where it is not kept
    stamp: int | None = None  # of the index that this was read from, or written to


def empty() -> State:
    """Of no files."""
    return State(Catalog(), LinkTexts.none(), VaultArrays.build([], []))


def must_be_built(state: State, changes: Changes) -> bool:
    """Whether so much has changed that everything is read again: word vectors and phrases know only what was there."""
    from kotovec.notes.word_vectors import STALE

    n_notes = len(state.catalog.notes)
    n_stale = state.arrays.n_stale + max(len(changes.wanted), len(changes.gone))
    return not n_notes or n_stale > max(_FEW, STALE * n_notes)


def build(
    catalog: Catalog,
    readings: Mapping[str, Reading],
    other: KeyedVectors | None,
    weights: Weights,
    callback: Callback,
) -> State:
    """From all notes: `readings` has one for each of the catalog. Trains word vectors; joins others where given."""
    from kotovec.notes.ranking import Ranker
    from kotovec.notes.word_vectors import join, train_on, with_vectors

    analyzed = [_analyzed(readings[record.path]) for record in catalog.notes]
    callback(VaultProgress("arrange", 0, len(analyzed), 0.0))
    places = np.zeros(0, np.int64)
    fresh = {note: _links(readings[record.path]) for note, record in enumerate(catalog.notes)}
    links = LinkTexts.none().updated(places, fresh, Catalog(), catalog)
    arrays = VaultArrays.build(analyzed, links.resolved.to_lists())
    if analyzed:
        own = train_on(analyzed, arrays, callback=callback)
        if other is not None:
            own = join(own, other, arrays.terms)
        arrays = with_vectors(arrays, own)
    return State(catalog, links, arrays, Ranker(arrays, weights).calibration)


def patch(state: State, catalog: Catalog, changes: Changes, readings: Mapping[str, Reading]) -> State:
    """From a state and what changed: kept notes move to their new numbers, those that were read come between them."""
    numbers = {record.path: note for note, record in enumerate(catalog.notes)}
    renamed = {old: new for new, old in changes.moved.items()}
    kept = numbers.keys() - readings.keys()
    at = [renamed.get(record.path, record.path) for record in state.catalog.notes]
    places = np.array([numbers[path] if path in kept else -1 for path in at], np.int64)
    fresh = {numbers[path]: reading for path, reading in readings.items() if path in numbers}
    links = state.links.updated(
        places, {note: _links(reading) for note, reading in fresh.items()}, state.catalog, catalog
    )
    analyzed = {note: _analyzed(reading) for note, reading in fresh.items()}
    arrays = state.arrays
    if fresh or not np.array_equal(places, np.arange(len(catalog.notes))):
        arrays = arrays.updated(places, analyzed, links.resolved.to_lists())
    paths = [record.path for record in catalog.notes]
    if arrays.paths != paths:
        arrays = replace(arrays, paths=paths)
    return replace(state, catalog=catalog, links=links, arrays=arrays)


def _analyzed(reading: Reading) -> Analyzed:
    assert reading.analyzed is not None  # noqa: S101  (a note of the catalog)
    return reading.analyzed


def _links(reading: Reading) -> Links:
    assert reading.facts is not None  # noqa: S101  (a note of the catalog)
    return reading.facts.links
