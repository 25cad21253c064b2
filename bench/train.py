"""How fast, how small and how good training is: kotovec and, where it is installed, gensim, in turn.

python bench/train.py [--corpus FILE] [--eval FOLDER] [--only ROW,ROW] [--rounds N] [--quick] [--json FILE]
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

import processes
import scoring
import speed
from corpora import Setting, add_arguments, setting
from figures import Figure, report, tell
from kernel import skipgram_figures
from threads import threads_against_processes


def kernels(setting: Setting) -> list[Figure]:
    """GFLOP/s in the L2 cache: see bench/kernel.py."""
    return skipgram_figures(2 if setting.quick else 11, 256, quick=setting.quick, judged=setting.judged)


ROWS: dict[str, Callable[[Setting], list[Figure]]] = {
    "skipgram": partial(speed.training, architecture="skipgram", must=16.0, aim=30.0),
    "cbow": partial(speed.training, architecture="cbow", must=7.0, aim=14.0),
    "counting": speed.counting,
    "process": processes.whole_process,
    "kernel": kernels,
    "threads": threads_against_processes,
    "lines": speed.short_lines,
    "loss": speed.loss_cost,
    "compile": processes.compilation,
    "import": processes.imports,
    "memory": processes.memory,
    "quality": scoring.quality,
}


def choice(text: str) -> list[str]:
    """Rows from the command line."""
    names = text.split(",")
    unknown = sorted(set(names) - set(ROWS))
    if unknown:
        raise argparse.ArgumentTypeError(f"no row {unknown[0]!r}; there are {', '.join(ROWS)}")
    return names


def main() -> None:
    """Measure what was chosen, and print one table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_arguments(parser)
    parser.add_argument("--eval", type=Path, help="folder of wordsim353.tsv, simlex999.tsv and google-analogies.txt")
    parser.add_argument("--only", type=choice, default=list(ROWS), help=f"of {', '.join(ROWS)}")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        given, figures = setting(arguments, folder), []
        for name in arguments.only:
            tell(name)
            figures += ROWS[name](given)
        given.encoded.close()
    report(figures, vars(arguments), arguments.json)


if __name__ == "__main__":
    sys.exit(main())
