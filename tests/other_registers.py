"""A plugin for pytest: kernels for registers of another shape than this machine has, as OTHER_REGISTERS tells.

LLVM makes several instructions of what would be one there; what is computed is the same.
"""

from __future__ import annotations

import os

from kotovec.kernels import registers

registers.LANES, registers.VECTORS = (int(number) for number in os.environ["OTHER_REGISTERS"].split(","))
