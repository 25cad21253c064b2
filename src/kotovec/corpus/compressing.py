"""Compressed output: the other direction of compression.py."""

from __future__ import annotations

import bz2
import gzip
import lzma
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO, cast

from kotovec.errors import MissingExtraError


@contextmanager
def compressing(file: BinaryIO, name: str | os.PathLike[str]) -> Iterator[BinaryIO]:
    """What is written here comes compressed into `file`, as the suffix of `name` says; `file` stays open."""
    suffix = os.path.splitext(os.fspath(name))[1].lower()
    packed: Any
    if suffix == ".gz":
        packed = gzip.GzipFile("", "wb", 6, file, mtime=0)
    elif suffix == ".bz2":
        packed = bz2.BZ2File(file, "wb")
    elif suffix == ".xz":
        packed = lzma.LZMAFile(file, "wb")
    elif suffix == ".zst":
        packed = _zstandard(file)
    else:
        yield file
        return
    with packed:
        yield cast(BinaryIO, packed)


def _zstandard(file: BinaryIO) -> Any:
    try:
        import zstandard
    except ImportError as error:
        raise MissingExtraError("zstandard", "zst", "writing .zst files") from error
    return zstandard.ZstdCompressor().stream_writer(file, closefd=False)
