"""A command with all processes that it starts: how much memory they hold together at their peak (Linux)."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path

_EVERY = 0.05  # seconds between two looks; the kernel walks all pages for each


def run_watched(command: list[str]) -> tuple[float | None, float]:
    """Peak memory in MB (10**6 bytes), None where the system does not tell, and seconds; RuntimeError if it fails.

    Memory is the proportional set size: a page that n processes share counts 1/n for each of them.
    """
    began, peak = time.perf_counter(), 0
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
        while process.poll() is None:
            peak = max(peak, sum(map(_held, _tree(process.pid))))
            time.sleep(_EVERY)
    if process.returncode:
        raise RuntimeError(f"failed: {' '.join(command)}")
    return (peak / 1e6 or None), time.perf_counter() - began


def _tree(process_id: int) -> list[int]:
    try:
        tasks = list(Path(f"/proc/{process_id}/task").iterdir())
        children = [int(child) for task in tasks for child in (task / "children").read_text().split()]
    except OSError:
        return [process_id]
    return [process_id, *(found for child in children for found in _tree(child))]


def _held(process_id: int) -> int:
    try:
        for line in Path(f"/proc/{process_id}/smaps_rollup").read_bytes().splitlines():
            if line.startswith(b"Pss:"):
                return 1024 * int(line.split()[1])
    except OSError:
        pass
    return 0
