"""Japanese: how fast MeCab is asked, in how much memory, and how good the vectors of its words are.

python bench/japanese.py [--corpus FILE] [--eval FOLDER] [--only ROW ...] [--rounds N] [--seeds N] [--quick]
                         [--json FILE]

`--corpus` is plain text, a sentence a line; `--eval` a folder of similarity_*.csv, lines of word, word, judgement.
"""

from __future__ import annotations

import argparse
import csv
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import gensim_peer
from corpora import read_lines
from figures import Figure, in_turn, medians, ratio, report, tell
from kotovec.corpus.config import CorpusConfig
from kotovec.corpus.dictionaries import find_dictionary
from kotovec.corpus.encoding import encode
from kotovec.corpus.japanese import open_tagger
from kotovec.corpus.japanese_config import JapaneseConfig
from kotovec.corpus.sources import find_files
from kotovec.corpus.token_text import TokenText
from kotovec.training.config import TrainConfig
from kotovec.training.trainer import train
from process_tree import run_watched
from scoring import ranks

PROCESSES = 2
EPOCHS = 10
QUALITY_LOSS = 1.0  # points of Spearman x 100 that ours may be below gensim's
SENTENCES = ("先生は東京へ行った。", "母が寿司を食べる。", "大阪から京都まで電車で走った。", "友達と蕎麦が好きです。")


@dataclass
class Job:
    """What is measured on."""

    corpus: Path
    folder: Path
    dictionary: str
    rounds: int
    quick: bool
    judged: bool
    evaluation: Path | None
    seeds: int = 1

    @property
    def config(self) -> CorpusConfig:
        """Surfaces."""
        return CorpusConfig(tokenizer="ja", japanese=JapaneseConfig(dictionary=self.dictionary))

    def must(self, bound: float) -> float | None:
        """The bound, where it applies."""
        return bound if self.judged else None

    @cached_property
    def megabytes(self) -> float:
        """Of text."""
        return self.corpus.stat().st_size / 1e6

    @cached_property
    def tokens(self) -> Path:
        """The corpus tokenised."""
        path = self.folder / "tokens.txt"
        with open(path, "wb") as file:
            file.writelines(TokenText(find_files(self.corpus), self.config, threads=PROCESSES))
        return path


def tokenising(job: Job) -> list[Figure]:
    """Two processes against one, and one against a bare loop of fugashi: both ways in which one would write it."""

    def ours(processes: int) -> Callable[[], float]:
        def run() -> float:
            began = time.perf_counter()
            for _ in TokenText(find_files(job.corpus), job.config, threads=processes):
                pass
            return time.perf_counter() - began

        return run

    scaling = in_turn(ours(PROCESSES), ours(1), job.rounds)
    lines = job.corpus.read_text(encoding="utf-8").split("\n")
    folder = find_dictionary(job.dictionary)
    words = open_tagger(folder, "%m ")
    wakati = open_tagger(folder, "%m ").parse

    def bare_words() -> float:
        began = time.perf_counter()
        for line in lines:
            [word.surface for word in words(line)]
        return time.perf_counter() - began

    def bare_text() -> float:
        began = time.perf_counter()
        for line in lines:
            wakati(line)
        return time.perf_counter() - began

    as_words, as_text = in_turn(ours(1), bare_words, job.rounds), in_turn(ours(1), bare_text, job.rounds)
    (two, one), (_, word_loop), (_, text_loop) = medians(scaling), medians(as_words), medians(as_text)
    speed = f"{job.megabytes / one:.2f} MB/s"
    return [
        Figure(
            f"tokenising, {PROCESSES} processes against 1", ratio(scaling), "x", job.must(1.7),
            detail=f"{two:.2f} s, {one:.2f} s; {job.megabytes / two:.2f} and {speed}",
        ),
        Figure(
            "1 process against fugashi's loop over words", 100 * ratio(as_words), "%", job.must(90),
            detail=f"{job.megabytes / word_loop:.2f} MB/s bare",
        ),
        Figure(
            "1 process against fugashi's loop over parse()", 100 * ratio(as_text), "%", job.must(90),
            detail=f"{job.megabytes / text_loop:.2f} MB/s bare",
        ),
    ]  # fmt: skip


def memory(job: Job) -> list[Figure]:
    """`kotovec train` and all its processes: pages that several share, as the dictionary's are, count once."""
    command = [sys.executable, "-m", "kotovec", "train", job.corpus, "-o", job.folder / "vectors.bin", "-q"]
    flags = ["--tokenizer", "ja", "--dictionary", job.dictionary, "--threads", PROCESSES, "--epochs", 1]
    peak_mb, seconds = run_watched([str(part) for part in (*command, *flags)])
    return [
        Figure(
            f"peak memory, {PROCESSES} processes and their parent", peak_mb, "MB", job.must(600), at_most=True,
            detail=f"text to vectors, 1 epoch, {seconds:.1f} s",
        )
    ]  # fmt: skip


