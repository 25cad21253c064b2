"""MeCab through fugashi: lines of Japanese to lines of tokens.

What could go wrong: fugashi hands a null pointer of MeCab on, which ends the process. MeCab gives one where a format
asks for a field that a word does not have, so only the surface and the whole feature are asked for, which all have.
Memory for one text grows with its length, a hundredfold, so long lines are cut into pieces at the ends of sentences.
"""

from __future__ import annotations

import importlib.util
import os
import re
import shlex
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from kotovec.corpus.dictionaries import find_dictionary
from kotovec.corpus.features import POS, base_field, split_feature
from kotovec.corpus.id_map import IdMap, read_id_map
from kotovec.corpus.japanese_config import JapaneseConfig
from kotovec.corpus.utf8 import decode
from kotovec.errors import ConfigError, MissingExtraError

_TOKEN_END, _FEATURE = "\x1f", "\x1e"
# Controls and white space but for the end of a line, and U+3000, which dictionaries know.
_NO_WORD = re.compile("[\0-\x09\x0b-\x1f\x7f\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f]")
_HALF_WIDTH = re.compile("[\uff61-\uff9f]+")
_HALF_WIDTH_STARTS = (b"\xef\xbd", b"\xef\xbe")  # of their UTF-8; to look for bytes is cheaper
_LONGEST = 1 << 13  # characters that MeCab gets at once
_ENDS = ("。！？!?", "\u3000 、，", "")  # behind which a long line is cut, the best first
_MOST_UNITS = 1 << 17  # that are remembered: a few tens of MB


@dataclass
class Tokenised:
    """A block of text as tokens, with a space between them; the counts are 0 where nothing is left out."""

    data: bytes
    invalid_bytes: int = 0  # that were no UTF-8 and became U+FFFD
    n_tokens: int = 0  # that MeCab found
    n_without_id: int = 0  # that the id map does not have
    n_kept: int = 0
    examples: list[str] = field(default_factory=list)  # of what was left out: surfaces without id, or parts of speech


class Analyser:
    """A MeCab dictionary, and what is made of its words. For one thread."""

    def __init__(self, config: JapaneseConfig) -> None:
        """ConfigError for a dictionary or id map that cannot be used, MissingExtraError without fugashi."""
        check_installed(config)
        folder = find_dictionary(config.dictionary, ipadic_first=config.id_map is not None)
        self._plain = config.unit == "surface" and not config.pos and config.id_map is None
        self._tagger = open_tagger(folder, "%m" + _TOKEN_END if self._plain else f"%m{_FEATURE}%H{_TOKEN_END}")
        self._nfkc = config.nfkc
        self._units = _Units(config, self._base_field(folder, config))

    def _base_field(self, folder: os.PathLike[str], config: JapaneseConfig) -> int | None:
        if self._plain:
            return None
        n_fields = len(split_feature(self._tagger.parse("の").partition(_FEATURE)[2]))
        base = base_field(n_fields)
        if base is None and config.unit != "surface":
            raise ConfigError(
                "where this dictionary keeps base forms is not known",
                path=folder,
                expected="the fields of IPADIC, UniDic or JUMANDIC",
                found=f"{n_fields} fields",
                hint="try the unit surface",
            )
        return base

    def tokenize(self, data: bytes) -> Tokenised:
        """The tokens of UTF-8 text, a line for each line; they hold no white space, which becomes `_` in them."""
        text, invalid_bytes = decode(data)
        half_width = any(start in data for start in _HALF_WIDTH_STARTS)
        text = normalise(text, nfkc=self._nfkc, half_width=half_width)
        if self._plain:
            parse = self._tagger.parse
            lines = [parse(line) if len(line) <= _LONGEST else self._parse(line) for line in text.split("\n")]
            return Tokenised(_spaced("\n".join(lines)).encode(), invalid_bytes)
        result = Tokenised(b"", invalid_bytes)
        result.data = "\n".join([self._keep(line, result) for line in text.split("\n")]).encode()
        return result

    def _parse(self, line: str) -> str:
        if len(line) <= _LONGEST:
            return str(self._tagger.parse(line))
        return _TOKEN_END.join(map(self._tagger.parse, pieces(line)))

    def _keep(self, line: str, result: Tokenised) -> str:
        tokens = [token for token in self._parse(line).split(_TOKEN_END) if token]
        units = [self._units[token] for token in tokens]
        kept = [unit for unit in units if unit]
        result.n_tokens += len(tokens)
        result.n_kept += len(kept)
        result.n_without_id += units.count(None)
        if len(kept) < len(tokens) and len(result.examples) < 5:
            result.examples += self._units.examples(tokens, units)
        return " ".join(kept)


