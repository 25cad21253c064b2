"""Reading a block while the one before is worked on, and writing one while the next is made."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, BinaryIO, TypeAlias

Blocks: TypeAlias = Generator[tuple[bytearray, int], None, None]


def read_here(stream: BinaryIO, room: int, n_bytes: int) -> Blocks:
    """As `read_ahead`, in this thread, in one buffer."""
    buffer = bytearray(room + n_bytes)
    readinto: Any = stream.readinto  # type: ignore[attr-defined]  # every binary stream has it
    while got := readinto(memoryview(buffer)[room:]):
        yield buffer, room + got


def read_ahead(stream: BinaryIO, room: int, n_bytes: int) -> Blocks:
    """(buffer, end) to the end of a stream: what was read is `buffer[room:end]`, at most `n_bytes`.

    The first `room` bytes are the caller's, for what is left of the block before. There are three buffers in turn: the
    one before may be read until the next is asked for.
    """
    buffers = tuple(bytearray(room + n_bytes) for _ in range(3))
    readinto: Any = stream.readinto  # type: ignore[attr-defined]  # every binary stream has it
    turn = 0
    with ThreadPoolExecutor(1) as pool:
        pending = pool.submit(readinto, memoryview(buffers[0])[room:])
        while got := pending.result():
            ready, turn = buffers[turn], (turn + 1) % 3
            pending = pool.submit(readinto, memoryview(buffers[turn])[room:])
            yield ready, room + got


@contextmanager
def write_behind(file: BinaryIO) -> Iterator[Callable[[Any], None]]:
    """A function that writes a block of bytes while the caller makes the next one; errors come with a later call.

    A block may be changed once the function was called for the next.
    """
    with ThreadPoolExecutor(1) as pool:
        pending: list[Future[int]] = []

        def write(block: Any) -> None:
            finish()
            pending.append(pool.submit(file.write, block))

        def finish() -> None:
            while pending:
                pending.pop().result()

        yield write
        finish()
