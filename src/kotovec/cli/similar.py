"""`kotovec similar`: the nearest words of a word or of a sum of words, from a file of vectors."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated

from typer import Argument, Option

from kotovec.cli.expression import check_known, known_of_file, parse_expression
from kotovec.cli.output import print_json, print_lines, say
from kotovec.cli.vectors_file import DebugFlag, FormatName, JsonFlag, SurfacesFile, VectorsFile, open_vectors
from kotovec.errors import ConfigError, MissingFileError, StaleIndexError

if TYPE_CHECKING:
    from kotovec.vectors import KeyedVectors
    from kotovec.vectors.hnsw import IndexFacts

EXAMPLES = """\b
Examples:
  kotovec similar vectors.bin king
  kotovec similar vectors.bin king - man + woman
  kotovec similar vectors.bin king woman --minus man -n 5
  kotovec similar vectors.bin king --among titles.txt
  kotovec similar vectors.bin king --index hnsw
"""

_SHOWN = 5  # unknown words of --among

IndexName = Annotated[
    str, Option("--index", metavar="NAME", help="exact, or hnsw: approximate, built beside FILE when first used")
]


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
    index: IndexName = "exact"
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
    if options.index != "exact" and options.among:
        raise ConfigError("--among is not for --index hnsw")
    facts = open_index(vectors, options.file) if options.index == "hnsw" else None
    among = None
    if options.among:
        among, unknown = known_of_file(vectors, options.among)
        if unknown:
            say([f"{options.among}: {len(unknown)} unknown words passed over: {', '.join(unknown[:_SHOWN])}"])
    neighbors = vectors.most_similar(
        expression.positive, expression.negative, topn=options.count, among=among, index=options.index
    )
    if options.json:
        answer = {"words": expression.positive, "minus": expression.negative, "neighbors": neighbor_dicts(neighbors)}
        print_json(answer | ({"index": dataclasses.asdict(facts)} if facts else {}))
    else:
        print_lines(neighbor_lines(neighbors))


def open_index(vectors: KeyedVectors, path: str) -> IndexFacts:
    """The index beside a file of vectors; built, and saved there, where there is none or the vectors have changed."""
    from kotovec.vectors.index_file import index_path

    beside = index_path(path)
    try:
        return vectors.load_index(beside)
    except MissingFileError:
        say([f"building an index of {len(vectors):,} words, which is kept in {beside}"])
    except StaleIndexError:
        say([f"the vectors have changed: building the index {beside} anew"])
    facts = vectors.build_index(path=beside)
    say([f"index: {facts.text}"])
    return facts


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
