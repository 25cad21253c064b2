"""`kotovec similar`: the nearest words of a word, from a file of vectors."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Annotated

from typer import Argument, Option

from kotovec.cli.output import print_json, print_lines

EXAMPLES = """\b
Examples:
  kotovec similar vectors.bin king
  kotovec similar vectors.bin king woman --minus man -n 5
"""


@dataclass(frozen=True, slots=True)
class SimilarOptions:
    """Everything that `kotovec similar` can be told."""

    file: Annotated[str, Argument(metavar="FILE", help="vectors of any format that kotovec writes")]
    words: Annotated[list[str], Argument(metavar="WORD...", help="several words count as their mean")]
    minus: Annotated[list[str], Option("--minus", metavar="WORD", help="take this away; may be repeated")] = field(
        default_factory=list
    )
    count: Annotated[int, Option("-n", "--count", metavar="N", help="how many neighbours")] = 10
    format: Annotated[
        str | None, Option("-f", "--format", metavar="NAME", help="native, text, bin or mcv1  [default: by FILE]")
    ] = None
    vocab: Annotated[str | None, Option("--vocab", metavar="FILE", help="for mcv1: lines of word id, tab and word")] = (
        None
    )
    json: Annotated[bool, Option("--json", help="print one JSON object")] = False
    debug: Annotated[bool, Option("--debug", help="show a traceback with an error")] = False


def similar(options: SimilarOptions) -> None:
    """Show the nearest words.

    Those whose vectors have the highest cosine similarity with the words given, best first.
    """
    from kotovec.errors import ConfigError
    from kotovec.formats import load

    if options.count < 1:
        raise ConfigError("--count is out of range", expected="1 or more", found=options.count)
    vectors = load(options.file, format=options.format, vocab=options.vocab)
    neighbors = vectors.most_similar(options.words, options.minus, topn=options.count)
    if options.json:
        found = [{"word": word, "similarity": float(similarity)} for word, similarity in neighbors]
        print_json({"words": options.words, "minus": options.minus, "neighbors": found})
    else:
        print_lines(neighbor_lines(neighbors))


def neighbor_lines(neighbors: Iterable[tuple[str, float]]) -> list[str]:
    """One line per neighbour: the similarity first, since its width is the same in every script."""
    return [f"{similarity:7.4f}  {word}" for word, similarity in neighbors]
