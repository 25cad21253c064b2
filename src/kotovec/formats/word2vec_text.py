"""word2vec text: `n_words vector_size`, then lines `word v1 ... vn`; also fastText .vec and GloVe.

fastText .vec is the same, GloVe lacks the first line. Words are UTF-8; fields are separated by spaces or tabs;
`.gz` is read and written too. Numbers have the fewest digits that read back as the same float32.
"""

from __future__ import annotations

import numpy as np

from kotovec.atomic import StrPath
from kotovec.corpus.vocabulary import WHITE_SPACE, Vocabulary
from kotovec.formats.files import Floats, MatrixRows, check_words, open_input, open_output, row_blocks
from kotovec.formats.lines import LineReader
from kotovec.formats.words import distinct_words


def write_text(path: StrPath, vocabulary: Vocabulary, vectors: MatrixRows, *, header: bool = True) -> None:
    """Write (n_words, vector_size) vectors, rows in the order of word ids; `header=False` gives GloVe's form.

    FormatError for a word with white space and for a number that is not finite; OutputError for the disk.
    """
    from kotovec.kernels.vector_text import MAX_NUMBER_BYTES, SPACE, format_rows

    check_words(vocabulary, WHITE_SPACE, "text", empty=False)
    blob, ends = vocabulary.utf8
    out = np.empty(0, np.uint8)
    with open_output(path) as file:
        if header:
            file.write(b"%d %d\n" % (len(vectors), vectors.shape[1]))
        for first, rows in row_blocks(vectors, path):
            word_bytes = int(ends[first + len(rows) - 1] - (ends[first - 1] if first else 0))
            room = word_bytes + len(rows) + MAX_NUMBER_BYTES * rows.size
            if len(out) < room:
                out = np.empty(room, np.uint8)
            file.write(out[: format_rows(rows, blob, ends, first, SPACE, out)].data)


def read_text(
    path: StrPath,
    *,
    header: bool = True,
    limit: int | None = None,
    encoding: str = "utf-8",
    unicode_errors: str = "strict",
) -> tuple[Vocabulary, Floats]:
    """Words and (n_words, vector_size) float32 vectors of the first `limit` rows (None: all).

    Of words that occur twice the first stays, with a warning. FormatError for anything that is no such file:
    another number of rows than the header says, a row of another length, text that is no finite number.
    """
    with open_input(path) as (stream, size):
        reader = LineReader(path, stream, size, header=header, limit=limit)
        rows, ends = reader.read()
    words = np.frombuffer(reader.words, np.uint8)
    return distinct_words(words, ends, rows, path, encoding=encoding, unicode_errors=unicode_errors)
