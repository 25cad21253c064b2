"""Where this user's caches are kept, by the rules of the platform. Below all others: imports nothing of ours.

Compiled code is cached in a folder named after a digest of all kernel sources, since Numba itself notices only
a change of the file that holds the entry point, not of the files that it calls. The folder is, in this order:
`$KOTOVEC_CACHE_DIR`, `$NUMBA_CACHE_DIR`, the user's cache folder. Where none can be written, or the disk is full,
nothing is cached.
"""

from __future__ import annotations

import hashlib
import os
import sys
import tempfile
from functools import cache
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


@cache
def cache_folder() -> str | None:
    """Where compiled kernels are kept, or None where no folder can be written."""
    digest = hashlib.sha256()
    for file in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(file.read_bytes())
    for root in cache_roots("KOTOVEC_CACHE_DIR", "NUMBA_CACHE_DIR"):
        folder = root / f"kernels-{digest.hexdigest()[:16]}"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            tempfile.TemporaryFile(dir=folder).close()
        except OSError:
            continue
        return str(folder)
    return None
