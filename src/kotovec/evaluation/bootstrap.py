"""How sure a correlation is: its values over samples of the pairs, drawn with replacement (Efron 1979)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

LEVEL = 0.95
_NUMBERS = 1 << 20  # at once


def intervals(
    xs: NDArray[Any], ys: NDArray[Any], *, resamples: int, seed: int
) -> tuple[tuple[float, float], tuple[float, float]]:
    """The 95 % percentile intervals of Pearson's and of Spearman's coefficient, as (low, high).

    The same seed gives the same numbers. NaN where there are no samples, or all of them are undefined.
    """
    random = np.random.default_rng(seed)
    x_codes, y_codes = _dense_codes(xs), _dense_codes(ys)
    pearsons, spearmans = [np.empty(0)], [np.empty(0)]
    for drawn in _draws(len(xs), resamples, random):
        pearsons.append(row_correlations(xs[drawn], ys[drawn]))
        spearmans.append(row_correlations(_row_ranks(x_codes[drawn]), _row_ranks(y_codes[drawn])))
    return _percentiles(np.concatenate(pearsons)), _percentiles(np.concatenate(spearmans))


def _draws(n: int, resamples: int, random: np.random.Generator) -> Iterator[NDArray[np.int64]]:
    """Blocks (about a million numbers) of rows of n positions."""
    step = max(1, _NUMBERS // max(n, 1))
    for first in range(0, resamples, step):
        yield random.integers(0, n, (min(step, resamples - first), n))


def _dense_codes(values: NDArray[Any]) -> NDArray[np.int64]:
    """0 for the smallest value, 1 for the next one and so on."""
    return np.unique(values, return_inverse=True)[1].reshape(-1).astype(np.int64)


def _row_ranks(codes: NDArray[np.int64]) -> NDArray[np.float64]:
    """The ranks in each row, equal values sharing their mean rank, by counting instead of sorting."""
    n_rows, n_codes = len(codes), int(codes.max(initial=-1)) + 1
    flat = codes + n_codes * np.arange(n_rows)[:, np.newaxis]
    counts = np.bincount(flat.reshape(-1), minlength=n_rows * n_codes).reshape(n_rows, n_codes)
    ranks: NDArray[np.float64] = np.cumsum(counts, axis=1) - (counts - 1) / 2
    return np.take_along_axis(ranks, codes, axis=1)


def row_correlations(xs: NDArray[Any], ys: NDArray[Any]) -> NDArray[np.float64]:
    """(n_rows,) Pearson's coefficient of each row of `xs` with that of `ys`; NaN for constant rows."""
    xs, ys = (values - values.mean(axis=1, keepdims=True) for values in (xs, ys))
    scales = np.sqrt(np.einsum("ij,ij->i", xs, xs) * np.einsum("ij,ij->i", ys, ys))
    sums: NDArray[np.float64] = np.einsum("ij,ij->i", xs, ys)
    return np.clip(sums / np.where(scales == 0, np.nan, scales), -1, 1)


def _percentiles(values: NDArray[np.float64]) -> tuple[float, float]:
    known = values[~np.isnan(values)]
    if not len(known):
        return float("nan"), float("nan")
    low, high = np.quantile(known, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return float(low), float(high)
