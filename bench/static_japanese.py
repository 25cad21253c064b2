"""How far a Unigram tokenizer made of a vocabulary alone finds the words that MeCab finds, on text it was not made of.

python bench/static_japanese.py --corpus aozora.txt [--min-counts 5 2 20] [--quick] [--json FILE]

The first nine tenths of the lines are tokenised and counted; words, counts and nothing else become the tokenizer that
`kotovec convert --to static` writes. The last tenth is cut by it and by MeCab. Two more rows say what is lost without
counts, where the rank of a word stands for them, and what could be gained at most with a price for each word.
"""

from __future__ import annotations

import argparse
import tempfile
from collections import Counter
from pathlib import Path

from figures import Figure, report, tell
from kotovec.corpus.config import CorpusConfig
from kotovec.corpus.sources import find_files
from kotovec.corpus.token_text import TokenText
from kotovec.corpus.vocabulary import Vocabulary
from kotovec.evaluation.segmentation import Agreement, UnigramSegmenter, compare, sentences

PRICES = (-1.0, 0.5, 1.0, 2.0)  # in units of log-probability
OWN_TEXT = "先生は東京へ行った。\n母が寿司を食べました。\n大阪から京都まで電車で走った。\n美味しい蕎麦が好きです。\n"


class PricedSegmenter(UnigramSegmenter):
    """Each word costs so much more."""

    def __init__(self, vocabulary: Vocabulary, price: float) -> None:
        super().__init__(vocabulary)
        self._scores = {word: score - price for word, score in self._scores.items()}
        self._unknown -= price


def tokenised(path: Path) -> list[list[str]]:
    """All sentences of a text, by MeCab."""
    tell(f"tokenising {path.name}")
    return list(sentences(TokenText(find_files(path), CorpusConfig(tokenizer="ja"), threads=2)))


def figure(name: str, result: Agreement) -> Figure:
    """Word F1, and beside it all else."""
    detail = f"boundaries {100 * result.boundary_f1:.2f} %, unknown to it {100 * result.unknown:.2f} % of the words"
    return Figure(name, 100 * result.f1, "%", detail=detail)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", type=Path, help="Japanese text, a sentence a line")
    parser.add_argument("--min-counts", type=int, nargs="+", default=[5, 2, 20])
    parser.add_argument("--quick", action="store_true", help="a few sentences of its own")
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    if arguments.corpus is None and not arguments.quick:
        parser.error("--corpus is missing: name a Japanese text, or give --quick")
    with tempfile.TemporaryDirectory() as folder:
        path = arguments.corpus
        if arguments.quick:
            path = Path(folder, "text.txt")
            path.write_text(OWN_TEXT * 40, encoding="utf-8")
        lines = tokenised(path)
    made_of, held_out = lines[: len(lines) * 9 // 10], lines[len(lines) * 9 // 10 :]
    counts = Counter(word for line in made_of for word in line)
    figures = []
    for min_count in arguments.min_counts:
        kept = [(word, n) for word, n in counts.most_common() if n >= min_count]
        vocabulary = Vocabulary([word for word, _ in kept], [n for _, n in kept])
        tell(f"{len(vocabulary)} words that occur {min_count} times")
        result = compare(vocabulary, held_out)
        figures.append(figure(f"words F1, {len(vocabulary):,} words, min_count {min_count}", result))
        if min_count == arguments.min_counts[0]:
            figures.append(figure("the same without counts", compare(Vocabulary(vocabulary.words), held_out)))
            tried = {p: compare(vocabulary, held_out, PricedSegmenter(vocabulary, p)) for p in PRICES}
            price = max(tried, key=lambda price: tried[price].f1)
            figures.append(figure(f"with the best price for each word, {price:g}", tried[price]))
    report(figures, vars(arguments), arguments.json)


if __name__ == "__main__":
    main()
