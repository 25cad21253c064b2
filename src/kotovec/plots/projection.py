"""From many dimensions to two or three: PCA, which is built in, and UMAP and t-SNE, which are extras."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kotovec.errors import ConfigError, MissingExtraError
from kotovec.plots.selection import check_choice

PROJECTIONS = ("pca", "umap", "tsne")
_BLOCK = 1 << 14  # rows that are float64 at once
_UMAP_NEIGHBORS, _PERPLEXITY = 15, 30  # the defaults of both libraries, less where there are fewer words
_UMAP_FEWEST, _TSNE_FEWEST = 5, 4


@dataclass(frozen=True, slots=True, eq=False)
class Projection:
    """Places of words."""

    positions: NDArray[np.float64]  # (n, dimensions)
    explained: list[float] | None  # PCA: the share of the variance that each axis shows


def project(rows: NDArray[Any], dimensions: int = 2, method: str = "pca", seed: int = 1) -> Projection:
    """Places for the rows (n, size), in 2 or 3 dimensions.

    `seed` is for UMAP and t-SNE; PCA has no chance in it. ConfigError for unknown choices and too few words,
    MissingExtraError where the library is not installed.
    """
    check_choice("dimensions", dimensions, (2, 3))
    check_choice("projection", method, PROJECTIONS)
    if method == "pca":
        return pca(rows, dimensions)
    positions = (_umap if method == "umap" else _tsne)(np.asarray(rows, np.float32), dimensions, seed)
    return Projection(positions.astype(np.float64), None)


def pca(rows: NDArray[Any], dimensions: int) -> Projection:
    """The `dimensions` directions in which the rows (n, size) differ most, exactly: no sampling, no iteration.

    Sums are float64, in blocks of rows, so that beside the rows only (size, size) numbers are in memory. A direction
    and its opposite are as good; we take the one whose largest component is positive. Where the rows have fewer
    dimensions, the other coordinates are 0.
    """
    mean = sum(block.sum(axis=0) for block in _blocks(rows)) / len(rows)
    scatter = sum((block - mean).T @ (block - mean) for block in _blocks(rows))
    variances, directions = np.linalg.eigh(scatter)
    axes = directions[:, ::-1][:, :dimensions]
    axes = axes * np.sign(axes[np.abs(axes).argmax(axis=0), np.arange(axes.shape[1])])
    positions = np.zeros((len(rows), dimensions))
    positions[:, : axes.shape[1]] = np.concatenate([(block - mean) @ axes for block in _blocks(rows)])
    shares = np.zeros(dimensions)
    shares[: axes.shape[1]] = np.maximum(variances[::-1][:dimensions], 0) / (max(variances.sum(), 0) or 1)
    return Projection(positions, shares.tolist())


def _blocks(rows: NDArray[Any]) -> list[NDArray[np.float64]] | Any:
    return (rows[first : first + _BLOCK].astype(np.float64) for first in range(0, len(rows), _BLOCK))


def _umap(rows: NDArray[np.float32], dimensions: int, seed: int) -> NDArray[np.floating]:
    """By McInnes, Healy and Melville, arXiv 1802.03426. One thread: with more, the same seed gives another map."""
    _check_enough(rows, _UMAP_FEWEST, "UMAP")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that Tensorflow is not installed, which only parametric UMAP wants
        try:
            from umap import UMAP
        except ImportError as error:
            raise MissingExtraError("umap-learn", "umap", "a map by UMAP") from error
        neighbors = min(_UMAP_NEIGHBORS, len(rows) - 1)
        start = "spectral" if len(rows) > 2 * _UMAP_NEIGHBORS else "random"
        chosen = {"n_components": dimensions, "n_neighbors": neighbors, "metric": "cosine", "init": start}
        positions: NDArray[np.floating] = UMAP(**chosen, random_state=seed, n_jobs=1).fit_transform(rows)
    return positions


def _tsne(rows: NDArray[np.float32], dimensions: int, seed: int) -> NDArray[np.floating]:
    """By van der Maaten and Hinton, JMLR 9 (2008).

    On one thread: those of OpenMP wait for each other in busy loops, which took ten times as long on a busy machine.
    """
    _check_enough(rows, _TSNE_FEWEST, "t-SNE")
    try:
        from sklearn.manifold import TSNE
        from threadpoolctl import threadpool_limits
    except ImportError as error:
        raise MissingExtraError("scikit-learn", "tsne", "a map by t-SNE") from error
    perplexity = min(_PERPLEXITY, (len(rows) - 1) / 3)
    model = TSNE(dimensions, perplexity=perplexity, metric="cosine", init="pca", random_state=seed)
    with threadpool_limits(1):
        positions: NDArray[np.floating] = model.fit_transform(rows)
    return positions


def _check_enough(rows: NDArray[np.float32], fewest: int, name: str) -> None:
    if len(rows) < fewest:
        raise ConfigError(f"too few words for {name}", expected=f"{fewest} or more", found=len(rows), hint="try pca")
