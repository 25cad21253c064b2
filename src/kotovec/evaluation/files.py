"""Evaluation files of either kind, told apart by what they hold."""

from __future__ import annotations

from dataclasses import dataclass

from kotovec.evaluation.analogies import AnalogyFile, AnalogyResult, ask_analogies, read_analogies
from kotovec.evaluation.pair_files import PairFile, read_word_pairs
from kotovec.evaluation.tables import StrPath, read_lines
from kotovec.evaluation.word_pairs import WordPairResult, score_pairs
from kotovec.vectors import KeyedVectors

_MANY_WORDS = 4  # fields of a question, none of which is a number


@dataclass(frozen=True, slots=True)
class EvaluationFile:
    """A file that was read once, to ask many vectors about."""

    path: StrPath
    content: PairFile | AnalogyFile

    def evaluate(self, vectors: KeyedVectors) -> WordPairResult | AnalogyResult:
        """The scores, without intervals; EvaluationError where nothing can be asked."""
        if isinstance(self.content, PairFile):
            return score_pairs(vectors, self.content, self.path, resamples=0)
        return ask_analogies(vectors, self.content, self.path)


def read_evaluation(path: StrPath) -> EvaluationFile:
    """Word pairs or analogies: a file with a section `: name`, or with four words and no score, holds analogies.

    EvaluationError for a file that holds neither.
    """
    lines = read_lines(path)
    sections = any(line.startswith(":") for _, line in lines)
    if sections or (lines and _is_question(lines[-1][1])):
        return EvaluationFile(path, read_analogies(path))
    return EvaluationFile(path, read_word_pairs(path))


def _is_question(line: str) -> bool:
    return len(line.split()) == _MANY_WORDS and not any(character.isdigit() for character in line)


def headline(result: WordPairResult | AnalogyResult) -> tuple[str, float]:
    """The one figure of a result, and what it is: Spearman's coefficient, or the share of right answers."""
    if isinstance(result, WordPairResult):
        return "spearman", result.spearman.value
    return "accuracy", result.total.accuracy
