"""What a user told the index of a vault, and later commands need not repeat. It outlives an index that is made anew."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from kotovec.atomic import atomic_write
from kotovec.errors import FormatError, KotovecError
from kotovec.notes.rules import Rules
from kotovec.notes.weights import Weights

_FILE = "settings.json"
_LARGEST = 1 << 20  # bytes


@dataclass(frozen=True, slots=True)
class Settings:
    """Rules for what is read, the absolute path of other vectors, and the vault's own weights, if any."""

    rules: Rules = Rules()
    vectors: str | None = None
    weights: Weights | None = None

    def as_dict(self) -> dict[str, Any]:
        """Plain values, ready for JSON."""
        weights = self.weights and self.weights.as_dict()
        return {"rules": asdict(self.rules), "vectors": self.vectors, "weights": weights}

    @classmethod
    def from_dict(cls, values: Any) -> Settings:
        """The inverse of `as_dict`. FormatError for anything else."""
        try:
            rules = {name: tuple(values["rules"][name]) for name in ("include", "exclude")}
            if not all(type(pattern) is str for patterns in rules.values() for pattern in patterns):
                raise ValueError("a pattern that is none")
            if type(values["vectors"]) not in (str, type(None)):
                raise ValueError("vectors that are no path")
            weights = values["weights"]
            return cls(Rules(**rules), values["vectors"], None if weights is None else Weights.from_dict(weights))
        except (KotovecError, KeyError, TypeError, ValueError, AttributeError) as error:
            raise FormatError(f"damaged: {error}", path=_FILE) from error


def read_settings(folder: Path) -> Settings:
    """What was told; nothing where there is no file. FormatError where it is not what `write_settings` wrote."""
    try:
        with open(folder / _FILE, "rb") as file:
            return Settings.from_dict(json.loads(file.read(_LARGEST)))
    except (FileNotFoundError, NotADirectoryError):
        return Settings()
    except (OSError, ValueError, RecursionError) as error:
        raise FormatError(f"the settings of this index cannot be read ({error})", path=folder / _FILE) from error


def write_settings(folder: Path, settings: Settings) -> None:
    """Keep them; OutputError where that fails."""
    with atomic_write(folder / _FILE) as file:
        file.write(json.dumps(settings.as_dict(), indent=1).encode("utf-8", "surrogatepass"))


def absolute(vectors: str | os.PathLike[str] | None) -> str | None:
    """A path that later commands find from any folder; None for None and for nothing."""
    return os.path.abspath(vectors) if vectors else None
