"""`kotovec tokenize`: text in, sentences of tokens or of word ids out."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, BinaryIO

from typer import Argument, Option

from kotovec.cli import text_options
from kotovec.cli.output import say
from kotovec.cli.progress import reporter
from kotovec.cli.text_options import japanese_config
from kotovec.errors import ConfigError
from kotovec.events import Notice
from kotovec.machine import cores

if TYPE_CHECKING:
    from kotovec.corpus.sources import TextFiles
    from kotovec.corpus.token_text import TokenText
    from kotovec.corpus.word_ids import WordIds

EXAMPLES = """\b
Examples:
  kotovec tokenize japanese.txt -o corpus.txt --tokenizer ja
  kotovec tokenize japanese.txt -o ids.txt --tokenizer ja --ids --vocab-out vocab.tsv
  kotovec tokenize notes/ -o corpus.txt.gz --tokenizer words
"""


@dataclass(frozen=True, slots=True)
class TokenizeOptions:
    """Everything that `kotovec tokenize` can be told."""

    text: Annotated[
        list[str],
        Argument(metavar="TEXT", help="files, folders, globs, or - for stdin; .gz, .bz2, .xz and .zst too"),
    ] = field(default_factory=list)
    output: Annotated[
        str,
        Option(
            "-o",
            "--output",
            metavar="FILE",
            rich_help_panel="Files",
            help="where the sentences go, a line each; by suffix .gz, .bz2, .xz or .zst  [default: stdout]",
        ),
    ] = "-"
    encoding: text_options.Encoding = "utf-8"
    tokenizer: text_options.Tokenizer = "whitespace"
    ids: Annotated[bool, Option("--ids", rich_help_panel="Words", help="write word ids instead of words")] = False
    vocab_out: Annotated[
        str | None,
        Option(
            "--vocab-out",
            metavar="FILE",
            rich_help_panel="Words",
            help="lines of word id, tab and word; a file that is there keeps its ids and gets the new words",
        ),
    ] = None
    unit: text_options.Unit = "surface"
    pos: text_options.Pos = None
    dictionary: text_options.Dictionary = None
    nfkc: text_options.Nfkc = False
    id_map: text_options.IdMapFile = None
    threads: Annotated[
        int | None,
        Option("--threads", metavar="N", rich_help_panel="Run", help="processes of ja  [default: all cores]"),
    ] = None
    quiet: Annotated[
        bool, Option("-q", "--quiet", rich_help_panel="Run", help="no progress, no summary: errors only")
    ] = False
    debug: Annotated[bool, Option("--debug", rich_help_panel="Run", help="show a traceback with an error")] = False


def tokenize(options: TokenizeOptions) -> None:
    """Write text as sentences of tokens.

    A line is a sentence; tokens, or their word ids, have a space between them.
    """
    from kotovec.corpus.config import CorpusConfig
    from kotovec.corpus.sources import find_files
    from kotovec.corpus.token_text import TokenText

    began = time.perf_counter()
    if not options.text:
        raise ConfigError("no text to tokenise", hint="try: kotovec tokenize TEXT -o corpus.txt, or - for stdin")
    config = CorpusConfig(tokenizer=options.tokenizer, encoding=options.encoding, japanese=japanese_config(options))
    files = find_files(*options.text)
    check_options(options, files)
    threads = cores() if options.threads is None else options.threads
    if threads < 1:
        raise ConfigError("--threads is out of range", expected="1 or more", found=threads)
    with reporter(quiet=options.quiet) as report:
        tokens = TokenText(files, config, threads=threads, callback=report)
        words = write_tokens(options, tokens)
        for text in tokens.notices:
            report(Notice(text))
    if not options.quiet:
        say([summary(options, tokens, time.perf_counter() - began), *words])


def check_options(options: TokenizeOptions, files: TextFiles) -> None:
    """ConfigError and OutputError for what could not be done later."""
    from kotovec.atomic import check_writable

    if options.ids and options.id_map is None and options.vocab_out is None:
        raise ConfigError("no place for the words of the ids", hint="try: --vocab-out vocab.tsv")
    if options.vocab_out is not None and not (options.ids or options.id_map):
        raise ConfigError("--vocab-out is for word ids", hint="try: --ids")
    taken = [os.path.realpath(path) for path in (*(file.path for file in files.files), options.id_map or "") if path]
    for path in (options.output, options.vocab_out):
        if path and path != "-":
            if os.path.realpath(path) in taken:
                raise ConfigError("is both read and written", path=path, hint="give the output another name")
            taken.append(os.path.realpath(path))
            check_writable(path)


def write_tokens(options: TokenizeOptions, tokens: TokenText) -> list[str]:
    """Write all, the words of the ids first; what to say about these."""
    from kotovec.corpus.word_ids import WordIds, write_id_map_words

    ids: WordIds | None = None
    if options.ids and options.id_map is None:
        ids = WordIds(str(options.vocab_out))
    with open_output(options.output) as file, closing(iter(tokens)) as pieces:
        for piece in pieces:
            file.write(ids.translate(piece) if ids is not None else piece)
        if ids is not None:
            ids.write()
            return [f"{len(ids):,} words, {ids.n_new:,} of them new, in {options.vocab_out}"]
        if options.id_map and options.vocab_out:
            return [f"{write_id_map_words(options.id_map, options.vocab_out):,} words in {options.vocab_out}"]
    return []


@contextmanager
def open_output(name: str) -> Iterator[BinaryIO]:
    """Standard output, or a file that takes its name when it is whole; compressed as its suffix says."""
    from kotovec.atomic import atomic_write
    from kotovec.corpus.compressing import compressing

    if name == "-":
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
    else:
        with atomic_write(name) as file, compressing(file, name) as packed:
            yield packed


def summary(options: TokenizeOptions, tokens: TokenText, seconds: float) -> str:
    """The run in one line."""
    where = "" if options.output == "-" else f" in {options.output}"
    line = f"{tokens.n_tokens:,} tokens, {tokens.n_sentences:,} sentences{where}; {seconds:.2f} s"
    return line + (f"; {tokens.invalid_bytes:,} bytes were no UTF-8 and are replaced" if tokens.invalid_bytes else "")
