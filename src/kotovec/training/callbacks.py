"""Callbacks of both kinds: plain callables that take events, and objects with gensim's `on_...` methods."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from kotovec.errors import ConfigError
from kotovec.events import Callback, EpochEnd, Event

_METHODS = ("on_train_begin", "on_epoch_begin", "on_epoch_end", "on_train_end")


class Callbacks:
    """One callback that calls many. gensim's kind gets the model; it may raise `StopTraining` too."""

    def __init__(self, callbacks: Iterable[Any], model: object) -> None:
        self._listeners: list[Callback] = []
        self._gensim: list[Any] = []
        self._model = model
        for callback in callbacks:
            if any(hasattr(callback, name) for name in _METHODS):
                self._gensim.append(callback)
            elif callable(callback):
                self._listeners.append(callback)
            else:
                raise ConfigError(
                    "not a callback", expected="a callable, or gensim's on_epoch_end(model)", found=repr(callback)
                )

    def __call__(self, event: Event, /) -> None:
        """Pass an event on; the end of an epoch is also the beginning of the next."""
        for listener in self._listeners:
            listener(event)
        if isinstance(event, EpochEnd):
            self._tell("on_epoch_end")
            if event.epoch + 1 < event.epochs:
                self._tell("on_epoch_begin")

    def begin(self) -> None:
        """Before the first epoch."""
        self._tell("on_train_begin")
        self._tell("on_epoch_begin")

    def end(self) -> None:
        """After the last epoch."""
        self._tell("on_train_end")

    def _tell(self, name: str) -> None:
        for callback in self._gensim:
            method = getattr(callback, name, None)
            if method is not None:
                method(self._model)
