"""`kotovec evaluate`: how well vectors agree with people."""

from __future__ import annotations

import math
import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated

from typer import Option

from kotovec.cli.output import print_json, print_lines
from kotovec.cli.vectors_file import DebugFlag, FormatName, JsonFlag, SurfacesFile, VectorsFile, open_vectors
from kotovec.errors import ConfigError

if TYPE_CHECKING:
    from kotovec.evaluation import AnalogyResult, AnalogySection, Estimate, WordPairResult

EXAMPLES = """\b
Examples:
  kotovec evaluate vectors.bin --pairs wordsim353.tsv simlex999.tsv
  kotovec evaluate vectors.bin --analogies questions-words.txt --restrict-vocab 30000
  kotovec evaluate vectors.bin --pairs wordsim353.tsv --report report.html
"""

_UNKNOWN_SHOWN = 5


@dataclass(frozen=True, slots=True)
class EvaluateOptions:
    """Everything that `kotovec evaluate` can be told."""

    file: VectorsFile
    pairs: Annotated[
        list[str], Option("--pairs", metavar="FILE", help="word pairs with scores of people; one file or several")
    ] = field(default_factory=list)
    analogies: Annotated[
        list[str], Option("--analogies", metavar="FILE", help="questions of four words; one file or several")
    ] = field(default_factory=list)
    method: Annotated[
        str, Option("--method", metavar="NAME", help="how analogies are answered: 3cosadd or 3cosmul")
    ] = "3cosadd"
    restrict_vocab: Annotated[
        int, Option("--restrict-vocab", metavar="N", help="only the N most frequent words; 0 for all")
    ] = 300_000
    case_sensitive: Annotated[bool, Option("--case-sensitive", help="Paris and paris are two words")] = False
    resamples: Annotated[
        int, Option("--resamples", metavar="N", help="samples for the intervals of word pairs; 0 for none")
    ] = 1000
    seed: Annotated[int, Option("--seed", metavar="N", help="same seed, same intervals")] = 1
    report: Annotated[
        str | None, Option("--report", metavar="PATH", help="write a page with scatter plots and the worst pairs")
    ] = None
    format: FormatName = None
    vocab: SurfacesFile = None
    json: JsonFlag = False
    debug: DebugFlag = False


def with_repeated_flags(words: list[str]) -> list[str]:
    """`evaluate FILE --pairs A B` as `--pairs A --pairs B`, since an option of Typer's takes one value."""
    if words[:1] != ["evaluate"] or words[1:2] == [] or words[1].startswith("-"):
        return words  # without the file in its place, nobody knows which word is the file
    spread, flag, n_values = words[:2], "", 0
    for word in words[2:]:
        if word.startswith("-"):
            flag, n_values = word if word in ("--pairs", "--analogies") else "", 0
        else:
            n_values += 1
            spread += [flag] if flag and n_values > 1 else []
        spread.append(word)
    return spread


def evaluate(options: EvaluateOptions) -> None:
    """Compare vectors with the judgement of people.

    Word pairs: the correlation of similarities with scores. Analogies: the share of right answers. Forms of files are
    found by themselves; unknown words are left out, and counted.
    """
    from kotovec.evaluation import evaluate_analogies, evaluate_word_pairs

    if not options.pairs and not options.analogies:
        raise ConfigError("nothing to evaluate with", hint="try: --pairs wordsim353.tsv, or --analogies questions.txt")
    if options.report:
        from kotovec.atomic import check_writable

        check_writable(options.report)
    vectors, limit = open_vectors(options), options.restrict_vocab or None
    fold = not options.case_sensitive
    pairs = [
        evaluate_word_pairs(
            vectors, path, restrict_vocab=limit, case_insensitive=fold, resamples=options.resamples, seed=options.seed
        )
        for path in options.pairs
    ]
    analogies = [
        evaluate_analogies(vectors, path, method=options.method, restrict_vocab=limit, case_insensitive=fold)  # type: ignore[arg-type]  # which checks it
        for path in options.analogies
    ]
    if options.report:
        write_report(options, pairs, analogies)
    if options.json:
        print_json(
            {
                "file": options.file,
                "pairs": [result.as_dict() for result in pairs],
                "analogies": [answers.as_dict() for answers in analogies],
            }
        )
        return
    print_lines(score_lines(pairs, analogies))


def write_report(options: EvaluateOptions, pairs: list[WordPairResult], analogies: list[AnalogyResult]) -> None:
    """The page that --report asks for."""
    from kotovec.atomic import atomic_write
    from kotovec.evaluation.report import report_html

    page = report_html(os.path.basename(os.path.normpath(options.file)), pairs, analogies)
    with atomic_write(str(options.report)) as file:
        file.write(page.encode())


def score_lines(pairs: list[WordPairResult], analogies: list[AnalogyResult]) -> list[str]:
    """All results as tables."""
    lines: list[str] = []
    if pairs:
        width = max(len("word pairs"), *(len(result.name) for result in pairs))
        lines.append(f"{'word pairs':<{width}}  Spearman  95 % interval  Pearson  p-value  pairs used  unknown")
        lines += [_pair_line(result, width) for result in pairs]
        lines += [line for result in pairs for line in _pair_notes(result)]
    for answers in analogies:
        lines += [""] if lines else []
        lines += _analogy_lines(answers)
    return lines


def _pair_line(result: WordPairResult, width: int) -> str:
    used = f"{len(result.pairs)} of {result.n_pairs}"
    return (
        f"{result.name:<{width}}  {result.spearman.value:8.4f}  {_interval(result.spearman):>13}  "
        f"{result.pearson.value:7.4f}  {result.spearman.p_value:7.1e}  {used:>10}  {100 * result.unknown_share:5.1f} %"
    )


def _interval(estimate: Estimate) -> str:
    return "-" if math.isnan(estimate.low) else f"{estimate.low:.3f} {estimate.high:.3f}"


def _pair_notes(result: WordPairResult) -> list[str]:
    notes, words = [], result.unknown_words
    if words:
        more = f" and {len(words) - _UNKNOWN_SHOWN} more" if len(words) > _UNKNOWN_SHOWN else ""
        notes.append(f"{result.name}: unknown words: {', '.join(words[:_UNKNOWN_SHOWN])}{more}")
    return notes + _skipped_note(result.name, result.skipped_lines)


def _skipped_note(name: str, numbers: list[int]) -> list[str]:
    if not numbers:
        return []
    lines = f"{len(numbers)} line{'s' if len(numbers) > 1 else ''}"
    return [f"{name}: {lines} of another form passed over, the first is line {numbers[0]}"]


def _analogy_lines(result: AnalogyResult) -> list[str]:
    sums = [result.semantic, result.syntactic, result.total]
    width = max(len(result.name), *(len(section.name) for section in [*result.sections, *sums]))
    limit = "" if result.restrict_vocab is None else f", first {result.restrict_vocab:,} words"
    return [
        f"{result.name:<{width}}  accuracy  95 % interval  correct   asked  unknown   ({result.method}{limit})",
        *(_section_line(section, width) for section in [*result.sections, *sums]),
        *_skipped_note(result.name, result.skipped_lines),
    ]


def _section_line(section: AnalogySection, width: int) -> str:
    low, high = section.interval
    accuracy = "-" if math.isnan(low) else f"{100 * section.accuracy:.1f} %"
    interval = "-" if math.isnan(low) else f"{100 * low:.1f} {100 * high:.1f}"
    return (
        f"{section.name:<{width}}  {accuracy:>8}  {interval:>13}  {section.n_correct:7}  {section.n_asked:6}  "
        f"{100 * section.unknown_share:5.1f} %"
    )
