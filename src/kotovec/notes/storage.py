"""The folder of an index: a manifest in JSON, and parts, files of plain arrays that are mapped into memory.

What could go wrong: the folder is somebody else's; a write is cut short; a file is damaged, or made by somebody who
means harm. So a part is written under a name that no reader knows, and the manifest, replaced in one step, says which
parts hold: an index is the old one or the new one. Each entry of the manifest is checked against the length and the
checksum of its file before it is believed; nothing is unpickled.
"""

from __future__ import annotations

import json
import math
import os
import re
import zlib
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from kotovec.atomic import atomic_write
from kotovec.errors import FormatError, OutputError

Array: TypeAlias = NDArray[Any]
Arrays: TypeAlias = Mapping[str, Array]

MANIFEST = "kotovec-notes.json"
_FORMAT = "kotovec notes index"
_OURS = re.compile(r"kotovec-notes\.json|lock|settings\.json|[a-z]+-[0-9]+\.bin|\..*\.tmp|\.DS_Store|desktop\.ini")
_PART = re.compile(r"([a-z]+)-([0-9]+)\.bin")
_DTYPES = frozenset({"|u1", "|i1", "|b1", "<u2", "<i2", "<f2", "<u4", "<i4", "<f4", "<u8", "<i8", "<f8"})
_ALIGNMENT = 64
_PLAIN, _STEPS, _GAPS, _ONES, _DEFLATED = "plain", "steps", "gaps", "ones", "deflated"
_LARGEST_MANIFEST = 1 << 28  # bytes
_TRIES = 5  # at reading while another process writes


@dataclass(frozen=True)
class Stored:
    """What a folder holds: plain values, and arrays by part, mapped into memory (changing them changes no file)."""

    meta: dict[str, Any]
    parts: dict[str, dict[str, Array]]
    n_bytes: int  # of all files
    stamp: int  # another one after each write


def check_folder(folder: Path) -> None:
    """OutputError where `folder` is anything but ours, empty, or not there yet."""
    try:
        names = os.listdir(folder)
    except OSError:
        if os.path.isfile(folder):
            raise OutputError("is a file", path=folder, expected="a folder for the index, or a new name") from None
        return
    foreign = sorted(name for name in names if not _OURS.fullmatch(name))
    if foreign and not _has_our_manifest(folder):
        raise OutputError(
            "is a folder with other things in it, and is left alone",
            path=folder,
            expected="a folder for the index: a new name, or an empty one",
            found=foreign[0],
        )


def _has_our_manifest(folder: Path) -> bool:
    with suppress(OSError, ValueError, RecursionError):
        found = json.loads(_read_manifest(folder))
        return isinstance(found, dict) and found.get("format") == _FORMAT
    return False


def read_folder(folder: Path, version: Mapping[str, Any]) -> Stored | None:
    """What is stored, or None where nothing is.

    FormatError where it was made with another `version`, is damaged, or cut short.
    """
    for _ in range(_TRIES):
        stamp = stamp_of(folder)
        try:
            return _read(folder, version)
        except FormatError:
            if stamp_of(folder) == stamp:
                raise
    raise FormatError("changes all the time", path=folder)


def stamp_of(folder: Path) -> int | None:
    """A number that is another one after each write; None where nothing is stored."""
    with suppress(OSError, FormatError):
        return zlib.crc32(_read_manifest(folder))
    return None


def _read(folder: Path, version: Mapping[str, Any]) -> Stored | None:
    try:
        text = _read_manifest(folder)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise FormatError(f"cannot be read: {error.strerror or error}", path=folder / MANIFEST) from error
    manifest = _parse(text, folder / MANIFEST)
    if manifest.get("version") != dict(version):
        raise FormatError("was made by another version of kotovec, or with other packages", path=folder)
    parts, meta = manifest.get("parts"), manifest.get("meta")
    if not isinstance(parts, dict) or not isinstance(meta, dict):
        raise FormatError("has no parts", path=folder / MANIFEST)
    mapped = {name: _map_part(folder, name, entry) for name, entry in parts.items()}
    n_bytes = len(text) + sum(entry["size"] for entry in parts.values())
    return Stored(meta, mapped, n_bytes, zlib.crc32(text))


def _read_manifest(folder: Path) -> bytes:
    with open(folder / MANIFEST, "rb") as file:
        text = file.read(_LARGEST_MANIFEST + 1)
    if len(text) > _LARGEST_MANIFEST:
        raise FormatError("is too large", path=folder / MANIFEST, expected=f"at most {_LARGEST_MANIFEST} bytes")
    return text


