"""A scatter plot as inline SVG: no script, no font from elsewhere; a pointer over a point shows its words."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

_WIDTH, _HEIGHT = 480, 340
_LEFT, _RIGHT, _TOP, _BOTTOM = 52, 12, 12, 44
_TICKS = 5


@dataclass(frozen=True, slots=True)
class Point:
    """A place on the plot, and the text that a pointer over it shows."""

    x: float
    y: float
    text: str
    marked: bool = False


@dataclass(frozen=True, slots=True)
class Axis:
    """What an axis shows, from `low` to `high`."""

    label: str
    low: float
    high: float

    def ticks(self) -> list[float]:
        """Round numbers within the axis, about five."""
        rough = (self.high - self.low) / _TICKS
        power = 10.0 ** math.floor(math.log10(rough))
        step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= rough)
        first = math.ceil(self.low / step)
        return [step * i for i in range(first, math.floor(self.high / step) + 1)]


def axis_for(label: str, values: Sequence[float]) -> Axis:
    """An axis that holds all values, with some room at its ends."""
    low, high = min(values), max(values)
    room = 0.05 * (high - low) or 0.5
    return Axis(label, low - room, high + room)


def scatter_svg(points: Sequence[Point], x: Axis, y: Axis, title: str) -> str:
    """The plot; `title` is what a screen reader says. Marked points are drawn last, and stand out."""
    parts = [
        f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-label="{escape(title)}">',
        *(_vertical(x, value) for value in x.ticks()),
        *(_horizontal(y, value) for value in y.ticks()),
        f'<text class="axis" x="{(_LEFT + _WIDTH - _RIGHT) / 2}" y="{_HEIGHT - 6}">{escape(x.label)}</text>',
        f'<text class="axis" transform="translate(13 {(_TOP + _HEIGHT - _BOTTOM) / 2}) rotate(-90)">'
        f"{escape(y.label)}</text>",
    ]
    for point in sorted(points, key=lambda point: point.marked):
        kind = ' class="marked"' if point.marked else ""
        place = f'cx="{_across(x, point.x):.1f}" cy="{_down(y, point.y):.1f}"'
        parts.append(f'<circle{kind} {place} r="4"><title>{escape(point.text)}</title></circle>')
    return "\n".join([*parts, "</svg>"])


def _across(axis: Axis, value: float) -> float:
    return _LEFT + (value - axis.low) / (axis.high - axis.low) * (_WIDTH - _LEFT - _RIGHT)


def _down(axis: Axis, value: float) -> float:
    return _TOP + (axis.high - value) / (axis.high - axis.low) * (_HEIGHT - _TOP - _BOTTOM)


def _vertical(axis: Axis, value: float) -> str:
    x, bottom = f"{_across(axis, value):.1f}", _HEIGHT - _BOTTOM
    return (
        f'<line x1="{x}" x2="{x}" y1="{_TOP}" y2="{bottom}"/>'
        f'<text class="tick" x="{x}" y="{bottom + 17}">{value + 0.0:.4g}</text>'
    )


def _horizontal(axis: Axis, value: float) -> str:
    y = _down(axis, value)
    return (
        f'<line x1="{_LEFT}" x2="{_WIDTH - _RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>'
        f'<text class="tick side" x="{_LEFT - 6}" y="{y + 4:.1f}">{value + 0.0:.4g}</text>'
    )
