"""The rows of bench/train.py that need processes of their own: whole runs, compilation, imports, memory."""

from __future__ import annotations

import json
import statistics
import sys
import tempfile
from pathlib import Path

import gensim_peer
from child import Child, kotovec, run_child
from corpora import Setting, write_zipf_text
from figures import Figure, in_turn, medians, ratio
from kotovec.kernels.state import row_size
from speed import NAMES


def whole_process(setting: Setting) -> list[Figure]:
    """Text to word2vec's binary file, one epoch of skip-gram: the command, against a script with gensim."""
    runs: dict[str, list[Child]] = {"kotovec": [], "gensim": []}

    def run(name: str, command: list[str | Path]) -> float:
        runs[name].append(run_child(command))
        return runs[name][-1].seconds

    def ours() -> float:
        return run("kotovec", _train_command(setting, setting.corpus, "--quiet"))

    def theirs() -> float:
        script = [sys.executable, gensim_peer.__file__, setting.corpus, setting.folder / "gensim.bin"]
        return run("gensim", [*script, "--threads", str(setting.threads)])

    ours()  # fills the compile cache, and the system's
    if not gensim_peer.is_installed():
        seconds = statistics.median(ours() for _ in range(setting.rounds))
        return [Figure("whole process, kotovec", seconds, "s", detail="no gensim here")]
    pairs = in_turn(ours, theirs, setting.rounds)
    seconds, gensim_seconds = medians(pairs)
    return [
        Figure("whole process, kotovec", seconds, "s", detail=_peak(runs["kotovec"])),
        Figure("whole process, gensim", gensim_seconds, "s", detail=_peak(runs["gensim"])),
        Figure("whole process against gensim", ratio(pairs), "x", setting.must(7.5), setting.must(14.0)),
    ]


def compilation(setting: Setting) -> list[Figure]:
    """The whole command on a small text, with an empty compile cache, less the same with a full one."""
    text = setting.folder / "small.txt"
    write_zipf_text(text, 5_000, 200)
    figures = []
    for architecture, name in NAMES.items():
        options = ("--json", "--quiet", *(("--cbow",) if architecture == "cbow" else ()))
        command = _train_command(setting, text, *options)
        runs = [_cold_and_warm(command) for _ in range(setting.rounds)]
        seconds = statistics.median(cold.seconds - warm.seconds for cold, warm in runs)
        told = statistics.median(json.loads(cold.out)["seconds"]["compile"] for cold, _ in runs)
        cpu = statistics.median((cold.cpu_seconds or 0) - (warm.cpu_seconds or 0) for cold, warm in runs)
        detail = f"processor time {cpu:.2f} s; --json says {told:.2f} s"
        must, aim = setting.must(5.0), setting.must(2.0)
        figures.append(Figure(f"first compilation, {name}", seconds, "s", must, aim, at_most=True, detail=detail))
        if setting.quick:
            break
    return figures


def _cold_and_warm(command: list[str | Path]) -> tuple[Child, Child]:
    """With an empty compile cache, and with the one that this has filled."""
    with tempfile.TemporaryDirectory() as cache:
        return run_child(command, KOTOVEC_CACHE_DIR=cache), run_child(command, KOTOVEC_CACHE_DIR=cache)


def imports(setting: Setting) -> list[Figure]:
    """`import kotovec`, as its process measures it, and `kotovec --help`, the whole process."""
    timed = "import time; began = time.perf_counter(); import kotovec; print(time.perf_counter() - began)"
    rounds = 1 if setting.quick else 15
    importing, helping, bare = [], [], []
    for _ in range(rounds):
        importing.append(float(run_child([sys.executable, "-c", timed]).out))
        helping.append(run_child(kotovec("--help")).seconds)
        bare.append(run_child([sys.executable, "-c", "pass"]).seconds)
    detail = f"of which Python's own start {statistics.median(bare):.3f} s"
    must, aim = setting.must(0.3), setting.must(0.15)
    return [
        Figure("import kotovec", statistics.median(importing), "s", must, aim, at_most=True),
        Figure("kotovec --help", statistics.median(helping), "s", must, aim, at_most=True, detail=detail),
    ]


def memory(setting: Setting) -> list[Figure]:
    """Anonymous memory at its peak beyond the two matrices, for the corpus and for four times the corpus."""
    corpus = setting.encoded
    matrices = 4 * (2 * len(corpus.vocabulary) + 1) * row_size(setting.config().vector_size) / 1e6
    bounds = [base + per_type * corpus.raw_types / 1e6 for base, per_type in ((200, 150), (100, 100))]
    figures = []
    for times in (1, 4):
        same_words = ("--min-count", str(gensim_peer.MIN_COUNT * times))
        command = _train_command(setting, setting.corpus, "--quiet", *same_words, times=times)
        runs = [run_child(command, watch_memory=True) for _ in range(setting.rounds)]
        name = f"anonymous memory beyond the matrices, corpus x {times}"
        if runs[0].anonymous_mb is None:
            figures.append(Figure(name, None, "MB", detail="this system does not tell"))
            continue
        value = max(run.anonymous_mb or 0.0 for run in runs) - matrices
        detail = f"matrices {matrices:.1f} MB, {corpus.raw_types:,} distinct tokens, {_peak(runs)}"
        must, aim = map(setting.must, bounds)
        figures.append(Figure(name, value, "MB", must, aim, at_most=True, detail=detail))
    return figures


def _train_command(setting: Setting, text: Path, *options: str, times: int = 1) -> list[str | Path]:
    """One epoch into a binary file, with the settings of all comparisons; the text is read so many times."""
    config = setting.config()
    numbers = f"--size {config.vector_size} --window {config.window} --negative {config.negative} --epochs 1"
    return kotovec(
        "train", *[text] * times, "-o", setting.folder / "kotovec.bin", "-f", "bin", *numbers.split(),
        "--threads", str(config.threads), *options,
    )  # fmt: skip


def _peak(runs: list[Child]) -> str:
    """The highest peak, for the last column."""
    peaks = [run.peak_mb for run in runs if run.peak_mb]
    return f"peak memory {max(peaks):.0f} MB, files mapped included" if peaks else ""
