"""Searching: one query, a thousand at once, and the approximate index, on random clustered vectors, against gensim.

python bench/search.py [--only 400000x100 1000000x300 hnsw] [--rounds N] [--quick] [--json FILE]

gensim's `most_similar` gets the same matrix. Each side answers some queries in a row, ours before and after theirs,
after a pause: the threads of the library behind NumPy go on turning for a while, and would be measured with us.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from figures import Figure, in_turn, medians, ratio, report, tell
from kotovec.corpus.vocabulary import Vocabulary
from kotovec.vectors import KeyedVectors

ROWS = ("400000x100", "1000000x300", "hnsw")
QUERIES, BATCH, PAUSE = 20, 1000, 0.1
NOISE = 0.7  # of each number, around the centre of a cluster, whose numbers have a deviation of 1


def clustered(n_words: int, size: int, n_clusters: int) -> KeyedVectors:
    """Random vectors around random centres; neighbours have cosines of about 0.7."""
    random = np.random.default_rng(1)
    centres = random.standard_normal((n_clusters, size), np.float32)
    rows = np.empty((n_words, size), np.float32)
    for first in range(0, n_words, 1 << 16):
        part = rows[first : first + (1 << 16)]
        part[:] = centres[random.integers(0, n_clusters, len(part))]
        part += NOISE * random.standard_normal(part.shape, np.float32)
    vectors = KeyedVectors(Vocabulary([f"w{i}" for i in range(n_words)]), rows)
    vectors.fill_norms()
    return vectors


def per_query(ask: Callable[[str], Any], n_words: int) -> Callable[[], float]:
    """A function that gives the median seconds of one query, over some random words."""
    random = np.random.default_rng(2)

    def measure() -> float:
        time.sleep(PAUSE)
        seconds = []
        for word in ["w0", *(f"w{i}" for i in random.integers(0, n_words, QUERIES).tolist())]:
            began = time.perf_counter()
            ask(word)
            seconds.append(time.perf_counter() - began)
        return statistics.median(seconds[1:])

    return measure


def per_batch(vectors: KeyedVectors, threads: int) -> Callable[[], float]:
    """A function that gives the seconds of each of a thousand queries in one call."""
    words = [f"w{i}" for i in np.random.default_rng(3).choice(len(vectors), BATCH, replace=False).tolist()]
    vectors.most_similar_many(words[:10])

    def measure() -> float:
        time.sleep(PAUSE)
        began = time.perf_counter()
        vectors.most_similar_many(words, threads=threads)
        return (time.perf_counter() - began) / BATCH

    return measure


def against_gensim(vectors: KeyedVectors, threads: int, rounds: int, musts: bool) -> list[Figure]:
    """A single query and a batch, both against gensim's single query."""
    name = f"{len(vectors):,} x {vectors.vector_size}"
    try:
        theirs = vectors.to_gensim()
    except ImportError:
        return [Figure(f"{name} against gensim", None, detail="gensim is not installed")]
    theirs.fill_norms()
    found = []
    peer = per_query(theirs.most_similar, len(vectors))
    for what, ours, must in (
        ("a single query", per_query(vectors.most_similar, len(vectors)), 2),
        (f"a query of {BATCH:,} at once", per_batch(vectors, threads), 20),
    ):
        tell(f"{name}, {what}")
        pairs = in_turn(ours, peer, rounds)
        mine, other = medians(pairs)
        detail = f"{1000 * mine:.3g} ms, gensim {1000 * other:.3g} ms"
        found.append(
            Figure(f"{name}, {what}, against gensim", ratio(pairs), "x", must if musts else None, detail=detail)
        )
    return found


def approximate(vectors: KeyedVectors, threads: int, rounds: int, musts: bool) -> list[Figure]:
    """The index against the exact single query: speed, recall, time and size."""
    name = f"hnsw, {len(vectors):,} x {vectors.vector_size}"
    tell(f"{name}, building")
    try:
        facts = vectors.build_index(threads=threads)
    except ImportError as error:
        return [Figure(name, None, detail=str(error))]
    fast = per_query(lambda word: vectors.most_similar(word, index="hnsw"), len(vectors))
    pairs = in_turn(fast, per_query(vectors.most_similar, len(vectors)), rounds)
    mine, exact = medians(pairs)
    share = facts.n_bytes / (4 * len(vectors) * vectors.vector_size)
    return [
        Figure(
            f"{name}, against the exact query",
            ratio(pairs),
            "x",
            50 if musts else None,
            detail=f"{1000 * mine:.3g} ms, exact {1000 * exact:.3g} ms, {facts.expansion} nodes looked at",
        ),
        Figure(f"{name}, recall@10", facts.recall, "", 0.95 if musts else None),
        Figure(f"{name}, building", facts.build_seconds, "s", detail=f"{threads} threads"),
        Figure(f"{name}, size", facts.n_bytes / 1e6, "MB", detail=f"{100 * share:.0f} % of the vectors"),
    ]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="+", choices=ROWS, default=list(ROWS))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--quick", action="store_true", help="few words, one round")
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    rounds, musts = (1, False) if arguments.quick else (arguments.rounds, True)
    figures = []
    for row, (n_words, size) in {"400000x100": (400_000, 100), "1000000x300": (1_000_000, 300)}.items():
        is_last = row == "1000000x300"
        wanted = row in arguments.only or (is_last and "hnsw" in arguments.only)
        if not wanted:
            continue
        tell(f"{row}, drawing vectors")
        vectors = clustered(3000 if arguments.quick else n_words, size, 10 if arguments.quick else 1000)
        if row in arguments.only:
            figures += against_gensim(vectors, arguments.threads, rounds, musts)
        if is_last and "hnsw" in arguments.only:
            figures += approximate(vectors, arguments.threads, rounds, musts)
        del vectors
    report(figures, vars(arguments), arguments.json)


if __name__ == "__main__":
    main()
