"""Completion at the prompt of `kotovec query`: commands at the beginning of a line, words elsewhere."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from functools import cached_property
from itertools import islice

_OFFERED = 200  # of a large vocabulary a list would fill the screen


class Completer:
    """What readline asks for: the nth way to go on with what was typed."""

    def __init__(self, commands: Iterable[str], words: Iterable[object]) -> None:
        """`words`: the most frequent first, which is how completions are offered; read when first asked for."""
        self._commands = sorted(commands)
        self._words = words
        self._offered: list[str] = []

    @cached_property
    def _ranks(self) -> dict[str, int]:
        return {str(word): rank for rank, word in enumerate(self._words)}

    @cached_property
    def _sorted(self) -> list[str]:
        return sorted(self._ranks)

    def candidates(self, text: str) -> list[str]:
        """The commands and then the words that begin with `text`, the most frequent first; none for nothing."""
        commands = [command for command in self._commands if command.startswith(text)]
        first = bisect_left(self._sorted, text) if text else len(self._sorted)
        words = []
        for word in islice(self._sorted, first, None):
            if not word.startswith(text):
                break
            words.append(word)
        words.sort(key=self._ranks.__getitem__)
        return [*commands, *words[:_OFFERED]]

    def complete(self, text: str, state: int) -> str | None:
        """The candidate number `state` for `text`, with a space behind it; None after the last."""
        if state == 0:
            self._offered = self.candidates(text)
        return f"{self._offered[state]} " if state < len(self._offered) else None
