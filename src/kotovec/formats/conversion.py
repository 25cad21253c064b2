"""Vectors from one format into another, and what happens to words where one of them is MCV1, which holds none."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from kotovec.atomic import StrPath, check_writable
from kotovec.corpus.vocabulary import Vocabulary
from kotovec.errors import ConfigError, FormatError
from kotovec.formats import native
from kotovec.formats.files import tsv_beside
from kotovec.formats.mcv1 import check_ids, decimal_words
from kotovec.formats.recognise import recognise
from kotovec.formats.registry import FORMATS, check_vocabulary, format_for, load, save
from kotovec.formats.static import static_choice
from kotovec.formats.static_tokenizer import never_found
from kotovec.formats.surfaces import read_ids, write_surfaces

if TYPE_CHECKING:
    from kotovec.vectors.keyed_vectors import KeyedVectors


@dataclass(frozen=True, slots=True)
class Conversion:
    """What was done."""

    source_format: str
    target_format: str
    n_words: int  # rows with a word (of MCV1: ids that have a vector)
    vector_size: int
    zeros_left_out: int  # rows of MCV1 without a vector, which are no words elsewhere
    words_left_out: int  # words to which the TSV gives no id
    surfaces: str | None  # the TSV that was written beside an MCV1 file
    segmenter: str | None = None  # how the tokenizer of a static folder finds words
    weights: str | None = None  # of the words of a static folder
    never_found: int = 0  # words that this tokenizer finds in no text


@dataclass(frozen=True, slots=True)
class _Rows:
    """What goes into the new file."""

    vocabulary: Vocabulary
    vectors: NDArray[Any]
    max_word_id: int | None = None
    zeros_left_out: int = 0
    words_left_out: int = 0
    surfaces: Vocabulary | None = None


def convert(
    source: StrPath,
    target: StrPath,
    *,
    source_format: str | None = None,
    target_format: str | None = None,
    vocab: StrPath | None = None,
    max_word_id: int | None = None,
    dtype: str = "f32",
    segmenter: str | None = None,
    weights: str | None = None,
) -> Conversion:
    """Read `source` and write `target`; the formats are found as `load` and `save` find them.

    `vocab`: a TSV `word_id<TAB>surface` that names the ids of an MCV1 file, on either side. From MCV1: ids without a
    vector are left out. To MCV1: words that are ids keep them; other words get the ids of `vocab` (all ids of a
    surface get its vector, a word without an id is left out), without one 0, 1, 2 ..., and a TSV beside the file.
    `segmenter` and `weights` are those of `write_static`.
    FormatError, ConfigError and OutputError come before anything is written.
    """
    form, to = source_format or recognise(source), format_for(target, target_format).name
    if os.path.realpath(source) == os.path.realpath(target):
        raise ConfigError("is both read and written", path=target, hint="give the output another name")
    if vocab is not None and "mcv1" not in (form, to):
        raise ConfigError(f"--vocab belongs to the format mcv1, not to {form} and {to}")
    if to != "mcv1" and (max_word_id is not None or dtype != "f32"):
        raise ConfigError(f"--max-word-id and --dtype belong to the format mcv1, not to {to}")
    if to != "static" and (segmenter is not None or weights is not None):
        raise ConfigError(f"--segmenter and --weights belong to the format static, not to {to}")
    check_writable(target, folder=bool(FORMATS[to].contents), holds=FORMATS[to].contents)
    if (form, to) == ("mcv1", "static"):
        _check_named(source, vocab)
    vectors = load(source, format=form, vocab=vocab if form == "mcv1" else None)
    rows = _rows_for(vectors, form, to, source, vocab)
    largest = rows.max_word_id if max_word_id is None else max_word_id
    check_vocabulary(rows.vocabulary, to, largest)
    beside = tsv_beside(target, ".npy") if rows.surfaces is not None else None
    choice = static_choice(rows.vocabulary, vectors.config, segmenter, weights) if to == "static" else None
    output = native.open_native(source).output_vectors if (form, to) == ("native", "native") else None
    save(
        target, rows.vocabulary, rows.vectors,
        format=to, output_vectors=output, config=vectors.config, max_word_id=largest, dtype=dtype,
        segmenter=choice and choice.segmenter, weights=choice and choice.weights,
    )  # fmt: skip
    if beside is not None and rows.surfaces is not None:
        write_surfaces(beside, rows.surfaces)
    return Conversion(
        source_format=form,
        target_format=to,
        n_words=len(rows.vocabulary),
        vector_size=vectors.vector_size,
        zeros_left_out=rows.zeros_left_out,
        words_left_out=rows.words_left_out,
        surfaces=None if beside is None else os.fspath(beside),
        segmenter=choice and choice.segmenter,
        weights=choice and choice.weights,
        never_found=never_found(rows.vocabulary, choice.segmenter, nfkc=choice.nfkc) if choice else 0,
    )


def _check_named(source: StrPath, vocab: StrPath | None) -> None:
    """FormatError for MCV1 without words: a tokenizer cannot find ids in text."""
    if vocab is None and not os.path.isfile(Path(source).with_suffix(".tsv")):
        raise FormatError(
            "word ids, which stand in no text",
            path=source,
            expected="words for them",
            hint="name a TSV of word_id<TAB>surface: --vocab FILE",
        )


def _rows_for(vectors: KeyedVectors, form: str, to: str, source: StrPath, vocab: StrPath | None) -> _Rows:
    if to != "mcv1":
        return _without_zeros(vectors) if form == "mcv1" else _Rows(vectors.vocabulary, vectors.vectors)
    if form == "mcv1":
        return _ids_kept(vectors, named=vocab is not None or os.path.isfile(Path(source).with_suffix(".tsv")))
    if vocab is not None:
        return _ids_from(vectors, vocab)
    try:
        check_ids(vectors.vocabulary, None)
    except FormatError:
        return _Rows(decimal_words(len(vectors)), vectors.vectors, surfaces=vectors.vocabulary)
    return _Rows(vectors.vocabulary, vectors.vectors)


def _without_zeros(vectors: KeyedVectors) -> _Rows:
    kept = np.flatnonzero(vectors.norms)
    if len(kept) == len(vectors):
        return _Rows(vectors.vocabulary, vectors.vectors)
    words = vectors.vocabulary.words
    vocabulary = Vocabulary([words[index] for index in kept.tolist()])
    return _Rows(vocabulary, vectors.vectors[kept], zeros_left_out=len(vectors) - len(kept))


def _ids_kept(vectors: KeyedVectors, *, named: bool) -> _Rows:
    surfaces = vectors.vocabulary if named else None
    return _Rows(decimal_words(len(vectors)), vectors.vectors, surfaces=surfaces)


def _ids_from(vectors: KeyedVectors, vocab: StrPath) -> _Rows:
    """The words that the TSV knows, each at all its ids."""
    found = [(word_id, vectors.get_index(word)) for word_id, word in read_ids(vocab) if word in vectors.key_to_index]
    if not found:
        raise FormatError("holds no word of the vectors", path=vocab, expected="word_id<TAB>surface")
    ids, rows = np.array(found, np.int64).T
    left_out = len(vectors) - len(np.unique(rows))
    return _Rows(Vocabulary([str(i) for i in ids.tolist()]), vectors.vectors[rows], words_left_out=left_out)
