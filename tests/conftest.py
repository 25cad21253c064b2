"""Fixtures that more than one test file uses."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import numpy as np
import pytest

WORDS = "the a king queen man woman rules lives in castle town and with old young".split()


@pytest.fixture
def text_file(tmp_path: Path) -> Path:
    """A text of 15 words and 400 lines."""
    lines = (" ".join(WORDS[(i * j + j) % len(WORDS)] for j in range(1, 9)) for i in range(400))
    path = tmp_path / "text.txt"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


@pytest.fixture
def run_kotovec(capfd: pytest.CaptureFixture[str]) -> Callable[..., CompletedProcess[str]]:
    """Run the command line in this process: what a process of its own would give, without its start."""
    from kotovec.cli import main

    def run(*arguments: object) -> CompletedProcess[str]:
        words = [str(argument) for argument in arguments]
        capfd.readouterr()
        exit_code = main(words)
        out, err = capfd.readouterr()
        return CompletedProcess(words, exit_code, out, err)

    return run


@pytest.fixture
def run_process(tmp_path: Path) -> Callable[..., CompletedProcess[str]]:
    """Run the command line in a process of its own, in `tmp_path`, for what only a process can show."""

    def run(*arguments: object, **more: Any) -> CompletedProcess[str]:
        words = [sys.executable, "-m", "kotovec", *map(str, arguments)]
        environment = os.environ | {"PYTHONWARNINGS": "error"}
        return subprocess.run(
            words, **{"capture_output": True, "text": True, "cwd": tmp_path, "env": environment} | more
        )

    return run


@pytest.fixture
def untrained(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """No vectors of notes but in tests that ask for `trained`: hundreds of small vaults would be trained on."""
    if "trained" not in request.fixturenames:
        none = np.zeros((0, 64), np.float32)
        monkeypatch.setattr("kotovec.notes.word_vectors.train_on", lambda *_, **__: none)
        monkeypatch.setattr("kotovec.notes.index.compiled_ahead", nullcontext)


@pytest.fixture
def trained() -> None:
    """Let vectors be trained."""
