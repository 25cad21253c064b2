"""gensim, the peer: with the settings of a TrainConfig, in this process or, run as a script, in one of its own."""

from __future__ import annotations

import argparse
import importlib.util
import time
from pathlib import Path
from typing import Any

from corpora import Lines
from kotovec.training.config import TrainConfig

MIN_COUNT = 5


def is_installed() -> bool:
    """Whether there is a peer to compare with."""
    return importlib.util.find_spec("gensim") is not None


def new_model(config: TrainConfig) -> Any:
    """A model without a vocabulary."""
    from gensim.models import Word2Vec

    return Word2Vec(
        vector_size=config.vector_size,
        window=config.window,
        negative=config.negative,
        sample=config.sample,
        min_count=MIN_COUNT,
        sg=int(config.architecture == "skipgram"),
        epochs=config.epochs,
        workers=config.threads,
        seed=config.seed,
    )


def scan_seconds(corpus: Path, config: TrainConfig) -> float:
    """For the vocabulary scan alone, from a file: without sorting, tables and weights."""
    model = new_model(config)
    began = time.perf_counter()
    model.scan_vocab(corpus_iterable=Lines(corpus))
    return time.perf_counter() - began


def train_seconds(model: Any, lines: Any) -> float:
    """For training alone."""
    began = time.perf_counter()
    model.train(lines, total_examples=model.corpus_count, epochs=model.epochs)
    return time.perf_counter() - began


def main() -> None:
    """Text to word2vec's binary file."""
    parser = argparse.ArgumentParser()
    parser.add_argument("corpus", type=Path)
    parser.add_argument("output", type=Path)
    parser.add_argument("--threads", type=int, default=2)
    arguments = parser.parse_args()
    model = new_model(TrainConfig(epochs=1, threads=arguments.threads))
    lines = Lines(arguments.corpus)
    model.build_vocab(lines)
    train_seconds(model, lines)
    model.wv.save_word2vec_format(str(arguments.output), binary=True)


if __name__ == "__main__":
    main()
