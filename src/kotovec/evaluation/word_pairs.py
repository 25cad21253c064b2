"""Word pairs: do the similarities of vectors rise and fall with those that people see?"""

from __future__ import annotations

import dataclasses
import os
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kotovec.errors import ConfigError, EvaluationError
from kotovec.evaluation.bootstrap import intervals
from kotovec.evaluation.pair_files import PairFile, WordPair, read_word_pairs
from kotovec.evaluation.tables import StrPath
from kotovec.vectors import KeyedVectors
from kotovec.vectors.correlation import Correlation, mean_ranks, pearson, spearman

RESTRICT_VOCAB = 300_000  # gensim's default
RESAMPLES = 1000
SEED = 1
_NAMED = 3  # unknown words in an error


@dataclass(frozen=True, slots=True)
class Estimate:
    """A correlation, -1 to 1, with its two-sided p-value and 95 % bootstrap interval; NaN where undefined."""

    value: float
    p_value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class ScoredPair:
    """A pair with the score of people, on their scale, and the cosine similarity of the vectors, -1 to 1.

    `residual`: how much higher the vectors rank the pair than people do, as a share of all pairs, -1 to 1.
    """

    first: str
    second: str
    human: float
    model: float
    residual: float


@dataclass(frozen=True, slots=True)
class WordPairResult:
    """How well similarities agree with those of people, over the pairs whose words are both known."""

    name: str  # of the file, without folder
    spearman: Estimate
    pearson: Estimate
    pairs: list[ScoredPair]
    n_pairs: int  # in the file
    unknown_words: list[str]  # in the order of the file, each once
    skipped_lines: list[int]  # lines of the file that hold no pair
    restrict_vocab: int | None
    resamples: int
    seed: int

    @property
    def n_unknown(self) -> int:
        """Pairs left out, since a word of theirs is not in the vocabulary."""
        return self.n_pairs - len(self.pairs)

    @property
    def unknown_share(self) -> float:
        """The share of pairs left out, 0 to 1."""
        return self.n_unknown / self.n_pairs

    def as_dict(self, *, pairs: bool = False) -> dict[str, Any]:
        """The figures as plain numbers, lists and dicts; with `pairs` each pair too."""
        result: dict[str, Any] = {
            "name": self.name,
            "spearman": dataclasses.asdict(self.spearman),
            "pearson": dataclasses.asdict(self.pearson),
            "pairs": self.n_pairs,
            "pairs_used": len(self.pairs),
            "unknown_share": self.unknown_share,
            "unknown_words": self.unknown_words,
            "skipped_lines": self.skipped_lines,
            "restrict_vocab": self.restrict_vocab,
            "resamples": self.resamples,
            "seed": self.seed,
        }
        return result | ({"scored": [dataclasses.asdict(pair) for pair in self.pairs]} if pairs else {})


def evaluate_word_pairs(
    vectors: KeyedVectors,
    path: StrPath,
    *,
    restrict_vocab: int | None = RESTRICT_VOCAB,
    case_insensitive: bool = True,
    delimiter: str | None = None,
    resamples: int = RESAMPLES,
    seed: int = SEED,
) -> WordPairResult:
    """Compare the vectors with a file of word pairs in any of the usual forms (see `read_word_pairs`).

    Only the first `restrict_vocab` words count as known (None: all). With `case_insensitive` a word stands for its
    most frequent form. `resamples` samples make the intervals (0: none, NaN). EvaluationError for a file without a
    pair, or without one whose words are both known.
    """
    check_options(restrict_vocab, resamples)
    file = read_word_pairs(path, delimiter)
    return score_pairs(
        vectors, file, path, restrict_vocab=restrict_vocab, case_insensitive=case_insensitive,
        resamples=resamples, seed=seed,
    )  # fmt: skip


def score_pairs(
    vectors: KeyedVectors,
    file: PairFile,
    path: StrPath,
    *,
    restrict_vocab: int | None = RESTRICT_VOCAB,
    case_insensitive: bool = True,
    resamples: int = RESAMPLES,
    seed: int = SEED,
) -> WordPairResult:
    """`evaluate_word_pairs` for a file that was read before, so that many vectors can be compared with it."""
    known = vectors.first_words(restrict_vocab, case_insensitive)
    fold = str.upper if case_insensitive else str
    ids = [(known.get(fold(pair.first), -1), known.get(fold(pair.second), -1)) for pair in file.pairs]
    used = [pair for pair, (a, b) in zip(file.pairs, ids, strict=True) if a >= 0 and b >= 0]
    words = (word for pair, row in zip(file.pairs, ids, strict=True) for word in _unknown(pair, row))
    unknown = list(dict.fromkeys(words))
    if not used:
        raise EvaluationError(
            "no pair whose words are both known",
            path=path,
            found=f"{len(file.pairs)} pairs with unknown words such as {', '.join(map(repr, unknown[:_NAMED]))}",
            hint="are the vectors of another language, or their words written otherwise?",
        )
    first, second = np.array([row for row in ids if min(row) >= 0], np.int64).T
    human = np.array([pair.score for pair in used])
    model = vectors.pair_similarities(first, second)
    of_pearson, of_spearman = intervals(human, model, resamples=resamples, seed=seed)
    return WordPairResult(
        name=os.path.basename(path),
        spearman=_estimate(spearman(human, model), of_spearman),
        pearson=_estimate(pearson(human, model), of_pearson),
        pairs=_scored(used, human, model),
        n_pairs=len(file.pairs),
        unknown_words=unknown,
        skipped_lines=file.skipped,
        restrict_vocab=restrict_vocab,
        resamples=resamples,
        seed=seed,
    )


def check_options(restrict_vocab: int | None, resamples: int = 0) -> None:
    """ConfigError for numbers out of range."""
    if restrict_vocab is not None and restrict_vocab < 1:
        raise ConfigError("restrict_vocab is out of range", expected="1 or more", found=restrict_vocab)
    if resamples < 0:
        raise ConfigError("resamples is out of range", expected="0 or more", found=resamples)


def _unknown(pair: WordPair, ids: tuple[int, int]) -> list[str]:
    return [word for word, word_id in zip((pair.first, pair.second), ids, strict=True) if word_id < 0]


def _estimate(correlation: Correlation, interval: tuple[float, float]) -> Estimate:
    return Estimate(correlation.statistic, correlation.pvalue, *interval)


def _scored(pairs: list[WordPair], human: NDArray[np.float64], model: NDArray[np.float64]) -> list[ScoredPair]:
    residuals = (mean_ranks(model) - mean_ranks(human)) / max(len(pairs) - 1, 1)
    rows = zip(pairs, model.tolist(), residuals.tolist(), strict=True)
    return [ScoredPair(pair.first, pair.second, pair.score, score, residual) for pair, score, residual in rows]