def _parse(text: bytes, path: Path) -> dict[str, Any]:
    try:
        manifest = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise FormatError(f"is no JSON: {error}", path=path) from error
    if not isinstance(manifest, dict) or manifest.get("format") != _FORMAT:
        raise FormatError("is no manifest of an index", path=path)
    return manifest


def _map_part(folder: Path, name: str, entry: Any) -> dict[str, Array]:
    try:
        file, size, crc, arrays = entry["file"], entry["size"], entry["crc32"], entry["arrays"]
        if not _PART.fullmatch(file) or type(size) is not int or type(crc) is not int:
            raise ValueError(file)
        data = _map_bytes(folder / file, size, crc)
        return {key: _decoded(data, *described) for key, described in arrays.items()}
    except (KeyError, TypeError, ValueError, AttributeError, zlib.error) as error:
        if isinstance(error, FormatError):
            raise
        raise FormatError(f"describes the part {name!r} wrongly", path=folder / MANIFEST) from error


def _map_bytes(path: Path, size: int, crc: int) -> NDArray[np.uint8]:
    """A file as bytes, mapped, copied where they are written to; FormatError unless length and checksum agree."""
    try:
        found = path.stat().st_size
        if found != size:
            raise FormatError("has the wrong length", path=path, expected=f"{size} bytes", found=f"{found} bytes")
        data = np.memmap(path, np.uint8, "c").view(np.ndarray) if size else np.empty(0, np.uint8)
    except (OSError, ValueError) as error:
        if isinstance(error, FormatError):
            raise
        raise FormatError(f"cannot be read: {error}", path=path) from error
    if zlib.crc32(data.data) != crc:
        raise FormatError("is damaged: its checksum is another one", path=path)
    return data


def _view(data: NDArray[np.uint8], dtype: str, shape: list[int], offset: int) -> Array:
    """An array of a part; ValueError where its entry makes no sense."""
    numbers = [*shape, offset]
    if dtype not in _DTYPES or not all(type(number) is int and 0 <= number < 2**48 for number in numbers):
        raise ValueError(dtype)
    end = offset + np.dtype(dtype).itemsize * math.prod(shape)
    if end > len(data) or offset % _ALIGNMENT or len(shape) > 3:
        raise ValueError(shape)
    return data[offset:end].view(dtype).reshape(shape)


def _decoded(data: NDArray[np.uint8], coding: str, *described: Any) -> Array:
    """The array that `_encoded` took apart; ValueError where its entry makes no sense."""
    views = [_view(data, *entry) for entry in described]
    if coding == _PLAIN:
        (array,) = views
    elif coding == _STEPS:
        steps = np.frombuffer(_inflated(views[0], int(views[1][0])), "<u4")
        array = np.cumsum(steps, dtype=np.int64)
    elif coding == _GAPS:
        high = _unpacked(0, *views[1:])
        if len(high) != len(views[0]):
            raise ValueError(len(high))
        array = np.cumsum(views[0] + (high.astype(np.uint16) << 8), dtype=np.uint16)
    elif coding == _ONES:
        array = _unpacked(1, *views)
    elif coding == _DEFLATED:
        array = np.frombuffer(_inflated(views[0], int(views[1][0])), np.uint8)
    else:
        raise ValueError(coding)
    return array


def _packed(array: NDArray[np.uint8], usual: int) -> list[Array]:
    """Bytes of which most are the same: where the others are, these, and how many there are in all."""
    others = array != usual
    return [np.packbits(others), array[others], np.array([len(array)])]


def _unpacked(usual: int, places: Array, others: Array, size: Array) -> NDArray[np.uint8]:
    """The inverse of `_packed`; ValueError where the parts do not fit."""
    n = int(size[0])
    if not 8 * len(places) - 8 < n <= 8 * len(places):
        raise ValueError(n)
    array = np.full(n, usual, np.uint8)
    array[np.unpackbits(places, count=n).view(bool)] = others
    return array


def _inflated(data: NDArray[np.uint8], size: int) -> bytes:
    """So many bytes, and no more of a file that would give millions of times its length."""
    inflater = zlib.decompressobj()
    text = inflater.decompress(data.tobytes(), max(size, 1))
    if len(text) != size or not size:
        raise ValueError(size)
    return text


