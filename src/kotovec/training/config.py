"""TrainConfig: every number that training depends on, with its unit, range and default."""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass
from typing import Any, Literal, cast

from kotovec.errors import ConfigError

Architecture = Literal["skipgram", "cbow"]
CbowUpdate = Literal["historical", "corrected"]

MAX_VECTOR_SIZE = 4096
MAX_NEGATIVE = 64
MAX_WINDOW = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainConfig:
    """The settings of one training run; checked when made, stored with every model."""

    architecture: Architecture = "skipgram"
    vector_size: int = 100  # floats per word, 1 to 4096
    window: int = 5  # words to each side, 1 to 100
    negative: int = 5  # noise words per centre, 1 to 64
    alpha: float = None  # type: ignore[assignment]  # learning rate at the start, above 0; None: `good_alpha`
    min_alpha: float = 0.0001  # learning rate at the end, 0 or above
    sample: float = 1e-3  # relative frequency above which words are thinned out; 0 switches it off
    ns_exponent: float = 0.75  # noise distribution: count ** ns_exponent
    epochs: int = 5  # passes over the corpus, 1 or more
    shrink_windows: bool = True  # draw each window's reach uniformly from 1..window
    cbow_mean: bool = True  # hidden layer is the mean of the context vectors; False: their sum
    cbow_update: CbowUpdate = "corrected"  # the gradient (arXiv 2012.15332); "historical" is word2vec.c's
    seed: int = 1  # 0 to 2**64 - 1
    threads: int = 1  # 1 or more

    def __post_init__(self) -> None:
        _choice("architecture", self.architecture, ("skipgram", "cbow"))
        _choice("cbow_update", self.cbow_update, ("historical", "corrected"))
        _whole("vector_size", self.vector_size, 1, MAX_VECTOR_SIZE)
        _whole("window", self.window, 1, MAX_WINDOW)
        _whole("negative", self.negative, 1, MAX_NEGATIVE)
        _whole("epochs", self.epochs, 1, 2**31 - 1)
        _whole("seed", self.seed, 0, 2**64 - 1)
        _whole("threads", self.threads, 1, 4096)
        if self.alpha is None:
            good = good_alpha(self.architecture, self.cbow_mean, self.cbow_update)
            object.__setattr__(self, "alpha", good)
        _real("alpha", self.alpha, 0.0, math.inf, above=True)
        _real("min_alpha", self.min_alpha, 0.0, math.inf)
        _real("sample", self.sample, 0.0, math.inf)
        _real("ns_exponent", self.ns_exponent, -math.inf, math.inf)

    @property
    def window_words(self) -> int:
        """How many context words a centre has on average, far from the ends of its sentence."""
        return self.window + 1 if self.shrink_windows else 2 * self.window

    @property
    def divides_update(self) -> bool:
        """CBOW: whether the update of a context vector is divided by the number of context words."""
        return self.cbow_mean == (self.cbow_update == "corrected")

    def as_dict(self) -> dict[str, Any]:
        """Plain types, ready for JSON."""
        return dataclasses.asdict(self)

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> TrainConfig:
        """The inverse of `as_dict`; ConfigError for a name that is not known."""
        known = {field.name for field in dataclasses.fields(cls)}
        unknown = sorted(set(values) - known)
        if unknown:
            raise ConfigError(f"unknown setting {unknown[0]!r}", expected=", ".join(sorted(known)))
        return cls(**values)


def good_alpha(architecture: Architecture, cbow_mean: bool, cbow_update: CbowUpdate) -> float:
    """The learning rate that gave the best vectors on 100 MB of English after 5 epochs, of those tried.

    WordSim-353, SimLex-999 (Spearman x 100) and Google analogies (%): skip-gram 0.025: 67.9, 30.3, 37.4; 0.04: 68.4,
    29.9, 38.4. CBOW, corrected, 0.1: 64.8, 30.0, 32.2; 0.125: 65.1, 30.4, 32.1; 0.15: 64.4, 30.5, 31.5. Historical,
    0.025: 58.6, 25.9, 28.4; 0.05: 63.0, 28.2, 34.8; 0.075: 63.5, 28.1, 34.5. A sum is as many times longer than a mean
    as it has words, so its steps are smaller.
    """
    if architecture == "skipgram" or not cbow_mean:
        return 0.025
    return 0.125 if cbow_update == "corrected" else 0.05


def _choice(name: str, value: object, allowed: tuple[str, ...]) -> None:
    if value not in allowed:
        raise ConfigError(f"{name} is out of range", expected=" or ".join(allowed), found=repr(value))


def _whole(name: str, value: object, low: int, high: int) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise ConfigError(f"{name} is out of range", expected=f"a whole number from {low} to {high}", found=repr(value))


def _real(name: str, value: object, low: float, high: float, *, above: bool = False) -> None:
    number = cast(float, value) if isinstance(value, (int, float)) and not isinstance(value, bool) else math.nan
    if not math.isfinite(number) or number < low or number > high or (above and number == low):
        wanted = "a finite number" + (f" {'above' if above else 'of at least'} {low:g}" if low > -math.inf else "")
        raise ConfigError(f"{name} is out of range", expected=wanted, found=repr(value))
