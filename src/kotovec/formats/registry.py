"""Which formats there are, which one a path means, and save and load over all of them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from kotovec.atomic import StrPath
from kotovec.corpus.vocabulary import WHITE_SPACE, Vocabulary
from kotovec.errors import ConfigError, FormatError
from kotovec.formats import mcv1, native, npy, projector, static, surfaces, word2vec_binary, word2vec_text
from kotovec.formats.files import check_vector_size, check_words
from kotovec.formats.recognise import recognise

if TYPE_CHECKING:
    from kotovec.vectors.keyed_vectors import KeyedVectors


class Format(NamedTuple):
    """One way to store vectors."""

    name: str
    suffixes: tuple[str, ...]  # the first is what a new file gets
    about: str
    contents: tuple[str, ...] = ()  # of a folder, the first is there for certain


FORMATS = {
    form.name: form
    for form in (
        Format(
            "native", (), "a folder: safetensors, vocabulary with counts, configuration; memory-mapped", native.CONTENTS
        ),
        Format("text", (".txt", ".vec", ".text"), "word2vec text, also fastText .vec; .gz too"),
        Format("bin", (".bin",), "word2vec binary; .gz too"),
        Format("mcv1", (".mcv1", ".mcv"), "vectors by word id; memory-mapped"),
        Format("glove", (".glove",), "word2vec text without the header line; .gz too"),
        Format("npy", (".npy",), "NumPy's matrix, and a .tsv of words and counts; memory-mapped"),
        Format(
            "projector",
            (),
            "a folder for TensorFlow's Embedding Projector: vectors.tsv, metadata.tsv",
            projector.CONTENTS,
        ),
        Format("static", (), "a folder for model2vec and sentence-transformers, with a tokenizer", static.CONTENTS),
    )
}


def format_for(path: StrPath, name: str | None = None) -> Format:
    """The format to write to `path`: the one named, else by suffix; a name without suffix is a native folder.

    ConfigError for a name or suffix that is not known.
    """
    if name is not None:
        if name not in FORMATS:
            raise ConfigError("unknown format", expected=" or ".join(FORMATS), found=repr(name))
        return FORMATS[name]
    suffix = Path(os.fspath(path).removesuffix(".gz")).suffix.lower()
    for form in FORMATS.values():
        if suffix in form.suffixes:
            return form
    if not suffix or os.path.isdir(path):
        return FORMATS["native"]
    known = ", ".join(suffix for form in FORMATS.values() for suffix in form.suffixes)
    raise ConfigError(
        f"the suffix {suffix} names no format",
        path=path,
        expected=f"{known}, or none for a native folder",
        hint="name the format: " + ", ".join(FORMATS),
    )


def check_vocabulary(vocabulary: Vocabulary, format: str, max_word_id: int | None = None) -> None:
    """FormatError where the format cannot hold a word, so that training need not begin; names the word."""
    form = format_for("", format)
    if form.name == "mcv1":
        mcv1.check_ids(vocabulary, max_word_id)
    elif form.name in ("native", "npy", "projector", "static"):
        check_words(vocabulary, b"\t\n\r", form.name, empty=form.name in ("native", "npy"))
    else:
        check_words(vocabulary, WHITE_SPACE, form.name, empty=False)


def save(
    path: StrPath,
    vocabulary: Vocabulary,
    input_vectors: NDArray[np.floating],
    *,
    format: str | None = None,
    output_vectors: NDArray[np.floating] | None = None,
    config: dict[str, Any] | None = None,
    max_word_id: int | None = None,
    dtype: str = "f32",
    segmenter: str | None = None,
    weights: str | None = None,
) -> None:
    """Write (n_words, vector_size) vectors, which may be a strided view, in blocks; nothing is copied whole.

    `output_vectors` are kept by the native format only, `config` by native and static; `max_word_id` and `dtype`
    (f32, f16, i8) are MCV1's; `segmenter` and `weights` are those of `write_static`. FormatError for what the format
    cannot hold, OutputError for the disk, ConfigError for options; whatever stood at `path` before stands there still
    after any of them.
    """
    form = format_for(path, format)
    for matrix in (input_vectors, output_vectors):
        if matrix is not None and (matrix.ndim != 2 or len(matrix) != len(vocabulary)):
            raise FormatError(
                "vectors and words do not fit", expected=f"{len(vocabulary)} rows", found=f"shape {matrix.shape}"
            )
    check_vector_size(input_vectors.shape[1], path)
    if form.name != "mcv1" and (max_word_id is not None or dtype != "f32"):
        raise ConfigError(f"max_word_id and dtype belong to the format mcv1, not to {form.name}")
    if form.name != "static" and (segmenter is not None or weights is not None):
        raise ConfigError(f"segmenter and weights belong to the format static, not to {form.name}")
    if form.name == "native":
        native.write_native(path, vocabulary, input_vectors, output_vectors=output_vectors, config=config)
    elif form.name == "mcv1":
        mcv1.write_mcv1(path, vocabulary, input_vectors, max_word_id=max_word_id, dtype=dtype)
    elif form.name == "bin":
        word2vec_binary.write_binary(path, vocabulary, input_vectors)
    elif form.name == "npy":
        npy.write_npy(path, vocabulary, input_vectors)
    elif form.name == "projector":
        projector.write_projector(path, vocabulary, input_vectors)
    elif form.name == "static":
        static.write_static(path, vocabulary, input_vectors, segmenter=segmenter, weights=weights, config=config)
    else:
        word2vec_text.write_text(path, vocabulary, input_vectors, header=form.name == "text")


def load(path: StrPath, *, format: str | None = None, vocab: StrPath | None = None) -> KeyedVectors:
    """Vectors from any file or folder that kotovec knows: chosen by content, where that is open by suffix.

    Native, MCV1 and .npy are memory-mapped. `vocab`: a TSV `word_id<TAB>surface` that gives MCV1 its words; where
    it is None, a file of the same name and .tsv is taken, and without one the words are the ids.
    FormatError for anything that is no sound file of vectors.
    """
    from kotovec.vectors.keyed_vectors import KeyedVectors

    name = format_for(path, format).name if format is not None else recognise(path)
    if vocab is not None and name != "mcv1":
        raise ConfigError(f"a vocabulary file belongs to the format mcv1, and this is {name}", path=path)
    if name == "native":
        opened = native.open_native(path)
        return KeyedVectors(opened.vocabulary, opened.input_vectors, config=opened.config)
    if name == "static":
        found = static.open_static(path)
        return KeyedVectors(found.vocabulary, found.vectors, config=found.config)
    if name == "mcv1":
        vectors = mcv1.read_mcv1(path)
        return KeyedVectors(surfaces.words_for(path, vocab, len(vectors)), vectors)
    if name == "bin":
        return KeyedVectors(*word2vec_binary.read_binary(path))
    if name == "npy":
        return KeyedVectors(*npy.read_npy(path))
    if name == "projector":
        return KeyedVectors(*projector.read_projector(path))
    return KeyedVectors(*word2vec_text.read_text(path, header=name == "text"))