def _encoded(array: Array) -> tuple[str, list[Array]]:
    """A way to store an array in fewer bytes, and the arrays to store: a millisecond for each MB, or ten for text.

    Ascending int64 as differences, deflated; rows that rise again and again, as notes of terms do, as differences, of
    which the high bytes are mostly 0; bytes that are mostly 1, as counts are; other rows of bytes, which are text,
    deflated.
    """
    if array.ndim != 1 or array.nbytes <= _ALIGNMENT:
        return _PLAIN, [array]
    if array.dtype == np.int64:
        steps = np.diff(array, prepend=0)
        if int(steps.min()) >= 0 and int(steps.max()) < 1 << 32:
            return _STEPS, _deflated(steps.astype("<u4"))
    if array.dtype == np.uint16:
        gaps = np.diff(array, prepend=np.uint16(0))  # modulo 2**16
        return _GAPS, [gaps.astype(np.uint8), *_packed((gaps >> 8).astype(np.uint8), 0)]
    if array.dtype == np.uint8:
        mostly_ones = 2 * int(np.count_nonzero(array == 1)) > len(array)
        return (_ONES, _packed(array, 1)) if mostly_ones else (_DEFLATED, _deflated(array))
    return _PLAIN, [array]


def _deflated(array: Array) -> list[Array]:
    return [np.frombuffer(zlib.compress(array.tobytes(), 1), np.uint8), np.array([array.nbytes])]


def write_folder(
    folder: Path,
    version: Mapping[str, Any],
    meta: Mapping[str, Any],
    parts: Mapping[str, Arrays],
    kept: Collection[str] = (),
) -> tuple[int, int]:
    """Store `meta` and `parts`, and keep the files of the parts named in `kept`; gives the bytes of all, and the stamp.

    Until it returns, and after any exception, the folder holds what it held. The caller holds the lock. OutputError
    where it cannot be written.
    """
    check_folder(folder)
    _make(folder)
    old = _parts_of_manifest(folder) or {}
    entries: dict[str, Any] = {name: old[name] for name in kept}
    generation = 1 + max((int(found[2]) for name in os.listdir(folder) if (found := _PART.fullmatch(name))), default=0)
    try:
        for name, arrays in parts.items():
            entries[name] = _write_part(folder / f"{name}-{generation}.bin", arrays)
        manifest = {"format": _FORMAT, "version": dict(version), "meta": dict(meta), "parts": entries}
        text = json.dumps(manifest, separators=(",", ":")).encode("utf-8", "surrogatepass")
        with atomic_write(folder / MANIFEST) as file:
            file.write(text)
    finally:
        _sweep(folder, {*parts, *old})
    return len(text) + sum(int(entry["size"]) for entry in entries.values()), zlib.crc32(text)


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"cannot be made: {error.strerror or error}", path=folder) from error


def _write_part(path: Path, arrays: Arrays) -> dict[str, Any]:
    """Write one file; gives its entry in the manifest."""
    described: dict[str, Any] = {}
    size = crc = 0
    with atomic_write(path) as file:
        for name, array in arrays.items():
            coding, pieces = _encoded(array)
            described[name] = [coding]
            for piece in pieces:
                little = np.ascontiguousarray(piece, piece.dtype.newbyteorder("<"))
                described[name].append([little.dtype.str, list(piece.shape), size])
                for data in (little.tobytes(), bytes(-little.nbytes % _ALIGNMENT)):
                    file.write(data)
                    size, crc = size + len(data), zlib.crc32(data, crc)
    return {"file": path.name, "size": size, "crc32": crc, "arrays": described}


def _parts_of_manifest(folder: Path) -> dict[str, Any] | None:
    """The parts that the manifest names; none without a sound one, and None where it cannot be read."""
    try:
        parts = _parse(_read_manifest(folder), folder / MANIFEST).get("parts")
    except (FileNotFoundError, FormatError):
        return {}
    except OSError:
        return None
    return parts if isinstance(parts, dict) else {}


def _sweep(folder: Path, names: Collection[str]) -> None:
    """Delete files of parts of these names that the manifest does not name, where the system lets us.

    Windows keeps mapped ones. After a write that failed, on a full disk above all, its own files are such.
    """
    parts = _parts_of_manifest(folder)
    if parts is None:
        return
    named = {str(entry.get("file")) for entry in parts.values() if isinstance(entry, dict)}
    with suppress(OSError):
        for name in os.listdir(folder):
            found = _PART.fullmatch(name)
            if found and found[1] in names and name not in named:
                with suppress(OSError):
                    os.unlink(folder / name)
