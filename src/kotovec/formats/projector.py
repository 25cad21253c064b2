"""A folder for TensorFlow's Embedding Projector: vectors.tsv (numbers and tabs), metadata.tsv (a word per line)."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np

from kotovec.atomic import StrPath, atomic_folder
from kotovec.corpus.vocabulary import Vocabulary
from kotovec.errors import FormatError
from kotovec.formats.files import Floats, MatrixRows, check_words, open_input, read_up_to, row_blocks
from kotovec.formats.lines import LineReader
from kotovec.formats.words import distinct_words

VECTORS, WORDS = "vectors.tsv", "metadata.tsv"
CONTENTS = (VECTORS, WORDS)


def write_projector(path: StrPath, vocabulary: Vocabulary, vectors: MatrixRows) -> None:
    """Write a folder; FormatError for a word with a tab or line end, an empty one, or a number that is not finite."""
    from kotovec.kernels.vector_text import MAX_NUMBER_BYTES, TAB, format_rows

    check_words(vocabulary, b"\t\n\r", "projector", empty=False)
    no_words, no_ends = np.empty(0, np.uint8), np.zeros(len(vocabulary), np.int64)
    with atomic_folder(path, CONTENTS) as folder:
        with open(folder / VECTORS, "wb") as file:
            for first, rows in row_blocks(vectors, path):
                out = np.empty(len(rows) + MAX_NUMBER_BYTES * rows.size, np.uint8)
                file.write(out[: format_rows(rows, no_words, no_ends, first, TAB, out)].data)
        with open(folder / WORDS, "wb") as file:
            for word_id in range(len(vocabulary)):
                file.write(vocabulary.word_bytes(word_id) + b"\n")


def read_projector(path: StrPath) -> tuple[Vocabulary, Floats]:
    """Words and (n_words, vector_size) float32; of several columns of metadata the first, without its header.

    FormatError where there are not as many words as rows, or either file is damaged.
    """
    folder = Path(path)
    lines = [line.removesuffix(b"\r") for line in _whole(folder / VECTORS).split(b"\n") if line.strip()]
    stream = io.BytesIO(b"".join(b"- " + line + b"\n" for line in lines))  # a reader of lines wants a word in each
    reader = LineReader(folder / VECTORS, stream, len(stream.getbuffer()), header=False, limit=None)
    rows, _ = reader.read()
    words = [line.removesuffix(b"\r").split(b"\t")[0] for line in _whole(folder / WORDS).split(b"\n")]
    words = words[: -1 if words[-1] == b"" else None]
    if len(words) == len(rows) + 1:
        words = words[1:]  # metadata of several columns has a header
    if len(words) != len(rows):
        raise FormatError("wrong number of words", path=folder / WORDS, expected=len(rows), found=len(words))
    ends = np.cumsum(np.fromiter(map(len, words), np.int64, len(words)), dtype=np.int64)
    return distinct_words(b"".join(words), ends, rows, folder / WORDS)


def _whole(path: Path) -> bytes:
    with open_input(path) as (stream, size):
        return read_up_to(stream, 1 << 40 if size is None else size)
