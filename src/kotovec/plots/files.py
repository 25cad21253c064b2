"""Plots as files: which form a name means, and how it is written."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from kotovec.atomic import StrPath, atomic_write
from kotovec.errors import ConfigError
from kotovec.plots.html import plot_html
from kotovec.plots.kinds import Plot
from kotovec.plots.picture import SIZE, plot_picture

SUFFIXES: Final = {".html": "html", ".htm": "html", ".png": "png", ".svg": "svg"}


def form_of(path: StrPath) -> str:
    """html, png or svg, by the suffix; ConfigError for another."""
    suffix = Path(os.fspath(path)).suffix.lower()
    if suffix not in SUFFIXES:
        raise ConfigError(
            "the suffix names no form of a plot", path=path, expected=".html, .png or .svg", found=suffix or "none"
        )
    return SUFFIXES[suffix]


def write_plot(plot: Plot, path: StrPath, *, title: str = "", size: tuple[int, int] = SIZE, dark: bool = False) -> None:
    """Write a plot as a page (.html) or a picture (.png, .svg), by the suffix of `path`.

    Size in pixels and `dark` are for pictures; a page has both. ConfigError for another suffix, MissingExtraError for
    pictures without matplotlib, OutputError for the disk.
    """
    form = form_of(path)
    if form == "html":
        content = plot_html(plot, title or Path(os.fspath(path)).stem).encode()
    else:
        content = plot_picture(plot, title or Path(os.fspath(path)).stem, format=form, size=size, dark=dark)
    with atomic_write(path) as file:
        file.write(content)
