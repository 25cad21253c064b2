"""The native folder: vectors.safetensors (memory-mapped when read), vocab.tsv (`word<TAB>count`), config.json.

The vocabulary is read when it is first asked for, so that opening takes the same time whatever the size.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from kotovec.atomic import StrPath, atomic_folder
from kotovec.corpus.vocabulary import Vocabulary
from kotovec.errors import FormatError
from kotovec.formats.files import Bytes, Floats, Longs, check_vector_size, check_words, make_vocabulary
from kotovec.formats.safetensors import map_matrices, write_tensors

VECTORS, VOCABULARY, CONFIG = "vectors.safetensors", "vocab.tsv", "config.json"
CONTENTS = (VECTORS, VOCABULARY, CONFIG)
_LONGEST_COUNT = 18  # digits; more do not fit an int64
_BLOCK_WORDS = 1 << 14


class Native(NamedTuple):
    """What a native folder holds."""

    folder: Path
    input_vectors: Floats  # (n_words, vector_size), memory-mapped
    output_vectors: Floats | None  # the same shape
    config: dict[str, Any] | None

    def vocabulary(self) -> Vocabulary:
        """Read the words; FormatError where they are damaged or not as many as the vectors."""
        return _read_vocabulary(self.folder / VOCABULARY, len(self.input_vectors))


def write_native(
    path: StrPath,
    vocabulary: Vocabulary,
    input_vectors: NDArray[np.floating],
    *,
    output_vectors: NDArray[np.floating] | None = None,
    config: dict[str, Any] | None = None,
) -> None:
    """Write a folder; one that kotovec wrote before is replaced, another is not.

    FormatError for a word with a tab or line end and for numbers that are not finite; OutputError for the disk.
    """
    check_words(vocabulary, b"\t\n\r", "native", empty=True)
    tensors = {"input_vectors": input_vectors}
    if output_vectors is not None:
        tensors["output_vectors"] = output_vectors
    with atomic_folder(path, CONTENTS) as folder:
        with open(folder / VECTORS, "wb") as file:
            write_tensors(file, tensors, path)
        _write_vocabulary(folder / VOCABULARY, vocabulary)
        text = json.dumps({} if config is None else config, indent=2, ensure_ascii=False, sort_keys=False)
        (folder / CONFIG).write_bytes(text.encode() + b"\n")


def open_native(path: StrPath) -> Native:
    """Map a native folder into memory; FormatError where it is not what it should be."""
    folder = Path(path)
    if not (folder / VECTORS).is_file():
        raise FormatError("no native folder", path=path, expected=f"a file {VECTORS} in it")
    matrices = map_matrices(folder / VECTORS)
    if "input_vectors" not in matrices:
        raise FormatError("no tensor input_vectors", path=folder / VECTORS)
    vectors, output = matrices["input_vectors"], matrices.get("output_vectors")
    check_vector_size(vectors.shape[1], folder / VECTORS)
    if output is not None and output.shape != vectors.shape:
        raise FormatError(
            "the tensors differ in shape", path=folder / VECTORS, expected=vectors.shape, found=output.shape
        )
    if not (folder / VOCABULARY).is_file():
        raise FormatError("the vocabulary is missing", path=folder / VOCABULARY)
    return Native(folder, vectors, output, _read_config(folder / CONFIG))


def _read_config(path: Path) -> dict[str, Any] | None:
    if not path.exists():
        return None
    try:
        config = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError) as error:
        raise FormatError(f"damaged configuration: {error}", path=path) from error
    if not isinstance(config, dict):
        raise FormatError("damaged configuration", path=path, expected="an object")
    return config


def _write_vocabulary(path: Path, vocabulary: Vocabulary) -> None:
    blob, ends = vocabulary.utf8
    words, counts, start = blob.data, vocabulary.counts, 0
    with open(path, "wb") as file:
        for first in range(0, len(vocabulary), _BLOCK_WORDS):
            block = slice(first, first + _BLOCK_WORDS)
            pieces: list[bytes | memoryview] = []
            for end, count in zip(ends[block].tolist(), counts[block].tolist(), strict=True):
                pieces += (words[start:end], b"\t%d\n" % count)
                start = end
            file.write(b"".join(pieces))


def _read_vocabulary(path: Path, n_words: int) -> Vocabulary:
    try:
        raw = np.fromfile(path, np.uint8)
    except OSError as error:
        raise FormatError(f"cannot read: {error.strerror or error}", path=path) from error
    line_ends, tabs = np.flatnonzero(raw == 10), np.flatnonzero(raw == 9)
    if len(line_ends) != n_words or (n_words and line_ends[-1] != len(raw) - 1) or (not n_words and len(raw)):
        raise FormatError(
            "wrong number of lines", path=path, expected=f"{n_words}, as there are vectors", found=len(line_ends)
        )
    starts = np.concatenate([np.zeros(min(1, n_words), np.int64), line_ends[:-1] + 1])
    if len(tabs) != n_words or (tabs < starts).any() or (tabs > line_ends).any():
        raise FormatError("a damaged line", path=path, expected="lines of the form: word<TAB>count")
    counts = _parse_counts(raw, tabs + 1, line_ends, path)
    vocabulary = make_vocabulary(_cut(raw, starts, tabs), np.cumsum(tabs - starts, dtype=np.int64), path, counts)
    try:
        _ = vocabulary.word_ids
    except ValueError as error:
        raise FormatError(str(error), path=path) from error
    return vocabulary


def _parse_counts(raw: Bytes, starts: Longs, ends: Longs, path: Path) -> Longs:
    lengths = ends - starts
    counts = np.zeros(len(starts), np.int64)
    for place in range(min(int(lengths.max(initial=0)), _LONGEST_COUNT)):
        here = lengths > place
        digits = raw[starts[here] + place].astype(np.int64) - 48
        lengths[here] -= np.where((digits < 0) | (digits > 9), 1000, 0)  # marks what is no number
        counts[here] = 10 * counts[here] + digits
    bad = np.flatnonzero((ends - starts != lengths) | (lengths < 1) | (lengths > _LONGEST_COUNT))
    if len(bad):
        raise FormatError("a count is no whole number", path=path, place=f"line {int(bad[0]) + 1}")
    return counts


def _cut(raw: Bytes, starts: Longs, ends: Longs) -> Bytes:
    """The bytes of all spans starts[i]:ends[i], one after the other."""
    edges = np.zeros(len(raw) + 1, np.int8)
    edges[starts] += 1
    edges[ends] -= 1  # an empty span adds and takes at one place
    return raw[np.cumsum(edges[:-1], dtype=np.int8).view(np.bool_)]
