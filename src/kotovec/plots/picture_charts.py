"""A heatmap or a training curve as a picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from kotovec.plots import palette
from kotovec.plots.curve import TrainingCurve
from kotovec.plots.heatmap import Heatmap
from kotovec.plots.palette import Theme
from kotovec.plots.text import short_text

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_HEADER = 0.11  # of the height: the title, and what it is
_LEAST_LETTERS = 3.0  # points: smaller ones nobody reads


def draw_heatmap(figure: Figure, plot: Heatmap, theme: Theme) -> None:
    """Cells, the words at their left and top, and the scale at their right."""
    from matplotlib.colors import LinearSegmentedColormap

    stops = palette.DIVERGING if plot.is_diverging else palette.SEQUENTIAL
    shown = np.ma.masked_where(np.eye(len(plot.words), dtype=bool), plot.similarities)
    low, high = plot.limits
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_facecolor(theme.line)  # of the diagonal, which says nothing
    image = axes.imshow(
        shown, cmap=LinearSegmentedColormap.from_list("kotovec", stops), vmin=low, vmax=high, interpolation="nearest"
    )
    letters = min(9.0, 0.72 * 72 * 0.75 * figure.get_figheight() / len(plot.words))
    names = [short_text(word) for word in plot.words] if letters >= _LEAST_LETTERS else []
    axes.set_xticks(range(len(names)), names, rotation=90, fontsize=letters)
    axes.set_yticks(range(len(names)), names, fontsize=letters)
    axes.tick_params(length=0, top=True, labeltop=True, bottom=False, labelbottom=False, colors=theme.ink)
    for spine in axes.spines.values():
        spine.set_visible(False)
    left, side = _square(figure, axes)
    axes.set_position((left, 0.03, side / figure.get_figwidth(), side / figure.get_figheight()))
    beside = figure.add_axes((left + side / figure.get_figwidth() + 0.02, 0.03, 0.018, side / figure.get_figheight()))
    bar = figure.colorbar(image, cax=beside)
    bar.set_label("cosine similarity", fontsize=8)
    bar.ax.tick_params(labelsize=8, length=0)
    bar.outline.set_visible(False)


def _square(figure: Figure, axes: Axes) -> tuple[float, float]:
    """Left end, as a share of the width, and side, in inches, of the largest square that leaves room for the words."""
    width, height = figure.get_figwidth(), figure.get_figheight()
    extents = [label.get_window_extent() for label in axes.get_yticklabels()]
    room = max((extent.width for extent in extents), default=0.0) / figure.dpi + 0.12
    side = max(min(height * (0.97 - _HEADER) - room, width * 0.9 - room), 0.2 * height)
    return max(room / width, (room / width + 0.9 - side / width) / 2), side


def draw_curve(figure: Figure, plot: TrainingCurve, theme: Theme) -> None:
    """The loss of each epoch above, the learning rate below."""
    from matplotlib.ticker import MaxNLocator

    losses, rates = figure.subplots(2, 1, sharex=True, height_ratios=(3, 1))
    figure.subplots_adjust(left=0.09, right=0.97, top=0.86, bottom=0.08, hspace=0.22)
    n = len(plot.loss)
    values = [np.nan if loss is None else loss for loss in plot.loss]
    losses.plot(range(1, n + 1), values, color=theme.point, marker="o" if n <= 60 else "", markersize=5)
    losses.set_title("Loss, mean per word pair", loc="left", fontsize=9.5, fontweight="bold")
    rates.plot([0, n], [plot.alpha, plot.min_alpha], color=theme.mark)
    rates.set_title("Learning rate", loc="left", fontsize=9.5, fontweight="bold")
    rates.set_ylim(bottom=0)
    rates.set_xlabel("epochs", fontsize=8)
    rates.set_xlim(0, n * 1.01)
    rates.xaxis.set_major_locator(MaxNLocator(integer=True))
    for axes in (losses, rates):
        axes.grid(axis="y")
        axes.tick_params(length=0, labelsize=8)
        for name, side in axes.spines.items():
            side.set_visible(name == "bottom")
