"""`kotovec demo`: the whole way in half a minute, on the English that every Python carries."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from typer import Option

from kotovec.cli.output import print_lines
from kotovec.cli.progress import reporter
from kotovec.machine import cores

if TYPE_CHECKING:
    from kotovec.events import Callback
    from kotovec.training.trainer import TrainedModel
    from kotovec.vectors import KeyedVectors

EXAMPLES = """\b
Examples:
  kotovec demo
  kotovec demo -o demo.bin && kotovec similar demo.bin thread
"""

# clear cases, found by trying; a Python whose text lacks one shows the others
WORDS = ("month", "left", "read", "thread", "socket", "dictionary", "compress", "color", "mouse", "address")
NEIGHBORS = 5
EPOCHS = 20  # a small corpus: more passes, larger steps
ALPHA = 0.05


@dataclass(frozen=True, slots=True)
class DemoOptions:
    """Everything that `kotovec demo` can be told."""

    output: Annotated[str | None, Option("-o", "--output", metavar="PATH", help="keep the vectors here")] = None
    threads: Annotated[int | None, Option("--threads", metavar="N", help="worker threads  [default: all cores]")] = None
    quiet: Annotated[bool, Option("-q", "--quiet", help="no progress")] = False
    debug: Annotated[bool, Option("--debug", help="show a traceback with an error")] = False


def demo(options: DemoOptions) -> None:
    """Train on text that is here already.

    The English that every Python carries: the topics of help() and the docstrings of the standard library, which
    is read and not run. Then the neighbours of a few words.
    """
    with reporter(quiet=options.quiet) as report:
        model = train_demo(cores() if options.threads is None else options.threads, report)
    if options.output:
        from kotovec.formats import save

        save(options.output, model.vocabulary, model.input_vectors, output_vectors=model.output_vectors)
    print_lines(neighbor_table(model.wv))


def train_demo(threads: int, report: Callback) -> TrainedModel:
    """Vectors of the words of `demo_corpus`."""
    from kotovec.corpus.encoding import CorpusConfig, encode
    from kotovec.demo_corpus import paragraphs
    from kotovec.training.compiled import compiled_ahead
    from kotovec.training.config import TrainConfig

    config, text_config = TrainConfig(epochs=EPOCHS, alpha=ALPHA, threads=threads), CorpusConfig(tokenizer="words")
    with compiled_ahead(config), encode(paragraphs(), text_config, threads=threads, callback=report) as corpus:
        from kotovec.training.trainer import train

        return train(corpus, config, callback=report)


def neighbor_table(vectors: KeyedVectors) -> list[str]:
    """One line for each of WORDS that this Python's text has: the word, and its nearest words."""
    found = [word for word in WORDS if word in vectors]
    width = max(map(len, found), default=0)
    return [
        f"{word:>{width}}  " + " ".join(near for near, _ in vectors.most_similar(word, topn=NEIGHBORS))
        for word in found
    ]
