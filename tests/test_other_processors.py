"""The kernels as they are compiled for processors that this machine can pretend to be, and in shapes for others."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from pathlib import Path

import pytest

KERNEL_TESTS = [
    "test_simd.py",
    "test_tiles.py",
    "test_sigmoid.py",
    "test_sampling.py",
    "test_blocks.py",
    "test_skipgram.py",
    "test_cbow.py",
]
X86 = pytest.mark.skipif(platform.machine() not in ("x86_64", "AMD64"), reason="other processors have other names")


@pytest.mark.slow
def test_the_kernels_prove_themselves_in_the_shape_for_avx_512(tmp_path: Path) -> None:
    """On any processor. Numba's cache cannot tell shapes apart, so this has its own."""
    paths = os.pathsep.join(filter(None, [str(Path(__file__).parent), os.environ.get("PYTHONPATH")]))
    prove("-p", "other_registers", PYTHONPATH=paths, OTHER_REGISTERS="16,32", KOTOVEC_CACHE_DIR=str(tmp_path))


@X86
@pytest.mark.slow
@pytest.mark.parametrize(
    "name, features", [("haswell", "+avx,+avx2,+fma,+bmi,+bmi2,+popcnt,+sse4.2,+cx16"), ("generic", "")]
)
def test_the_kernels_prove_themselves_without_avx_512(name: str, features: str) -> None:
    """Other instructions, and fewer registers."""
    prove(NUMBA_CPU_NAME=name, NUMBA_CPU_FEATURES=features)


def prove(*options: str, **environment: str) -> None:
    """Run the kernels' own tests."""
    tests = [str(Path(__file__).parent / test) for test in KERNEL_TESTS]
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *options, *tests],
        env=os.environ | environment, capture_output=True, text=True, cwd=Path(__file__).parents[1],
    )  # fmt: skip
    assert run.returncode == 0, run.stdout[-3000:] + run.stderr[-2000:]
