"""Text to tokens. A tokenizer says which bytes separate tokens, and may rewrite the text until that is so."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from kotovec.corpus.config import TOKENIZERS
from kotovec.corpus.sentences import EMPTY_TOKEN, LIST_END, TOKEN_END
from kotovec.errors import ConfigError
from kotovec.kernels.tokens import END, PADDING, SEPARATOR, Separators

Bytes: TypeAlias = NDArray[np.uint8]

_ALL_ONES = 0xFFFFFFFFFFFFFFFF
_IN_EACH_BYTE = 0x0101010101010101


@dataclass(frozen=True)
class Prepared:
    """Text in which only bytes separate tokens: `data[:size]`, with PADDING bytes of room behind it."""

    data: Bytes
    size: int
    invalid_bytes: int = 0  # bytes that were no UTF-8 and became U+FFFD


@dataclass(frozen=True)
class Tokenizer:
    """What counting needs to know of a way to tokenise.

    `prepare(data, size)` gets a block of text that ends behind a byte b with `cuts[b]`; it runs on any thread, and
    may change `data`. None: the text is good as it is. `empty` is the token that stands for the empty string.
    """

    separators: Separators
    cuts: Bytes  # (256,): not 0 for the bytes behind which text may be cut into blocks
    prepare: Callable[[Bytes, int], Prepared] | None = None
    empty: bytes | None = None


@cache
def tokenizer(name: str) -> Tokenizer:
    """The tokenizer of that name; ConfigError where there is none."""
    separators = _separators({byte: SEPARATOR for byte in b" \t\v\f\r"} | {0x0A: END}, flip=0, below=0x21)
    if name in ("whitespace", "ja"):  # Japanese comes here tokenised: see processes.py
        return Tokenizer(separators, separators.kinds)
    if name == "words":
        from kotovec.corpus.unicode_words import prepare_words

        return Tokenizer(separators, separators.kinds, prepare_words)
    raise ConfigError("unknown tokenizer", expected=" or ".join(TOKENIZERS), found=repr(name))


@cache
def token_lists() -> Tokenizer:
    """For the bytes of a SentenceStream of lists of tokens, which are taken as they are."""
    separators = _separators({TOKEN_END: SEPARATOR, LIST_END: END}, flip=_ALL_ONES, below=0x02)
    return Tokenizer(separators, separators.kinds, empty=bytes([EMPTY_TOKEN]))


def _separators(kinds: dict[int, int], *, flip: int, below: int) -> Separators:
    table = np.zeros(256, np.uint8)
    table[list(kinds)] = list(kinds.values())
    return Separators(table, np.uint64(flip), np.uint64(below * _IN_EACH_BYTE))


def tokenize(text: str, name: str = "whitespace") -> list[str]:
    """The tokens of a text, as counting finds them."""
    raw = text.encode("utf-8", "replace") + b"\n"
    found = tokenizer(name)
    data = np.zeros(len(raw) + PADDING, np.uint8)
    data[: len(raw)] = np.frombuffer(raw, np.uint8)
    if found.prepare:
        prepared = found.prepare(data, len(raw))
        raw = prepared.data[: prepared.size].tobytes()
    return [token.decode() for token in raw.split()]
