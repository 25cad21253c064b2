"""What a long run tells about itself: plain events, handed to a callback. Printing is the caller's affair.

A callback is any callable that takes one event. It runs on the thread that called kotovec, never on a
worker. To end the run after the current chunk, it raises `StopTraining`; what was trained until then is kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol, TypeAlias


class StopTraining(Exception):  # noqa: N818  (not an error: a wish)
    """Raised by a callback to end training after the current chunk, keeping what was learnt."""


@dataclass(frozen=True, slots=True)
class CorpusProgress:
    """While text is counted (`count`), its provisional ids are made final (`encode`), or it is `tokenize`d."""

    phase: Literal["count", "encode", "tokenize"]
    done: int  # bytes of text as stored on disk (count, tokenize), or tokens (encode)
    total: int | None  # the same unit; None where it cannot be known (stdin, iterables)
    tokens: int  # tokens seen so far
    seconds: float  # since the phase began


@dataclass(frozen=True, slots=True)
class CorpusReady:
    """Once, when the corpus is encoded."""

    tokens: int  # of kept words, those that training will see
    sentences: int
    vocabulary: int  # kept words
    raw_tokens: int  # before min_count and stop words
    raw_types: int
    invalid_bytes: int  # bytes that were no UTF-8 and became U+FFFD
    cached: bool  # True: taken from a corpus cache, nothing was counted


@dataclass(frozen=True, slots=True)
class CompileStarted:
    """Before the kernels are compiled or loaded from the cache."""


@dataclass(frozen=True, slots=True)
class TrainProgress:
    """A few times a second while training."""

    epoch: int  # from 0
    epochs: int
    words: int  # trained in this run, all epochs together, before subsampling
    total_words: int
    words_per_second: float
    alpha: float
    loss: float  # running mean per (centre, context) pair; nan before the first sample
    seconds: float  # since training began
    eta_seconds: float


@dataclass(frozen=True, slots=True)
class EpochEnd:
    """After each epoch."""

    epoch: int  # from 0
    epochs: int
    loss: float  # mean per (centre, context) pair over the epoch
    seconds: float  # of this epoch
    words_per_second: float


@dataclass(frozen=True, slots=True)
class VaultProgress:
    """While the notes of a vault are read, and what is known of them is put together."""

    phase: Literal["read", "arrange"]
    done: int  # notes
    total: int
    seconds: float  # since the phase began


@dataclass(frozen=True, slots=True)
class Notice:
    """Something the user should know and need not act on, such as more threads than processors."""

    text: str


Event: TypeAlias = CorpusProgress | CorpusReady | CompileStarted | TrainProgress | EpochEnd | VaultProgress | Notice


class Callback(Protocol):
    """Takes one event; may raise `StopTraining`."""

    def __call__(self, event: Event, /) -> object: ...  # noqa: D102
