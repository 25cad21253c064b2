"""How well vectors agree with people: word pairs and analogies."""

from __future__ import annotations

from kotovec.evaluation.analogies import AnalogyResult, AnalogySection, evaluate_analogies
from kotovec.evaluation.word_pairs import Estimate, ScoredPair, WordPairResult, evaluate_word_pairs

__all__ = [
    "AnalogyResult",
    "AnalogySection",
    "Estimate",
    "ScoredPair",
    "WordPairResult",
    "evaluate_analogies",
    "evaluate_word_pairs",
]
