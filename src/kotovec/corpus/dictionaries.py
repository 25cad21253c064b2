"""MeCab dictionaries: the folder that somebody names, or the first that is installed."""

from __future__ import annotations

import importlib
import os
from collections.abc import Iterator
from pathlib import Path

from kotovec.errors import ConfigError, MissingExtraError

FILES = ("sys.dic", "unk.dic", "char.bin", "matrix.bin", "dicrc")
_PACKAGES = {"unidic-lite": "unidic_lite", "unidic": "unidic", "ipadic": "ipadic"}
_IPADIC_FOLDERS = (  # Debian and Ubuntu, Fedora, Homebrew on either processor, built by hand
    "/var/lib/mecab/dic/ipadic-utf8",
    "/usr/share/mecab/dic/ipadic-utf8",
    "/usr/lib64/mecab/dic/ipadic",
    "/opt/homebrew/lib/mecab/dic/ipadic",
    "/usr/local/lib/mecab/dic/ipadic",
)


def find_dictionary(name: str | None, *, ipadic_first: bool = False) -> Path:
    """The folder of a dictionary: `name` is a folder, or one of unidic-lite, unidic and ipadic; None is the first of
    these that is installed. ConfigError for a folder that is no dictionary, MissingExtraError where none is found.
    """
    if name is not None and name not in _PACKAGES:
        return _checked(Path(name))
    order = [name] if name is not None else sorted(_PACKAGES, key=lambda one: ipadic_first and one != "ipadic")
    for one in order:
        for folder in _places(one):
            if not _missing(folder):
                return folder
    if name is None or name == "unidic-lite":
        raise MissingExtraError("unidic-lite", "ja", "tokenising Japanese")
    raise ConfigError(f"the dictionary {name} is not installed", hint=f"try: pip install {name}")


def _places(name: str) -> Iterator[Path]:
    try:
        yield Path(importlib.import_module(_PACKAGES[name]).DICDIR)
    except ImportError:
        pass
    if name == "ipadic":
        yield from map(Path, _IPADIC_FOLDERS)


def _missing(folder: Path) -> list[str]:
    return [name for name in FILES if not (folder / name).is_file()]


def _checked(folder: Path) -> Path:
    if not folder.is_dir():
        raise ConfigError(
            "no such dictionary",
            path=folder,
            expected=f"the folder of a MeCab dictionary, or {', '.join(_PACKAGES)}",
        )
    if missing := _missing(folder):
        raise ConfigError(
            "the folder holds no compiled MeCab dictionary",
            path=folder,
            expected=", ".join(FILES),
            found=f"no {', '.join(missing)}" if os.listdir(folder) else "an empty folder",
        )
    return folder
