"""NumPy's .npy with a TSV `word<TAB>count` of the same name beside it; memory-mapped when read.

The header is a Python literal, which is not evaluated: only what NumPy itself writes for a matrix is accepted.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kotovec.atomic import StrPath, atomic_write
from kotovec.corpus.vocabulary import Vocabulary
from kotovec.errors import FormatError
from kotovec.formats.files import (
    MatrixRows,
    check_vector_size,
    check_words,
    open_input,
    read_up_to,
    row_blocks,
    tsv_beside,
)
from kotovec.formats.safetensors import map_rows
from kotovec.formats.word_counts import read_word_counts, write_word_counts

MAGIC = b"\x93NUMPY"
_HEADER = re.compile(
    rb"\{'descr': '(<f2|<f4|<f8)', 'fortran_order': False, 'shape': \((\d{1,18}), (\d{1,18})\), \} *\n"
)


def write_npy(path: StrPath, vocabulary: Vocabulary, vectors: MatrixRows) -> None:
    """Write (n_words, vector_size) float32 to `path`, then words and counts to the .tsv beside it.

    FormatError for a word with a tab or line end, and for a number that is not finite; OutputError for the disk.
    """
    check_words(vocabulary, b"\t\n\r", "npy", empty=True)
    words = tsv_beside(path, ".mcv1", ".mcv")
    text = f"{{'descr': '<f4', 'fortran_order': False, 'shape': ({len(vectors)}, {vectors.shape[1]}), }}"
    header = text.encode() + b" " * (-(len(text) + 11) % 64) + b"\n"
    with atomic_write(path) as file:
        file.write(MAGIC + b"\x01\x00" + len(header).to_bytes(2, "little") + header)
        for _, rows in row_blocks(vectors, path):
            file.write(rows.astype("<f4", copy=False).data)
    with atomic_write(words) as file:
        write_word_counts(file, vocabulary)


def read_npy(path: StrPath) -> tuple[Callable[[], Vocabulary], NDArray[Any]]:
    """How to read the words, and (n_words, vector_size) of float16, float32 or float64, memory-mapped.

    FormatError where the file is no such matrix, its length is wrong, or the words are missing.
    """
    with open_input(path) as (stream, size):
        start = read_up_to(stream, 12)
        long = start[6:7] in (b"\x02", b"\x03")
        offset = 12 if long else 10
        n_header = int.from_bytes(start[8:offset], "little")
        header = _HEADER.fullmatch(start[offset:] + read_up_to(stream, min(n_header, 4096) + offset - len(start)))
    if start[:6] != MAGIC or header is None or size is None:
        raise FormatError("no matrix of floats as NumPy writes it", path=path, expected="float32, C order, two axes")
    dtype, shape = np.dtype(header[1].decode()), (int(header[2]), int(header[3]))
    check_vector_size(shape[1], path)
    wanted = offset + n_header + shape[0] * shape[1] * dtype.itemsize
    if size != wanted:
        raise FormatError("wrong length", path=path, expected=f"{wanted} bytes", found=f"{size} bytes")
    words = words_path(path)
    if not words.is_file():
        raise FormatError("the words are missing", path=words, expected="lines of the form: word<TAB>count")
    return partial(read_word_counts, words, shape[0]), map_rows(path, offset + n_header, shape, dtype)


def words_path(path: StrPath) -> Path:
    """The TSV that belongs to an .npy file."""
    return Path(path).with_suffix(".tsv")
