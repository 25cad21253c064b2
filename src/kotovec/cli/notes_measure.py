"""`kotovec notes eval` and `tune`: how good the ranking is on a vault, and how to make it better there."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Annotated

from typer import Option

from kotovec.cli.notes_options import DebugFlag, IndexFolder, JsonFlag, VaultFolder, open_updated, progress
from kotovec.cli.notes_text import many
from kotovec.cli.output import print_json, print_lines
from kotovec.errors import ConfigError

if TYPE_CHECKING:
    from kotovec.notes.evaluation import Evaluation, Measured
    from kotovec.notes.held_out import Hide

EVAL_EXAMPLES = """\b
Examples:
  kotovec notes eval ~/notes
  kotovec notes eval ~/notes --hide all --seed 7 --json
"""
HIDE: dict[str, Hide] = {"0.2": "fifth", "fifth": "fifth", "all": "all"}


@dataclass(frozen=True, slots=True)
class EvalOptions:
    """Everything that `kotovec notes eval` can be told."""

    vault: VaultFolder
    hide: Annotated[
        str, Option("--hide", metavar="SHARE", help="of the links: 0.2, a random fifth, or all of them")
    ] = "0.2"
    seed: Annotated[int, Option("--seed", metavar="N", help="another number hides other links")] = 1
    index: IndexFolder = None
    json: JsonFlag = False
    debug: DebugFlag = False


def eval(options: EvalOptions) -> None:
    """Measure how well links of the vault that were hidden are found again.

    Links are hidden in both directions, with their text; then notes are ranked by what is left, beside BM25, TF-IDF
    and chance. Nothing of what the notes say is shown, and nothing is changed.
    """
    if options.hide not in HIDE:
        raise ConfigError("unknown --hide", expected="0.2 or all", found=repr(options.hide))
    if options.seed < 0:
        raise ConfigError("--seed is out of range", expected="0 or more", found=options.seed)
    vault = open_updated(options)
    with progress() as report:
        found = vault.evaluate(HIDE[options.hide], options.seed, report)
    if options.json:
        print_json(asdict(found))
    else:
        print_lines(evaluation_lines(found))


def evaluation_lines(found: Evaluation) -> list[str]:
    """A table, and of how much it speaks."""
    share = "all links hidden" if found.hide == "all" else "a fifth of the links hidden"
    head = f"{'':9} {'recall@10':>22} {'MRR':>22} {'nDCG@10':>22}"
    rows = [
        f"{one.name:9} " + " ".join(_measured(value) for value in (one.recall, one.reciprocal_rank, one.ndcg))
        for one in found.qualities
    ]
    told = (
        f"{many(found.n_notes, 'note')}, {many(found.n_links, 'link')}; {share}: {found.n_hidden:,}, looked for from "
        f"{many(found.n_asked, 'note')}; in brackets 95 % intervals over the notes; seed {found.seed}"
    )
    return [head, *rows, told]


def _measured(value: Measured) -> str:
    return f"{value.value:6.3f} [{value.low:.3f}, {value.high:.3f}]"
