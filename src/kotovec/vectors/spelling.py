"""Near spellings of a word that is missing."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from itertools import islice

_SEARCHED = 50_000  # the most frequent words; about 0.1 s


def near_spellings(word: str, word_ids: Mapping[str, int], n: int = 3) -> list[str]:
    """Up to `n` words of the vocabulary that look like `word`: another case first, then by shared letters.

    Only the first 50,000 words are searched, which are the most frequent ones.
    """
    if not isinstance(word, str) or not word or len(word) > 40:
        return []
    cases = [form for form in (word.lower(), word.upper(), word.title()) if form in word_ids and form != word]
    candidates = _plausible(word, islice(word_ids, _SEARCHED))
    similar = difflib.get_close_matches(word, candidates, n=n, cutoff=0.7)
    return list(dict.fromkeys([*cases, *similar]))[:n]


def _plausible(word: str, words: Iterable[str]) -> list[str]:
    """Words of about that length which share the first or the last letter."""
    low, high = len(word) - 2, len(word) + 2
    return [w for w in words if low <= len(w) <= high and w and (w[0] == word[0] or w[-1] == word[-1])]
