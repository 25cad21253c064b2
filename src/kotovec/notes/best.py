"""The best of many."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from kotovec.notes.postings import Ints


def top(scores: NDArray[Any], n: int) -> Ints:
    """The places of the n largest, the largest first; of equal ones the first."""
    if n <= 0:
        return np.zeros(0, np.int64)
    limit = np.partition(scores, len(scores) - n)[len(scores) - n]
    places = np.flatnonzero(scores >= limit)
    return places[np.argsort(-scores[places], kind="stable")][:n]
