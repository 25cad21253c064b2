"""The safetensors container, float32 tensors only: written in blocks, read as a memory map.

Eight bytes of header length (little-endian), a JSON header that names dtype, shape and byte range of each tensor,
then the data. The package safetensors copies whole tensors on both ways; this does not. Nothing of a header is
believed before it agrees with the length of the file.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any, BinaryIO

import numpy as np

from kotovec.atomic import StrPath
from kotovec.errors import FormatError
from kotovec.formats.files import Floats, MatrixRows, open_input, read_up_to, row_blocks

_HEADER_LIMIT = 1 << 20
_ALIGNMENT = 64


def write_tensors(file: BinaryIO, tensors: Mapping[str, MatrixRows], path: StrPath) -> None:
    """Write matrices as float32; FormatError for a number that is not finite."""
    header: dict[str, Any] = {"__metadata__": {"format": "kotovec"}}
    offset = 0
    for name, matrix in tensors.items():
        n_bytes = 4 * math.prod(matrix.shape)
        header[name] = {"dtype": "F32", "shape": list(matrix.shape), "data_offsets": [offset, offset + n_bytes]}
        offset += n_bytes
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-(len(text) + 8) % _ALIGNMENT)
    file.write(len(text).to_bytes(8, "little") + text)
    for matrix in tensors.values():
        for _, rows in row_blocks(matrix, path):
            file.write(rows.astype("<f4", copy=False).data)


def map_matrices(path: StrPath) -> dict[str, Floats]:
    """All tensors of a file, memory-mapped: changing them changes only this process's copy.

    FormatError where the file is no safetensors file of float32 matrices, or its sizes do not agree.
    """
    with open_input(path) as (stream, size):
        if size is None or size < 8:
            raise FormatError("no safetensors file", path=path, found=f"{size} bytes")
        n_header = int.from_bytes(read_up_to(stream, 8), "little")
        if n_header > min(size - 8, _HEADER_LIMIT):
            expected = f"at most {min(size - 8, _HEADER_LIMIT)} bytes of header"
            raise FormatError("damaged safetensors header", path=path, expected=expected, found=n_header)
        header = _parse(read_up_to(stream, n_header), path)
    start = 8 + n_header
    spans = {name: _span(name, entry, path) for name, entry in header.items() if name != "__metadata__"}
    last = max((end for _, _, end in spans.values()), default=0)
    if start + last != size:
        raise FormatError("wrong length", path=path, expected=f"{start + last} bytes", found=f"{size} bytes")
    return {name: map_rows(path, start + begin, shape) for name, (shape, begin, _) in spans.items()}


def map_rows(path: StrPath, offset: int, shape: tuple[int, int], dtype: Any = "<f4") -> Any:
    """(n, m) numbers at a byte offset, memory-mapped, copied on write; checks no length."""
    if 0 in shape:
        return np.empty(shape, dtype)
    try:
        return np.memmap(path, dtype, "c", offset, shape).view(np.ndarray)
    except (OSError, ValueError) as error:
        raise FormatError(f"cannot be mapped into memory: {error}", path=path) from error


def _parse(text: bytes, path: StrPath) -> dict[str, Any]:
    try:
        header = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise FormatError(f"damaged safetensors header: {error}", path=path) from error
    if not isinstance(header, dict):
        raise FormatError("damaged safetensors header", path=path, expected="an object")
    return header


def _span(name: str, entry: Any, path: StrPath) -> tuple[tuple[int, int], int, int]:
    """Shape, begin and end of one tensor; FormatError where they do not agree."""
    try:
        dtype, (n, m), (begin, end) = entry["dtype"], entry["shape"], entry["data_offsets"]
    except (TypeError, KeyError, ValueError) as error:
        raise FormatError(f"damaged entry of the tensor {name!r}", path=path) from error
    numbers = (n, m, begin, end)
    if dtype != "F32" or not all(type(number) is int and 0 <= number < 2**62 for number in numbers):
        raise FormatError(f"the tensor {name!r} is no matrix of F32", path=path, found=str(entry)[:80])
    if end - begin != 4 * math.prod((n, m)):
        raise FormatError(
            f"the tensor {name!r} has the wrong length",
            path=path,
            expected=f"{4 * n * m} bytes",
            found=f"{end - begin} bytes",
        )
    return (n, m), begin, end
