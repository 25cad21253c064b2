"""The `words` tokenizer: Unicode words, NFKC and casefolded. Python's own C code does that, on whole blocks."""

from __future__ import annotations

import sys
import unicodedata
from functools import cache
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from kotovec.corpus.tokenizers import Prepared
from kotovec.corpus.utf8 import decode
from kotovec.kernels.tokens import PADDING
from kotovec.kernels.words import IGNORED, JOINER, LETTER, separate_words

Bytes: TypeAlias = NDArray[np.uint8]

_JOINERS = "'\u2019_\u200c\u200d"  # apostrophes, underscore, zero width (non-)joiner
_SOFT_HYPHEN = 0xAD


def prepare_words(data: Bytes, size: int) -> Prepared:
    """NFKC and casefolded, with white space for all that is no part of a word. `data[:size]` may be changed."""
    raw = data[:size].tobytes()
    if raw.isascii():
        data[:size] = np.frombuffer(raw.lower(), np.uint8)
        return Prepared(data, int(separate_words(data, size, character_classes())))
    text, invalid_bytes = decode(raw)
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold()).encode()
    if len(folded) + PADDING > len(data):
        data = np.empty(len(folded) + PADDING, np.uint8)
    data[: len(folded)] = np.frombuffer(folded, np.uint8)
    return Prepared(data, int(separate_words(data, len(folded), character_classes())), invalid_bytes)


@cache
def character_classes() -> Bytes:
    """(0x110000,) uint8: for `separate_words`. Letters, marks and numbers are parts of words."""
    classes = np.zeros(sys.maxunicode + 1, np.uint8)
    for first, last in ((0, 0x40000), (0xE0000, 0xE0200)):  # no other planes have letters or marks
        categories = map(unicodedata.category, map(chr, range(first, last)))
        classes[first:last] = [LETTER if category[0] in "LMN" else 0 for category in categories]
    classes[[ord(character) for character in _JOINERS]] = JOINER
    classes[_SOFT_HYPHEN] = IGNORED
    return classes
