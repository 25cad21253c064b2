"""Word vectors trained on the vault itself, joined with others where given, and the vectors of notes made of them."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from kotovec.notes.arrays import VaultArrays
from kotovec.notes.fields import Analyzed
from kotovec.notes.topics import unit
from kotovec.notes.weighting import SUBLINEAR, inverse_frequency

if TYPE_CHECKING:
    from kotovec.events import Callback
    from kotovec.vectors import KeyedVectors

Floats: TypeAlias = NDArray[np.float32]

SIZE = 64
STALE = 0.1  # of all notes: when so many have changed, it is time to train anew
_MOST_WORDS = 100_000
_FEWEST_KEPT = 2000  # vectors; or one for so many terms of text, which keeps them to an eighth of the text's bytes:
_TERMS_PER_VECTOR = 60  # nDCG on two vaults of 155 and 298 notes is the same with half of their vectors
_WINDOW = 10  # half a sentence to each side: topics, rather than grammar
_WORDS_TO_READ = 3_000_000  # in all epochs: less on large vaults where a few epochs are more
_FEWEST_EPOCHS, _MOST_EPOCHS = 3, 40
_ALPHAS = (0.04, 0.02, 0.01)  # the next one where training diverges
_POSTINGS_AT_ONCE = 1 << 18


def compiled_ahead() -> AbstractContextManager[None]:
    """While the body reads notes, what `train_on` compiles on first use is compiled by another process."""
    from kotovec.training import compiled
    from kotovec.training.config import TrainConfig

    return compiled.compiled_ahead(TrainConfig())  # the kernel of `train_on`, whose other settings make no difference


def train_on(
    analyzed: Sequence[Analyzed], arrays: VaultArrays, *, seed: int = 1, callback: Callback | None = None
) -> Floats:
    """(n_words, SIZE) Vectors of the first terms of `arrays`, those that occur twice, from all text of all notes.

    Imports numba, and compiles on first use. The same seed gives the same vectors. Without words, or where training
    diverges whatever one does: (0, SIZE).
    """
    from kotovec.corpus.encoded import EncodedCorpus
    from kotovec.corpus.vocabulary import Vocabulary
    from kotovec.errors import DivergenceError
    from kotovec.training.config import TrainConfig
    from kotovec.training.trainer import train

    n_words = min(int((arrays.text.sizes() > 1).sum()), _MOST_WORDS)
    ids = _sentences(analyzed, {term: number for number, term in enumerate(arrays.terms[:n_words])})
    counts = np.bincount(ids[ids >= 0], minlength=n_words)
    if n_words < 2 or not counts.sum():
        return np.zeros((0, SIZE), np.float32)
    corpus = EncodedCorpus.from_ids(ids, Vocabulary(arrays.terms[:n_words], counts))
    epochs = int(np.clip(_WORDS_TO_READ // corpus.n_tokens, _FEWEST_EPOCHS, _MOST_EPOCHS))
    for alpha in _ALPHAS:
        config = TrainConfig(vector_size=SIZE, window=_WINDOW, alpha=alpha, epochs=epochs, seed=seed)
        try:
            return np.array(train(corpus, config, callback=callback).input_vectors)
        except DivergenceError:
            continue
    return np.zeros((0, SIZE), np.float32)


def _sentences(analyzed: Sequence[Analyzed], numbers: dict[str, int]) -> NDArray[np.int32]:
    """Sections as sentences of word ids, each with -1 behind it; the title and the headings are one too."""
    ids = array("i")
    for note in analyzed:
        for section in ((*note.names[0], *note.headings), *note.sections):
            found = [numbers[term] for term in section if term in numbers]
            if found:
                ids.extend(found)
                ids.append(-1)
    return np.array(ids, np.int32)


def join(own: Floats, other: KeyedVectors, terms: Sequence[str], *, share: float = 0.5) -> Floats:
    """(n_words, own size + at most SIZE) The vault's vectors, and others beside them; a dot product adds both up.

    `share` of the similarity, 0 to 1, is the other's, whose vectors are turned to their SIZE main directions; a word
    that only one of the two knows keeps that part alone.
    """
    rows = [row for row, term in enumerate(terms[: len(own)]) if term in other]
    outside = np.zeros((len(own), min(SIZE, other.vector_size)), np.float32)
    if rows:
        found = np.asarray(other[[terms[row] for row in rows]], np.float32)
        found = unit(found - found.mean(axis=0))
        _, axes = np.linalg.eigh(found.T @ found)
        outside[rows] = unit(found @ axes[:, ::-1][:, : outside.shape[1]])
    return np.hstack([unit(own) * np.sqrt(1 - share), outside * np.sqrt(share)]).astype(np.float32)


def with_vectors(arrays: VaultArrays, vectors: Floats) -> VaultArrays:
    """The arrays with these vectors of their first terms, and the vectors of all notes that follow.

    Of a large vocabulary only the first rows are kept, those of the most frequent words.
    """
    quantised = quantise(vectors[: max(_FEWEST_KEPT, int(arrays.lengths.sum()) // _TERMS_PER_VECTOR)])
    made = replace(arrays, word_vectors=quantised, note_vectors=np.zeros((0, vectors.shape[1]), np.int8), n_stale=0)
    return replace(made, note_vectors=_of_all_notes(made))


def vectors_of(counted: Sequence[tuple[NDArray[Any], NDArray[Any]]], arrays: VaultArrays) -> NDArray[np.int8]:
    """(n, size) The vectors of texts, each given as distinct terms and their counts, from those of the words."""
    words, idf = arrays.word_vectors, inverse_frequency(arrays.text.sizes(), arrays.n_notes)
    vectors = np.zeros((len(counted), words.shape[1]), np.float32)
    for row, (terms, counts) in enumerate(counted):
        known = terms < len(words)
        weights = SUBLINEAR[np.minimum(counts[known], 255)] * idf[terms[known]]
        vectors[row] = weights @ unit(words[terms[known]].astype(np.float32))
    return quantise(vectors)


def _of_all_notes(arrays: VaultArrays) -> NDArray[np.int8]:
    """As `vectors_of`, of all notes: term by term, in blocks, from the postings."""
    words, text = arrays.word_vectors, arrays.text
    idf = inverse_frequency(text.sizes(), arrays.n_notes)
    scaled = unit(words.astype(np.float32)) * idf[: len(words), np.newaxis]
    sums = np.zeros((arrays.n_notes, words.shape[1]), np.float32)
    end = int(text.starts[len(words)])
    order = np.argsort(text.notes[:end], kind="stable")
    terms = np.repeat(np.arange(len(words)), text.sizes()[: len(words)])[order]
    weights = SUBLINEAR[text.counts[:end][order]]
    notes = text.notes[:end][order]
    for first in range(0, end, _POSTINGS_AT_ONCE):
        part = slice(first, first + _POSTINGS_AT_ONCE)
        starts = np.flatnonzero(np.diff(notes[part].astype(np.int32), prepend=-1))
        sums[notes[part][starts]] += np.add.reduceat(scaled[terms[part]] * weights[part, np.newaxis], starts, axis=0)
    return quantise(sums)


def quantise(vectors: Floats) -> NDArray[np.int8]:
    """The directions of vectors in a byte a number: the largest of each row is 127. Rows of zeros stay."""
    largest = np.abs(vectors).max(axis=1, keepdims=True, initial=0)
    return np.rint(vectors * (127 / np.where(largest == 0, 1, largest))).astype(np.int8)
