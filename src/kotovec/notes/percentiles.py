"""Scores as percentiles: of all pairs of notes in the vault, how many are less related."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

_TAIL = 12  # halvings: the best pairs of all differ in the percentile of their percentile


def distribution(scores: NDArray[Any]) -> NDArray[np.float32]:
    """(n,) The scores at the levels of `LEVELS`, from those of a sample of pairs; zeros for no sample."""
    if not scores.size:
        return np.zeros(len(LEVELS), np.float32)
    return np.maximum.accumulate(np.quantile(scores, LEVELS / 100)).astype(np.float32)


def percentiles(scores: NDArray[Any], quantiles: NDArray[np.float32]) -> NDArray[np.float64]:
    """0 to 100 for each score; between two levels in proportion."""
    return np.asarray(np.interp(scores, quantiles, LEVELS), np.float64)


LEVELS = np.unique(np.concatenate([np.linspace(0, 99, 100), 100 - 0.5 ** np.arange(1, _TAIL), [100.0]]))
