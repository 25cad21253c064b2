"""Notices text in a script that has no spaces between words, where nobody has tokenised it."""

from __future__ import annotations

import re

import numpy as np

from kotovec.corpus.counting import TypeCounter

_LONG_TOKEN = 24  # bytes, 8 characters, on average; tokenised text has about 6, in any of these scripts
_THREE_BYTES = 0xE0  # begins every character of them in UTF-8
_SAMPLE = 1 << 18  # bytes of distinct tokens
_SCRIPTS = {
    "kana": re.compile("[\u3041-\u309f\u30a1-\u30ff\uff66-\uff9f]"),
    "Chinese": re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"),
    "Thai": re.compile("[\u0e01-\u0e4e]"),
    "Lao": re.compile("[\u0e81-\u0ece]"),
    "Burmese": re.compile("[\u1000-\u109f]"),
    "Khmer": re.compile("[\u1780-\u17d3]"),
}
_JAPANESE_KANA = 0.1  # of kana and kanji together; prose has 0.5 and more, Chinese has none


def untokenised(counter: TypeCounter) -> str | None:
    """What to tell about text that must be tokenised and is not; None for all other text."""
    language = _language(counter) if _has_long_tokens(counter) else None
    if language == "Japanese":
        return "the tokens are very long: this looks like Japanese, which must be tokenised; try: --tokenizer ja"
    if language:
        return (
            f"the tokens are very long: this looks like {language}, which must be tokenised, and kotovec has no "
            f"tokenizer for {language}; put spaces between its words with another program first"
        )
    return None


def _has_long_tokens(counter: TypeCounter) -> bool:
    """Whether most text is in tokens that begin with a character of three bytes, and these are long on average."""
    table, n_types = counter.table, len(counter)
    starts = table.records[: 2 * n_types : 2]
    lengths, counts = np.diff(table.records[: 2 * n_types + 2 : 2]), counter.counts
    wide = table.blob[starts] >= _THREE_BYTES
    n_bytes = int(lengths[wide] @ counts[wide])
    return 2 * n_bytes > int(lengths @ counts) and n_bytes > _LONG_TOKEN * int(counts[wide].sum())


def _language(counter: TypeCounter) -> str | None:
    """The language of the script that most letters are of, if it has no spaces between words."""
    size = int(counter.table.records[2 * len(counter)])
    text = counter.table.blob[: min(size, _SAMPLE)].tobytes().decode("utf-8", "ignore")
    letters = {name: len(script.findall(text)) for name, script in _SCRIPTS.items()}
    others = sum(map(str.isalpha, text)) - sum(letters.values())
    kana = letters.pop("kana")
    if kana > _JAPANESE_KANA * (kana + letters["Chinese"]):
        letters["Japanese"] = kana + letters.pop("Chinese")
    best = max(letters, key=lambda name: letters[name])
    return best if letters[best] > max(others, 0) else None
