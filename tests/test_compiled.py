"""Kernels compiled by a process beside the run: it is started where it pays, waited for, and ended."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from kotovec import children
from kotovec.training import compiled
from kotovec.training.compiled import PROGRAM, compiled_ahead, load_kernel
from kotovec.training.config import TrainConfig

USE = """
import json
from kotovec.training import compiled
from kotovec.training.config import TrainConfig
compiled.cores = lambda: 2
config = TrainConfig(negative=1)
with compiled.compiled_ahead(config):
    helper, = compiled._helpers.values()
    stats = compiled.load_kernel(config).compiled.stats
    hits, misses, code = sum(stats.cache_hits.values()), sum(stats.cache_misses.values()), helper.returncode
with compiled.compiled_ahead(config):
    print(json.dumps([hits, misses, code, len(compiled._helpers)]))
"""
SLEEP = "import time; time.sleep(60)"


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[subprocess.Popen[bytes]]:
    """The processes that are started, with two cores and an empty cache; they sleep."""
    processes: list[subprocess.Popen[bytes]] = []
    start = children.start

    def start_another(program: str) -> subprocess.Popen[bytes]:
        assert program == PROGRAM
        processes.append(start(SLEEP))
        return processes[-1]

    monkeypatch.setattr(children, "start", start_another)
    monkeypatch.setattr(compiled, "cores", lambda: 2)
    monkeypatch.setattr(compiled, "cache_folder", lambda: str(tmp_path))
    return processes


def test_a_process_compiles_what_the_run_then_finds_in_the_cache(tmp_path: Path) -> None:
    environment = os.environ | {"KOTOVEC_CACHE_DIR": str(tmp_path)}
    told = subprocess.run([sys.executable, "-c", USE], env=environment, capture_output=True, text=True, check=True)
    hits, misses, exit_code, then_started = json.loads(told.stdout)
    assert (hits, misses, exit_code) == (1, 0, 0)
    assert then_started == 0  # the cache is known to have it
    assert told.stderr == ""


def test_the_process_ends_with_the_body(started: list[Any]) -> None:
    with compiled_ahead(TrainConfig()):
        assert started[0].poll() is None
    assert started[0].poll() is not None


def test_the_process_ends_with_an_error_too(started: list[Any]) -> None:
    with pytest.raises(KeyboardInterrupt), compiled_ahead(TrainConfig()):
        raise KeyboardInterrupt
    assert started[0].poll() is not None
    assert not compiled._helpers


def test_one_process_is_enough_for_two_runs(started: list[Any]) -> None:
    with compiled_ahead(TrainConfig()), compiled_ahead(TrainConfig(seed=2)):
        assert len(started) == 1
        with compiled_ahead(TrainConfig(architecture="cbow")):
            assert len(started) == 2


def test_what_a_process_does_not_bring_is_compiled_here(started: list[Any], monkeypatch) -> None:
    monkeypatch.setattr(sys.modules[__name__], "SLEEP", "raise SystemExit(1)")
    with compiled_ahead(TrainConfig()):
        assert load_kernel(TrainConfig()) is not None
        assert started[0].returncode == 1


def test_a_process_that_does_not_end_is_not_waited_for(started: list[Any], monkeypatch) -> None:
    monkeypatch.setattr(compiled, "_PATIENCE", 0.01)
    with compiled_ahead(TrainConfig()):
        assert load_kernel(TrainConfig()) is not None
        assert started[0].poll() is None


def test_no_process_where_none_can_be_started(started: list[Any], monkeypatch) -> None:
    def refuse(program: str) -> None:
        raise BlockingIOError(11, "Resource temporarily unavailable")

    monkeypatch.setattr(children, "start", refuse)
    with compiled_ahead(TrainConfig()):
        assert load_kernel(TrainConfig()) is not None


@pytest.mark.parametrize(
    ("owner", "name", "value"),
    [
        (compiled, "cores", lambda: 1),
        (compiled, "cache_folder", lambda: None),
        (sys, "executable", ""),
        (sys, "frozen", True),
    ],
    ids=["one core", "no cache", "no python", "frozen"],
)
def test_no_process_where_it_does_not_pay(started: list[Any], monkeypatch, owner, name, value) -> None:
    monkeypatch.setattr(owner, name, value, raising=False)
    with compiled_ahead(TrainConfig()):
        assert load_kernel(TrainConfig()) is not None
    assert not started


def test_a_kernel_that_was_loaded_once_needs_no_process(started: list[Any]) -> None:
    load_kernel(TrainConfig())
    with compiled_ahead(TrainConfig()):
        assert not started
    with compiled_ahead(TrainConfig(negative=6)):  # is another
        assert len(started) == 1


def test_the_process_ends_when_its_parent_does(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("KOTOVEC_CACHE_DIR", str(tmp_path))
    helper = children.start(PROGRAM)
    try:
        compiled._tell(helper, json.dumps(["skipgram", 1]))
        began = time.monotonic()
        helper.stdin.close()
        assert helper.wait(60) == 1
        assert time.monotonic() - began < 30
        assert not any(path.is_file() for path in tmp_path.rglob("*.nbc"))
    finally:
        children.end(helper)


def test_the_mark_of_a_kernel_is_in_the_folder_of_the_cache(started: list[Any], tmp_path: Path) -> None:
    load_kernel(TrainConfig())
    (marker,) = tmp_path.iterdir()
    assert marker.name.startswith("skipgram-5.")
