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


def print_lines(lines: list[str], *, error_stream: bool = False) -> None:
    """Lines for people, on stdout or stderr."""
    print("\n".join(lines), file=sys.stderr if error_stream else sys.stdout, flush=True)  # noqa: T201


def finite(value: Any) -> Any:
    """The same value with None for numbers that are not finite, at any depth of dicts and lists."""
    if isinstance(value, dict):
        return {key: finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [finite(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
