"""Vectors that the tests of plots share: five topics of eight words, far apart, and two words without a direction."""

from __future__ import annotations

import numpy as np

from kotovec.corpus.vocabulary import Vocabulary
from kotovec.vectors import KeyedVectors

TOPICS = {
    "colours": "red green blue white black yellow orange purple".split(),
    "numbers": "one two three four five six seven eight".split(),
    "family": "father mother sister brother uncle aunt son daughter".split(),
    "places": "東京 大阪 京都 札幌 福岡 仙台 広島 奈良".split(),
    "hostile": [
        "<img src=x onerror=alert(1)>",
        "</script><script>alert(2)</script>",
        "a\u2028b",
        "$x^$",
        '"quoted"',
        "&amp;",
        "{{7*7}}",
        "\\u003c",
    ],
}
WORDS = [word for words in zip(*TOPICS.values(), strict=True) for word in words]  # the topics take turns
TOPIC_OF = {word: topic for topic, words in TOPICS.items() for word in words}
ZEROS = ["nothing", "nowhere"]


def topic_vectors(size: int = 12, counts: bool = True) -> KeyedVectors:
    """The same vectors each time, from the most frequent word to the least; the two without a direction come first."""
    random = np.random.default_rng(5)
    middles = dict(zip(TOPICS, np.eye(size)[: len(TOPICS)] * 3, strict=True))
    rows = [middles[TOPIC_OF[word]] + random.normal(scale=0.35, size=size) for word in WORDS]
    matrix = np.array([np.zeros(size), np.zeros(size), *rows], np.float32)
    words = [*ZEROS, *WORDS]
    return KeyedVectors(Vocabulary(words, range(1000, 1000 - len(words), -1) if counts else None), matrix)
