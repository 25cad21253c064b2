"""Text in blocks, and work on blocks in several threads, with results in the order of the text."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

from kotovec.corpus.sources import ByteStream
from kotovec.kernels.tokens import PADDING

Bytes: TypeAlias = NDArray[np.uint8]
Item = TypeVar("Item")
Result = TypeVar("Result")

BLOCK_SIZE = 1 << 20  # bytes; 1 MB stays in the L2 cache: 10 % faster than 4 MB, and less memory


@dataclass(eq=False)
class Block:
    """A piece of text that ends behind a separator, and room for what it becomes; used again and again."""

    data: Bytes  # of which the last PADDING bytes are never text
    ids: NDArray[np.int32]  # room for an id per byte, and one more
    size: int = 0  # bytes of text in `data`

    @classmethod
    def of_size(cls, capacity: int) -> Block:
        """A block with room for `capacity` bytes; memory is taken only where it is written to."""
        return cls(np.empty(capacity + PADDING, np.uint8), np.empty(capacity + 1, np.int32))

    @property
    def capacity(self) -> int:
        """The most bytes of text that fit in."""
        return len(self.data) - PADDING

    def grow(self) -> None:
        """Double the capacity; the text in it stays."""
        larger = Block.of_size(2 * self.capacity)
        larger.data[: self.size] = self.data[: self.size]
        self.data, self.ids = larger.data, larger.ids


class BlockReader:
    """Iterates over a stream in blocks, cut behind separators. Whoever has done with a block gives it back."""

    def __init__(self, stream: ByteStream, cuts: Bytes, block_size: int = BLOCK_SIZE) -> None:
        self._stream, self._cuts, self._block_size = stream, cuts, block_size
        self._rest: Bytes = np.empty(0, np.uint8)  # begins the next block
        self._free: list[Block] = []

    def give_back(self, block: Block) -> None:
        """Let a block be used again; one that had to grow is let go."""
        if block.capacity == self._block_size:
            self._free.append(block)

    def __iter__(self) -> Iterator[Block]:
        at_end = False
        while not at_end:
            block = self._free.pop() if self._free else Block.of_size(self._block_size)
            block.size = 0
            at_end = self._fill(block)
            if block.size:
                yield block

    def _fill(self, block: Block) -> bool:
        """Text up to a separator; True at the end of the stream. A token longer than the block makes it grow."""
        while block.capacity < len(self._rest):
            block.grow()
        block.size = len(self._rest)
        block.data[: block.size] = self._rest
        while True:
            searched = block.size
            at_end = self._read(block)
            cut = self._cut(block, searched)
            if at_end or cut > searched:
                break
            block.grow()
        self._rest = block.data[cut : block.size].copy()
        block.size = cut
        return at_end

    def _cut(self, block: Block, searched: int) -> int:
        """One behind the last byte of the block where it can be cut; `searched` where there is none behind that."""
        end, window = block.size, 1 << 8
        while end > searched:
            low = max(searched, end - window)
            places = np.flatnonzero(self._cuts[block.data[low:end]])
            if len(places):
                return low + int(places[-1]) + 1
            end, window = low, 1 << 16
        return searched

    def _read(self, block: Block) -> bool:
        view = memoryview(block.data)[: block.capacity]  # type: ignore[arg-type]
        while block.size < block.capacity:
            size = self._stream.readinto(view[block.size :])
            if not size:
                return True
            block.size += size
        return False


def ordered_map(work: Callable[[Item], Result], items: Iterable[Item], threads: int) -> Generator[Result, None, None]:
    """`work` on each item, in `threads` threads, one or two items ahead; results come in the order of the items.

    Items are made, and results used, on the calling thread. An exception of `work` is raised there. After
    `close()`, and after the last result, no work goes on.
    """
    pool = ThreadPoolExecutor(threads, thread_name_prefix="kotovec-corpus")
    pending: deque[Future[Result]] = deque()
    try:
        for item in items:
            pending.append(pool.submit(work, item))
            if len(pending) > threads + 1:
                yield pending.popleft().result()
        while pending:
            yield pending.popleft().result()
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
