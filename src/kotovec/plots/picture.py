"""A plot as a picture, PNG or SVG, by matplotlib (the extra `plot`)."""

from __future__ import annotations

import io
import warnings
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Final

from kotovec.errors import ConfigError, MissingExtraError
from kotovec.plots import palette
from kotovec.plots.curve import TrainingCurve
from kotovec.plots.fonts import fonts_for
from kotovec.plots.heatmap import Heatmap
from kotovec.plots.kinds import Plot, describe
from kotovec.plots.network import Network
from kotovec.plots.palette import Theme
from kotovec.plots.picture_charts import draw_curve, draw_heatmap
from kotovec.plots.picture_nodes import draw_nodes
from kotovec.plots.text import short_text
from kotovec.plots.word_map import WordMap

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SIZE: Final = (1600, 1200)  # pixels
_SIZES = (300, 10_000)
_DPI = 160


def plot_picture(
    plot: Plot, title: str, *, format: str = "png", size: tuple[int, int] = SIZE, dark: bool = False
) -> bytes:
    """The bytes of a PNG or SVG file of `size` (width, height) pixels; the same plot gives the same bytes.

    MissingExtraError without matplotlib; a warning where no installed font has the letters of a word.
    """
    check_picture(format, size)
    from matplotlib import rc_context, rcdefaults, rcParams
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    theme = palette.DARK if dark else palette.LIGHT
    words = [] if isinstance(plot, TrainingCurve) else plot.words
    with rc_context(), warnings.catch_warnings():
        rcdefaults()  # the user's own settings would move things
        rcParams.update(_settings(fonts_for([*words, title]), theme))
        warnings.filterwarnings("ignore", message="Glyph .* missing")  # fonts_for has said so, once for all words
        figure = Figure(figsize=(size[0] / _DPI, size[1] / _DPI), dpi=_DPI)
        FigureCanvasAgg(figure)
        _draw(figure, plot, theme)
        figure.text(0.02, 0.985, short_text(title, 80), va="top", fontsize=13, fontweight="bold")
        figure.text(0.02, 0.945, describe(plot), va="top", fontsize=8, color=theme.dim)
        out = io.BytesIO()
        figure.savefig(out, format=format, metadata={"Date": None} if format == "svg" else {"Software": None})
    return out.getvalue()


def check_picture(format: str, size: tuple[int, int]) -> None:
    """ConfigError for a size out of range, MissingExtraError without matplotlib: for use before minutes of work."""
    if not all(_SIZES[0] <= side <= _SIZES[1] for side in size):
        raise ConfigError(
            "the size of a picture is out of range",
            expected=f"{_SIZES[0]} to {_SIZES[1]} pixels",
            found=f"{size[0]} x {size[1]}",
        )
    if find_spec("matplotlib") is None:
        raise MissingExtraError("matplotlib", "plot", f"a .{format} picture")


def _settings(fonts: list[str], theme: Theme) -> dict[Any, Any]:
    ink = ("text.color", "axes.labelcolor", "axes.titlecolor")
    tick = ("xtick.color", "ytick.color")
    paper = ("figure.facecolor", "axes.facecolor", "savefig.facecolor")
    return {
        "font.family": fonts,
        "svg.hashsalt": "kotovec",  # the same plot gives the same bytes
        "text.parse_math": False,  # a word with a dollar sign is a word
        **dict.fromkeys(ink, theme.ink),
        **dict.fromkeys(tick, theme.dim),
        **dict.fromkeys(paper, theme.paper),
        "axes.edgecolor": theme.line,
        "grid.color": theme.line,
    }


def _draw(figure: Figure, plot: Plot, theme: Theme) -> None:
    if isinstance(plot, WordMap | Network):
        draw_nodes(figure, plot, theme)
    elif isinstance(plot, Heatmap):
        draw_heatmap(figure, plot, theme)
    else:
        draw_curve(figure, plot, theme)
