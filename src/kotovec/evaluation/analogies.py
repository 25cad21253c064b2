"""Analogies: `a is to b as c is to what`, in the sections of a file."""

from __future__ import annotations

import math
import os
import time
from dataclasses import dataclass
from typing import Any, Literal

from kotovec.errors import EvaluationError
from kotovec.evaluation.tables import StrPath, read_lines, split_lines
from kotovec.evaluation.word_pairs import RESTRICT_VOCAB, check_options
from kotovec.vectors import KeyedVectors
from kotovec.vectors.analogy import AnalogyMethod

_SYNTACTIC = "gram"  # word2vec's questions: sections of grammar are named gram1-... to gram9-...
_SHOWN = 60  # characters of a bad line
_Z = 1.959964  # of a 95 % interval


@dataclass(frozen=True, slots=True)
class AnalogySection:
    """The score of one section, or of several together."""

    name: str
    n_questions: int  # in the file
    n_asked: int  # all four words known
    n_correct: int

    @property
    def kind(self) -> Literal["semantic", "syntactic"]:
        """Syntactic where the name begins with `gram`, as in word2vec's questions."""
        return "syntactic" if self.name.startswith(_SYNTACTIC) else "semantic"

    @property
    def accuracy(self) -> float:
        """Correct answers over questions asked, 0 to 1; NaN where none was asked."""
        return self.n_correct / self.n_asked if self.n_asked else math.nan

    @property
    def unknown_share(self) -> float:
        """The share of questions left out, 0 to 1."""
        return 1 - self.n_asked / self.n_questions if self.n_questions else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % interval of the accuracy (Wilson 1927, equation 5), as if questions were drawn independently."""
        if not self.n_asked:
            return math.nan, math.nan
        n, share = self.n_asked, self.accuracy
        middle = (share + _Z * _Z / (2 * n)) / (1 + _Z * _Z / n)
        reach = _Z / (1 + _Z * _Z / n) * math.sqrt(share * (1 - share) / n + _Z * _Z / (4 * n * n))
        return max(0.0, middle - reach), min(1.0, middle + reach)

    def as_dict(self) -> dict[str, Any]:
        """All figures."""
        low, high = self.interval
        return {
            "name": self.name,
            "questions": self.n_questions,
            "asked": self.n_asked,
            "correct": self.n_correct,
            "accuracy": self.accuracy,
            "low": low,
            "high": high,
            "unknown_share": self.unknown_share,
        }


@dataclass(frozen=True, slots=True)
class AnalogyResult:
    """Scores by section, in the order of the file."""

    name: str  # of the file, without folder
    method: AnalogyMethod
    restrict_vocab: int | None
    sections: list[AnalogySection]
    skipped_lines: list[int]  # lines of the file that are neither a question nor a section
    seconds: float

    @property
    def semantic(self) -> AnalogySection:
        """All sections that are not about grammar."""
        return _sum("semantic", [section for section in self.sections if section.kind == "semantic"])

    @property
    def syntactic(self) -> AnalogySection:
        """All sections about grammar."""
        return _sum("syntactic", [section for section in self.sections if section.kind == "syntactic"])

    @property
    def total(self) -> AnalogySection:
        """All sections."""
        return _sum("total", self.sections)

    def as_dict(self) -> dict[str, Any]:
        """All figures as plain numbers, lists and dicts."""
        return {
            "name": self.name,
            "method": self.method,
            "restrict_vocab": self.restrict_vocab,
            "sections": [section.as_dict() | {"kind": section.kind} for section in self.sections],
            "semantic": self.semantic.as_dict(),
            "syntactic": self.syntactic.as_dict(),
            "total": self.total.as_dict(),
            "skipped_lines": self.skipped_lines,
            "seconds": self.seconds,
        }


def _sum(name: str, sections: list[AnalogySection]) -> AnalogySection:
    return AnalogySection(
        name,
        sum(section.n_questions for section in sections),
        sum(section.n_asked for section in sections),
        sum(section.n_correct for section in sections),
    )


@dataclass(frozen=True, slots=True)
class AnalogyFile:
    """What a file of analogies holds."""

    sections: dict[str, list[tuple[str, str, str, str]]]
    skipped: list[int]  # numbers of lines that are neither a question nor a section


def read_analogies(path: StrPath, delimiter: str | None = None) -> AnalogyFile:
    """Questions of four words by section; `: name` begins a section, and `#` a comment.

    The delimiter is found by itself. Questions before the first section belong to one named after the file.
    EvaluationError for a file without a question.
    """
    lines = read_lines(path)
    questions = [line for line in lines if not line[1].startswith(":")]
    rows = {row.number: row.fields for row in split_lines(questions, delimiter, 4)[0]} if questions else {}
    sections: dict[str, list[tuple[str, str, str, str]]] = {}
    section, skipped = os.path.basename(path), []
    for number, line in lines:
        fields = rows.get(number)
        if fields is None:
            section = line.lstrip(":").strip()
            sections.setdefault(section, [])
        elif len(fields) == 4:
            sections.setdefault(section, []).append((fields[0], fields[1], fields[2], fields[3]))
        else:
            skipped.append(number)
    if not any(sections.values()):
        raise EvaluationError(
            "no analogies",
            path=path,
            expected="lines of four words, in sections `: name`",
            found=repr(lines[-1][1][:_SHOWN]) if lines else "an empty file",
        )
    return AnalogyFile(sections, skipped)


def evaluate_analogies(
    vectors: KeyedVectors,
    path: StrPath,
    *,
    method: AnalogyMethod = "3cosadd",
    restrict_vocab: int | None = RESTRICT_VOCAB,
    case_insensitive: bool = True,
    delimiter: str | None = None,
) -> AnalogyResult:
    """Ask all analogies of a file (see `read_analogies`).

    Questions and answers are among the first `restrict_vocab` words (None: all); a question with another word is left
    out. `method`: 3cosadd (Mikolov et al. 2013) or 3cosmul (Levy and Goldberg 2014). With `case_insensitive` a word
    stands for its most frequent form. EvaluationError for a file without a question that can be asked.
    """
    check_options(restrict_vocab)
    return ask_analogies(
        vectors, read_analogies(path, delimiter), path, method=method, restrict_vocab=restrict_vocab,
        case_insensitive=case_insensitive,
    )  # fmt: skip


def ask_analogies(
    vectors: KeyedVectors,
    file: AnalogyFile,
    path: StrPath,
    *,
    method: AnalogyMethod = "3cosadd",
    restrict_vocab: int | None = RESTRICT_VOCAB,
    case_insensitive: bool = True,
) -> AnalogyResult:
    """`evaluate_analogies` for a file that was read before, so that many vectors can be compared with it."""
    began = time.perf_counter()
    known = vectors.first_words(restrict_vocab, case_insensitive)
    fold = str.upper if case_insensitive else str
    asked: list[tuple[str, tuple[str, ...]]] = []
    for name, questions in file.sections.items():
        folded = (tuple(map(fold, question)) for question in questions)
        asked += [(name, words) for words in folded if all(word in known for word in words)]
    if not asked:
        raise EvaluationError(
            "no question whose words are all known",
            path=path,
            found=f"{sum(map(len, file.sections.values()))} questions with unknown words",
            hint="are the vectors of another language, or their words written otherwise?",
        )
    given = [(words[0], words[1], words[2]) for _, words in asked]
    answers = vectors.complete_analogies(given, known, method, restrict_vocab, case_insensitive)
    right = [name for (name, words), answer in zip(asked, answers, strict=True) if answer == words[3]]
    put = [name for name, _ in asked]
    sections = [
        AnalogySection(name, len(questions), put.count(name), right.count(name))
        for name, questions in file.sections.items()
    ]
    name = os.path.basename(path)
    return AnalogyResult(name, method, restrict_vocab, sections, file.skipped, time.perf_counter() - began)