def quality(job: Job) -> list[Figure]:
    """Vectors of the same tokens by kotovec and gensim, with the same settings, and how long training took."""
    if job.evaluation is None or not gensim_peer.is_installed():
        return []
    config = TrainConfig(vector_size=100, epochs=1 if job.quick else EPOCHS, alpha=0.025, threads=PROCESSES)
    lines = [[sys.intern(word) for word in line] for line in read_lines(job.tokens)]
    files, pairs = sorted(job.evaluation.glob("similarity_*.csv")), []
    scores: dict[Path, list[tuple[float, float]]] = {path: [] for path in files}
    used: dict[Path, str] = {}
    with encode(job.tokens, CorpusConfig(min_count=gensim_peer.MIN_COUNT), threads=PROCESSES) as corpus:
        for seed in range(1, job.seeds + 1):
            ours = train(corpus, replace(config, seed=seed))
            peer = gensim_peer.new_model(replace(config, seed=seed))
            peer.build_vocab(lines)
            pairs.append((ours.seconds["train"], gensim_peer.train_seconds(peer, lines)))
            sides = ((ours.vocabulary.words, ours.input_vectors), (peer.wv.index_to_key, peer.wv.vectors))
            for path in files:
                (mine, used[path]), (theirs, _) = (spearman(path, *side) for side in sides)
                scores[path].append((mine, theirs))
                tell(f"seed {seed}, {path.stem}: {mine:.1f}, {theirs:.1f}; {used[path]}")
    seconds = "{:.1f} s, {:.1f} s".format(*medians(pairs))
    name = f"training, {config.epochs} epochs, against gensim"
    figures = [Figure(name, ratio(pairs), "x", job.must(14), detail=f"{seconds}; {corpus.n_tokens:,} words")]
    for path in files:
        mine, theirs = (statistics.mean(side) for side in zip(*scores[path], strict=True))
        name = f"{path.stem.removeprefix('similarity_')}: Spearman x 100, kotovec less gensim"
        detail = f"{mine:.1f}, {theirs:.1f}; {used[path]}; means of {job.seeds} seeds"
        figures.append(Figure(name, mine - theirs, "", job.must(-QUALITY_LOSS), detail=detail))
    return figures


def spearman(path: Path, words: Iterable[str], vectors: NDArray[np.float32]) -> tuple[float, str]:
    """Rank correlation x 100 of cosine and judgement (column 3) over the pairs whose words are known; how many are."""
    word_ids = {word: word_id for word_id, word in enumerate(words)}
    with open(path, encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))[1:]
    known = [row for row in rows if row[0] in word_ids and row[1] in word_ids]
    a, b = (vectors[[word_ids[row[i]] for row in known]] for i in (0, 1))
    lengths = np.linalg.norm(a, axis=1) * np.linalg.norm(b, axis=1)
    cosines = np.einsum("ij,ij->i", a, b) / np.maximum(lengths, 1e-9)
    judgements = np.array([float(row[2]) for row in known])
    correlation = np.corrcoef(ranks(judgements), ranks(cosines))[0, 1] if len(known) > 2 else 0.0
    return 100 * float(correlation), f"{len(known)} of {len(rows)} pairs"


ROWS: dict[str, Callable[[Job], list[Figure]]] = {"tokenising": tokenising, "memory": memory, "quality": quality}


def main() -> None:
    """Measure what was chosen, and print one table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", type=Path, help="plain Japanese text; without it, a little is made")
    parser.add_argument("--eval", type=Path, help="folder of similarity_*.csv")
    parser.add_argument("--dictionary", default="unidic-lite")
    parser.add_argument("--only", nargs="+", choices=list(ROWS), default=list(ROWS))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seeds", type=int, default=1, help="of quality, for both sides; their means are compared")
    parser.add_argument("--quick", action="store_true", help="a tiny text and one round: to see that it runs")
    parser.add_argument("--json", type=Path, help="write the figures to this file too")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        corpus = arguments.corpus or Path(folder) / "text.txt"
        if arguments.corpus is None:
            corpus.write_text("\n".join(SENTENCES * (200 if arguments.quick else 100_000)), encoding="utf-8")
        judged = arguments.corpus is not None and not arguments.quick
        rounds = 1 if arguments.quick else arguments.rounds
        job = Job(
            corpus, Path(folder), arguments.dictionary, rounds, arguments.quick, judged, arguments.eval, arguments.seeds
        )
        figures = []
        for name in arguments.only:
            tell(name)
            figures += ROWS[name](job)
    report(figures, vars(arguments), arguments.json)


if __name__ == "__main__":
    main()
