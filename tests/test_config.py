"""TrainConfig: what it refuses, and that it survives JSON."""

from __future__ import annotations

import dataclasses
import itertools
import json
import math

import pytest

from kotovec.errors import ConfigError
from kotovec.training.config import TrainConfig, good_alpha

WHOLE = {
    "vector_size": (1, 4096),
    "window": (1, 100),
    "negative": (1, 64),
    "epochs": (1, 2**31 - 1),
    "seed": (0, 2**64 - 1),
    "threads": (1, 4096),
}


@pytest.mark.parametrize("name, low, high", [(name, *ends) for name, ends in WHOLE.items()])
def test_whole_numbers_are_taken_up_to_their_ends_and_not_beyond(name: str, low: int, high: int) -> None:
    assert getattr(TrainConfig(**{name: low}), name) == low
    assert getattr(TrainConfig(**{name: high}), name) == high
    for wrong in (low - 1, high + 1, 1.0, "5", None, True, math.nan):
        with pytest.raises(ConfigError, match=f"{name} is out of range: expected a whole number from {low} to {high}"):
            TrainConfig(**{name: wrong})


@pytest.mark.parametrize("name", ["alpha", "min_alpha", "sample", "ns_exponent"])
@pytest.mark.parametrize("wrong", [math.nan, math.inf, -math.inf, "0.1", True])
def test_real_numbers_are_finite(name: str, wrong: object) -> None:
    with pytest.raises(ConfigError, match=f"{name} is out of range: expected a finite number"):
        TrainConfig(**{name: wrong})


@pytest.mark.parametrize("name, wrong", [("alpha", 0), ("alpha", -0.1), ("min_alpha", -1e-9), ("sample", -1)])
def test_rates_are_not_negative(name: str, wrong: float) -> None:
    with pytest.raises(ConfigError, match=f"{name} is out of range.*found {wrong}"):
        TrainConfig(**{name: wrong})


def test_zero_switches_off_where_it_may() -> None:
    config = TrainConfig(min_alpha=0, sample=0, ns_exponent=0)
    assert (config.min_alpha, config.sample, config.ns_exponent) == (0, 0, 0)
    assert TrainConfig(ns_exponent=-0.5).ns_exponent == -0.5


@pytest.mark.parametrize("name, wrong", [("architecture", "glove"), ("cbow_update", "both"), ("architecture", None)])
def test_choices_are_named(name: str, wrong: object) -> None:
    with pytest.raises(ConfigError, match=f"{name} is out of range: expected .* or .*, found {wrong!r}"):
        TrainConfig(**{name: wrong})


def test_the_measured_rate_depends_on_how_far_a_step_goes() -> None:
    choices = list(itertools.product((True, False), ("corrected", "historical")))
    rates = {(mean, update): good_alpha("cbow", mean, update) for mean, update in choices}
    assert good_alpha("skipgram", True, "corrected") == TrainConfig().alpha
    assert rates[True, "corrected"] > rates[True, "historical"] > rates[False, "historical"]
    assert all(TrainConfig(alpha=rate).alpha == rate for rate in rates.values())


def test_it_cannot_be_changed() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        TrainConfig().window = 3  # type: ignore[misc]


def test_it_survives_json() -> None:
    config = TrainConfig(architecture="cbow", seed=2**64 - 1, alpha=0.1, shrink_windows=False)
    assert TrainConfig.from_dict(json.loads(json.dumps(config.as_dict()))) == config


def test_a_name_that_is_not_known_is_refused() -> None:
    with pytest.raises(ConfigError, match="unknown setting 'windows': expected alpha, architecture"):
        TrainConfig.from_dict({"windows": 5})


def test_a_refusal_is_a_usage_error_of_the_command_and_a_value_error_of_python() -> None:
    with pytest.raises(ValueError, match="window") as caught:
        TrainConfig(window=0)
    assert caught.value.exit_code == 2


@pytest.mark.parametrize(
    "settings, alpha",
    [
        ({}, 0.025),
        ({"architecture": "cbow"}, 0.125),
        ({"architecture": "cbow", "cbow_update": "historical"}, 0.05),
        ({"architecture": "cbow", "cbow_mean": False}, 0.025),
        ({"architecture": "cbow", "alpha": 0.01}, 0.01),
    ],
)
def test_the_learning_rate_is_the_one_measured_for_the_architecture(settings: dict, alpha: float) -> None:
    assert TrainConfig(**settings).alpha == alpha
