"""A state of a vault as the parts of an index, and back. A part that did not change is not written again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from kotovec.errors import FormatError
from kotovec.notes.arrays import VaultArrays
from kotovec.notes.calibration import Calibration
from kotovec.notes.catalog import Catalog, link_arrays, link_pairs, links_from_arrays
from kotovec.notes.reading import Skipped
from kotovec.notes.state import State
from kotovec.notes.storage import Arrays, Stored
from kotovec.notes.weights import Weights

LAYOUT = 1  # a new number for every change of what is stored
_DERIVED = ("links", "word_vectors")  # of the arrays: follow from the part `links`; are a part of their own


def meta_of(state: State, root: str, weights: Weights) -> dict[str, Any]:
    """What the manifest keeps beside the parts."""
    return {
        "root": root,
        "indexed_at": state.indexed_at,
        "skipped": [[one.path, one.reason] for one in state.skipped],
        "weights": weights.as_dict(),
    }


def parts_of(state: State, stored: State | None) -> tuple[dict[str, Arrays], list[str]]:
    """The parts to write, and the names of those that are as they are in the index of the state `stored`."""
    make: dict[str, Callable[[], Arrays]] = {
        "files": state.catalog.number_arrays,
        "names": state.catalog.text_arrays,
        "links": lambda: link_arrays(state.links),
        "notes": lambda: {name: a for name, a in state.arrays.to_arrays().items() if name not in _DERIVED},
        "vectors": lambda: _vectors(state),
    }
    kept = [] if stored is None else [name for name, same in _same(state, stored).items() if same]
    return {name: made() for name, made in make.items() if name not in kept}, kept


def _same(new: State, old: State) -> dict[str, bool]:
    return {
        "names": new.catalog.says_the_same(old.catalog),
        "links": new.links is old.links,
        "notes": new.arrays is old.arrays,
        "vectors": new.arrays.word_vectors is old.arrays.word_vectors and new.calibration is old.calibration,
    }


def _vectors(state: State) -> Arrays:
    calibration = np.empty(0, np.float32) if state.calibration is None else state.calibration.as_array()
    return {"word_vectors": state.arrays.word_vectors, "calibration": calibration}


def state_of(stored: Stored, weights: Weights) -> State:
    """The inverse. FormatError, KeyError, TypeError or ValueError where the parts are not what was stored.

    The calibration is that of the weights by which it was measured, and is left out for others.
    """
    parts = stored.parts
    links = links_from_arrays(parts["links"])
    vectors = parts["vectors"]
    arrays = VaultArrays.from_arrays(
        {**parts["notes"], "word_vectors": vectors["word_vectors"], "links": link_pairs(links)}
    )
    catalog = Catalog.from_arrays({**parts["files"], **parts["names"]}, arrays.paths)
    if len(links.numbers) != len(arrays.paths):
        raise FormatError("its parts do not belong together")
    calibrated = stored.meta["weights"] == weights.as_dict()
    return State(
        catalog,
        links,
        arrays,
        Calibration.from_array(vectors["calibration"]) if calibrated else None,
        tuple(Skipped(str(path), str(reason)) for path, reason in stored.meta["skipped"]),
        float(stored.meta["indexed_at"]),
        stored.n_bytes,
        stored.stamp,
    )
