"""YAML as plain strings, lists and dicts, built from the parser's events.

Danger: PyYAML composes nested values by recursion, in older releases in C without a limit (30,000 brackets end the
process), and aliases let ten lines stand for a billion values. Built from events there is no recursion, and aliases are
refused.
"""

from __future__ import annotations

from typing import Any, TypeAlias

from kotovec.errors import MissingExtraError

Value: TypeAlias = "str | None | list[Value] | dict[str, Value]"  # None: empty, null or ~
MAX_DEPTH = 20
_TOO_DEEP = f"it is nested more than {MAX_DEPTH} deep"
_LIBRARY_TOO_DEEP = "exceeded maximum nesting depth"  # newer libyaml stops at 1,000 itself, before the events come


class BrokenYamlError(Exception):
    """Front matter that cannot be read; the text says why, in one line."""


def read_yaml(text: str) -> Value:
    """The one value that `text` holds; scalars as they are written. BrokenYamlError if it is not YAML."""
    try:
        import yaml
    except ImportError as error:
        raise MissingExtraError("PyYAML", "notes", "front matter") from error
    loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
    builder = _Builder()
    try:
        for event in yaml.parse(text, Loader=loader):
            builder.take(event)
    except yaml.MarkedYAMLError as error:
        if error.problem == _LIBRARY_TOO_DEEP:
            raise BrokenYamlError(_TOO_DEEP) from error
        where = f", line {error.problem_mark.line + 2}" if error.problem_mark else ""
        raise BrokenYamlError(f"{error.problem or error.context}{where}") from error
    except yaml.YAMLError as error:
        raise BrokenYamlError(" ".join(str(error).split())) from error
    return builder.root


class _Builder:
    """Values from events, with a stack of its own."""

    def __init__(self) -> None:
        self.root: Value = None
        self._stack: list[list[Value] | dict[str, Value]] = []
        self._keys: list[str | None] = []

    def take(self, event: Any) -> None:
        """Use one event of `yaml.parse`."""
        kind = type(event).__name__
        if kind == "ScalarEvent":
            plain = event.implicit[0]
            self._put(None if plain and event.value in ("", "~", "null", "Null", "NULL") else event.value)
        elif kind in ("SequenceStartEvent", "MappingStartEvent"):
            self._begin([] if kind == "SequenceStartEvent" else {})
        elif kind in ("SequenceEndEvent", "MappingEndEvent"):
            self._stack.pop()
            self._keys.pop()
        elif kind == "AliasEvent":
            raise BrokenYamlError(f"aliases (*{event.anchor}) are not followed")

    def _begin(self, container: list[Value] | dict[str, Value]) -> None:
        if len(self._stack) >= MAX_DEPTH:
            raise BrokenYamlError(_TOO_DEEP)
        self._put(container)
        self._stack.append(container)
        self._keys.append(None)

    def _put(self, value: Value) -> None:
        if not self._stack:
            self.root = value
            return
        parent = self._stack[-1]
        if isinstance(parent, list):
            parent.append(value)
        elif self._keys[-1] is None:
            if isinstance(value, (list, dict)):
                raise BrokenYamlError("a key must be a word, not a list or a map ({{...}} needs quotes)")
            self._keys[-1] = value or ""
        else:
            parent[self._keys[-1]] = value
            self._keys[-1] = None
