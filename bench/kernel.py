"""GFLOP/s of the training kernels on rows that stay in the L2 cache, as a share of this machine's FMA peak.

python bench/kernel.py [--quick] [--json FILE]
"""

from __future__ import annotations

import argparse
import statistics
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TypeAlias, get_args

import numpy as np

from figures import Figure, describe, table, write_json
from kotovec.training.config import Architecture, TrainConfig
from kotovec.training.schedule import Schedule
from kotovec.training.weights import Layout
from peak import best_chains, peak_gflops
from work import Work

SETTINGS = ((100, 5), (300, 5), (100, 15), (128, 10), (64, 2), (300, 20))  # vector_size, negative
SECONDS = 0.05  # of one measurement
LONG = 1 << 40  # positions
CHUNKS = 64  # of the text here, enough that they are as long as in a longer one
SLICES = 7  # such measurements make a round of bench/train.py, whose other rounds take seconds

Setting: TypeAlias = tuple[Architecture, int, int]  # and vector_size, negative


@dataclass(frozen=True)
class Share:
    """What a kernel reaches with one setting; the median and the best of several measurements."""

    architecture: Architecture
    size: int
    negative: int
    gflops: float  # median
    share: float  # median, of the peak measured around it
    best_gflops: float
    best_share: float  # of the best peak


def useful_flop(config: TrainConfig, words: int, pairs: int) -> float:
    """Operations that the algorithm asks for: three multiply-adds per number of vector_size, pair and target.

    In CBOW a pair is a centre with its hidden layer, and the vectors of its context words, as many on average as a
    window reaches to both sides, are added up and updated besides.
    """
    per_pair = 6 * config.vector_size * (config.negative + 1)
    if config.architecture == "cbow":
        per_pair += 2 * config.vector_size * config.window_words
        pairs = words
    return float(per_pair * pairs)


def measure(settings: Sequence[Setting], rounds: int, n_words: int, chains: int) -> list[Share]:
    """All settings in turn in every round, with the peak before and after each: what disturbs some disturbs all."""
    configs = [
        TrainConfig(architecture=architecture, vector_size=size, negative=negative, window=5, sample=0.0)
        for architecture, size, negative in settings
    ]
    works = [_work_of(config, n_words) for config in configs]
    peaks: list[float] = [peak_gflops(chains, SECONDS)]
    rates: list[float] = []
    for _ in range(rounds):
        for config, (work, n_chunks) in zip(configs, works, strict=True):
            timing = work.train_here(n_chunks)
            rates.append(useful_flop(config, timing.words, timing.pairs) / timing.seconds / 1e9)
            peaks.append(peak_gflops(chains, SECONDS))
    shares = [2 * rate / (peaks[i] + peaks[i + 1]) for i, rate in enumerate(rates)]
    n = len(settings)
    return [
        Share(
            *setting,
            statistics.median(rates[i::n]),
            statistics.median(shares[i::n]),
            max(rates[i::n]),
            max(rates[i::n]) / max(peaks),
        )
        for i, setting in enumerate(settings)
    ]


def _work_of(config: TrainConfig, n_words: int) -> tuple[Work, int]:
    """Random words, and the number of chunks that take about SECONDS: as long as those of a text of any length."""
    length = CHUNKS * Schedule(config, LONG).chunk_size
    ids = np.random.default_rng(1).integers(0, n_words, length, np.int32)
    work = Work(ids, np.ones(n_words, np.int64), config)
    work.train_here(1)
    return work, min(max(round(SECONDS / work.train_here(1).seconds), 1), CHUNKS)


def skipgram_figures(rounds: int, n_words: int, *, quick: bool, judged: bool) -> list[Figure]:
    """For the table of bench/train.py."""
    chains = best_chains()
    settings = [("skipgram", *setting) for setting in _settings(quick)]
    shares = measure(settings, rounds if quick else rounds * SLICES, n_words, chains)
    first = 100 * shares[0].share
    figures = []
    for share in shares:
        name = f"skip-gram kernel in L2, size {share.size}, negative {share.negative}, of the FMA peak"
        bound, aim = (45.0, 65.0) if share is shares[0] else (first - 5, first)
        detail = f"{share.gflops:.0f} GFLOP/s; best {100 * share.best_share:.1f} %"
        figures.append(
            Figure(name, 100 * share.share, "%", bound if judged else None, aim if judged else None, detail=detail)
        )
    return figures


def _settings(quick: bool) -> tuple[tuple[int, int], ...]:
    return SETTINGS[:1] if quick else SETTINGS


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=11)
    parser.add_argument("--words", type=int, default=256, help="words of the vocabulary: both rows must fit in L2")
    parser.add_argument("--quick", action="store_true", help="one setting, two rounds")
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    rounds = 2 if arguments.quick else arguments.rounds
    chains = best_chains()
    settings = [(name, *setting) for name in get_args(Architecture) for setting in _settings(arguments.quick)]
    shares = measure(settings, rounds, arguments.words, chains)
    headers = ["kernel", "size", "negative", "rows, KB", "GFLOP/s", "of peak", "best GFLOP/s", "best of best peak"]
    print(describe(), f"FMA peak of one core: {peak_gflops(chains, SECONDS):.0f} GFLOP/s", "", sep="\n")
    print(table(headers, [_cells(share, arguments.words) for share in shares]))
    write_json(arguments.json, vars(arguments), [asdict(share) for share in shares])


def _cells(share: Share, n_words: int) -> list[str]:
    rows = Layout.of(n_words, share.size, threads=1).n_bytes(n_words)
    return [
        share.architecture,
        str(share.size),
        str(share.negative),
        f"{rows / 1000:.0f}",
        f"{share.gflops:.1f}",
        f"{100 * share.share:.1f} %",
        f"{share.best_gflops:.1f}",
        f"{100 * share.best_share:.1f} %",
    ]


if __name__ == "__main__":
    main()
