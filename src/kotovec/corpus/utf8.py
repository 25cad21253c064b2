"""Bytes to text: what is no UTF-8 is replaced, and counted."""

from __future__ import annotations


def decode(raw: bytes) -> tuple[str, int]:
    """UTF-8 to text, and how many bytes were none and became U+FFFD."""
    try:
        return raw.decode(), 0
    except UnicodeDecodeError:
        return raw.decode("utf-8", "replace"), len(raw) - len(raw.decode("utf-8", "ignore").encode())
