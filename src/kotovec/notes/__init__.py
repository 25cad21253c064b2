"""Related notes in a vault of Markdown: what is alike, and why. Nothing here touches the network, or writes a note
unless it is told to.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kotovec.notes.opening import open_vault as open_vault
    from kotovec.notes.rules import Rules as Rules
    from kotovec.notes.vault import Vault as Vault

_HOMES = {
    "Rules": "kotovec.notes.rules",
    "Vault": "kotovec.notes.vault",
    "open_vault": "kotovec.notes.opening",
}

__all__ = ["Rules", "Vault", "open_vault"]


def __getattr__(name: str) -> Any:  # the processes that read notes need no NumPy
    if name not in _HOMES:
        raise AttributeError(f"module 'kotovec.notes' has no attribute {name!r}")
    value = getattr(importlib.import_module(_HOMES[name]), name)
    globals()[name] = value
    return value
