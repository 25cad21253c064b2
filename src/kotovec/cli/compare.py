"""`kotovec compare`: two models on their common words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from typer import Argument, Option

from kotovec.cli.output import print_json, print_lines
from kotovec.cli.similar import check_count
from kotovec.cli.vectors_file import DebugFlag, JsonFlag

if TYPE_CHECKING:
    from kotovec.evaluation.comparison import Comparison

EXAMPLES = """\b
Examples:
  kotovec compare vectors.bin others.txt
  kotovec compare before.bin after.bin --moved 50 --restrict-vocab 5000
"""

_NEIGHBORS_SHOWN = 5


@dataclass(frozen=True, slots=True)
class CompareOptions:
    """Everything that `kotovec compare` can be told."""

    first: Annotated[str, Argument(metavar="A", help="vectors of any format that kotovec knows")]
    second: Annotated[str, Argument(metavar="B", help="others; their size may be another")]
    count: Annotated[int, Option("-n", "--count", metavar="N", help="neighbours per word that are compared")] = 10
    moved: Annotated[int, Option("--moved", metavar="N", help="how many of the words that moved most")] = 20
    restrict_vocab: Annotated[
        int, Option("--restrict-vocab", metavar="N", help="only the N first common words; 0 for all")
    ] = 10_000
    seed: Annotated[int, Option("--seed", metavar="N", help="of the random pairs whose similarities are compared")] = 1
    json: JsonFlag = False
    debug: DebugFlag = False


def compare(options: CompareOptions) -> None:
    """Compare two models.

    On their common words: how many nearest words they share, whether similarities rise and fall together, and which
    words they see most differently.
    """
    check_count(options.count)
    from kotovec.evaluation.comparison import compare as compare_vectors
    from kotovec.formats import load

    found = compare_vectors(
        load(options.first),
        load(options.second),
        topn=options.count,
        n_moved=options.moved,
        restrict_vocab=options.restrict_vocab or None,
        seed=options.seed,
    )
    if options.json:
        print_json({"first": options.first, "second": options.second} | found.as_dict())
    else:
        print_lines(comparison_lines(found))


def comparison_lines(found: Comparison) -> list[str]:
    """The same for people."""
    lines = [
        f"words               {found.n_first:,} and {found.n_second:,}, {found.n_common:,} in common, "
        f"{found.n_compared:,} compared",
        f"neighbour overlap   {100 * found.overlap:.1f} % of the {found.topn} nearest words",
        f"similarities        Spearman {found.spearman.statistic:.4f}, Pearson {found.pearson.statistic:.4f} "
        f"over {found.n_pairs:,} random pairs",
    ]
    if found.moved:
        width = max(len(word.word) for word in found.moved)
        lines += ["", f"{'moved most':<{max(width, 10)}}  change  overlap  nearest words in A | in B"]
    for word in found.moved:
        nearest = (" ".join(words[:_NEIGHBORS_SHOWN]) for words in (word.first_neighbors, word.second_neighbors))
        lines.append(
            f"{word.word:<{max(width, 10)}}  {word.change:6.3f}  {100 * word.overlap:5.0f} %  {' | '.join(nearest)}"
        )
    return lines
