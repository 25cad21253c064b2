"""A home folder of a test's own, where the command is on the path."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from kotovec.kernels.folders import cache_roots


def own_home(folder: Path) -> dict[str, str]:
    """The environment for a process whose home, and so whose cache of indexes, is `folder`; `kotovec` runs in it.

    Compiled kernels are those of this process: to compile them again takes a minute.
    """
    (folder / "bin").mkdir(exist_ok=True)
    script = folder / "bin" / "kotovec"
    script.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m kotovec "$@"\n')
    script.chmod(0o755)
    kernels = str(next(iter(cache_roots("KOTOVEC_CACHE_DIR", "NUMBA_CACHE_DIR")), folder))
    kept = {name: value for name, value in os.environ.items() if name != "KOTOVEC_CACHE_DIR"}
    home = {"HOME": str(folder), "XDG_CACHE_HOME": str(folder / ".cache"), "NUMBA_CACHE_DIR": kernels}
    return kept | home | {"PATH": f"{script.parent}{os.pathsep}{os.environ['PATH']}"}
