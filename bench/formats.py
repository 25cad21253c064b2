"""How fast vectors are read and written: kotovec and, where it is installed, gensim, in turn, each in new processes.

python bench/formats.py [--words N] [--text-words N] [--size N] [--only ROW,ROW] [--rounds N] [--quick] [--json FILE]
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

import gensim_peer
from child import run_child
from figures import Figure, in_turn, medians, ratio, report, tell
from kotovec.corpus.vocabulary import Vocabulary
from kotovec.formats import save

_CHILD = Path(__file__).with_name("format_child.py")
_OPENED = (0.05, 0.02)  # seconds


@dataclass
class Setting:
    """What every row needs to know."""

    folder: Path
    sizes: dict[str, tuple[int, int]]  # format -> words and numbers of its file
    rounds: int
    judged: bool

    def must(self, bound: float) -> float | None:
        """The bound, where it applies."""
        return bound if self.judged else None

    def file(self, form: str) -> Path:
        """The file of a format, made when first needed: random words of 3 to 12 letters, normal numbers."""
        path = self.folder / f"vectors.{form}"
        if not path.exists():
            n_words, size = self.sizes[form]
            tell(f"making {path.name}, {n_words:,} x {size}")
            random = np.random.default_rng(1)
            vectors = random.standard_normal((n_words, size), np.float32) * np.float32(0.1)
            words = range(n_words) if form == "mcv1" else random_words(n_words, random)
            save(path, Vocabulary([str(word) for word in words], range(n_words, 0, -1)), vectors, format=form)
        return path


def random_words(n_words: int, random: np.random.Generator) -> list[str]:
    """Distinct words, most of them of 3 to 12 letters."""
    lengths = random.integers(3, 13, n_words).tolist()
    letters = random.integers(97, 123, (n_words, 12), np.uint8)
    words = [row.tobytes()[:length].decode() for row, length in zip(letters, lengths, strict=True)]
    seen: set[str] = set()
    for i, word in enumerate(words):
        words[i] = word if word not in seen else f"{word}{i}"
        seen.add(words[i])
    return words


def calls(who: str, verb: str, form: str, path: Path, n: int) -> list[dict[str, float]]:
    """What `n` calls in a new process took: seconds, cpu_seconds, and fsync, the seconds of waiting for the disk."""
    return json.loads(run_child([sys.executable, _CHILD, who, verb, form, path, str(n)]).out)


class Side:
    """One library: the seconds of a call in a new process, without waiting for the disk, and what else it took."""

    def __init__(self, who: str, verb: str, form: str, path: Path, call: int) -> None:
        self._arguments, self._call = (who, verb, form, path, call + 1), call
        self.runs: list[dict[str, float]] = []

    def __call__(self) -> float:
        """Run it once more."""
        self.runs.append(calls(*self._arguments)[self._call])
        return self.runs[-1]["seconds"] - self.runs[-1]["fsync"]

    def median(self, name: str) -> float:
        """Of all runs."""
        return statistics.median(run[name] for run in self.runs)


def against_gensim(setting: Setting, verb: str, form: str, call: int, must: float) -> Figure:
    """One call of ours against the same of gensim's, in turn."""
    path, (n_words, size) = setting.file(form), setting.sizes[form]
    name = f"{verb} word2vec {form}, {n_words:,} x {size}, {'a later call' if call else 'the first call'}"
    ours, theirs = (Side(who, verb, form, path, call) for who in ("kotovec", "gensim"))
    if not gensim_peer.is_installed():
        return Figure(name, ours(), "s", detail="gensim is not installed")
    pairs = in_turn(ours, theirs, setting.rounds)
    by_processor = theirs.median("cpu_seconds") / ours.median("cpu_seconds")
    detail = "{:.3f} s, gensim {:.3f} s".format(*medians(pairs)) + f"; by processor time {by_processor:.1f} x"
    if verb == "save":
        detail += f"; {ours.median('fsync'):.2f} s more until the disk has it (fsync)"
    return Figure(f"{name}, against gensim", ratio(pairs), "x", setting.must(must), detail=detail)


def loading(setting: Setting, form: str, must: float) -> list[Figure]:
    """The first call of a process, which loads modules and kernels, and the second."""
    return [against_gensim(setting, "load", form, call, must) for call in (0, 1)]


def saving(setting: Setting, form: str, must: float) -> list[Figure]:
    """The second call of a process."""
    return [against_gensim(setting, "save", form, 1, must)]


def opening(setting: Setting, form: str) -> list[Figure]:
    """`kotovec.load` in a new process, after the import."""
    path, (n_words, size) = setting.file(form), setting.sizes[form]
    rounds = 1 if not setting.judged else 3 * setting.rounds
    runs = [calls("kotovec", "open", form, path, 2) for _ in range(rounds)]
    first, again = (statistics.median(run[call]["seconds"] for run in runs) for call in (0, 1))
    bounds = [setting.must(bound) for bound in _OPENED]
    detail = f"again {1000 * again:.1f} ms"
    return [Figure(f"open {form}, {n_words:,} x {size}", first, "s", *bounds, at_most=True, detail=detail)]


ROWS: dict[str, Callable[[Setting], list[Figure]]] = {
    "load-bin": partial(loading, form="bin", must=5.0),
    "load-text": partial(loading, form="text", must=3.0),
    "save-bin": partial(saving, form="bin", must=3.0),
    "save-text": partial(saving, form="text", must=3.0),
    "open-native": partial(opening, form="native"),
    "open-mcv1": partial(opening, form="mcv1"),
}


def main() -> None:
    """Measure what was chosen, and print one table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--words", type=int, default=400_000)
    parser.add_argument(
        "--text-words", type=int, default=40_000, help="of the text file, which gensim takes minutes for"
    )
    parser.add_argument("--size", type=int, default=300)
    parser.add_argument("--only", type=lambda text: text.split(","), default=list(ROWS), help=f"of {', '.join(ROWS)}")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--quick", action="store_true", help="small files and one round: to see that it runs")
    parser.add_argument("--json", type=Path, help="write the figures to this file too")
    arguments = parser.parse_args()
    large, few = (arguments.words, arguments.text_words) if not arguments.quick else (500, 100)
    sizes = {form: (few if form == "text" else large, arguments.size) for form in ("bin", "text", "native", "mcv1")}
    figures = []
    with tempfile.TemporaryDirectory() as folder:
        given = Setting(Path(folder), sizes, 1 if arguments.quick else arguments.rounds, not arguments.quick)
        for name in arguments.only:
            tell(name)
            figures += ROWS[name](given)
    report(figures, vars(arguments), arguments.json)


if __name__ == "__main__":
    sys.exit(main())
