"""JapaneseConfig: how MeCab makes Japanese text into tokens."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from kotovec.errors import ConfigError

UNITS = ("surface", "base", "base+pos")


@dataclass(frozen=True, slots=True)
class JapaneseConfig:
    """The settings of the tokenizer `ja`; checked when made."""

    dictionary: str | None = None  # a folder, or a name that find_dictionary knows; None: the first found
    unit: str = "surface"  # as it stands in the text; base: the dictionary form; base+pos: with its part of speech
    pos: Collection[str] = ()  # keep these parts of speech, `名詞` or finer `名詞-固有名詞`; none: all
    nfkc: bool = False  # normalise all text to NFKC, not half-width katakana alone
    id_map: str | None = None  # a file `word_id<TAB>feature` (or surface): tokens become these ids

    def __post_init__(self) -> None:
        if self.unit not in UNITS:
            raise ConfigError("unknown unit of Japanese", expected=" or ".join(UNITS), found=repr(self.unit))
        if isinstance(self.pos, str) or not all(isinstance(pos, str) and pos.strip() for pos in self.pos):
            raise ConfigError("pos are parts of speech, such as 名詞 or 名詞-固有名詞", found=repr(self.pos)[:60])
        object.__setattr__(self, "pos", tuple(self.pos))
        if self.id_map is not None and self.unit == "base+pos":
            raise ConfigError("an id map knows surfaces and base forms", expected="unit surface or base")
