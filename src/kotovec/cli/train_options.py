"""The options of `kotovec train`: what the command line may say, by topic."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import Annotated, cast

from typer import Argument, Option

from kotovec.cli import text_options
from kotovec.machine import cores
from kotovec.training.config import (
    MAX_NEGATIVE,
    MAX_VECTOR_SIZE,
    MAX_WINDOW,
    Architecture,
    CbowUpdate,
    TrainConfig,
)

_DEFAULTS = TrainConfig()
_files = partial(Option, rich_help_panel="Files")
_words = partial(Option, rich_help_panel="Words")
_model = partial(Option, rich_help_panel="Model")
_training = partial(Option, rich_help_panel="Training")
_run = partial(Option, rich_help_panel="Run")


@dataclass(frozen=True, slots=True)
class TrainOptions:
    """Everything that `kotovec train` can be told."""

    text: Annotated[
        list[str] | None,
        Argument(metavar="TEXT", help="files, folders, globs, or - for stdin; .gz, .bz2, .xz and .zst too"),
    ] = None
    inputs: Annotated[list[str], _files("-i", "--input", metavar="PATH", help="the same as TEXT; may be repeated")] = (
        field(default_factory=list)
    )
    output: Annotated[str | None, _files("-o", "--output", metavar="PATH", help="where the vectors go")] = None
    format: Annotated[
        str | None,
        _files(
            "-f",
            "--format",
            metavar="NAME",
            help="native (a folder), text or bin (word2vec's), mcv1  [default: by the suffix of PATH]",
        ),
    ] = None
    max_word_id: Annotated[
        int | None, _files("--max-word-id", metavar="N", help="mcv1: write rows for the word ids 0 to N")
    ] = None
    save_vocab: Annotated[
        str | None, _files("--save-vocab", metavar="FILE", help="also write lines of word and count")
    ] = None
    read_vocab: Annotated[
        str | None, _files("--read-vocab", metavar="FILE", help="take the words and counts from such a file")
    ] = None
    corpus_cache: Annotated[
        str | None,
        _files("--corpus-cache", metavar="FOLDER", help="keep the encoded text; a second run on it begins at once"),
    ] = None
    encoding: text_options.Encoding = "utf-8"
    tokenizer: text_options.Tokenizer = "whitespace"
    stop_words: Annotated[
        str | None, _words("--stop-words", metavar="NAME", help="leave these out: en, or a file of words")
    ] = None
    min_count: Annotated[int, _words("--min-count", metavar="N", help="leave out rarer words")] = 5
    max_vocab: Annotated[int | None, _words("--max-vocab", metavar="N", help="keep only the N most frequent words")] = (
        None
    )
    unit: text_options.Unit = "surface"
    pos: text_options.Pos = None
    dictionary: text_options.Dictionary = None
    nfkc: text_options.Nfkc = False
    id_map: text_options.IdMapFile = None
    size: Annotated[
        int, _model("--size", "--vector-size", metavar="N", help=f"numbers per word, 1 to {MAX_VECTOR_SIZE}")
    ] = _DEFAULTS.vector_size
    window: Annotated[int, _model("--window", metavar="N", help=f"words to each side, 1 to {MAX_WINDOW}")] = (
        _DEFAULTS.window
    )
    negative: Annotated[int, _model("--negative", metavar="N", help=f"noise words, 1 to {MAX_NEGATIVE}")] = (
        _DEFAULTS.negative
    )
    cbow: Annotated[bool, _model("--cbow", help="CBOW instead of skip-gram")] = False
    cbow_mean: Annotated[bool, _model("--cbow-mean/--no-cbow-mean", help="CBOW: mean of the context, or its sum")] = (
        _DEFAULTS.cbow_mean
    )
    cbow_update: Annotated[
        str, _model("--cbow-update", metavar="NAME", help="CBOW: corrected (the gradient) or historical (word2vec.c's)")
    ] = _DEFAULTS.cbow_update
    shrink_windows: Annotated[
        bool, _model("--shrink-windows/--no-shrink-windows", help="draw the reach of each window from 1 to N")
    ] = _DEFAULTS.shrink_windows
    epochs: Annotated[int, _training("--epochs", metavar="N", help="passes over the text")] = _DEFAULTS.epochs
    alpha: Annotated[
        float | None,
        _training("--alpha", metavar="X", help="learning rate at the start  [default: 0.025; CBOW: see docs]"),
    ] = None
    min_alpha: Annotated[float, _training("--min-alpha", metavar="X", help="learning rate at the end")] = (
        _DEFAULTS.min_alpha
    )
    sample: Annotated[
        float, _training("--sample", metavar="X", help="thin out words above this frequency; 0 switches it off")
    ] = _DEFAULTS.sample
    ns_exponent: Annotated[
        float, _training("--ns-exponent", metavar="X", help="draw noise words by count to this power")
    ] = _DEFAULTS.ns_exponent
    seed: Annotated[int, _training("--seed", metavar="N", help="same seed, one thread: the same bits")] = _DEFAULTS.seed
    evaluate_with: Annotated[
        list[str],
        _run("--evaluate-with", metavar="FILE", help="word pairs or analogies: scores after each epoch; repeatable"),
    ] = field(default_factory=list)
    threads: Annotated[int | None, _run("--threads", metavar="N", help="worker threads  [default: all cores]")] = None
    estimate: Annotated[bool, _run("--estimate", help="print memory and time, train nothing")] = False
    json: Annotated[bool, _run("--json", help="print one JSON object on stdout")] = False
    quiet: Annotated[bool, _run("-q", "--quiet", help="no progress, no summary: errors only")] = False
    debug: Annotated[bool, _run("--debug", help="show a traceback with an error")] = False

    @property
    def sources(self) -> list[str]:
        """All text, in the order in which it is read."""
        return [*(self.text or ()), *self.inputs]

    def train_config(self) -> TrainConfig:
        """The checked settings of training; ConfigError for what is out of range."""
        architecture: Architecture = "cbow" if self.cbow else "skipgram"
        cbow_update = cast(CbowUpdate, self.cbow_update)  # TrainConfig checks it
        return TrainConfig(
            architecture=architecture,
            vector_size=self.size,
            window=self.window,
            negative=self.negative,
            alpha=cast(float, self.alpha),  # None: the one that is good for the architecture
            min_alpha=self.min_alpha,
            sample=self.sample,
            ns_exponent=self.ns_exponent,
            epochs=self.epochs,
            shrink_windows=self.shrink_windows,
            cbow_mean=self.cbow_mean,
            cbow_update=cbow_update,
            seed=self.seed,
            threads=cores() if self.threads is None else self.threads,
        )
