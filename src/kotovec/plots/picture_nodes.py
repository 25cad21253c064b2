"""A map or a network as a picture: points, edges, labels, and the names of the groups."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from kotovec.plots.labels import place_labels
from kotovec.plots.network import Network
from kotovec.plots.palette import Theme
from kotovec.plots.text import short_text
from kotovec.plots.word_map import WordMap, fit_unit

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_LABEL_POINTS = 7.5  # size of letters, in points of 1/72 inch
_MOST_LABELS = 1500
_NAME_COLUMNS = 34


def draw_nodes(figure: Figure, plot: WordMap | Network, theme: Theme) -> None:
    """Words at their places, the names of as many as there is room for, and the groups at the right."""
    names = plot.clusters.names
    axes = figure.add_axes((0.02, 0.02, 0.74 if len(names) > 1 else 0.96, 0.88))
    axes.axis("off")
    places, depth = _flat(plot.positions)
    axes.set_xlim(-1.08, 1.08)
    axes.set_ylim(-1.06, 1.06)
    if isinstance(plot, Network):
        _draw_edges(axes, plot, theme)
    colors = [theme.groups[group % len(theme.groups)] for group in plot.clusters.labels.tolist()]
    order = np.argsort(depth, kind="stable")  # the near ones last
    area = (9 if len(places) > 400 else 16) * (1 + 0.6 * depth)
    axes.scatter(
        places[order, 0],
        places[order, 1],
        s=area[order],
        c=[colors[i] for i in order],
        linewidths=0,
        alpha=0.85,
        zorder=2,
    )
    _draw_labels(axes, plot, places, theme)
    if len(names) > 1:
        handles = [axes.scatter([], [], s=28, color=theme.groups[i % len(theme.groups)]) for i in range(len(names))]
        figure.legend(
            handles,
            [short_text(name, _NAME_COLUMNS) for name in names],
            title="Groups, by central words",
            loc="upper left",
            bbox_to_anchor=(0.77, 0.89),
            frameon=False,
            fontsize=7.5,
            title_fontsize=8,
            alignment="left",
        )


def _flat(positions: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Places (n, 2) that fill the picture, and how near (n,) each is, -1 to 1: a solid is seen a little from the side.

    The turn is that of the page's first view.
    """
    depth = np.zeros(len(positions))
    if positions.shape[1] == 3:
        yaw, pitch = 0.5, 0.35
        x = positions[:, 0] * np.cos(yaw) + positions[:, 2] * np.sin(yaw)
        back = -positions[:, 0] * np.sin(yaw) + positions[:, 2] * np.cos(yaw)
        y = positions[:, 1] * np.cos(pitch) - back * np.sin(pitch)
        depth = positions[:, 1] * np.sin(pitch) + back * np.cos(pitch)
        positions = fit_unit(np.stack([x, y], axis=1))
    reach = np.abs(positions).max(axis=0)
    return positions / np.where(reach > 0, reach, 1), np.clip(depth, -1, 1)


def _draw_edges(axes: Axes, plot: Network, theme: Theme) -> None:
    from matplotlib.collections import LineCollection

    places, _ = _flat(plot.positions)
    low, high = plot.similarities.min(), plot.similarities.max()
    crowd = np.clip(np.sqrt(700 / len(plot.edges)), 0.2, 1)  # many edges are paler
    share = (plot.similarities - low) / (high - low or 1)
    axes.add_collection(
        LineCollection(list(places[plot.edges]), colors=theme.dim, linewidths=0.4 + share, alpha=0.5 * crowd, zorder=1)
    )


def _draw_labels(axes: Axes, plot: WordMap | Network, places: NDArray[np.float64], theme: Theme) -> None:
    """Words beside their points, the most frequent first, as many as there is room for."""
    from matplotlib.patheffects import withStroke

    order = np.argsort(-np.array(plot.counts), kind="stable") if plot.counts else np.arange(len(places))
    order = order[:_MOST_LABELS]
    texts = [axes.text(0, 0, short_text(plot.words[i]), fontsize=_LABEL_POINTS, va="bottom") for i in order.tolist()]
    extents = [text.get_window_extent() for text in texts]
    sizes = np.array([(extent.width + 2, extent.height) for extent in extents])
    frame = axes.get_window_extent()
    points = axes.transData.transform(places) - (frame.x0, frame.y0)
    rest = np.setdiff1d(np.arange(len(places)), order)  # points without a label are kept free too
    corners = place_labels(
        points[np.concatenate([order, rest])],
        np.concatenate([sizes, np.full((len(rest), 2), np.inf)]),
        frame.width,
        frame.height,
        gap=axes.figure.dpi / 30,
    )
    back = axes.transData.inverted()
    rim = withStroke(linewidth=1.6, foreground=theme.paper)
    for text, corner in zip(texts, corners, strict=False):
        if np.isnan(corner).any():
            text.remove()
        else:
            text.set_position(tuple(back.transform(corner + (frame.x0 + 1, frame.y0))))
            text.set(path_effects=[rim], zorder=3)
