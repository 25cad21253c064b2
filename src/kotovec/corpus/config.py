"""CorpusConfig: how text becomes tokens, and which of them are words."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from kotovec.corpus.japanese_config import JapaneseConfig
from kotovec.errors import ConfigError

TOKENIZERS = ("whitespace", "words", "ja")


@dataclass(frozen=True, slots=True)
class CorpusConfig:
    """The settings of counting and encoding; checked when made."""

    tokenizer: str = "whitespace"  # or "words": Unicode words, NFKC and casefolded; or "ja": MeCab
    stop_words: Collection[str] = frozenset()  # tokens that are left out
    min_count: int = 5  # words that occur less often are left out, 0 or more
    max_vocab: int | None = None  # the most frequent words that are kept at most, 1 or more; None: all
    encoding: str = "utf-8"  # of files, as Python names it
    japanese: JapaneseConfig = field(default_factory=JapaneseConfig)  # for the tokenizer "ja" alone

    def __post_init__(self) -> None:
        if self.tokenizer not in TOKENIZERS:
            raise ConfigError("unknown tokenizer", expected=" or ".join(TOKENIZERS), found=repr(self.tokenizer))
        if isinstance(self.stop_words, str) or not all(isinstance(word, str) for word in self.stop_words):
            raise ConfigError("stop_words are a set of str", found=repr(self.stop_words)[:60])
        object.__setattr__(self, "stop_words", frozenset(self.stop_words))
        _whole("min_count", self.min_count, 0)
        if self.max_vocab is not None:
            _whole("max_vocab", self.max_vocab, 1)
        if self.tokenizer != "ja" and self.japanese != JapaneseConfig():
            raise ConfigError("settings of Japanese", expected="the tokenizer 'ja'", found=repr(self.tokenizer))
        _check_encoding(self.encoding)


def _check_encoding(name: object) -> None:
    try:
        b"a".decode(name)  # type: ignore[arg-type]  # whatever it is
    except (LookupError, TypeError, ValueError) as error:
        raise ConfigError(
            "unknown encoding", expected="a name that Python knows, such as shift_jis or euc_jp", found=repr(name)
        ) from error


def _whole(name: str, value: object, low: int) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or value < low:
        raise ConfigError(f"{name} is out of range", expected=f"a whole number from {low}", found=repr(value))
