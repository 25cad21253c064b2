"""The options that say how text is read and tokenised, for every command that reads text."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Annotated, Protocol, TypeAlias

from typer import Option

if TYPE_CHECKING:
    from kotovec.corpus.japanese_config import JapaneseConfig

_words = partial(Option, rich_help_panel="Words")
_japanese = partial(Option, rich_help_panel="Japanese")

Tokenizer: TypeAlias = Annotated[
    str,
    _words(
        "--tokenizer",
        metavar="NAME",
        help="whitespace (as word2vec.c), words (Unicode words, casefolded), or ja (Japanese, by MeCab)",
    ),
]
Encoding: TypeAlias = Annotated[
    str,
    Option("--encoding", metavar="NAME", rich_help_panel="Files", help="of the text: cp932, euc_jp, utf-16, ..."),
]
Unit: TypeAlias = Annotated[
    str, _japanese("--unit", metavar="NAME", help="surface (as in the text), base (dictionary form), or base+pos")
]
Pos: TypeAlias = Annotated[
    str | None, _japanese("--pos", metavar="LIST", help="keep only these parts of speech: 名詞,動詞 or 名詞-固有名詞")
]
Dictionary: TypeAlias = Annotated[
    str | None,
    _japanese(
        "--dictionary", metavar="DIR", help="a MeCab dictionary, or unidic-lite or ipadic  [default: the first found]"
    ),
]
Nfkc: TypeAlias = Annotated[bool, _japanese("--nfkc", help="normalise the text to NFKC, not half-width kana alone")]
IdMapFile: TypeAlias = Annotated[
    str | None,
    _japanese("--id-map", metavar="FILE", help="tokens become the ids of this file: lines of word id, tab and feature"),
]


class TextOptions(Protocol):
    """What the options of a command that reads text have."""

    @property
    def unit(self) -> str: ...  # noqa: D102
    @property
    def pos(self) -> str | None: ...  # noqa: D102
    @property
    def dictionary(self) -> str | None: ...  # noqa: D102
    @property
    def nfkc(self) -> bool: ...  # noqa: D102
    @property
    def id_map(self) -> str | None: ...  # noqa: D102


def japanese_config(options: TextOptions) -> JapaneseConfig:
    """The checked settings of Japanese; ConfigError for what is no unit or list of parts of speech."""
    from kotovec.corpus.japanese_config import JapaneseConfig

    pos = tuple(part.strip() for part in options.pos.split(",")) if options.pos is not None else ()
    return JapaneseConfig(options.dictionary, options.unit, pos, options.nfkc, options.id_map)
