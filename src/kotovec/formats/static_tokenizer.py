"""tokenizer.json for a folder of static vectors: how a pipeline without kotovec finds our words in text.

Three segmenters: `whitespace` and `words` split as kotovec's tokenizers of these names do; `unigram` is for scripts
without spaces between words, and takes the likeliest sequence of words by their frequencies (Kudo 2018, section 3.1,
without its training, since words and frequencies are known).
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator
from typing import Any, Literal, TypeAlias, get_args

import numpy as np
from numpy.typing import NDArray

from kotovec.corpus.japanese import normalise
from kotovec.corpus.vocabulary import Vocabulary
from kotovec.errors import ConfigError

Segmenter: TypeAlias = Literal["whitespace", "words", "unigram"]

UNKNOWN = "[UNK]"
_WORDS_AT_ONCE = 1 << 14
_ZIPF_SHIFT = 2.7  # Mandelbrot's: frequencies fall as 1 / (rank + 2.7)
_UNSPACED = re.compile(
    "[\u3041-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003ffff"
    "\u0e01-\u0e4e\u0e81-\u0ece\u1000-\u109f\u1780-\u17d3]"  # kana and Chinese; Thai, Lao, Burmese, Khmer
)
_ASCII_SPACE = "[ \\t\\n\\x0b\\f\\r]+"  # where corpus/tokenizers.py splits; other white space is part of its words
_WORD = "[\\p{L}\\p{M}\\p{N}]+(?:['_\\x{200c}\\x{200d}][\\p{L}\\p{M}\\p{N}]+)*"
_CONTROLS = "[\\x00-\\x08\\x0e-\\x1f\\x7f]"
_HALF_WIDTH = "".join(map(chr, range(0xFF61, 0xFFA0)))


def check_segmenter(name: str | None) -> None:
    """ConfigError for a segmenter that there is not."""
    if name is not None and name not in get_args(Segmenter):
        raise ConfigError("unknown segmenter", expected=" or ".join(get_args(Segmenter)), found=repr(name))


def choose_segmenter(vocabulary: Vocabulary, config: dict[str, Any] | None = None) -> Segmenter:
    """What suits the words, and the tokenizer of the training's `config` where that is known.

    `unigram` where most of what is counted has letters of a script without spaces between words, `words` where that
    tokenizer leaves every word as it is, else `whitespace`.
    """
    made_by = (config or {}).get("tokenizer")
    if made_by == "words" or not len(vocabulary):
        return "words" if made_by == "words" else "whitespace"
    unspaced = np.array([_UNSPACED.search(word) is not None for word in vocabulary.words])
    if made_by == "ja" or float(frequencies(vocabulary)[unspaced].sum()) > 0.5:
        return "unigram"
    return "whitespace" if never_found(vocabulary, "words") else "words"


def frequencies(vocabulary: Vocabulary) -> NDArray[np.float64]:
    """(n_words,) the share that each word has in text; by Zipf's law of its rank where nothing is counted.

    Words counted 0 times among others that are counted get half of the lowest count.
    """
    counts = vocabulary.counts.astype(np.float64)
    if counts.any():
        counts[counts == 0] = counts[counts > 0].min() / 2
    else:
        counts = 1 / (np.arange(len(counts)) + _ZIPF_SHIFT)
    shares: NDArray[np.float64] = counts / counts.sum()
    return shares


def unigram_scores(vocabulary: Vocabulary) -> NDArray[np.float64]:
    """(n_words,) the log-probability of each word, which is all that a unigram model knows of it."""
    return np.log(frequencies(vocabulary))


def never_found(vocabulary: Vocabulary, segmenter: Segmenter, *, nfkc: bool = False) -> int:
    """How many words the tokenizer finds in no text, since it splits them or makes something else of their letters.

    That no word holds a line end is the caller's promise.
    """
    words, text = vocabulary.words, "\n".join(vocabulary.words)
    made = normalise(text, nfkc=nfkc) if segmenter == "unigram" else _tokenised(text, segmenter)
    split = re.compile(r"\s" if segmenter == "unigram" else "[ \t\v\f\r]")
    pairs = zip(made.split("\n"), words, strict=True)
    return sum(there != word or split.search(there) is not None for there, word in pairs)


def _tokenised(text: str, name: str) -> str:
    """Lines of words as a tokenizer of kotovec makes them, with spaces where it splits."""
    from kotovec.corpus.tokenizers import tokenizer
    from kotovec.kernels.tokens import PADDING

    prepare = tokenizer(name).prepare
    if prepare is None:
        return text
    raw = text.encode()
    data = np.zeros(len(raw) + PADDING, np.uint8)
    data[: len(raw)] = np.frombuffer(raw, np.uint8)
    prepared = prepare(data, len(raw))
    return prepared.data[: prepared.size].tobytes().decode()


def unknown_token(vocabulary: Vocabulary) -> str:
    """The name of the token for all that is no word: `[UNK]`, with more brackets where that is a word."""
    name = UNKNOWN
    while name in vocabulary.word_ids:
        name = f"[{name}]"
    return name


def tokenizer_json(vocabulary: Vocabulary, segmenter: Segmenter, *, nfkc: bool = False) -> Iterator[str]:
    """The text of tokenizer.json, in pieces: token 0 is the unknown one, token i + 1 is word i."""
    unknown = unknown_token(vocabulary)
    steps: dict[str, Any] = {"normalizer": _normalizer(segmenter, nfkc), "pre_tokenizer": _pre_tokenizer(segmenter)}
    begin: dict[str, Any] = {"version": "1.0", "truncation": None, "padding": None, "added_tokens": []}
    head = json.dumps(begin | steps | {"post_processor": None, "decoder": None}, ensure_ascii=False)
    if segmenter == "unigram":
        scores = unigram_scores(vocabulary)
        lowest = float(scores.min(initial=0.0))
        yield f'{head[:-1]}, "model": {{"type": "Unigram", "unk_id": 0, "byte_fallback": false, "vocab": ['
        yield _dump([unknown, lowest])
        for block in _blocks(len(vocabulary)):
            pairs = zip(vocabulary.words[block], scores[block].tolist(), strict=True)
            yield "".join(f",\n{_dump([word, round(score, 6)])}" for word, score in pairs)
        yield "]}}\n"
    else:
        yield f'{head[:-1]}, "model": {{"type": "WordLevel", "unk_token": {_dump(unknown)}, "vocab": {{'
        yield f"{_dump(unknown)}: 0"
        for block in _blocks(len(vocabulary)):
            tokens = enumerate(vocabulary.words[block], block.start + 1)
            yield "".join(f",\n{_dump(word)}: {token}" for token, word in tokens)
        yield "}}}\n"


def _blocks(n_words: int) -> Iterator[slice]:
    for first in range(0, n_words, _WORDS_AT_ONCE):
        yield slice(first, min(n_words, first + _WORDS_AT_ONCE))


def _dump(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _replace(pattern: dict[str, str], content: str) -> dict[str, Any]:
    return {"type": "Replace", "pattern": pattern, "content": content}


def _normalizer(segmenter: Segmenter, nfkc: bool) -> dict[str, Any] | None:
    """What corpus/unicode_words.py and corpus/japanese.py do to text, in the steps that tokenizer.json has.

    Case folding is lower case and three replacements; Cherokee and nine rare letters of Cyrillic are left out.
    """
    if segmenter == "whitespace":
        return None
    if segmenter == "words":
        folds = {"\u00df": "ss", "\u03c2": "\u03c3", "\u0345": "\u03b9", "\u2019": "'", "\u00ad": ""}
        replaced = [_replace({"String": old}, new) for old, new in folds.items()]
        return _sequence([{"type": "NFKD"}, {"type": "Lowercase"}, *replaced, {"type": "NFKC"}])
    spaces = _replace({"Regex": _CONTROLS}, " ")
    if nfkc:
        return _sequence([spaces, {"type": "NFKC"}])
    wide = [_replace({"String": old}, unicodedata.normalize("NFKC", old)) for old in _HALF_WIDTH]
    return _sequence([spaces, *wide, {"type": "NFC"}])


def _sequence(steps: list[dict[str, Any]]) -> dict[str, Any]:
    return {"type": "Sequence", "normalizers": steps}


def _pre_tokenizer(segmenter: Segmenter) -> dict[str, Any]:
    if segmenter == "unigram":
        return {"type": "WhitespaceSplit"}
    pattern, invert = (_WORD, True) if segmenter == "words" else (_ASCII_SPACE, False)
    return {"type": "Split", "pattern": {"Regex": pattern}, "behavior": "Removed", "invert": invert}
