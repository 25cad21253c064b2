"""What encoding should give, in plain Python: slow and obvious."""

from __future__ import annotations

import io
import unicodedata
from collections import Counter
from typing import Any, NamedTuple

import numpy as np

from kotovec.corpus.config import CorpusConfig
from kotovec.corpus.passes import Passes, run_passes
from kotovec.corpus.tokenizers import tokenizer


class Twin(NamedTuple):
    words: list[str]
    counts: list[int]
    ids: list[int]
    raw_tokens: int
    raw_types: int
    invalid_bytes: int


def white_space_sentences(text: bytes) -> list[list[bytes]]:
    return [line.split() for line in text.split(b"\n")]


def unicode_words(text: bytes) -> list[list[bytes]]:
    folded = unicodedata.normalize("NFKC", text.decode("utf-8", "replace")).casefold()
    folded = unicodedata.normalize("NFKC", folded).replace("\xad", "")
    out = ""
    for i, character in enumerate(folded):
        between = 0 < i < len(folded) - 1 and is_letter(folded[i - 1]) and is_letter(folded[i + 1])
        if is_letter(character) or character == "\n" or (between and character in "'\u2019_\u200c\u200d"):
            out += "'" if character == "\u2019" else character
        else:
            out += " "
    return [[word.encode() for word in line.split(" ") if word] for line in out.split("\n")]


def is_letter(character: str) -> bool:
    return unicodedata.category(character)[0] in "LMN"


def twin_of(sentences: list[list[bytes]], min_count: int = 1, max_vocab: int | None = None, stop: Any = ()) -> Twin:
    tokens = [token for sentence in sentences for token in sentence]
    invalid = sum(len(token) - len(token.decode("utf-8", "ignore").encode()) for token in tokens)
    text = [[token.decode("utf-8", "replace") for token in sentence] for sentence in sentences]
    counted = Counter(word for sentence in text for word in sentence)  # in the order of first appearance
    kept = [word for word, count in counted.items() if count >= min_count and word not in stop]
    words = sorted(kept, key=lambda word: -counted[word])[:max_vocab]
    numbers = {word: i for i, word in enumerate(words)}
    ids: list[int] = []
    for sentence in text:
        known = [numbers[word] for word in sentence if word in numbers]
        ids += [*known, -1] if known else []
    return Twin(words, [counted[word] for word in words], ids, len(tokens), len(counted), invalid)


class BytesStream:
    """A ByteStream of bytes, a few at a time; a newline at the end, as files have it."""

    def __init__(self, text: bytes, at_once: int = 1 << 20) -> None:
        self.done, self.total = 0, len(text) + 1
        self._file, self._at_once = io.BytesIO(text + b"\n"), at_once

    def readinto(self, buffer: memoryview) -> int:
        size = self._file.readinto(buffer[: self._at_once])
        self.done += size
        return size


def encoded(
    text: bytes,
    config: CorpusConfig,
    threads: int = 1,
    block_size: int = 1 << 20,
    at_once: int = 1 << 20,
    **more: Any,
) -> tuple[Twin, Any]:
    """What kotovec makes of the text, in the form of the twin, and all that it says."""
    spool = io.BytesIO()
    passes = Passes(config, tokenizer(config.tokenizer), threads, block_size=block_size, **more)
    found = run_passes(BytesStream(text, at_once), spool, passes)
    ids = np.frombuffer(spool.getvalue(), np.int32).tolist()
    assert len(ids) == found.n_items
    assert ids.count(-1) == found.n_sentences == found.n_items - found.n_tokens
    vocabulary = found.vocabulary
    numbers = (found.raw_tokens, found.raw_types, found.invalid_bytes)
    return Twin(vocabulary.words, vocabulary.counts.tolist(), ids, *numbers), found
