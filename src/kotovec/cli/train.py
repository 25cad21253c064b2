"""`kotovec train`: text in, vectors out. Whatever can be refused is refused before training begins."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, Any

from kotovec._version import __version__
from kotovec.cli.machine import cores, peak_memory_mb
from kotovec.cli.output import finite, print_json, print_lines
from kotovec.cli.progress import reporter
from kotovec.cli.train_options import TrainOptions
from kotovec.errors import ConfigError
from kotovec.events import Notice

if TYPE_CHECKING:
    from kotovec.corpus.encoding import EncodedCorpus
    from kotovec.corpus.sources import TextFiles
    from kotovec.events import Callback
    from kotovec.training.config import TrainConfig
    from kotovec.training.trainer import TrainedModel

EXAMPLES = """\b
Examples:
  kotovec train corpus.txt -o vectors.bin
  kotovec train notes/ -o vectors.txt --tokenizer words --stop-words en --size 200
  kotovec train -i word_ids.txt -o vectors.mcv1 --max-word-id 100000 --epochs 3
  cat corpus.txt | kotovec train - -o model -f native --cbow
"""


def train(options: TrainOptions) -> None:
    """Train word vectors from text.

    Skip-gram, or CBOW, with negative sampling; a line of text is a sentence.
    """
    from kotovec.corpus.sources import find_files

    began = time.perf_counter()
    config = options.train_config()
    if not options.sources:
        raise ConfigError("no text to train on", hint="try: kotovec train TEXT -o vectors.bin, or - for stdin")
    files = find_files(*options.sources)
    form = "" if options.estimate else check_outputs(options, files)
    with (
        reporter(quiet=options.quiet) as report,
        encode_text(options, config.threads, files, report) as corpus,
    ):
        if config.threads > cores():
            report(Notice(f"{config.threads} threads on {cores()} processors: more do not make it faster"))
        if options.estimate:
            from kotovec.training.estimate import estimate

            forecast = estimate(corpus, config)
        else:
            model, saving = train_and_save(options, config, corpus, form, report)
    if options.estimate:
        print_json(forecast) if options.json else print_lines(forecast)
        return
    seconds = run_seconds(corpus, model, saving, time.perf_counter() - began)
    if options.json:
        print_json(run_result(options, corpus, model, seconds))
    if not options.quiet:
        print_lines([text_summary(corpus), *run_summary(options, model, seconds)], error_stream=True)


def check_outputs(options: TrainOptions, files: TextFiles) -> str:
    """The name of the output's format. ConfigError and OutputError for outputs that could not be written later."""
    from kotovec.atomic import check_writable
    from kotovec.formats import format_for
    from kotovec.formats.native import CONTENTS

    if not options.output:
        raise ConfigError("no place for the vectors", hint="try: -o vectors.bin")
    if options.output == "-":
        raise ConfigError("vectors go to a file or folder, not to standard output", hint="try: -o vectors.bin")
    form = format_for(options.output, options.format).name
    if options.max_word_id is not None and form != "mcv1":
        raise ConfigError("--max-word-id belongs to the format mcv1", found=f"the format {form}")
    taken = [file.path for file in files.files] + [options.read_vocab or ""]
    for path in filter(None, (options.output, options.save_vocab)):
        if any(_is_same(path, other) for other in taken):
            raise ConfigError("is both read and written", path=path, hint="give the output another name")
        taken.append(path)
    check_writable(options.output, folder=form == "native", holds=CONTENTS)
    if options.save_vocab:
        check_writable(options.save_vocab)
    return form


def _is_same(path: str, other: str) -> bool:
    return os.path.realpath(path) == os.path.realpath(other) if other else False


def encode_text(options: TrainOptions, threads: int, files: TextFiles, report: Callback) -> EncodedCorpus:
    """Count and encode the text as the options say."""
    from kotovec.corpus.config import CorpusConfig
    from kotovec.corpus.encoding import encode
    from kotovec.corpus.stop_words import stop_words
    from kotovec.corpus.vocabulary import Vocabulary

    config = CorpusConfig(
        tokenizer=options.tokenizer,
        stop_words=stop_words(options.stop_words) if options.stop_words else frozenset(),
        min_count=options.min_count,
        max_vocab=options.max_vocab,
    )
    return encode(
        files,
        config,
        vocabulary=Vocabulary.read(options.read_vocab) if options.read_vocab else None,
        threads=threads,
        cache_dir=options.corpus_cache,
        callback=report,
    )


def train_and_save(
    options: TrainOptions, config: TrainConfig, corpus: EncodedCorpus, form: str, report: Callback
) -> tuple[TrainedModel, float]:
    """The model, written to the output, and the seconds that writing took."""
    from kotovec.formats import check_vocabulary, save
    from kotovec.training.trainer import train as train_model

    check_vocabulary(corpus.vocabulary, form, options.max_word_id)
    model = train_model(corpus, config, callback=report)
    began = time.perf_counter()
    save(
        str(options.output),
        model.vocabulary,
        model.input_vectors,
        format=form,
        output_vectors=model.output_vectors,
        config=model_config(options, corpus, model),
        max_word_id=options.max_word_id,
    )
    if options.save_vocab:
        model.vocabulary.write(options.save_vocab)
    return model, time.perf_counter() - began


def run_config(options: TrainOptions, config: TrainConfig) -> dict[str, Any]:
    """The effective settings of a run: how text became words, and what training depends on."""
    names = ("tokenizer", "stop_words", "min_count", "max_vocab", "read_vocab")
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
        f"kotovec: {corpus.n_tokens:,} words of {corpus.raw_tokens:,} in {corpus.n_sentences:,} sentences, "
        f"vocabulary {len(corpus.vocabulary):,} of {corpus.raw_types:,}"
    )
    if corpus.invalid_bytes:
        line += f"; {corpus.invalid_bytes:,} bytes were no UTF-8 and are replaced"
    return line + ("; taken from the corpus cache" if corpus.cached else "")


def run_summary(options: TrainOptions, model: TrainedModel, seconds: dict[str, float]) -> list[str]:
    """What a run without --quiet ends with: two lines."""
    config, memory = model.config, peak_memory_mb()
    threads = f"{config.threads} thread{'s' if config.threads > 1 else ''}"
    epochs = f"{config.epochs} epoch{'s' if config.epochs > 1 else ''}"
    return [
        f"kotovec: {epochs} in {seconds['train']:.2f} s on {threads}, "
        f"{model.words_per_second / 1e6:.2f} M words/s, loss {model.loss[-1]:.4f}",
        f"kotovec: saved {options.output}; {seconds['total']:.2f} s in all"
        + (f", {memory:.0f} MB of memory at most" if memory else ""),
    ]
