"""Where this user's caches are kept, by the rules of the platform. Below all others: imports nothing of ours."""

from __future__ import annotations

import os
import sys
from pathlib import Path


def cache_roots(*variables: str) -> list[Path]:
    """The folder that the first of the environment `variables` with a value names, else the user's cache folder.

    Empty where neither is known. The folder need not exist.
    """
    named = next(filter(None, map(os.environ.get, variables)), None)
    if named:
        return [Path(named)]
    try:
        home = Path.home()
    except RuntimeError:
        return []
    if sys.platform == "darwin":
        return [home / "Library" / "Caches" / "kotovec"]
    if sys.platform == "win32":
        return [Path(os.environ.get("LOCALAPPDATA", home / "AppData" / "Local")) / "kotovec" / "Cache"]
    return [Path(os.environ.get("XDG_CACHE_HOME") or home / ".cache") / "kotovec"]
