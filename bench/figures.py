"""What the benches print and keep: figures with what they must be, plain tables, and the machine they were taken on."""

from __future__ import annotations

import datetime
import json
import os
import platform
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Figure:
    """One measured number. `must` and `aim` are bounds from below, or from above where `at_most`."""

    name: str
    value: float | None  # None: could not be measured, and `detail` says why
    unit: str = ""
    must: float | None = None
    aim: float | None = None
    at_most: bool = False
    detail: str = ""

    @property
    def verdict(self) -> str:
        """Whether the number is what it must be."""
        if self.value is None or self.must is None:
            return ""
        if self._reaches(self.must):
            return "aim" if self.aim is not None and self._reaches(self.aim) else "yes"
        return "MISSED"

    def _reaches(self, bound: float) -> bool:
        assert self.value is not None
        return self.value <= bound if self.at_most else self.value >= bound

    def cells(self) -> list[str]:
        """One row of a table."""
        sign = "<= " if self.at_most else ""
        bounds = [sign + number(bound) if bound is not None else "" for bound in (self.must, self.aim)]
        return [self.name, f"{number(self.value)} {self.unit}".strip(), *bounds, self.verdict, self.detail]


HEADERS = ["figure", "measured", "must", "aim", "met", "detail"]


def number(value: float | None) -> str:
    """Four significant digits, without an exponent."""
    if value is None:
        return "-"
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"


def table(headers: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table with aligned columns."""
    widths = [max(len(str(row[i])) for row in [headers, *rows]) for i in range(len(headers))]
    lines = [headers, ["-" * width for width in widths], *rows]
    return "\n".join("| " + " | ".join(str(c).ljust(w) for c, w in zip(x, widths, strict=True)) + " |" for x in lines)


def machine() -> dict[str, Any]:
    """What the figures were taken on: processor, cores, versions, date."""
    return {
        "processor": _processor(),
        "cores": cores(),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        **{name: _version(name) for name in ("kotovec", "numba", "numpy", "gensim")},
        "date": datetime.date.today().isoformat(),
    }


def cores() -> int:
    """Processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def report(figures: Sequence[Figure], arguments: dict[str, Any], json_path: Path | None) -> None:
    """Print the table, and write the same to a file."""
    print(describe(), "", table(HEADERS, [figure.cells() for figure in figures]), sep="\n")
    write_json(json_path, arguments, [asdict(figure) | {"verdict": figure.verdict} for figure in figures])


def describe() -> str:
    """The machine in one line."""
    return ", ".join(f"{name} {value}" for name, value in machine().items() if value)


def write_json(path: Path | None, arguments: dict[str, Any], results: Any) -> None:
    """Machine, arguments and results, where a file was asked for."""
    if path is not None:
        content = {"machine": machine(), "arguments": {k: str(v) for k, v in arguments.items()}, "results": results}
        path.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


def tell(text: str) -> None:
    """Say on stderr what is being measured."""
    print(text, file=sys.stderr, flush=True)


class Timed:
    """A function that gives seconds, which also keeps the processor time of each call: others' work is not in it."""

    def __init__(self, run: Callable[[], float]) -> None:
        self._run = run
        self._cpu_seconds: list[float] = []

    def __call__(self) -> float:
        began = time.process_time()
        seconds = self._run()
        self._cpu_seconds.append(time.process_time() - began)
        return seconds

    @property
    def cpu_seconds(self) -> float:
        """The median, of all processors together."""
        return statistics.median(self._cpu_seconds)


def in_turn(ours: Callable[[], float], theirs: Callable[[], float], rounds: int) -> list[tuple[float, float]]:
    """Both measured `rounds` times: ours before and after theirs, averaged, so that a drift of the machine cancels."""
    pairs = []
    for _ in range(rounds):
        before, other, after = ours(), theirs(), ours()
        pairs.append(((before + after) / 2, other))
    return pairs


def ratio(pairs: Sequence[tuple[float, float]]) -> float:
    """The median over rounds of theirs / ours."""
    return statistics.median(theirs / ours for ours, theirs in pairs)


def medians(pairs: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """The median of each side."""
    return statistics.median(p[0] for p in pairs), statistics.median(p[1] for p in pairs)


def _processor() -> str:
    try:
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None
