"""What kotovec is compared with: TF-IDF and BM25 as everybody computes them, on words as they are written.

TF-IDF is scikit-learn's `TfidfVectorizer(sublinear_tf=True)` with our English stop words, in float32.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from kotovec.corpus.stop_words import stop_words
from kotovec.notes.postings import Postings
from kotovec.notes.terms import UNSPACED_RUN, character_pairs
from kotovec.notes.text_index import TextIndex
from kotovec.notes.weighting import SUBLINEAR

_STOP_WORDS = stop_words("en")
_WORD = re.compile(r"\b\w\w+\b")  # scikit-learn's words


class PlainRankings:
    """Whole texts against each other."""

    def __init__(self, texts: Sequence[str]) -> None:
        numbers: dict[str, int] = {}
        tokens = [[numbers.setdefault(token, len(numbers)) for token in plain_tokens(text)] for text in texts]
        lengths = np.array([len(one) for one in tokens], np.int64)
        flat = np.array([token for one in tokens for token in one], np.int64)
        owners = np.repeat(np.arange(len(texts)), lengths)
        self._index = TextIndex(Postings.build(owners, flat, len(texts), len(numbers)), lengths)

    def tfidf(self, note: int) -> NDArray[np.float64]:
        """(n_texts,) Cosines with one text: tf 1 + ln(count), idf ln((1 + n) / (1 + df)) + 1."""
        return self._index.cosine(*self._index.postings.row(note))

    def bm25(self, note: int) -> NDArray[np.float64]:
        """(n_texts,) BM25 (k1 1.2, b 0.75) for all words of one text, each as often as 1 + ln(count)."""
        terms, counts = self._index.postings.row(note)
        return self._index.bm25(terms, SUBLINEAR[counts])


def plain_tokens(text: str) -> list[str]:
    """Words of two characters and more, in lower case, without English stop words; pairs of characters in scripts
    without spaces.
    """
    tokens: list[str] = []
    for word in _WORD.findall(text.lower()):
        if UNSPACED_RUN.search(word):
            for run in UNSPACED_RUN.split(word):
                tokens += character_pairs(run) if UNSPACED_RUN.fullmatch(run) else [run] * (len(run) > 1)
        elif word not in _STOP_WORDS:
            tokens.append(word)
    return tokens
