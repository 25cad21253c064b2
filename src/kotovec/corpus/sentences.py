"""Sentences from Python: any iterable of lists of tokens, or of strings, made into a stream of bytes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any

from kotovec.errors import ConfigError

# None of these bytes occurs in UTF-8, so tokens may hold white space, and anything else.
TOKEN_END, LIST_END, EMPTY_TOKEN = 0xFF, 0xFE, 0xFD

_JOIN = "\x1f"
_JOINT_TO_END = bytes.maketrans(_JOIN.encode(), bytes([TOKEN_END]))
_LIST_END = bytes([LIST_END])
_AT_ONCE = 1 << 16  # bytes


class SentenceStream:
    """The bytes of sentences; `is_text` tells which kind they are, by the first of them.

    Strings: each ends with a newline, for a tokenizer. Lists of tokens: TOKEN_END between tokens, LIST_END behind
    each list, and EMPTY_TOKEN for a token without characters.
    """

    def __init__(self, sentences: Iterable[Any]) -> None:
        self.done: int = 0
        self.total: int | None = None
        try:
            items = iter(sentences)
        except TypeError:
            found = type(sentences).__name__
            raise ConfigError(
                "no sentences", expected="an iterable of lists of tokens, or of str", found=found
            ) from None
        first = list(_take_one(items))
        self.is_text = any(isinstance(item, str) for item in first)
        self._items = enumerate(chain(first, items), 1)
        self._waiting = memoryview(b"")

    def readinto(self, buffer: memoryview) -> int:
        """Fill a part of `buffer`; 0 only at the end. ConfigError for what is no sentence."""
        if not self._waiting:
            self._waiting = memoryview(self._next_bytes())
        size = min(len(buffer), len(self._waiting))
        buffer[:size], self._waiting = self._waiting[:size], self._waiting[size:]
        self.done += size
        return size

    def close(self) -> None:
        """Nothing is open."""

    def _next_bytes(self) -> bytes:
        encode = _encode_text if self.is_text else _encode_tokens
        parts, size = [], 0
        for number, item in self._items:
            parts.append(encode(item, number))
            size += len(parts[-1])
            if size >= _AT_ONCE:
                break
        return b"".join(parts)


def _take_one(items: Iterator[Any]) -> Iterator[Any]:
    for item in items:
        yield item
        return


def _encode_text(item: object, number: int) -> bytes:
    if not isinstance(item, str):
        raise ConfigError(
            "sentences of two kinds", place=f"sentence {number}", expected="str", found=type(item).__name__
        )
    return item.encode("utf-8", "surrogatepass") + b"\n"


def _encode_tokens(item: Any, number: int) -> bytes:
    tokens = item if type(item) is list else _as_list(item, number)
    try:
        joined = _JOIN.join(tokens)
    except TypeError as error:
        raise _no_list(number, str(error)) from error
    # Only a token that holds the joint, or no character, is not what stands between two joints.
    if joined.count(_JOIN) == len(tokens) - 1 and joined and not _has_empty(joined):
        return joined.encode("utf-8", "surrogatepass").translate(_JOINT_TO_END) + _LIST_END
    encoded = [token.encode("utf-8", "surrogatepass") or bytes([EMPTY_TOKEN]) for token in tokens]
    return bytes([TOKEN_END]).join(encoded) + _LIST_END


def _has_empty(joined: str) -> bool:
    return _JOIN + _JOIN in joined or joined[0] == _JOIN or joined[-1] == _JOIN


def _as_list(item: Any, number: int) -> list[Any]:
    if isinstance(item, (str, bytes)):
        raise _no_list(number, type(item).__name__)
    try:
        return list(item)
    except TypeError as error:
        raise _no_list(number, str(error)) from error


def _no_list(number: int, found: str) -> ConfigError:
    return ConfigError("no list of tokens", place=f"sentence {number}", expected="a list of str", found=found)
