"""What this processor's vector registers hold: from it the kernels take their shape."""

from __future__ import annotations

import platform

from numba import config
from numba.core.codegen import get_host_cpu_features


def registers_of(features: str, machine: str) -> tuple[int, int]:
    """(floats in a vector, how many such the registers hold), of a processor with these features in LLVM's names.

    Wider vectors, or more at a time, would go to memory and back in the middle of what they are needed for.
    """
    if "+avx512f" in features:
        return 16, 32
    if "+avx" not in features and machine.lower() in ("x86_64", "amd64"):
        return 8, 8  # 16 registers of 4 floats
    return 8, 16  # AVX; or NEON: 32 registers of 4 floats


LANES, VECTORS = registers_of(
    get_host_cpu_features() if config.CPU_FEATURES is None else config.CPU_FEATURES, platform.machine()
)
