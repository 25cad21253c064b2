"""Correlation of two lists of numbers, with p-values, without SciPy."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

_STEPS = 300  # of the continued fraction, which ends long before
_TINY = 1e-300


class Correlation(NamedTuple):
    """A coefficient, -1 to 1, and the two-sided probability of one as strong by chance; NaN where undefined."""

    statistic: float
    pvalue: float


def pearson(xs: NDArray[Any], ys: NDArray[Any]) -> Correlation:
    """Pearson's coefficient of two arrays of one length; undefined for fewer than two or for constant values."""
    xs, ys = np.asarray(xs, np.float64), np.asarray(ys, np.float64)
    if len(xs) < 2:
        return Correlation(math.nan, math.nan)
    xs, ys = xs - xs.mean(), ys - ys.mean()
    squares = float(xs @ xs), float(ys @ ys)
    scale = math.sqrt(squares[0] * squares[1])  # one root: exactly 1 for equal ranks
    if scale in (0.0, math.inf):
        scale = math.sqrt(squares[0]) * math.sqrt(squares[1])
    if scale == 0:
        return Correlation(math.nan, math.nan)
    statistic = max(-1.0, min(1.0, float(xs @ ys) / scale))
    return Correlation(statistic, _p_value(statistic, len(xs)))


def spearman(xs: NDArray[Any], ys: NDArray[Any]) -> Correlation:
    """Pearson's coefficient of the ranks, equal values sharing their mean rank."""
    return pearson(mean_ranks(xs), mean_ranks(ys))


def mean_ranks(values: NDArray[Any]) -> NDArray[np.float64]:
    """Ranks from 1; equal values get the mean of their ranks."""
    _, inverse, counts = np.unique(np.asarray(values), return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    ranks: NDArray[np.float64] = (last - (counts - 1) / 2)[inverse]
    return ranks


def _p_value(statistic: float, n: int) -> float:
    """Student's t with n - 2 degrees of freedom: I_x(df / 2, 1 / 2) at x = 1 - statistic**2."""
    if n < 3:
        return 1.0
    if abs(statistic) >= 1:
        return 0.0
    return incomplete_beta((n - 2) / 2, 0.5, (1 - statistic) * (1 + statistic))


def incomplete_beta(a: float, b: float, x: float) -> float:
    """The regularised I_x(a, b), 0 <= x <= 1, by its continued fraction (DLMF 8.17.22), evaluated by Lentz's method."""
    if x <= 0 or x >= 1:
        return float(x >= 1)
    if x > (a + 1) / (a + b + 2):
        return 1 - incomplete_beta(b, a, 1 - x)
    front = a * math.log(x) + b * math.log1p(-x) + math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b)
    value, c, d = _TINY, _TINY, 0.0
    for step in range(_STEPS):
        d = 1 / ((1 + _beta_term(a, b, x, step) * d) or _TINY)
        c = (1 + _beta_term(a, b, x, step) / c) or _TINY
        value *= c * d
        if abs(c * d - 1) < 1e-15:
            break
    return math.exp(front) / a * value


def _beta_term(a: float, b: float, x: float, step: int) -> float:
    """The numerators d_m of DLMF 8.17.23; the one at step 0 is 1."""
    m = step // 2
    if step == 0:
        return 1.0
    if step % 2 == 0:
        return m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
    return -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
