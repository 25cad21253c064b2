"""A plot as one HTML file that opens offline: hand-written pieces of script and style, put together with the data."""

from __future__ import annotations

from html import escape
from importlib.resources import files
from typing import Final

from kotovec.page import html_page
from kotovec.plots import palette
from kotovec.plots.kinds import Plot, describe

_ALL: Final = ("dom", "theme", "surface", "tip")
_NODES: Final = (*_ALL, "view", "gestures", "labels", "search", "panel", "nodes")
SCRIPTS: Final = {
    "map": (*_NODES, "map"),
    "network": (*_NODES, "network"),
    "heatmap": (*_ALL, "labels", "search", "heatmap"),
    "curve": (*_ALL, "curve"),
}
_KEYS: Final = {
    "map": "drag to move, wheel or pinch to zoom, arrow keys, + and -, 0 for all",
    "solid": "drag to turn, shift and drag to move, wheel or pinch to zoom, arrow keys, + and -, 0 for all",
    "network": "drag to move, wheel or pinch to zoom, arrow keys, + and -, 0 for all",
    "heatmap": "point at a cell, or go from cell to cell with the arrow keys",
    "curve": "point at an epoch, or go from one to the next with the arrow keys",
}
_SEARCH: Final = (
    '<input id="search" type="search" placeholder="Find a word" aria-label="Find a word" autocomplete="off" '
    'spellcheck="false"><span id="found" class="found" role="status"></span>'
)
_ZOOM: Final = (
    '<button id="closer" type="button" aria-label="Closer" title="Closer">+</button>'
    '<button id="farther" type="button" aria-label="Farther" title="Farther">\N{MINUS SIGN}</button>'
    '<button id="reset" type="button" title="All of it">Reset</button>'
)
_SCALE: Final = (
    '<span class="scale"><span id="low"></span><canvas id="scale" width="200" height="1" role="img" '
    'aria-label="From the lowest to the highest similarity"></canvas><span id="high"></span></span>'
)


def plot_html(plot: Plot, title: str) -> str:
    """The page. Nothing in it is loaded from elsewhere, and no word in it can become markup or script."""
    data = plot.as_dict()
    kind = str(data["kind"])
    script = "\n".join(asset(f"{name}.js") for name in SCRIPTS[kind])
    body = _body(kind, title, describe(plot), is_solid=kind == "map" and len(data["positions"][0]) == 3)
    shown = data | {"palette": palette.as_dict()}
    return html_page(title, style=asset("page.css"), body=body, script=f'"use strict";\n{script}', data=shown)


def asset(name: str) -> str:
    """The text of a file under assets/."""
    return (files("kotovec.plots") / "assets" / name).read_text("utf-8")


def _body(kind: str, title: str, about: str, *, is_solid: bool) -> str:
    keys = _KEYS["solid" if is_solid else kind]
    has_panel = kind in ("map", "network")
    tools = {"map": _SEARCH + _ZOOM, "network": _SEARCH + _ZOOM, "heatmap": _SEARCH + _SCALE, "curve": ""}[kind]
    panel = '<section class="panel"><div id="chosen" aria-live="polite"></div><div id="groups"></div></section>'
    return "\n".join(
        [
            f"<header><h1>{escape(title)}</h1>",
            f'<p class="dim">{escape(about)}</p></header>',
            f'<div class="tools">{tools}<span class="fill"></span><button id="theme" type="button"></button></div>',
            f"<main{'' if has_panel else ' class=' + chr(34) + 'wide' + chr(34)}>",
            f'<div class="stage" id="stage"><canvas id="canvas" tabindex="0" role="img" '
            f'aria-label="{escape(f"{about} {keys}")}"></canvas></div>',
            panel if has_panel else "",
            "</main>",
            "<noscript><p>The picture is drawn by a script in this file, and scripts are switched off.</p></noscript>",
        ]
    )
