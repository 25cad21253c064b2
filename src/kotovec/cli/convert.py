"""`kotovec convert`: vectors from one format into another."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from typer import Argument, Option

from kotovec.cli.output import print_json, say
from kotovec.cli.vectors_file import DebugFlag, FormatName, JsonFlag
from kotovec.errors import ConfigError

if TYPE_CHECKING:
    from kotovec.evaluation.segmentation import Agreement
    from kotovec.formats.conversion import Conversion

EXAMPLES = """\b
Examples:
  kotovec convert vectors.bin vectors.txt
  kotovec convert vectors.bin model --to native
  kotovec convert vectors.bin vectors.mcv1 --dtype f16
  kotovec convert vectors.bin folder --to static
"""


@dataclass(frozen=True, slots=True)
class ConvertOptions:
    """Everything that `kotovec convert` can be told."""

    source: Annotated[str, Argument(metavar="IN", help="vectors of any format that kotovec knows")]
    target: Annotated[str, Argument(metavar="OUT", help="the file or folder to write")]
    to: Annotated[
        str | None,
        Option(
            "--to", metavar="NAME", help="native, text, bin, mcv1, glove, npy, projector, static  [default: by suffix]"
        ),
    ] = None
    vocab: Annotated[
        str | None,
        Option("--vocab", metavar="TSV", help="mcv1, on either side: lines of word id, tab and word"),
    ] = None
    max_word_id: Annotated[
        int | None, Option("--max-word-id", metavar="N", help="to mcv1: write rows for the word ids 0 to N")
    ] = None
    dtype: Annotated[str, Option("--dtype", metavar="NAME", help="to mcv1: f32, f16 or i8")] = "f32"
    segmenter: Annotated[
        str | None,
        Option(
            "--segmenter",
            metavar="NAME",
            help="to static: how text becomes words: whitespace, words or unigram  [default: what suits the words]",
        ),
    ] = None
    weights: Annotated[
        str | None,
        Option("--weights", metavar="NAME", help="to static: sif (rare words weigh more) or none  [default: sif]"),
    ] = None
    agreement_on: Annotated[
        str | None,
        Option("--agreement-on", metavar="TEXT", help="to static: show how far unigram agrees with MeCab on this text"),
    ] = None
    format: FormatName = None
    json: JsonFlag = False
    debug: DebugFlag = False


def convert(options: ConvertOptions) -> None:
    """Write vectors in another format.

    From mcv1, ids without a vector are left out. To mcv1, words that are no ids get the ids of the TSV, else 0, 1, 2
    ... and a TSV beside the file.
    """
    from kotovec.formats.conversion import convert as convert_file

    if options.agreement_on is not None:
        check_agreement(options)
    done = convert_file(
        options.source,
        options.target,
        source_format=options.format,
        target_format=options.to,
        vocab=options.vocab,
        max_word_id=options.max_word_id,
        dtype=options.dtype,
        segmenter=options.segmenter or ("unigram" if options.agreement_on is not None else None),
        weights=options.weights,
    )
    agreement = measure_agreement(options) if options.agreement_on is not None else None
    if options.json:
        facts = {"source": options.source, "target": options.target} | dataclasses.asdict(done)
        print_json(facts | ({"agreement": agreement.as_dict()} if agreement else {}))
        return
    say(conversion_lines(options, done) + (agreement_lines(agreement) if agreement else []))


def check_agreement(options: ConvertOptions) -> None:
    """ConfigError, MissingExtraError or SourceError before anything is written, where nothing could be measured."""
    from kotovec.corpus.japanese import check_installed
    from kotovec.corpus.japanese_config import JapaneseConfig
    from kotovec.corpus.sources import find_files
    from kotovec.formats import format_for

    if format_for(options.target, options.to).name != "static" or options.segmenter not in (None, "unigram"):
        raise ConfigError("--agreement-on is for the format static and its segmenter unigram", hint="try: --to static")
    find_files(str(options.agreement_on))
    check_installed(JapaneseConfig())


def measure_agreement(options: ConvertOptions) -> Agreement:
    """How far the words of the folder that was written are those that MeCab finds in the text."""
    from kotovec.corpus.japanese_config import JapaneseConfig
    from kotovec.evaluation.segmentation import measure
    from kotovec.formats import load

    vectors = load(options.target, format="static")
    nfkc = bool((vectors.config or {}).get("nfkc"))
    return measure(vectors.vocabulary, str(options.agreement_on), JapaneseConfig(nfkc=nfkc))


def conversion_lines(options: ConvertOptions, done: Conversion) -> list[str]:
    """What was done, for people."""
    lines = [f"{options.target}: {done.target_format}, {done.n_words:,} words, vector size {done.vector_size}"]
    if done.zeros_left_out:
        lines.append(f"{done.zeros_left_out:,} ids without a vector left out")
    if done.words_left_out:
        lines.append(f"{done.words_left_out:,} words to which {options.vocab} gives no id left out")
    if done.surfaces:
        lines.append(f"words in {done.surfaces}")
    if done.segmenter:
        lines.append(f"text becomes words by {done.segmenter}; weights of words: {done.weights}")
    if done.never_found:
        lines.append(f"{done.never_found:,} words that {done.segmenter} finds in no text")
    return lines


def agreement_lines(agreement: Agreement) -> list[str]:
    """How far the segmenter agrees with MeCab, for people."""
    return [
        f"against MeCab on {agreement.n_sentences:,} sentences: words F1 {100 * agreement.f1:.1f} %, boundaries F1 "
        f"{100 * agreement.boundary_f1:.1f} %; {100 * agreement.unknown:.1f} % of MeCab's words are not among these"
    ]
