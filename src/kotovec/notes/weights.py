"""What each sign of relatedness counts: chosen on several vaults, and tunable to one's own."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from kotovec.errors import ConfigError

LARGEST = 100.0


@dataclass(frozen=True, slots=True)
class Weights:
    """The weight of each feature, 0 to LARGEST; a feature is standardised over all notes before it is weighted.

    Only their ratios matter. "This note" is the one that is asked about, "the other" a candidate.
    """

    cosine: float = 0.5  # TF-IDF of all text
    bm25: float = 1.6  # this note's terms, looked for in the other
    names_here: float = 0.9  # how much of the other's title or alias is in this note's text
    names_there: float = 0.4  # how often the terms of this note's names are in the other's text
    mention: float = 0.3  # the other's whole name stands in this note, and few notes have that
    mentioned: float = 0.5  # how many notes have the other's whole name
    headings: float = 0.3  # TF-IDF of titles, headings and tags
    topic: float = 1.0  # this note's vector against that of the other's name
    folder: float = 0.2  # how much of their folders they share
    votes: float = 1.6  # notes like this one link to the other
    common: float = 0.6  # both have links with the same notes
    coupled: float = 0.4  # notes that share links with this one link to the other

    def __post_init__(self) -> None:
        for name, value in asdict(self).items():
            number = value if isinstance(value, (int, float)) and not isinstance(value, bool) else math.nan
            if not 0 <= number <= LARGEST:
                raise ConfigError(
                    f"the weight {name} is out of range", expected=f"a number from 0 to {LARGEST:g}", found=repr(value)
                )

    def as_dict(self) -> dict[str, float]:
        """Plain numbers under their names, ready for JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Weights:
        """The inverse of `as_dict`; those that are not given keep their default. ConfigError for unknown names."""
        known = [field.name for field in fields(cls)]
        for name in values:
            if name not in known:
                raise ConfigError(f"unknown weight {name!r}", expected=", ".join(known))
        return cls(**values)


DEFAULT = Weights()
