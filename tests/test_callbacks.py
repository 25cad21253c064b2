"""Callbacks of both kinds: callables that take events, and objects with gensim's methods."""

from __future__ import annotations

from typing import Any

import pytest

from kotovec.errors import ConfigError
from kotovec.events import CompileStarted, EpochEnd, Notice, StopTraining
from kotovec.training.callbacks import Callbacks


def end_of(epoch: int, epochs: int = 2) -> EpochEnd:
    return EpochEnd(epoch, epochs, loss=1.0, seconds=1.0, words_per_second=1.0)


class Diary:
    """A callback as gensim has them."""

    def __init__(self) -> None:
        self.lines: list[tuple[str, object]] = []

    def on_train_begin(self, model: object) -> None:
        self.lines.append(("train begin", model))

    def on_epoch_begin(self, model: object) -> None:
        self.lines.append(("epoch begin", model))

    def on_epoch_end(self, model: object) -> None:
        self.lines.append(("epoch end", model))

    def on_train_end(self, model: object) -> None:
        self.lines.append(("train end", model))


def test_gensims_kind_hears_of_every_epoch_and_gets_the_model() -> None:
    diary, model = Diary(), object()
    callbacks = Callbacks([diary], model)
    callbacks.begin()
    for event in (CompileStarted(), Notice("more threads than processors"), end_of(0), end_of(1)):
        callbacks(event)
    callbacks.end()
    names = ["train begin", "epoch begin", "epoch end", "epoch begin", "epoch end", "train end"]
    assert diary.lines == [(name, model) for name in names]


def test_a_callable_gets_every_event() -> None:
    events: list[Any] = []
    callbacks = Callbacks([events.append], None)
    callbacks.begin()
    callbacks(CompileStarted())
    callbacks(end_of(0))
    callbacks.end()
    assert events == [CompileStarted(), end_of(0)]


def test_methods_that_are_not_there_are_not_called() -> None:
    class OnlyEnd:
        calls = 0

        def on_epoch_end(self, model: object) -> None:
            self.calls += 1

    only_end = OnlyEnd()
    callbacks = Callbacks([only_end], None)
    callbacks.begin()
    callbacks(end_of(0))
    callbacks.end()
    assert only_end.calls == 1


def test_callables_hear_of_an_epoch_before_gensims_kind() -> None:
    heard: list[str] = []

    class Gensim:
        def on_epoch_end(self, model: object) -> None:
            heard.append("gensim")

    Callbacks([Gensim(), lambda event: heard.append("callable")], None)(end_of(1))
    assert heard == ["callable", "gensim"]


def test_gensims_own_base_class_is_of_its_kind() -> None:
    callbacks = pytest.importorskip("gensim.models.callbacks")

    class Stopper(callbacks.CallbackAny2Vec):
        def on_epoch_end(self, model: object) -> None:
            raise StopTraining

    with pytest.raises(StopTraining):
        Callbacks([Stopper()], None)(end_of(0))


@pytest.mark.parametrize("wrong", [3, "print", None])
def test_what_is_no_callback_is_refused(wrong: object) -> None:
    with pytest.raises(ConfigError, match=f"not a callback: expected a callable, or gensim's .* found {wrong!r}"):
        Callbacks([wrong], None)
