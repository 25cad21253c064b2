"""Words as they fit into a picture."""

from __future__ import annotations

from unicodedata import east_asian_width

_COLUMNS = 32


def short_text(word: str, columns: int = _COLUMNS) -> str:
    """The word, cut with an ellipsis where it is wider than `columns` letters; a CJK letter is two columns wide.

    What has no shape, such as a line end, becomes a space.
    """
    shown = "".join(letter if letter.isprintable() else " " for letter in word)
    width = 0
    for i, letter in enumerate(shown):
        width += 2 if east_asian_width(letter) in "WF" else 1
        if width > columns:
            return shown[:i].rstrip(", ") + "…"
    return shown
