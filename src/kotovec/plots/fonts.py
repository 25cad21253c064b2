"""Fonts of this machine that have the letters of the words."""

from __future__ import annotations

import warnings
from collections.abc import Iterable

_FIRST = "DejaVu Sans"  # matplotlib brings it
# fonts made for many scripts, asked before others: what is installed last in the alphabet is no reason to take it
_PREFERRED = (
    "Noto Sans CJK JP", "Noto Sans JP", "Hiragino Sans", "Yu Gothic", "Meiryo", "IPAexGothic", "TakaoGothic",
    "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", "Malgun Gothic", "Noto Sans", "Arial Unicode MS",
)  # fmt: skip
_SHOWN = 5


def fonts_for(words: Iterable[str]) -> list[str]:
    """Names of installed fonts which together have the letters of the words, the first one matplotlib's own.

    A warning names words with a letter that no installed font has; they are drawn with boxes.
    """
    names, missing = [_FIRST], {letter for word in words for letter in word if letter.isprintable()}
    missing -= _letters_of(_FIRST)
    for name in _candidates():
        if not missing:
            break
        found = missing & _letters_of(name)
        if found:
            names.append(name)
            missing -= found
    if missing:
        _warn([word for word in words if missing & set(word)])
    return names


def _candidates() -> list[str]:
    from matplotlib import font_manager

    installed = {font.name for font in font_manager.fontManager.ttflist}
    sans = sorted(installed - {*_PREFERRED, _FIRST}, key=lambda name: ("Sans" not in name, name))
    return [*(name for name in _PREFERRED if name in installed), *sans]


def _letters_of(name: str) -> set[str]:
    from matplotlib import font_manager
    from matplotlib.ft2font import FT2Font

    try:
        return {chr(code) for code in FT2Font(font_manager.findfont(name, fallback_to_default=False)).get_charmap()}
    except (OSError, RuntimeError, ValueError):  # a damaged font is as good as none
        return set()


def _warn(words: list[str]) -> None:
    named = ", ".join(words[:_SHOWN]) + (f" and {len(words) - _SHOWN} more" if len(words) > _SHOWN else "")
    warnings.warn(
        f"no installed font has all letters of {named}; install one, such as Noto Sans CJK, or write .html",
        stacklevel=2,
    )
