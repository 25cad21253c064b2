"""Colours that people with any colour vision tell apart, for light and dark grounds.

Groups: after Paul Tol's muted scheme, each colour once darker and once lighter. Sequential: nine steps of viridis
(CC0), whose lightness rises all the way. Diverging: blue, grey, orange.
"""

from __future__ import annotations

from typing import Final, NamedTuple

GROUPS_LIGHT: Final = (
    "#4a3fb5", "#c2475b", "#1b7f44", "#d98a00", "#2a93c9", "#8a2061", "#6f7a12", "#0f8f86", "#a34fb0", "#8c5a2b",
)  # fmt: skip
GROUPS_DARK: Final = (
    "#8f86f5", "#ee8496", "#58c283", "#f2b441", "#7cc8f0", "#d873ae", "#bcc551", "#4fd0c4", "#d08fdd", "#cf9c6b",
)  # fmt: skip
SEQUENTIAL: Final = (
    "#440154", "#472d7b", "#3b528b", "#2c728e", "#21918c", "#28ae80", "#5ec962", "#addc30", "#fde725",
)  # fmt: skip
DIVERGING: Final = (
    "#0b3c7d", "#2a6db3", "#6fa5d6", "#b9d2e8", "#f1f1ef", "#f3cfae", "#e89d5d", "#c9661b", "#853c06",
)  # fmt: skip


class Theme(NamedTuple):
    """The colours of a picture."""

    paper: str
    ink: str
    dim: str
    line: str
    point: str
    mark: str
    groups: tuple[str, ...]


LIGHT: Final = Theme("#ffffff", "#1c2430", "#586372", "#d9dee5", "#2f6fb5", "#b93d09", GROUPS_LIGHT)
DARK: Final = Theme("#14181f", "#e6eaf0", "#a0abb9", "#333c49", "#6ea8e6", "#fb923c", GROUPS_DARK)


def as_dict() -> dict[str, list[str]]:
    """All palettes for the page's script."""
    return {
        "light": list(GROUPS_LIGHT),
        "dark": list(GROUPS_DARK),
        "sequential": list(SEQUENTIAL),
        "diverging": list(DIVERGING),
    }
