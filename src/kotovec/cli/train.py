"""`kotovec train`: text in, vectors out. Whatever can be refused is refused before training begins."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, Any

from kotovec.cli.machine import peak_memory_mb
from kotovec.cli.output import print_json, print_lines
from kotovec.cli.progress import reporter
from kotovec.cli.train_options import TrainOptions
from kotovec.errors import ConfigError

if TYPE_CHECKING:
    from kotovec.corpus.encoding import EncodedCorpus
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
    began = time.perf_counter()
    config = options.train_config()
    check_files(options)
    with reporter(quiet=options.quiet) as report, encode_text(options, config.threads, report) as corpus:
        if options.estimate:
            from kotovec.training.estimate import estimate

            forecast = estimate(corpus, config)
        else:
            model, seconds = train_and_save(corpus, config, options, report)


def check_files(options: TrainOptions) -> None:
    """Refuse what needs no text to be refused: ConfigError for what is missing, OutputError for the outputs."""
    from kotovec.atomic import check_writable
    from kotovec.formats import format_for

    if not options.sources:
        raise ConfigError("no text to train on", hint="try: kotovec train TEXT -o vectors.bin, or - for stdin")
    if options.estimate:
        return
    if not options.output:
        raise ConfigError("no place for the vectors", hint="try: -o vectors.bin")


def encode_text(options: TrainOptions, threads: int, report: Callback) -> EncodedCorpus:
    """Count and encode the text as the options say."""
    from kotovec.corpus.encoding import CorpusConfig, encode
    from kotovec.corpus.vocabulary import Vocabulary

    config = CorpusConfig(
        tokenizer=options.tokenizer,
        min_count=options.min_count,
        max_vocab=options.max_vocab,
    )
    vocabulary = Vocabulary.read(options.read_vocab) if options.read_vocab else None
    return encode(
        options.sources,
        config,
        vocabulary=vocabulary,
        threads=threads,
        cache_dir=options.corpus_cache,
        callback=report,
    )
