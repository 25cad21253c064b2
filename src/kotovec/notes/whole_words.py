"""Words to show for terms that are but pairs of characters, as scripts without spaces give without a segmenter.

No dictionary is asked: a word is what stands whole in both texts, as far as their characters are of one script.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping

from kotovec.notes.terms import HAN, HIRAGANA, KATAKANA, SAME_SCRIPT, UNSPACED_RUN, character_pairs

_HAN, _HIRAGANA, _KATAKANA = (re.compile(f"[{script}]") for script in (HAN, HIRAGANA, KATAKANA))
_FEWEST_OTHER = 4  # letters of Thai and the like: fewer are a syllable as often as a word
_LONGEST_NEAR = 6  # Han characters of one word; more are a clause of Chinese
_MOST_SHOWN = 12  # characters
_READ, _LONGEST_RUN = 20_000, 100  # characters of a note that are looked at, and at once: all is done in milliseconds


def runs_of(text: str) -> frozenset[str]:
    """The runs of one script each, of scripts without spaces, in the beginning of a text; very long ones in parts."""
    if text.isascii():
        return frozenset()
    runs = SAME_SCRIPT.findall(unicodedata.normalize("NFKC", text[:_READ]))
    return frozenset(run[at : at + _LONGEST_RUN] for run in runs for at in range(0, len(run), _LONGEST_RUN))


def whole_words(carried: Mapping[str, float], here: Iterable[str], there: Iterable[str]) -> dict[str, float]:
    """Terms that two notes share, and what each carries, with the longest runs that both have in place of pairs.

    `here` and `there` are the runs of their texts. A run carries what its pairs do. Katakana is shown where it is a
    whole run of one of them, hiragana, which is mostly endings, never; nor is a pair that stands in no such run.
    """
    pairs = {term for term in carried if UNSPACED_RUN.fullmatch(term)}
    shown = {term: value for term, value in carried.items() if term not in pairs}
    if not pairs:
        return shown
    runs = {*here, *there}
    others = {
        stretch[at : at + n]
        for stretch in _stretches(there, pairs)
        for n in range(1, _MOST_SHOWN + 2)
        for at in range(len(stretch) - n + 1)
    }
    words = {piece for stretch in _stretches(here, pairs) for piece in _pieces_in(stretch, others)}
    for word in sorted(words, key=lambda word: (-len(word), word)):
        parts = pairs.intersection(character_pairs(word))
        if parts and _is_word(word, runs):
            pairs -= parts
            name = word if len(word) <= _MOST_SHOWN else f"{word[:_MOST_SHOWN]}\u2026"
            shown[name] = shown.get(name, 0.0) + sum(carried[part] for part in parts)
    return shown


def whole_word(term: str, runs: Iterable[str]) -> str | None:
    """The shortest of a text's runs that a term stands in, or None where that is hardly a word; other terms as is."""
    if not UNSPACED_RUN.fullmatch(term):
        return term
    run = min((run for run in runs if term in run), key=lambda run: (len(run), run), default="")
    if _KATAKANA.match(run) or (_HAN.match(run) and len(run) <= _LONGEST_NEAR):
        return run
    return None


def _stretches(runs: Iterable[str], pairs: set[str]) -> set[str]:
    """The longest parts of runs all of whose pairs are among these."""
    found = set()
    for run in runs:
        start = 0
        for at in range(len(run) - 1):
            if run[at : at + 2] not in pairs:
                found.add(run[start : at + 1])
                start = at + 1
        found.add(run[start:])
    return {stretch for stretch in found if len(stretch) > 1 or stretch in pairs}


def _pieces_in(stretch: str, others: set[str]) -> list[str]:
    """The longest pieces of a stretch that are among `others`; of one that is longer than these the beginning."""
    if len(stretch) == 1:
        return [stretch]
    pieces, start, end = [], 0, 0
    while start < len(stretch) - 1:
        stop = max(end, start + 1)  # stretch[start:stop] is known to be there
        while stop < len(stretch) and stretch[start : stop + 1] in others:
            stop += 1
        if stop > end and stop - start > 1:
            pieces.append(stretch[start:stop])
            while stop - start > _MOST_SHOWN and stretch[start + 1 : stop + 1] in others and stop < len(stretch):
                start, stop = start + 1, stop + 1
            end = stop
        start += 1
    return pieces


def _is_word(word: str, runs: set[str]) -> bool:
    if _HAN.match(word):
        return True
    if _HIRAGANA.match(word):
        return False
    if _KATAKANA.match(word):
        return word in runs
    return len(word) >= _FEWEST_OTHER and unicodedata.category(word[0])[0] != "M"
