"""`kotovec train`: text in, vectors out. Whatever can be refused is refused before training begins."""

from __future__ import annotations

import os
import time
from dataclasses import replace
from typing import TYPE_CHECKING

from kotovec.cli.epoch_scores import EpochScores
from kotovec.cli.output import print_json, print_lines, say
from kotovec.cli.progress import reporter
from kotovec.cli.report import (
    estimate_lines,
    estimate_result,
    model_config,
    run_result,
    run_seconds,
    run_summary,
    text_summary,
)
from kotovec.cli.text_options import japanese_config
from kotovec.cli.train_options import TrainOptions
from kotovec.errors import ConfigError
from kotovec.events import Notice
from kotovec.machine import cores

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
  kotovec train japanese.txt -o vectors.bin --tokenizer ja --unit base
  cat corpus.txt | kotovec train - -o model -f native --cbow
"""


def train(options: TrainOptions) -> None:
    """Train word vectors from text.

    Skip-gram, or CBOW, with negative sampling; a line of text is a sentence.
    """
    from kotovec.corpus.id_map import largest_id
    from kotovec.corpus.sources import find_files
    from kotovec.training.compiled import compiled_ahead

    began = time.perf_counter()
    config = options.train_config()
    if not options.sources:
        raise ConfigError("no text to train on", hint="try: kotovec train TEXT -o vectors.bin, or - for stdin")
    files = find_files(*options.sources)
    if options.estimate:
        print_estimate(options, config, files)
        return
    form = check_outputs(options, files)
    if form == "mcv1" and options.id_map is not None and options.max_word_id is None:
        options = replace(options, max_word_id=largest_id(options.id_map))  # a row for every id of the dictionary
    with reporter(quiet=options.quiet) as report:
        if config.threads > cores():
            report(Notice(f"{config.threads} threads on {cores()} processors: more do not make it faster"))
        scores = EpochScores(options.evaluate_with, report) if options.evaluate_with else None
        with compiled_ahead(config), encode_text(options, config.threads, files, report) as corpus:
            model, saving = train_and_save(options, config, corpus, form, scores or report)
    seconds = run_seconds(corpus, model, saving, time.perf_counter() - began)
    if options.json:
        evaluation = {"evaluation": scores.epochs} if scores else {}
        print_json(run_result(options, corpus, model, seconds) | evaluation)
    if not options.quiet:
        say([text_summary(corpus), *run_summary(options, model, seconds)])


def print_estimate(options: TrainOptions, config: TrainConfig, files: TextFiles) -> None:
    """What a run would need; the text is counted, since the size of the vocabulary decides."""
    from kotovec.training.compiled import compiled_ahead

    with (
        reporter(quiet=options.quiet) as report,
        compiled_ahead(config),
        encode_text(options, config.threads, files, report) as corpus,
    ):
        from kotovec.training.estimate import estimate  # imports numba, as encoding does

        forecast = estimate(corpus, config)
    if options.json:
        print_json(estimate_result(options, corpus, config, forecast))
    else:
        print_lines(estimate_lines(corpus, config, forecast))


def check_outputs(options: TrainOptions, files: TextFiles) -> str:
    """The name of the output's format. ConfigError and OutputError for outputs that could not be written later."""
    from kotovec.atomic import check_writable
    from kotovec.formats import FORMATS, format_for

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
    check_writable(options.output, folder=bool(FORMATS[form].contents), holds=FORMATS[form].contents)
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
        encoding=options.encoding,
        japanese=japanese_config(options),
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
    weights = report.watched_weights(corpus, config) if isinstance(report, EpochScores) else None
    model = train_model(corpus, config, weights=weights, callback=report)
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
