"""Compressed text: .gz, .bz2, .xz and .zst, several members one after the other, never cut short in silence."""

from __future__ import annotations

import bz2
import lzma
import os
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from kotovec.errors import MissingExtraError, SourceError

_READ = 1 << 18  # compressed bytes at a time
_GIVE = 1 << 20  # decompressed bytes at a time
HEAD = 10  # bytes of a file that tell how it is compressed


Read: TypeAlias = Callable[[memoryview], int]  # fills a part of the buffer, gives its size; 0 only at the end


class _Decoder(Protocol):
    @property
    def eof(self) -> bool: ...

    @property
    def unused_data(self) -> bytes: ...

    def decompress(self, data: bytes, max_length: int, /) -> bytes: ...


@dataclass(frozen=True)
class Compression:
    """One kind of compression: how it is recognised, and what undoes it."""

    name: str
    suffix: str
    magic: tuple[bytes, ...]
    decoder: Callable[[], _Decoder]


class _Zlib:
    """zlib's decompressor with the interface of those of bz2 and lzma."""

    def __init__(self) -> None:
        self._inner = zlib.decompressobj(wbits=31)

    @property
    def eof(self) -> bool:
        return self._inner.eof

    @property
    def unused_data(self) -> bytes:
        return self._inner.unused_data

    def decompress(self, data: bytes, max_length: int) -> bytes:
        return self._inner.decompress(self._inner.unconsumed_tail + data, max_length)


class _Zstandard:
    """The zstandard package's decompressor with the interface of those of bz2 and lzma.

    It cannot be bounded, and 128 KB may come out of 4 bytes: so the more comes out, the less is put in at a time.
    """

    _SMALLEST, _LARGEST = 1 << 4, 1 << 13

    def __init__(self) -> None:
        try:
            import zstandard
        except ImportError as error:
            raise MissingExtraError("zstandard", "zst", "reading .zst files") from error
        self._inner = zstandard.ZstdDecompressor().decompressobj()
        self._error = zstandard.ZstdError
        self._waiting = b""
        self._piece = 1 << 6

    @property
    def eof(self) -> bool:
        return bool(self._inner.eof)

    @property
    def unused_data(self) -> bytes:
        return bytes(self._inner.unused_data) + self._waiting

    def decompress(self, data: bytes, max_length: int) -> bytes:
        self._waiting += data
        out = b""
        while self._waiting and not out and not self.eof:
            piece, self._waiting = self._waiting[: self._piece], self._waiting[self._piece :]
            try:
                out = self._inner.decompress(piece)
            except self._error as error:
                raise ValueError(error) from error
            much = len(out) > max_length
            self._piece = max(self._SMALLEST, self._piece // 8) if much else min(self._LARGEST, 2 * self._piece)
        return out


GZIP = Compression("gzip", ".gz", (b"\x1f\x8b\x08",), _Zlib)
BZIP2 = Compression(
    "bzip2",
    ".bz2",
    tuple(b"BZh%d" % level + mark for level in range(1, 10) for mark in (b"1AY&SY", b"\x17rE8P\x90")),
    bz2.BZ2Decompressor,
)
XZ = Compression("xz", ".xz", (b"\xfd7zXZ\x00",), lzma.LZMADecompressor)
ZSTD = Compression(
    "zstd",
    ".zst",
    (b"\x28\xb5\x2f\xfd", *(bytes([kind]) + b"\x2a\x4d\x18" for kind in range(0x50, 0x60))),  # skippable frames
    _Zstandard,
)
_ALL = (GZIP, BZIP2, XZ, ZSTD)


def compression_of(head: bytes, path: str) -> Compression | None:
    """By the first bytes of a file; SourceError where its name promises a compression that these do not keep."""
    for kind in _ALL:
        if head.startswith(kind.magic):
            return kind
    for kind in _ALL:
        if os.path.splitext(path)[1].lower() == kind.suffix:
            found = repr(head) if head else "an empty file"
            raise SourceError(f"is not {kind.name} data, in spite of its name", path=path, found=found)
    return None


class Decompressed:
    """The decompressed bytes of an input; SourceError where they are corrupt or end too early."""

    def __init__(self, read: Read, kind: Compression, path: str) -> None:
        self._raw, self._kind, self._path = read, kind, path
        self._decoder = kind.decoder()
        self._input = b""  # not yet given to the decoder
        self._output = memoryview(b"")  # not yet asked for
        self._buffer = bytearray(_READ)

    def readinto(self, buffer: memoryview) -> int:
        """Fill a part of `buffer`; 0 only at the end."""
        while not self._output:
            if self._decoder.eof and not self._next_member():
                return 0
            self._output = memoryview(self._decompress())
            if not self._output and not self._decoder.eof:
                self._input = self._read()
                if not self._input:
                    raise SourceError(f"is truncated: its {self._kind.name} data ends too early", path=self._path)
        size = min(len(buffer), len(self._output))
        buffer[:size], self._output = self._output[:size], self._output[size:]
        return size

    def _read(self) -> bytes:
        return bytes(self._buffer[: self._raw(memoryview(self._buffer))])

    def _decompress(self) -> bytes:
        data, self._input = self._input, b""
        try:
            return self._decoder.decompress(data, _GIVE)
        except (zlib.error, lzma.LZMAError, OSError, EOFError, ValueError) as error:
            raise SourceError(f"is corrupt {self._kind.name} data: {error}", path=self._path) from error

    def _next_member(self) -> bool:
        """Go on behind the end of a member, and any padding by zeros; False at the end of the input."""
        rest = self._decoder.unused_data.lstrip(b"\0")
        while len(rest) < HEAD and (more := self._read()):
            rest = (rest + more).lstrip(b"\0")
        if rest and not rest.startswith(self._kind.magic):
            raise SourceError(f"has other data after its {self._kind.name} data", path=self._path)
        if rest:
            self._decoder, self._input = self._kind.decoder(), rest
        return bool(rest)
