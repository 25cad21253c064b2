"""`kotovec notes eval` and `tune`: how good the ranking is on a vault, and how to make it better there."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Annotated, Any

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
TUNE_EXAMPLES = """\b
Examples:
  kotovec notes tune ~/notes
  kotovec notes tune ~/notes --reset
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


@dataclass(frozen=True, slots=True)
class TuneOptions:
    """Everything that `kotovec notes tune` can be told."""

    vault: VaultFolder
    reset: Annotated[bool, Option("--reset", help="go back to the weights of all vaults")] = False
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
    _check_seed(options.seed)
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


def tune(options: TuneOptions) -> None:
    """Fit the weights of the ranking to the vault.

    Some links are hidden, and weights looked for by which more of them are found again; they are kept with the index
    where they find more of other hidden links too. docs/notes-ranking.md says what each weight means.
    """
    _check_seed(options.seed)
    from kotovec.notes.weights import DEFAULT

    vault = open_updated(options)
    if options.reset:
        vault.remember(replace(vault.settings, weights=None))
        _print_weights(
            {"weights": DEFAULT.as_dict(), "changed": False}, ["the weights are those of all vaults"], options
        )
        return
    with progress() as report:
        found = vault.tune(options.seed, report)
    vault.remember(replace(vault.settings, weights=found.weights if found.changed else None))
    told = (
        f"nDCG@10 on other hidden links: {found.before:.3f} with the weights of all vaults, "
        f"{found.after:.3f} with those found by {many(found.n_asked, 'note')}"
    )
    kept = "these are kept" if found.changed else "no real gain: the weights of all vaults are kept"
    _print_weights(asdict(found) | {"changed": found.changed}, [told, kept], options)


def _print_weights(result: dict[str, Any], lines: list[str], options: TuneOptions) -> None:
    if options.json:
        print_json(result)
        return
    from kotovec.notes.weights import DEFAULT

    default = DEFAULT.as_dict()
    changed = {name: value for name, value in result["weights"].items() if value != default[name]}
    width = max(map(len, changed), default=0)
    print_lines([*lines, *(f"{name:<{width}}  {default[name]:.3g} -> {value:.3g}" for name, value in changed.items())])


def _check_seed(seed: int) -> None:
    if seed < 0:
        raise ConfigError("--seed is out of range", expected="0 or more", found=seed)
