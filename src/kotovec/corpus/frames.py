"""Messages through a pipe: a kind, the length, and that many bytes."""

from __future__ import annotations

import struct
from typing import BinaryIO

_HEADER = struct.Struct("<cQ")
CONFIG, TEXT, COUNTS, ERROR = b"C", b"T", b"N", b"E"


def write_frame(pipe: BinaryIO, kind: bytes, data: bytes) -> None:
    """All of a message."""
    pipe.write(_HEADER.pack(kind, len(data)))
    pipe.write(data)
    pipe.flush()


def read_frame(pipe: BinaryIO) -> tuple[bytes, bytes] | None:
    """The kind and bytes of the next message; None where the pipe ends."""
    header = pipe.read(_HEADER.size)
    if len(header) < _HEADER.size:
        return None
    kind, size = _HEADER.unpack(header)
    data = pipe.read(size)
    return (kind, data) if len(data) == size else None
