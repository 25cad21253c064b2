"""`kotovec similarity`, `analogy` and `odd-one-out`: a few words, and what their vectors say about them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from typer import Argument, Option

from kotovec.cli.expression import check_known
from kotovec.cli.output import print_json, print_lines
from kotovec.cli.similar import check_count, neighbor_dicts, neighbor_lines
from kotovec.cli.vectors_file import DebugFlag, FormatName, JsonFlag, SurfacesFile, VectorsFile, open_vectors
from kotovec.errors import ConfigError

SIMILARITY_EXAMPLES = """\b
Examples:
  kotovec similarity vectors.bin king queen
"""
ANALOGY_EXAMPLES = """\b
Examples:
  kotovec analogy vectors.bin man king woman
  kotovec analogy vectors.bin man king woman --method 3cosmul -n 3
"""
ODD_EXAMPLES = """\b
Examples:
  kotovec odd-one-out vectors.bin breakfast cereal dinner lunch
"""

FEWEST = 3  # words of which one can be odd


@dataclass(frozen=True, slots=True)
class SimilarityOptions:
    """Everything that `kotovec similarity` can be told."""

    file: VectorsFile
    first: Annotated[str, Argument(metavar="A", help="a word")]
    second: Annotated[str, Argument(metavar="B", help="another")]
    format: FormatName = None
    vocab: SurfacesFile = None
    json: JsonFlag = False
    debug: DebugFlag = False


@dataclass(frozen=True, slots=True)
class AnalogyOptions:
    """Everything that `kotovec analogy` can be told."""

    file: VectorsFile
    a: Annotated[str, Argument(metavar="A", help="A is to B")]
    b: Annotated[str, Argument(metavar="B", help="as C")]
    c: Annotated[str, Argument(metavar="C", help="is to which word?")]
    count: Annotated[int, Option("-n", "--count", metavar="N", help="how many answers")] = 5
    method: Annotated[str, Option("--method", metavar="NAME", help="3cosadd, or 3cosmul")] = "3cosadd"
    format: FormatName = None
    vocab: SurfacesFile = None
    json: JsonFlag = False
    debug: DebugFlag = False


@dataclass(frozen=True, slots=True)
class OddOptions:
    """Everything that `kotovec odd-one-out` can be told."""

    file: VectorsFile
    words: Annotated[list[str], Argument(metavar="WORD...", help="three words or more")]
    format: FormatName = None
    vocab: SurfacesFile = None
    json: JsonFlag = False
    debug: DebugFlag = False


def similarity(options: SimilarityOptions) -> None:
    """Show how similar two words are.

    The cosine of their vectors, -1 to 1.
    """
    vectors = open_vectors(options)
    check_known(vectors, [options.first, options.second])
    cosine = float(vectors.similarity(options.first, options.second))
    if options.json:
        print_json({"words": [options.first, options.second], "similarity": cosine})
    else:
        print_lines([f"{cosine:.4f}"])


def analogy(options: AnalogyOptions) -> None:
    """Complete an analogy: A is to B as C is to which word?

    The answers with the highest score, best first.
    """
    check_count(options.count)
    if options.method not in ("3cosadd", "3cosmul"):
        raise ConfigError("unknown method", expected="3cosadd or 3cosmul", found=repr(options.method))
    vectors = open_vectors(options)
    check_known(vectors, [options.a, options.b, options.c])
    ask = vectors.most_similar if options.method == "3cosadd" else vectors.most_similar_cosmul
    answers = ask([options.b, options.c], [options.a], topn=options.count)
    if options.json:
        asked = {"a": options.a, "b": options.b, "c": options.c, "method": options.method}
        scored = [{"word": word, "score": float(score)} for word, score in answers]
        print_json(asked | {"answers": scored})
    else:
        print_lines(neighbor_lines(answers))


def odd_one_out(options: OddOptions) -> None:
    """Show which word does not belong with the others.

    All words with their similarity to the mean of all, the odd one first.
    """
    if len(options.words) < FEWEST:
        raise ConfigError("too few words", expected=f"{FEWEST} or more", found=len(options.words))
    vectors = open_vectors(options)
    check_known(vectors, options.words)
    ranked = [(word, float(similarity)) for similarity, word in reversed(vectors.rank_by_centrality(options.words))]
    if options.json:
        print_json({"odd_one_out": ranked[0][0], "words": neighbor_dicts(ranked)})
    else:
        print_lines(neighbor_lines(ranked))
