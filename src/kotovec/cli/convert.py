"""`kotovec convert`: vectors from one format into another."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Annotated

from typer import Argument, Option

from kotovec.cli.output import print_json, say
from kotovec.cli.vectors_file import DebugFlag, FormatName, JsonFlag

EXAMPLES = """\b
Examples:
  kotovec convert vectors.bin vectors.txt
  kotovec convert vectors.bin model --to native
  kotovec convert vectors.bin vectors.mcv1 --dtype f16
"""


@dataclass(frozen=True, slots=True)
class ConvertOptions:
    """Everything that `kotovec convert` can be told."""

    source: Annotated[str, Argument(metavar="IN", help="vectors of any format that kotovec knows")]
    target: Annotated[str, Argument(metavar="OUT", help="the file or folder to write")]
    to: Annotated[
        str | None,
        Option("--to", metavar="NAME", help="native, text, bin, mcv1, glove, npy, projector  [default: by suffix]"),
    ] = None
    vocab: Annotated[
        str | None,
        Option("--vocab", metavar="TSV", help="mcv1, on either side: lines of word id, tab and word"),
    ] = None
    max_word_id: Annotated[
        int | None, Option("--max-word-id", metavar="N", help="to mcv1: write rows for the word ids 0 to N")
    ] = None
    dtype: Annotated[str, Option("--dtype", metavar="NAME", help="to mcv1: f32, f16 or i8")] = "f32"
    format: FormatName = None
    json: JsonFlag = False
    debug: DebugFlag = False


def convert(options: ConvertOptions) -> None:
    """Write vectors in another format.

    From mcv1, ids without a vector are left out. To mcv1, words that are no ids get the ids of the TSV, else 0, 1, 2
    ... and a TSV beside the file.
    """
    from kotovec.formats.conversion import convert as convert_file

    done = convert_file(
        options.source,
        options.target,
        source_format=options.format,
        target_format=options.to,
        vocab=options.vocab,
        max_word_id=options.max_word_id,
        dtype=options.dtype,
    )
    if options.json:
        print_json({"source": options.source, "target": options.target} | dataclasses.asdict(done))
        return
    lines = [f"{options.target}: {done.target_format}, {done.n_words:,} words, vector size {done.vector_size}"]
    if done.zeros_left_out:
        lines.append(f"{done.zeros_left_out:,} ids without a vector left out")
    if done.words_left_out:
        lines.append(f"{done.words_left_out:,} words to which {options.vocab} gives no id left out")
    if done.surfaces:
        lines.append(f"words in {done.surfaces}")
    say(lines)
