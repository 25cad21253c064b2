"""Events are plain, frozen, and all named in one type."""

from __future__ import annotations

import dataclasses
import inspect
import typing

import pytest

from kotovec import StopTraining, events
from kotovec.errors import KotovecError
from kotovec.events import EpochEnd

KINDS = [kind for kind in vars(events).values() if inspect.isclass(kind) and dataclasses.is_dataclass(kind)]


def test_the_type_of_all_events_names_all_of_them() -> None:
    assert set(typing.get_args(events.Event)) == set(KINDS)


def test_events_cannot_be_changed_by_a_callback() -> None:
    event = EpochEnd(epoch=0, epochs=1, loss=1.0, seconds=1.0, words_per_second=1.0)
    with pytest.raises(dataclasses.FrozenInstanceError):
        event.loss = 0.0  # type: ignore[misc]


def test_events_are_equal_if_they_say_the_same() -> None:
    assert events.Notice("a") == events.Notice("a") != events.Notice("b")


def test_a_wish_to_stop_is_no_error() -> None:
    assert issubclass(StopTraining, Exception)
    assert not issubclass(StopTraining, KotovecError)
