"""What the commands print: one JSON object, or lines for people."""

from __future__ import annotations

import json
import math
import sys
from typing import Any


def print_json(value: dict[str, Any]) -> None:
    """One JSON object on stdout; numbers that are not finite, for which JSON has no word, become null."""
    narrow = (sys.stdout.encoding or "").lower().replace("-", "") != "utf8"
    print(json.dumps(finite(value), indent=2, ensure_ascii=narrow, allow_nan=False))  # noqa: T201


def print_lines(lines: list[str]) -> None:
    """Answers for people, on stdout."""
    print("\n".join(lines))  # noqa: T201


def say(lines: list[str]) -> None:
    """Words about a run, on stderr, each line with the name of the program."""
    print("\n".join(f"kotovec: {line}" for line in lines), file=sys.stderr, flush=True)  # noqa: T201


def size_text(n_bytes: float) -> str:
    """Bytes as such, or as kB, MB or GB (powers of ten)."""
    if n_bytes < 1e5:
        return f"{n_bytes / 1e3:.0f} kB" if n_bytes >= 1e3 else f"{n_bytes:.0f} bytes"
    return f"{n_bytes / 1e9:.2f} GB" if n_bytes >= 1e9 else f"{n_bytes / 1e6:.1f} MB"


def clock(seconds: float) -> str:
    """Seconds as h:mm:ss or m:ss; `-:--` where they are not known."""
    if not math.isfinite(seconds) or seconds < 0:
        return "-:--"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def loss_text(loss: float) -> str:
    """A loss with four digits; `-` where no pair was measured, as in a text of a few words."""
    return "-" if math.isnan(loss) else f"{loss:.4f}"


def finite(value: Any) -> Any:
    """The same value with None for numbers that are not finite, at any depth of dicts and lists."""
    if isinstance(value, dict):
        return {key: finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [finite(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
