"""How far apart two cores are: what one cache line takes from one to the other, and whether that stays so.

Cores that share an L3 cache are near, others far, by a factor of four. Where a machine is virtual, its owner moves its
cores, within seconds. What two threads do to the same rows hangs on it, so it stands beside such figures.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np
from numba import types
from numba.extending import intrinsic

from kotovec.kernels.jit import kernel
from kotovec.kernels.memory import aligned_zeros

TIMES = 5_000  # that the line is handed over and comes back
NEAR, FAR = 90.0, 120.0  # ns: on Zen 4, cores that share an L3 cache take 40 to 60, others 115 and more
PATIENCE = 50_000_000  # looks at it, a twentieth of a second: where both threads are on one core, they are in vain


@cache
def _hand_over() -> Any:
    """hand_over(line, mine, times, patience): wait until line[0] is `mine`, make it one more, and so on by twos.

    Gives whether it came to an end.
    """

    @intrinsic
    def look(typing_context: Any, line: Any) -> Any:
        def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
            return builder.load_atomic(_address(context, builder, signature, args), "acquire", 8)

        return types.int64(line), codegen

    @intrinsic
    def write(typing_context: Any, line: Any, value: Any) -> Any:
        def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
            builder.store_atomic(args[1], _address(context, builder, signature, args), "release", 8)
            return context.get_dummy_value()

        return types.void(line, types.int64), codegen

    @kernel("boolean(int64[::1], int64, int64, int64)")
    def hand_over(line, mine, times, patience):
        for _ in range(times):
            while look(line) != mine:
                patience -= 1
                if patience < 0:
                    return False
            write(line, mine + 1)
            mine += 2
        return True

    return hand_over


def _address(context: Any, builder: Any, signature: Any, args: Any) -> Any:
    return context.make_array(signature.args[0])(context, builder, args[0]).data


def nanoseconds_between_cores() -> float | None:
    """One way, between the cores that two threads run on at this moment; None where they find no two."""
    hand_over, line, ended = _hand_over(), aligned_zeros(1, np.int64), []
    other = threading.Thread(target=lambda: ended.append(hand_over(line, 1, TIMES, PATIENCE)))
    other.start()
    hand_over(line, 0, 1, PATIENCE)  # the other one runs from here on, or soon
    while line[0] != 2 and other.is_alive():
        pass
    began = time.perf_counter()
    ended.append(hand_over(line, 2, TIMES - 1, PATIENCE))
    seconds = time.perf_counter() - began
    other.join()
    return seconds / (2 * (TIMES - 1)) * 1e9 if all(ended) else None


class Distances:
    """Of every time that it was asked to look."""

    def __init__(self) -> None:
        self.found: list[float | None] = []  # ns; None where nothing was found

    def look(self) -> None:
        """Measure; the least of three, since who is interrupted takes long."""
        self.found.append(min((d for _ in range(3) if (d := nanoseconds_between_cores()) is not None), default=None))

    def rounds(self, looks: int) -> list[str | None]:
        """Of each round of so many looks: whether the cores were "near" or "far" at all of them, None if neither."""
        return [_name_of(self.found[i : i + looks]) for i in range(0, len(self.found), looks)]

    def __str__(self) -> str:
        known = [distance for distance in self.found if distance is not None]
        return f"cores {min(known):.0f} to {max(known):.0f} ns apart" if known else "cores of unknown distance"


def _name_of(distances: Sequence[float | None]) -> str | None:
    known = [distance for distance in distances if distance is not None]
    if not known or len(known) < len(distances):
        return None
    return "near" if max(known) < NEAR else "far" if min(known) > FAR else None
