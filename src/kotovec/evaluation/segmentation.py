"""How far the words that a unigram model finds in Japanese text are those that MeCab finds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import Any, TypeAlias

from kotovec.atomic import StrPath
from kotovec.corpus.config import CorpusConfig
from kotovec.corpus.japanese_config import JapaneseConfig
from kotovec.corpus.sources import find_files
from kotovec.corpus.token_text import TokenText
from kotovec.corpus.vocabulary import Vocabulary
from kotovec.errors import EvaluationError
from kotovec.formats.static_tokenizer import unigram_scores

Spans: TypeAlias = "list[tuple[int, int]]"

_UNKNOWN_PENALTY = 10.0  # of the library tokenizers: an unknown character costs so much more than the rarest word


@dataclass(frozen=True, slots=True)
class Agreement:
    """Two ways to cut the same sentences: a word agrees where both its ends do, a boundary lies inside a sentence."""

    n_sentences: int
    n_words: int  # of the reference
    unknown: float  # share of the reference's words that the vocabulary does not have
    precision: float
    recall: float
    f1: float
    boundary_precision: float
    boundary_recall: float
    boundary_f1: float

    def as_dict(self) -> dict[str, Any]:
        """All numbers by name."""
        return asdict(self)


class UnigramSegmenter:
    """The likeliest sequence of words by Viterbi's algorithm; gives what the library tokenizers gives."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        """The words and their frequencies."""
        scores = unigram_scores(vocabulary).tolist()
        self._scores = dict(zip(vocabulary.words, scores, strict=True))
        self._unknown = min(scores, default=0.0) - _UNKNOWN_PENALTY
        self._longest: dict[str, int] = {}  # first letter -> characters of the longest word that begins with it
        for word in self._scores:
            self._longest[word[0]] = max(len(word), self._longest.get(word[0], 1))

    def spans(self, text: str) -> Spans:
        """(start, end) of each word; unknown characters that follow each other are one."""
        scores, n = self._scores, len(text)
        best, starts, known = [0.0] + [float("-inf")] * n, [0] * (n + 1), [False] * (n + 1)
        for start, first in enumerate(text):
            base = best[start]
            if first not in scores and base + self._unknown > best[start + 1]:
                best[start + 1], starts[start + 1], known[start + 1] = base + self._unknown, start, False
            for end in range(start + 1, min(n, start + self._longest.get(first, 0)) + 1):
                score = scores.get(text[start:end])
                if score is not None and base + score > best[end]:
                    best[end], starts[end], known[end] = base + score, start, True
        spans: Spans = []
        while n:
            unknown_before = spans and not known[n] and not known[spans[-1][1]]
            spans.append((starts[n], spans.pop()[1] if unknown_before else n))
            n = starts[n]
        return spans[::-1]


def measure(vocabulary: Vocabulary, text: StrPath, japanese: JapaneseConfig | None = None) -> Agreement:
    """How far the words of a unigram model in a file of text agree with MeCab's.

    Sentences are compared without the white space in them. EvaluationError where the text has no words;
    SourceError, ConfigError and MissingExtraError as for `kotovec tokenize --tokenizer ja`.
    """
    config = CorpusConfig(tokenizer="ja", japanese=japanese or JapaneseConfig())
    result = compare(vocabulary, sentences(TokenText(find_files(text), config)))
    if not result.n_words:
        raise EvaluationError("no words in the text", path=text)
    return result


def sentences(pieces: Iterable[bytes]) -> Iterator[list[str]]:
    """The tokens of each line of a text that comes in pieces."""
    rest = b""
    for piece in pieces:
        *lines, rest = (rest + piece).split(b"\n")
        yield from (line.decode().split() for line in lines)
    if rest:
        yield rest.decode().split()


def compare(
    vocabulary: Vocabulary, reference: Iterable[list[str]], segmenter: UnigramSegmenter | None = None
) -> Agreement:
    """The agreement with sentences of words; shares are 0 where there is nothing to share."""
    segmenter, known = segmenter or UnigramSegmenter(vocabulary), vocabulary.word_ids
    n_sentences = n_words = n_unknown = n_found = n_right = n_ends = n_found_ends = n_right_ends = 0
    for words in reference:
        theirs, ours = _spans_of(words), segmenter.spans("".join(words))
        n_sentences += 1
        n_words, n_found = n_words + len(theirs), n_found + len(ours)
        n_unknown += sum(word not in known for word in words)
        n_right += len(set(theirs).intersection(ours))
        ends, found_ends = {end for _, end in theirs[:-1]}, {end for _, end in ours[:-1]}
        n_ends, n_found_ends = n_ends + len(ends), n_found_ends + len(found_ends)
        n_right_ends += len(ends & found_ends)
    return Agreement(
        n_sentences,
        n_words,
        n_unknown / max(1, n_words),
        *_shares(n_right, n_found, n_words),
        *_shares(n_right_ends, n_found_ends, n_ends),
    )


def _spans_of(words: list[str]) -> Spans:
    spans, start = [], 0
    for word in words:
        spans.append((start, start + len(word)))
        start += len(word)
    return spans


def _shares(n_right: int, n_found: int, n_wanted: int) -> tuple[float, float, float]:
    """Precision, recall and F1."""
    return n_right / max(1, n_found), n_right / max(1, n_wanted), 2 * n_right / max(1, n_found + n_wanted)
