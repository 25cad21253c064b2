"""Text to terms: what two notes are compared by.

A term is a Unicode word, NFKC and casefolded, in the singular where English has an easy one; `BrowserWindow` gives
itself, `browser` and `window`. Scripts without spaces give words where a segmenter is at hand (the `ja` extra, for
Japanese), else pairs of neighbouring characters. English stop words give nothing; those of other languages are kept
small by their weight, for they are in every note.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from collections.abc import Callable
from functools import cache
from typing import TypeAlias

from kotovec.corpus.stop_words import stop_words
from kotovec.errors import KotovecError

Segmenter: TypeAlias = Callable[[str], list[str]]

VERSION = 1  # of the terms that are made here: an index with other terms is made anew

KATAKANA = "\u30a1-\u30fa\u30fc-\u30ff"
HIRAGANA = "\u3041-\u3096\u309d-\u309f"
HAN = "\u3005-\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f"
_OTHER_UNSPACED = "\u0e01-\u0e4e\u0e81-\u0ecd\u1000-\u1049\u1780-\u17d3"  # Thai, Lao, Myanmar, Khmer
_UNSPACED = KATAKANA + HIRAGANA + HAN + _OTHER_UNSPACED
_ASCII_WORD = re.compile("[A-Za-z0-9]+(?:'[A-Za-z]+)*")
UNSPACED_RUN = re.compile(f"([{_UNSPACED}]+)")  # of scripts that put no spaces between words
_JAPANESE = re.compile(f"[{KATAKANA}{HIRAGANA}{HAN}]+")
_KANA = re.compile(f"[{KATAKANA}{HIRAGANA}]")
SAME_SCRIPT = re.compile(f"[{KATAKANA}]+|[{HIRAGANA}]+|[{HAN}]+|[{_OTHER_UNSPACED}]+")
_CAMEL = re.compile("[a-z][A-Z]|[A-Z][A-Z][a-z]")
_KATAKANA_WORD = re.compile(f"([{KATAKANA}]{{2,}})")
_HAN_NAME = re.compile(f"[{HAN}]{{3,8}}")
_ACRONYMS = re.compile("[A-Z]{2,}s")
_PARTS = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|[0-9]+")
_LONGEST = 40  # characters of a term; what is longer is no word
_MOST_WORDS = 1 << 20  # whose terms are remembered


class Analyzer:
    """Text to terms, remembering what each word gave. For one thread.

    `segment` cuts runs of Japanese into words; without it they give pairs of characters, as other unspaced scripts do.
    `name` changes with everything that changes the terms.
    """

    def __init__(self, segment: Segmenter | None = None) -> None:
        self._segment = segment
        self._terms = _TermsOfWords()
        self.name = f"terms-{VERSION}" + ("-ja" if segment else "")

    def terms(self, text: str, *, japanese: bool | None = None) -> list[str]:
        """The terms of a text, in its order. Han characters are Japanese where kana stand beside them, or are said to.

        Chinese and Japanese share characters, so a title alone does not tell: `japanese` is for who knows the note.
        """
        if text.isascii():
            words = _ASCII_WORD.findall(text)
        else:
            text = unicodedata.normalize("NFKC", text)
            words = _unicode_word().findall(text)
        known = self._terms
        if len(known) > _MOST_WORDS:
            known.clear()
        if self._segment is None or text.isascii() or not (has_kana(text) if japanese is None else japanese):
            return [term for word in words for term in known[word]]
        segment = self._segment
        return [term for w in words for term in (segment(w) if _JAPANESE.match(w) else known[w])]

    def in_pairs(self, text: str) -> bool:
        """Whether terms of scripts without spaces in a note of this text are but pairs of characters."""
        if text.isascii() or not UNSPACED_RUN.search(text):
            return False
        return self._segment is None or not has_kana(text)


def has_kana(text: str) -> bool:
    """Whether there is kana in a text, as in all Japanese and in no Chinese."""
    return not text.isascii() and _KANA.search(text) is not None


class _TermsOfWords(dict[str, tuple[str, ...]]):
    """From a word, as it is written, to its terms."""

    def __init__(self) -> None:
        super().__init__()
        self._stop_words = stop_words("en")

    def __missing__(self, word: str) -> tuple[str, ...]:
        if UNSPACED_RUN.match(word):
            return tuple(character_pairs(word))  # runs are seldom the same, so they are not remembered
        terms = self[word] = tuple(self._of_word(word))
        return terms

    def _of_word(self, word: str) -> list[str]:
        if _ACRONYMS.fullmatch(word):  # PRs: the plural of PR, and no P and Rs
            word = word[:-1]
        parts = _PARTS.findall(word) if word.isascii() and _CAMEL.search(word) else []
        return [term for each in (word, *parts) if (term := self._of_part(each))]

    def _of_part(self, word: str) -> str:
        folded = unicodedata.normalize("NFKC", word.casefold()).replace("\u2019", "'")
        stem = folded.removesuffix("'s")
        if folded in self._stop_words or stem in self._stop_words or (len(stem) < 2 and stem.isascii()):
            return ""
        return sys.intern(singular(stem)[:_LONGEST])


def singular(word: str) -> str:
    """An English word without the ending of its plural, by its letters alone (after Harman 1991)."""
    if len(word) < 4 or word[-1] != "s" or word[-2] in "usi":
        return word
    if word.endswith("ies"):
        return word[:-3] + "y" if len(word) > 4 else word[:-1]
    return word[:-2] if word.endswith(("sses", "shes", "ches", "xes", "zzes")) else word[:-1]


def character_pairs(run: str) -> list[str]:
    """Overlapping pairs of characters, each of one script, and each run of katakana, which is most often a word."""
    terms: list[str] = []
    for part in SAME_SCRIPT.findall(run):
        terms += [part[at : at + 2] for at in range(max(1, len(part) - 1))]
        if len(part) > 2 and "\u30a1" <= part[0] <= "\u30ff":
            terms.append(part[:_LONGEST])
    return terms


@cache
def _unicode_word() -> re.Pattern[str]:
    """Words of letters, digits and marks, which Python's idea of a word leaves out; runs of unspaced scripts.

    Made when the first text that is not ASCII comes: it takes some 20 ms.
    """
    marks = [code for code in range(0x300, 0x20000) if unicodedata.category(chr(code))[0] == "M"]
    ranges = "".join(f"{chr(first)}-{chr(last)}" for first, last in _ranges(marks))
    letter = rf"(?:(?![{_UNSPACED}])[^\W_])"
    return re.compile(rf"{letter}(?:{letter}|[{ranges}])*(?:['\u2019]{letter}(?:{letter}|[{ranges}])*)*|[{_UNSPACED}]+")


def _ranges(codes: list[int]) -> list[tuple[int, int]]:
    """Sorted numbers as ranges, (first, last)."""
    ranges: list[tuple[int, int]] = []
    for code in codes:
        if ranges and ranges[-1][1] == code - 1:
            ranges[-1] = (ranges[-1][0], code)
        else:
            ranges.append((code, code))
    return ranges


@cache
def japanese_segmenter() -> Segmenter | None:
    """Japanese to the words that mean something, in their dictionary form; None without the `ja` extra.

    A run of katakana stays whole, whatever the dictionary makes of it, and one of three Han characters and more is a
    term beside its words: names of things, which say much.
    """
    try:
        from kotovec.corpus.japanese import Analyser
        from kotovec.corpus.japanese_config import JapaneseConfig

        analyser = Analyser(JapaneseConfig(unit="base", pos=("名詞", "動詞", "形容詞", "副詞", "形状詞", "接尾辞")))
    except (ImportError, KotovecError):
        return None

    def segment(run: str) -> list[str]:
        terms: list[str] = []
        for part in _KATAKANA_WORD.split(run):
            if _KATAKANA_WORD.fullmatch(part):
                terms.append(part[:_LONGEST])
            elif part:
                terms += analyser.tokenize(part.encode("utf-8", "replace")).data.decode().split()
        return terms + [name[:_LONGEST] for name in _HAN_NAME.findall(run)]

    return segment
