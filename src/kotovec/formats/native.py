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
from kotovec.formats.files import Floats, check_vector_size, check_words
from kotovec.formats.safetensors import map_matrices, write_tensors
from kotovec.formats.word_counts import read_word_counts, write_word_counts

VECTORS, VOCABULARY, CONFIG = "vectors.safetensors", "vocab.tsv", "config.json"
CONTENTS = (VECTORS, VOCABULARY, CONFIG)


class Native(NamedTuple):
    """What a native folder holds."""

    folder: Path
    input_vectors: Floats  # (n_words, vector_size), memory-mapped
    output_vectors: Floats | None  # the same shape
    config: dict[str, Any] | None

    def vocabulary(self) -> Vocabulary:
        """Read the words; FormatError where they are damaged or not as many as the vectors."""
        return read_word_counts(self.folder / VOCABULARY, len(self.input_vectors))


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
        with open(folder / VOCABULARY, "wb") as file:
            write_word_counts(file, vocabulary)
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
