"""A command in a process of its own: how long it takes, and how much memory at its peak.

It is started by a small process that has started nothing else: the peak of RUSAGE_CHILDREN is that of all children
so far, and on Linux a child's peak begins with what its parent holds.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

_EVERY = 0.003  # seconds between two looks at the memory


@dataclass(frozen=True)
class Child:
    """What one run of a command took; memory in MB (10**6 bytes), None where the system does not tell."""

    seconds: float
    cpu_seconds: float | None
    peak_mb: float | None
    anonymous_mb: float | None  # only if asked for: memory that is not a file's, at its peak
    out: str


def run_child(command: Sequence[str | Path], *, watch_memory: bool = False, **environment: str) -> Child:
    """Run the command to its end; RuntimeError if it fails."""
    launcher = [sys.executable, __file__, str(int(watch_memory)), *map(str, command)]
    done = subprocess.run(launcher, capture_output=True, text=True, env=os.environ | environment)
    if done.returncode:
        raise RuntimeError(f"failed: {' '.join(map(str, command))}\n{done.stderr}")
    return Child(**json.loads(done.stdout))


def kotovec(*arguments: str | Path) -> list[str | Path]:
    """The command line of kotovec."""
    return [sys.executable, "-m", "kotovec", *arguments]


def _main() -> int:
    watch_memory, command = sys.argv[1] == "1", sys.argv[2:]
    began, anonymous = time.perf_counter(), 0
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    while watch_memory and process.poll() is None:
        anonymous = max(anonymous, _anonymous_kib(process.pid))
        time.sleep(_EVERY)
    out, _ = process.communicate()
    seconds = time.perf_counter() - began
    result = Child(seconds, *_used_by_children(), anonymous * 1024 / 1e6 if anonymous else None, out)
    json.dump(vars(result), sys.stdout)
    return process.returncode


def _anonymous_kib(process_id: int) -> int:
    try:
        for line in Path(f"/proc/{process_id}/status").read_bytes().splitlines():
            if line.startswith(b"RssAnon:"):
                return int(line.split()[1])
    except OSError:
        pass
    return 0


def _used_by_children() -> tuple[float | None, float | None]:
    """Processor seconds, and the peak of the memory in MB."""
    try:
        import resource
    except ImportError:
        return None, None
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime, used.ru_maxrss * (1 if sys.platform == "darwin" else 1024) / 1e6


if __name__ == "__main__":
    sys.exit(_main())
