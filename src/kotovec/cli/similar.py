"""`kotovec similar`: the nearest words of a word or of a sum of words, from a file of vectors."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Annotated

from typer import Argument, Option

from kotovec.cli.expression import check_known, known_of_file, parse_expression
from kotovec.cli.output import print_json, print_lines, say
from kotovec.cli.vectors_file import DebugFlag, FormatName, JsonFlag, SurfacesFile, VectorsFile, open_vectors
from kotovec.errors import ConfigError

EXAMPLES = """\b
Examples:
  kotovec similar vectors.bin king
  kotovec similar vectors.bin king - man + woman
  kotovec similar vectors.bin king woman --minus man -n 5
  kotovec similar vectors.bin king --among titles.txt
"""

_SHOWN = 5  # unknown words of --among


@dataclass(frozen=True, slots=True)
class SimilarOptions:
    """Everything that `kotovec similar` can be told."""

    file: VectorsFile
    words: Annotated[
        list[str], Argument(metavar="WORD...", help="several words count as their mean; + and - between words")
    ]
    minus: Annotated[list[str], Option("--minus", metavar="WORD", help="take this away; may be repeated")] = field(
        default_factory=list
    )
    count: Annotated[int, Option("-n", "--count", metavar="N", help="how many neighbours")] = 10
    among: Annotated[str | None, Option("--among", metavar="FILE", help="only words of this file, one per line")] = None
    format: FormatName = None
    vocab: SurfacesFile = None
    json: JsonFlag = False
    debug: DebugFlag = False


def similar(options: SimilarOptions) -> None:
    """Show the nearest words.

    Those whose vectors have the highest cosine similarity with the words given, best first.
    """
    check_count(options.count)
    expression = parse_expression(options.words, options.minus)
    vectors = open_vectors(options)
    check_known(vectors, expression.words)
    among = None
    if options.among:
        among, unknown = known_of_file(vectors, options.among)
        if unknown:
            say([f"{options.among}: {len(unknown)} unknown words passed over: {', '.join(unknown[:_SHOWN])}"])
    neighbors = vectors.most_similar(expression.positive, expression.negative, topn=options.count, among=among)
    if options.json:
        found = neighbor_dicts(neighbors)
        print_json({"words": expression.positive, "minus": expression.negative, "neighbors": found})
    else:
        print_lines(neighbor_lines(neighbors))


def check_count(count: int) -> None:
    """ConfigError for less than one answer."""
    if count < 1:
        raise ConfigError("--count is out of range", expected="1 or more", found=count)


def neighbor_lines(neighbors: Iterable[tuple[str, float]]) -> list[str]:
    """One line per neighbour: the similarity first, since its width is the same in every script."""
    return [f"{similarity:7.4f}  {word}" for word, similarity in neighbors]


def neighbor_dicts(neighbors: Iterable[tuple[str, float]]) -> list[dict[str, object]]:
    """One dict per neighbour."""
    return [{"word": word, "similarity": float(similarity)} for word, similarity in neighbors]
