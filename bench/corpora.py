"""The text that is measured on: a file given on the command line, or Zipfian text made here."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from kotovec.corpus.config import CorpusConfig
from kotovec.corpus.encoding import EncodedCorpus, encode
from kotovec.training.config import TrainConfig

LINE = 1000  # words in a line for gensim, which would drop what is beyond 10,000
_BLOCK = 1 << 20


@dataclass
class Setting:
    """What every measurement needs to know. `folder` is a temporary one."""

    corpus: Path
    folder: Path
    threads: int
    rounds: int
    quick: bool
    judged: bool  # the figures are held against their bounds: only on a corpus that was given
    evaluation: Path | None = None

    @cached_property
    def encoded(self) -> EncodedCorpus:
        """The corpus as word ids."""
        return encode(self.corpus, CorpusConfig(), threads=self.threads)

    @cached_property
    def gensim_lines(self) -> list[list[str]]:
        """The corpus as gensim likes it best: in memory, equal words one object."""
        return [[sys.intern(word) for word in line] for line in read_lines(self.corpus)]

    def config(self, architecture: str = "skipgram", epochs: int = 1, threads: int | None = None) -> TrainConfig:
        """The settings of all comparisons."""
        return TrainConfig(
            architecture=architecture,  # type: ignore[arg-type]
            vector_size=100,
            window=5,
            negative=5,
            sample=1e-3,
            epochs=epochs,
            threads=threads or self.threads,
        )

    def must(self, bound: float) -> float | None:
        """The bound, where it applies."""
        return bound if self.judged else None


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options that the benches share."""
    parser.add_argument("--corpus", type=Path, help="plain text; without it, Zipfian text is made")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--quick", action="store_true", help="a tiny text and one round: to see that it runs")
    parser.add_argument("--json", type=Path, help="write the figures to this file too")


def setting(arguments: argparse.Namespace, folder: str) -> Setting:
    """From the command line; makes the text where none is given."""
    corpus = arguments.corpus
    if corpus is None:
        corpus = Path(folder) / "zipf.txt"
        write_zipf_text(corpus, *((30_000, 1_000) if arguments.quick else (5_000_000, 100_000)))
    return Setting(
        corpus=corpus,
        folder=Path(folder),
        threads=arguments.threads,
        rounds=1 if arguments.quick else arguments.rounds,
        quick=arguments.quick,
        judged=arguments.corpus is not None and not arguments.quick,
        evaluation=getattr(arguments, "eval", None),
    )


def write_zipf_text(path: Path, n_words: int, n_types: int, seed: int = 1) -> None:
    """One line of words drawn from Zipf's law with Mandelbrot's shift; the more frequent a word, the shorter."""
    cumulative = np.cumsum(1 / (np.arange(n_types) + 2.7))
    ranks = np.searchsorted(cumulative, np.random.default_rng(seed).random(n_words) * cumulative[-1])
    words = [_spelled(rank) for rank in range(n_types)]
    path.write_text(" ".join(words[rank] for rank in ranks), encoding="utf-8")


def _spelled(rank: int) -> str:
    """Another word for every rank: 26 of one letter, 676 of two, and so on."""
    letters = ""
    while rank >= 0:
        letters = chr(97 + rank % 26) + letters
        rank = rank // 26 - 1
    return letters


class Lines:
    """The text of a file as lists of at most LINE words, as often as one likes: gensim's iterator of sentences."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __iter__(self) -> Iterator[list[str]]:
        return read_lines(self.path)


def read_lines(path: Path) -> Iterator[list[str]]:
    """Lists of at most LINE words; a line ends one. Never holds more than a block of a long line."""
    rest = ""
    with open(path, encoding="utf-8", errors="replace", newline="\n") as file:
        while block := file.read(_BLOCK):
            *lines, rest = (rest + block).split("\n")
            if len(rest) >= _BLOCK:
                head, _, rest = rest.rpartition(" ")
                lines.append(head)
            for line in lines:
                yield from _pieces(line.split())
    yield from _pieces(rest.split())


def _pieces(words: list[str]) -> Iterator[list[str]]:
    return (words[start : start + LINE] for start in range(0, len(words), LINE))