class _Units(dict[str, "str | None"]):
    """From MeCab's surface and feature to a token: `` where it is left out, None where the id map does not have it."""

    def __init__(self, config: JapaneseConfig, base: int | None) -> None:
        super().__init__()
        self._unit, self._base = config.unit, base
        self._pos = [tuple(pos.split("-")) for pos in config.pos]
        self._ids: IdMap | None = read_id_map(config.id_map) if config.id_map is not None else None

    def __missing__(self, token: str) -> str | None:
        if len(self) >= _MOST_UNITS:
            self.clear()
        unit = self[token] = self._make(*token.partition(_FEATURE)[::2])
        return unit

    def _make(self, surface: str, feature: str) -> str | None:
        fields = split_feature(feature)
        if not surface.strip() or (self._pos and not any(tuple(fields[: len(pos)]) == pos for pos in self._pos)):
            return ""
        base = fields[self._base] if self._base is not None and self._base < len(fields) else "*"
        word = surface if self._unit == "surface" or base in ("*", "") else base
        if self._ids:
            return self._ids.find(word, feature, fields[POS], exact=self._unit == "surface")
        return "_".join(word.split()) + (f"/{fields[POS]}" if self._unit == "base+pos" else "")

    def examples(self, tokens: list[str], units: list[str | None]) -> list[str]:
        """Surfaces without an id, or without an id map the parts of speech that are not kept."""
        if self._ids:
            return [token.partition(_FEATURE)[0] for token, unit in zip(tokens, units, strict=True) if unit is None]
        return [
            split_feature(token.partition(_FEATURE)[2])[POS]
            for token, unit in zip(tokens, units, strict=True)
            if unit == ""
        ]


def check_installed(config: JapaneseConfig) -> None:
    """MissingExtraError without fugashi or a dictionary, ConfigError for a folder that is none; nothing is opened."""
    if importlib.util.find_spec("fugashi") is None:
        raise MissingExtraError("fugashi", "ja", "tokenising Japanese")
    find_dictionary(config.dictionary, ipadic_first=config.id_map is not None)


def open_tagger(folder: os.PathLike[str], form: str) -> Any:
    """Fugashi's tagger for a dictionary, which writes each word in the form given; errors as for `Analyser`."""
    import fugashi

    own = os.path.join(folder, "mecabrc")
    settings = own if os.path.isfile(own) else os.devnull
    options = ("-r", settings, "-d", os.fspath(folder), "-O", "", "-F", form, "-U", form, "-E", "", "-B", "")
    try:
        tagger = fugashi.GenericTagger(" ".join(map(shlex.quote, options)))
    except RuntimeError as error:
        reason = str(error).strip("- \n").rpartition("\n")[2].rpartition("] ")[2]  # behind places in MeCab's source
        raise ConfigError("MeCab cannot open the dictionary", path=folder, found=reason.strip()) from error
    charsets = {str(part["charset"]) for part in tagger.dictionary_info}
    if not all(charset.lower().replace("-", "") == "utf8" for charset in charsets):
        raise ConfigError(
            "the dictionary is not in UTF-8", path=folder, expected="charset UTF-8", found=", ".join(sorted(charsets))
        )
    return tagger


def normalise(text: str, *, nfkc: bool, half_width: bool = True) -> str:
    """What MeCab gets: composed kana, katakana of full width, no control characters but line ends.

    With `nfkc` all of NFKC, which changes full-width letters, digits and punctuation too. `half_width` is False
    where the text is known to have no katakana of half width.
    """
    text = _NO_WORD.sub(" ", text)
    if nfkc:
        return unicodedata.normalize("NFKC", text)
    if half_width:
        text = _HALF_WIDTH.sub(lambda found: unicodedata.normalize("NFKC", found[0]), text)
    return text if unicodedata.is_normalized("NFC", text) else unicodedata.normalize("NFC", text)


def pieces(line: str) -> Iterator[str]:
    """A long line in pieces of at most 8192 characters, cut behind the end of a sentence where there is one."""
    start = 0
    while len(line) - start > _LONGEST:
        stop = start + _LONGEST
        cuts = (max((line.rfind(mark, start, stop) for mark in marks), default=-1) + 1 for marks in _ENDS)
        cut = next((cut for cut in cuts if cut > start), stop)
        yield line[start:cut]
        start = cut
    yield line[start:]


def _spaced(lines: str) -> str:
    """Spaces for MeCab's separators; white space of other kinds is no token."""
    lines = lines.replace(" ", "_").replace(_TOKEN_END, " ")
    if "\u3000" in lines:  # which MeCab takes for a word
        lines = "\n".join([" ".join(line.split()) if "\u3000" in line else line for line in lines.split("\n")])
    return lines
