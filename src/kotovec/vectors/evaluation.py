"""gensim's evaluations: analogies and word pairs, with its arguments and results."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from kotovec.errors import ConfigError, MissingExtraError, MissingSourceError, SourceError
from kotovec.vectors.analogy import AnalogyMethod, AnalogySearch
from kotovec.vectors.comparison import WordComparison
from kotovec.vectors.correlation import Correlation, pearson, spearman
from kotovec.vectors.lookup import nonzero

log = logging.getLogger(__name__)

Quadruple: TypeAlias = tuple[str, str, str, str]
_PREDICTIONS = 5  # looked at, as in gensim, for the first that is no given word


class WordEvaluation(AnalogySearch, WordComparison):
    """How well vectors agree with people; and the distance of whole documents."""

    def evaluate_word_analogies(
        self,
        analogies: str | os.PathLike[str],
        restrict_vocab: int = 300000,
        case_insensitive: bool = True,
        dummy4unknown: bool = False,
        similarity_function: str = "most_similar",
    ) -> tuple[float, list[dict[str, Any]]]:
        """(accuracy, sections) over lines `a b c expected`, in sections that begin with `: name`.

        Each section is a dict of "section", "correct" and "incorrect" (lists of quadruples); the last one is
        the total. Lines with words outside of the first `restrict_vocab` are skipped, or with `dummy4unknown`
        count as incorrect. `similarity_function`: most_similar (3CosAdd) or most_similar_cosmul.
        """
        if similarity_function not in ("most_similar", "most_similar_cosmul"):
            raise ConfigError("unknown similarity_function", found=repr(similarity_function))
        known = self.first_words(restrict_vocab, case_insensitive)
        sections: list[dict[str, Any]] = []
        asked: list[tuple[dict[str, Any], Quadruple]] = []
        for name, question in _read_analogies(analogies, case_insensitive):
            if question is None:
                sections.append({"section": name, "correct": [], "incorrect": []})
            elif all(word in known for word in question):
                asked.append((sections[-1], question))
            elif dummy4unknown:
                sections[-1]["incorrect"].append(question)
        method: AnalogyMethod = "3cosadd" if similarity_function == "most_similar" else "3cosmul"
        found = self.complete_analogies(
            [question[:3] for _, question in asked], known, method, restrict_vocab, case_insensitive
        )
        for (section, question), predicted in zip(asked, found, strict=True):
            section["correct" if predicted == question[3] else "incorrect"].append(question)
        sections.append(_total(sections))
        return _accuracy(sections[-1]), sections

    def first_words(self, restrict_vocab: int | None, case_insensitive: bool) -> dict[str, int]:
        """The first words with their ids; in upper case where case does not matter, the more frequent form."""
        words = self.index_to_key[:restrict_vocab]
        ids: dict[str, int] = {}
        for index, word in enumerate(words):
            ids.setdefault(str(word).upper() if case_insensitive else word, index)
        return ids

    def complete_analogies(
        self,
        questions: Sequence[tuple[str, str, str]],
        known: Mapping[str, int],
        method: AnalogyMethod,
        restrict_vocab: int | None,
        case_insensitive: bool,
    ) -> list[str | None]:
        """The best answer to each question, among the first words; None where there is no word left.

        `known` is what `first_words` gave; all words of questions are in it, and answers are written as in it.
        """
        given = np.array([[known[word] for word in question] for question in questions], np.int64).reshape(-1, 3)
        ids, _ = self.analogy_answers(given, _PREDICTIONS, method=method, restrict_vocab=restrict_vocab)
        rows = zip(questions, ids.tolist(), strict=True)
        return [self._first_other(row, question, known, case_insensitive) for question, row in rows]

    def _first_other(
        self, candidates: Iterable[int], question: Sequence[str], known: Mapping[str, int], upper: bool
    ) -> str | None:
        predicted = None
        for index in candidates:
            if index < 0:
                break
            predicted = str(self.index_to_key[index]).upper() if upper else self.index_to_key[index]
            if predicted in known and predicted not in question:
                break
        return predicted

    def pair_similarities(self, first: NDArray[np.int64], second: NDArray[np.int64]) -> NDArray[np.float64]:
        """(n,) cosine similarities of words by id, pair by pair; 0 where a vector is zero."""
        lengths = self.norms[first].astype(np.float64) * self.norms[second]
        products = np.einsum("ij,ij->i", self.vectors[first], self.vectors[second], dtype=np.float64)
        similarities: NDArray[np.float64] = products / nonzero(lengths)
        return similarities

    def evaluate_word_pairs(
        self,
        pairs: str | os.PathLike[str],
        delimiter: str = "\t",
        encoding: str = "utf8",
        restrict_vocab: int = 300000,
        case_insensitive: bool = True,
        dummy4unknown: bool = False,
    ) -> tuple[Correlation, Correlation, float]:
        """(Pearson, Spearman, percent of pairs with unknown words) over lines `word word score`.

        Lines that begin with `#` or have another form are passed over; with `dummy4unknown` a pair with an
        unknown word has similarity 0, else it is left out. ValueError where no pair is left.
        """
        known = self.first_words(restrict_vocab, case_insensitive)
        gold: list[float] = []
        ids: list[tuple[int, int]] = []
        unknown = 0
        for a, b, score in _read_pairs(pairs, delimiter, encoding, case_insensitive):
            missing = a not in known or b not in known
            unknown += missing
            if not missing or dummy4unknown:
                gold.append(score)
                ids.append((-1, -1) if missing else (known[a], known[b]))
        if not gold:
            raise ConfigError("no pair with known words", path=pairs, expected="lines of word, word, score")
        first, second = np.array(ids, np.int64).T
        model = np.where(first < 0, 0.0, self.pair_similarities(first, second) if len(self) else 0.0)
        share = 100.0 * unknown / (len(gold) if dummy4unknown else len(gold) + unknown)
        return pearson(np.array(gold), model), spearman(np.array(gold), model), share

    def wmdistance(self, document1: Iterable[str], document2: Iterable[str], norm: bool = True) -> float:
        """Word Mover's Distance (Kusner et al. 2015) of two lists of words; unknown words are left out.

        inf where a document has no known word. Needs the package POT (MissingExtraError).
        """
        try:
            from ot import emd2  # type: ignore[import-not-found,import-untyped,unused-ignore]
        except ImportError as error:
            raise MissingExtraError("POT", "wmd", "wmdistance") from error
        first, second = ([word for word in document if word in self] for document in (document1, document2))
        if not first or not second:
            return float("inf")
        words = sorted({*first, *second})
        if len(words) == 1:
            return 0.0
        vectors = np.vstack([self.get_vector(word, norm=norm) for word in words]).astype(np.float64)
        squares = (vectors**2).sum(axis=1)
        distances = np.sqrt(np.maximum(squares[:, np.newaxis] + squares - 2 * vectors @ vectors.T, 0))
        np.fill_diagonal(distances, 0)
        shares = [np.array([document.count(word) / len(document) for word in words]) for document in (first, second)]
        return float(emd2(shares[0], shares[1], distances))


def _read_analogies(path: str | os.PathLike[str], upper: bool) -> Iterator[tuple[str, Quadruple | None]]:
    """(section, question); a section begins with None. ValueError for a question before any section."""
    section = None
    for number, line in enumerate(_lines(path, "utf-8")):
        if line.startswith(": "):
            section = line.lstrip(": ").strip()
            yield section, None
            continue
        if section is None:
            raise ConfigError("a question before the first section", path=path, place=f"line {number + 1}")
        words = (line.upper() if upper else line).split()
        if len(words) == 4:
            yield section, (words[0], words[1], words[2], words[3])


def _read_pairs(
    path: str | os.PathLike[str], delimiter: str, encoding: str, upper: bool
) -> Iterator[tuple[str, str, float]]:
    for line in _lines(path, encoding):
        fields = (line.upper() if upper else line).split(delimiter)
        if line.startswith("#") or len(fields) != 3:
            continue
        try:
            yield fields[0], fields[1], float(fields[2])
        except ValueError:
            log.info("no score in the line %r of %s", line, path)


def _lines(path: str | os.PathLike[str], encoding: str) -> Iterator[str]:
    try:
        with open(path, encoding=encoding) as file:
            yield from file
    except FileNotFoundError as error:
        raise MissingSourceError("no such file", path=path) from error
    except (OSError, UnicodeDecodeError) as error:
        raise SourceError(f"cannot read: {error}", path=path) from error


def _total(sections: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "section": "Total accuracy",
        "correct": [question for section in sections for question in section["correct"]],
        "incorrect": [question for section in sections for question in section["incorrect"]],
    }


def _accuracy(section: dict[str, Any]) -> float:
    n = len(section["correct"]) + len(section["incorrect"])
    return len(section["correct"]) / n if n else 0.0
