"""The training curve of a model: loss and learning rate, epoch by epoch."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kotovec.errors import ConfigError

_HINT = "a native folder keeps it: kotovec train ... -f native"


@dataclass(frozen=True, slots=True)
class TrainingCurve:
    """What a training run reports of itself."""

    loss: list[float | None]  # mean per word pair in each epoch; None where it was not finite
    alpha: float  # the learning rate at the start
    min_alpha: float  # at the end; a straight line lies between them
    about: str  # the model in a few words

    def as_dict(self) -> dict[str, Any]:
        """Plain lists and numbers."""
        return {
            "kind": "curve",
            "loss": self.loss,
            "alpha": self.alpha,
            "min_alpha": self.min_alpha,
            "about": self.about,
        }


def training_curve(config: Mapping[str, Any] | None, path: str | None = None) -> TrainingCurve:
    """The curve from the configuration that is stored with a model: `KeyedVectors.config`.

    ConfigError, which names `path`, where there is no loss in it; a loss that is no list of numbers likewise.
    """
    loss = (config or {}).get("loss")
    if config is None or not loss:
        raise ConfigError("there is no loss in it", path=path, hint=_HINT)
    alphas = [config.get(name) for name in ("alpha", "min_alpha")]
    if not isinstance(loss, list) or not all(value is None or _is_number(value) for value in [*loss, *alphas]):
        raise ConfigError("damaged loss or learning rate", path=path, expected="numbers", found=repr(loss)[:60])
    values = [float(value) if value is not None and math.isfinite(value) else None for value in loss]
    if all(value is None for value in values):
        raise ConfigError("no loss in it is a finite number", path=path)
    return TrainingCurve(values, float(alphas[0] or 0), float(alphas[1] or 0), _about(config))


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _about(config: Mapping[str, Any]) -> str:
    """The settings that shape a loss, as far as they are known."""
    known = [
        str(config["architecture"]) if "architecture" in config else "",
        *(f"{label} {config[name]}" for name, label in _SETTINGS.items() if _is_number(config.get(name))),
    ]
    return ", ".join(filter(None, known))


_SETTINGS = {"vector_size": "size", "window": "window", "negative": "negatives", "sample": "sample"}
