"""What `kotovec train` tells of a run: settings, figures, and the same in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kotovec._version import __version__
from kotovec.cli.output import clock, finite, loss_text, size_text
from kotovec.cli.train_options import TrainOptions
from kotovec.machine import peak_memory_mb

if TYPE_CHECKING:
    from kotovec.corpus.encoded import EncodedCorpus
    from kotovec.training.config import TrainConfig
    from kotovec.training.estimate import Estimate
    from kotovec.training.trainer import TrainedModel


def run_config(options: TrainOptions, config: TrainConfig) -> dict[str, Any]:
    """The effective settings of a run: how text became words, and what training depends on."""
    names = ["encoding", "tokenizer", "stop_words", "min_count", "max_vocab", "read_vocab"]
    if options.tokenizer == "ja":
        names += ["unit", "pos", "dictionary", "nfkc", "id_map"]
    return {"version": __version__} | {name: getattr(options, name) for name in names} | config.as_dict()


def model_config(options: TrainOptions, corpus: EncodedCorpus, model: TrainedModel) -> dict[str, Any]:
    """What the native folder keeps beside the vectors: settings, the corpus in numbers, loss per epoch."""
    names = ("n_tokens", "n_sentences", "raw_tokens", "raw_types", "invalid_bytes")
    summary = {name: getattr(corpus, name) for name in names}
    return run_config(options, model.config) | {"corpus": summary, "loss": finite(model.loss)}


def run_seconds(corpus: EncodedCorpus, model: TrainedModel, saving: float, total: float) -> dict[str, float]:
    """Where the time went."""
    return {
        "count": corpus.seconds["count"],
        "encode": corpus.seconds["encode"],
        "compile": corpus.seconds["compile"] + model.seconds["compile"],
        "train": model.seconds["train"],
        "save": saving,
        "total": total,
    }


def run_result(
    options: TrainOptions, corpus: EncodedCorpus, model: TrainedModel, seconds: dict[str, float]
) -> dict[str, Any]:
    """What --json prints."""
    return {
        "words": corpus.n_tokens,
        "vocabulary": len(model.vocabulary),
        "seconds": {name: round(value, 4) for name, value in seconds.items()},
        "words_per_second": round(model.words_per_second),
        "loss": model.loss,
        "peak_memory_mb": peak_memory_mb(),
        "threads": model.config.threads,
        "config": run_config(options, model.config),
    }


def text_summary(corpus: EncodedCorpus) -> str:
    """The text in numbers: what was trained on, of how much."""
    line = (
        f"{corpus.n_tokens:,} words of {corpus.raw_tokens:,} in {corpus.n_sentences:,} sentences, "
        f"vocabulary {len(corpus.vocabulary):,} of {corpus.raw_types:,}"
    )
    if corpus.invalid_bytes:
        line += f"; {corpus.invalid_bytes:,} bytes were no UTF-8 and are replaced"
    return line + ("; taken from the corpus cache" if corpus.cached else "")


def run_summary(options: TrainOptions, model: TrainedModel, seconds: dict[str, float]) -> list[str]:
    """What a run without --quiet ends with: two lines."""
    config, memory = model.config, peak_memory_mb()
    return [
        f"{_many(config.epochs, 'epoch')} in {seconds['train']:.2f} s on {_many(config.threads, 'thread')}, "
        f"{model.words_per_second / 1e6:.2f} M words/s, loss {loss_text(model.loss[-1])}",
        f"saved {options.output}; {seconds['total']:.2f} s in all"
        + (f", {memory:.0f} MB of memory at most" if memory else ""),
    ]


def estimate_result(
    options: TrainOptions, corpus: EncodedCorpus, config: TrainConfig, forecast: Estimate
) -> dict[str, Any]:
    """What --estimate --json prints; sizes in MB (10**6 bytes)."""
    return {
        "words": corpus.n_tokens,
        "vocabulary": len(corpus.vocabulary),
        "memory_mb": round(forecast.memory_bytes / 1e6, 1),
        "corpus_mb": round(forecast.corpus_bytes / 1e6, 1),
        "train_seconds": round(forecast.train_seconds, 1),
        "words_per_second": round(forecast.words_per_second),
        "threads": config.threads,
        "config": run_config(options, config),
    }


def estimate_lines(corpus: EncodedCorpus, config: TrainConfig, forecast: Estimate) -> list[str]:
    """What --estimate prints."""
    return [
        text_summary(corpus),
        f"memory: {size_text(forecast.memory_bytes)} beside the program itself, "
        f"{size_text(forecast.matrix_bytes)} of it for both matrices",
        f"disk: {size_text(forecast.corpus_bytes)} of encoded text while the run lasts",
        f"time: {clock(forecast.train_seconds)} for {_many(config.epochs, 'epoch')} on "
        f"{_many(config.threads, 'thread')}, at {forecast.words_per_second / 1e6:.2f} M words/s",
    ]


def _many(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
