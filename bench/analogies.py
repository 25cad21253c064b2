"""The time of all analogies of a test like word2vec's: 19,544 questions of 905 words, among 30,000 words x 100.

python bench/analogies.py [--quick] [--rounds N] [--json FILE]

Vectors and questions are random: what is measured is time, reading the file included. gensim, where it is installed,
gets the first 200 questions of the same file, and its time is scaled.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from pathlib import Path

import numpy as np

from figures import Figure, report, tell
from kotovec.corpus.vocabulary import Vocabulary
from kotovec.evaluation import evaluate_analogies
from kotovec.vectors import KeyedVectors

LIMIT = 3.0  # seconds
GIVEN, THEIR_QUESTIONS = 905, 200


def write_questions(path: Path, questions: np.ndarray) -> None:
    """A file of one section; question words are the ids."""
    path.write_text(": all\n" + "".join(" ".join(f"w{i}" for i in row) + "\n" for row in questions.tolist()))


def seconds_of(vectors: KeyedVectors, path: Path, method: str, rounds: int) -> float:
    """The median of several evaluations, after one that loads the kernel."""
    tell(f"{method}, {rounds} rounds")
    evaluate_analogies(vectors, path, method=method)
    found = []
    for _ in range(rounds):
        began = time.perf_counter()
        result = evaluate_analogies(vectors, path, method=method)
        found.append(time.perf_counter() - began)
        assert result.total.unknown_share == 0
    return statistics.median(found)


def their_seconds(vectors: KeyedVectors, path: Path, n_questions: int) -> float | None:
    """gensim's time for the file, scaled to all questions; None where it is not installed."""
    try:
        theirs = vectors.to_gensim()
    except ImportError:
        return None
    tell("gensim")
    theirs.fill_norms()
    began = time.perf_counter()
    theirs.evaluate_word_analogies(str(path))
    return (time.perf_counter() - began) * n_questions / THEIR_QUESTIONS


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--quick", action="store_true", help="few words and questions, one round")
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    n_words, n_questions = (2_000, 500) if arguments.quick else (30_000, 19_544)
    random = np.random.default_rng(1)
    vectors = KeyedVectors(
        Vocabulary([f"w{i}" for i in range(n_words)]), random.normal(size=(n_words, 100)).astype(np.float32)
    )
    questions = random.choice(n_words, GIVEN, replace=False)[random.integers(0, GIVEN, (n_questions, 4))]
    bound = None if arguments.quick else LIMIT
    figures = []
    with tempfile.TemporaryDirectory() as folder:
        path, few = Path(folder, "questions.txt"), Path(folder, "few.txt")
        write_questions(path, questions)
        write_questions(few, questions[:THEIR_QUESTIONS])
        for method in ("3cosadd", "3cosmul"):
            seconds = seconds_of(vectors, path, method, 1 if arguments.quick else arguments.rounds)
            figures.append(Figure(f"{n_questions:,} questions, {method}", seconds, "s", bound, at_most=True))
        theirs = their_seconds(vectors, few, n_questions)
        detail = f"from {THEIR_QUESTIONS} questions" if theirs is not None else "gensim is not installed"
        figures.append(Figure("the same, 3cosadd, gensim", theirs, "s", detail=detail))
    report(figures, vars(arguments), arguments.json)


if __name__ == "__main__":
    main()
