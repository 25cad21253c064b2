"""Pieces of kernels: code that is linked into kernels, and that nobody runs by itself."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kotovec.kernels import jit

# prints an answer, and the names of what Numba makes machine code of
NAMES = """
import numba.core.codegen as codegen
names = []
add = codegen.JITCPUCodegen._add_module
codegen.JITCPUCodegen._add_module = lambda self, module: (names.append(module.name), add(self, module))[1]
from kotovec.kernels.jit import inline, kernel
@inline
def inner(x): return x + 1
@inline
def outer(x): return 2 * inner(x)
@kernel("int64(int64)")
def answer(x): return outer(x) + inner(x)
print(answer(20), *sorted(name.split("$")[0].split(".")[-1] for name in names))
"""


@jit.inline
def plus_one(x: Any) -> Any:
    return x + 1


@jit.inline
def folded(x: Any, n: Any) -> Any:
    total = plus_one(x) - plus_one(x)
    for i in range(n):
        total += plus_one(x) * i
    return total


@pytest.fixture(scope="module")
def kernels() -> Any:
    @jit.kernel("float64(float64, int64)")
    def nested(x, n):
        return folded(x, n) + plus_one(x)

    @jit.kernel("int64(int64)")
    def other_type(x):
        return plus_one(x)

    return nested, other_type


def test_pieces_within_pieces_in_several_kernels(kernels: Any) -> None:
    nested, other_type = kernels
    assert nested(1.5, 4) == 2.5 * 6 + 2.5
    assert other_type(2**53) == 2**53 + 1


def test_no_machine_code_is_made_of_a_piece(tmp_path: Path) -> None:
    script = tmp_path / "names.py"
    script.write_text(NAMES)
    run = [sys.executable, "-W", "error", script]
    settings = os.environ | {"KOTOVEC_CACHE_DIR": str(tmp_path)}
    lines = subprocess.run(run, env=settings, capture_output=True, text=True, check=True).stdout.split()
    assert [line for line in lines if line != "nrt"] == ["63", "answer"]  # nrt: of Numba itself


def test_pieces_let_what_is_not_a_number_through(kernels: Any) -> None:
    nested, _ = kernels
    assert np.isnan(nested(np.nan, 1))
