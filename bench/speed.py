"""The rows of bench/train.py that run in this process: training alone, counting and encoding."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial

import numpy as np

import gensim_peer
from corpora import Setting
from figures import Figure, Timed, in_turn, medians, ratio
from kotovec.corpus.config import CorpusConfig
from kotovec.corpus.encoding import EncodedCorpus, encode
from kotovec.training import trainer
from kotovec.training.config import TrainConfig
from work import Work

NAMES = {"skipgram": "skip-gram", "cbow": "CBOW"}
LOSS_POSITIONS, LOSS_CHUNKS = 4_000_000, 4  # chunks of a slice, as long as those of a text of so many positions: 0.1 s
LOSS_SLICES = 50  # for each round of the other rows


def training(setting: Setting, architecture: str, must: float, aim: float) -> list[Figure]:
    """Words/s of one epoch, against gensim on the same words in memory, in lines of 1,000."""
    config, corpus, name = setting.config(architecture), setting.encoded, NAMES[architecture]
    _trainer(corpus, config)()  # compiles
    ours = Timed(_trainer(corpus, config))
    if not gensim_peer.is_installed():
        seconds = statistics.median(ours() for _ in range(setting.rounds))
        return [Figure(f"{name}, kotovec", corpus.n_tokens / seconds / 1e6, "M words/s", detail="no gensim here")]
    model, lines = gensim_peer.new_model(config), setting.gensim_lines
    model.build_vocab(lines)
    theirs = Timed(lambda: gensim_peer.train_seconds(model, lines))
    pairs = in_turn(ours, theirs, setting.rounds)
    figures = []
    for who, seconds, timed in zip(("kotovec", "gensim"), medians(pairs), (ours, theirs), strict=True):
        detail = f"{seconds:.2f} s, processor time {timed.cpu_seconds:.2f} s"
        figures.append(Figure(f"{name}, {who}", corpus.n_tokens / seconds / 1e6, "M words/s", detail=detail))
    detail = f"by processor time {theirs.cpu_seconds / ours.cpu_seconds:.1f} x"
    bounds = setting.must(must), setting.must(aim)
    return [*figures, Figure(f"{name} against gensim", ratio(pairs), "x", *bounds, detail=detail)]


def counting(setting: Setting) -> list[Figure]:
    """Counting and encoding from a file, compilation left out, against gensim's vocabulary scan from the same file."""

    def ours() -> float:
        began = time.perf_counter()
        with encode(setting.corpus, CorpusConfig(), threads=setting.threads) as corpus:
            return time.perf_counter() - began - corpus.seconds["compile"]

    ours()
    megabytes = setting.corpus.stat().st_size / 1e6
    if not gensim_peer.is_installed():
        pairs = [(ours(), 0.0) for _ in range(setting.rounds)]
    else:
        pairs = in_turn(ours, lambda: gensim_peer.scan_seconds(setting.corpus, setting.config()), setting.rounds)
    seconds, gensim_seconds = medians(pairs)
    per_100_mb = seconds * 100 / megabytes
    detail = f"{seconds:.3f} s for {megabytes:.1f} MB"
    figures = [Figure("counting and encoding 100 MB", per_100_mb, "s", setting.must(1.0), at_most=True, detail=detail)]
    if gensim_seconds:
        name, detail = "counting and encoding against gensim's scan", f"gensim {gensim_seconds:.2f} s"
        figures.append(Figure(name, ratio(pairs), "x", setting.must(4.0), detail=detail))
    return figures


def short_lines(setting: Setting) -> list[Figure]:
    """Words/s on lines of 5 words, against the same words in one line."""
    words = setting.encoded.ids[setting.encoded.ids >= 0]
    words = words[: len(words) // 5 * 5]
    lines = np.insert(words.reshape(-1, 5), 5, -1, axis=1).ravel()
    figures = []
    for architecture, name in NAMES.items():
        config = setting.config(architecture)
        long = _trainer(EncodedCorpus.from_ids(words, setting.encoded.vocabulary), config)
        short = _trainer(EncodedCorpus.from_ids(lines, setting.encoded.vocabulary), config)
        long()
        pairs = in_turn(short, long, setting.rounds)
        name = f"{name}, lines of 5 words against one long line"
        seconds = "{:.2f} s against {:.2f} s".format(*medians(pairs))
        figures.append(Figure(name, 100 * ratio(pairs), "%", setting.must(70.0), setting.must(90.0), detail=seconds))
    return figures


def loss_cost(setting: Setting) -> list[Figure]:
    """What measuring the loss adds to the processor time of the kernel, over many slices of training in turn.

    One thread: what two take depends on where their cores are.
    """
    corpus, figures = setting.encoded, []
    for architecture, name in NAMES.items():
        config = replace(setting.config(architecture), threads=1)
        work = Work(corpus.ids[:LOSS_POSITIONS], corpus.vocabulary.counts, config)
        n_chunks = 1 if setting.quick else LOSS_CHUNKS
        with_loss, without_loss = (partial(_slice_seconds, work, n_chunks, measured) for measured in (True, False))
        with_loss()
        pairs = in_turn(without_loss, with_loss, setting.rounds if setting.quick else LOSS_SLICES * setting.rounds)
        cost, name = 100 * (ratio(pairs) - 1), f"{name}, cost of the loss"
        detail = f"{len(pairs)} pairs of slices of {1000 * medians(pairs)[0]:.0f} ms"
        figures.append(Figure(name, cost, "%", setting.must(2.0), at_most=True, detail=detail))
    return figures


def _slice_seconds(work: Work, n_chunks: int, measured: bool) -> float:
    return work.train_here(n_chunks, measured).seconds


def _trainer(corpus: EncodedCorpus, config: TrainConfig) -> Callable[[], float]:
    """A function that trains anew and gives the seconds of training."""
    weights = trainer.Weights.initial(len(corpus.vocabulary), config.vector_size, config.seed, config.threads)

    def run() -> float:
        return trainer.train(corpus, replace(config), weights=weights).seconds["train"]

    return run
