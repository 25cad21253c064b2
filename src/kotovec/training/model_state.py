"""The words and weights of a model, new or loaded, and what can be asked of them beside the word vectors."""

from __future__ import annotations

import logging
import sys
import warnings
import weakref
from collections.abc import Iterable
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from kotovec.corpus.vocabulary import Vocabulary
from kotovec.errors import TrainingError, UnsupportedError
from kotovec.training.weights import Layout, Weights

if TYPE_CHECKING:
    from kotovec.vectors import KeyedVectors

log = logging.getLogger(__name__)

_BYTES_PER_WORD = 190  # counts, sampling tables, and each word as str in a list and a dict: measured on 8 letters


class ModelState:
    """Weights are in `wv` and `syn1neg`; those of a loaded model stay memory-mapped until it is trained further."""

    vector_size: int
    cbow_mean: int
    workers: int

    def __init__(self) -> None:
        self._vocabulary = Vocabulary([])  # that of the weights
        self._weights: Weights | None = None
        self._saved_outputs: NDArray[np.float32] | None = None  # of a model that was loaded, until it is trained
        self._wv: KeyedVectors | None = None

    @property
    def wv(self) -> KeyedVectors:
        """The word vectors, and all that one can ask of them. TrainingError before there is a vocabulary."""
        if self._wv is None:
            raise TrainingError("there is no vocabulary yet", hint="call build_vocab first")
        return self._wv

    @property
    def syn1neg(self) -> NDArray[np.float32]:
        """The output vectors, (n_words, vector_size) float32."""
        if self._weights is None and self._saved_outputs is not None:
            return self._saved_outputs
        return self._ready_weights().outputs.rows

    def predict_output_word(
        self, context_words_list: Iterable[str | int], topn: int | None = 10
    ) -> list[tuple[str, float]] | None:
        """(word, probability) of the words that these context words make likeliest, as CBOW would, whatever `sg` is.

        Unknown words are passed over; None where none is known.
        """
        from kotovec.training.prediction import likely_words

        known = [self.wv.get_index(word) for word in context_words_list if word in self.wv]
        if not known:
            log.warning("none of the context words is in the vocabulary")
            return None
        hidden = self.wv.vectors[known].sum(axis=0, dtype=np.float32) / (len(known) if self.cbow_mean else 1)
        words = self.wv.index_to_key
        return [(words[index], probability) for index, probability in likely_words(hidden, self.syn1neg, topn)]

    def score(
        self, sentences: Any, total_sentences: int = 1_000_000, chunksize: int = 100, queue_factor: int = 2,
        report_delay: float = 1,
    ) -> NDArray[np.float32]:  # fmt: skip
        """UnsupportedError, which is a RuntimeError as gensim's is: only hierarchical softmax has such scores."""
        raise UnsupportedError("score needs hs=1 (hierarchical softmax), in gensim too; that is coming")

    def estimate_memory(self, vocab_size: int | None = None, report: dict[str, int] | None = None) -> dict[str, int]:
        """Bytes that a model of `vocab_size` words (None: those of this one) takes: by part, and in all."""
        n_words = len(self.wv) if vocab_size is None else vocab_size
        matrix = Layout.of(n_words, int(self.vector_size), int(self.workers)).n_bytes(n_words) // 2
        sizes = dict(report or {}) | {"vocab": n_words * _BYTES_PER_WORD, "vectors": matrix, "syn1neg": matrix}
        return sizes | {"total": sum(sizes.values())}

    def init_sims(self, replace: bool = False) -> None:
        """As in gensim: deprecated, nothing needs to be prepared. `replace=True` scales all vectors to length 1."""
        warnings.warn("init_sims() is not needed; use wv.unit_normalize_all()", DeprecationWarning, stacklevel=2)
        if replace:
            self.wv.unit_normalize_all()

    def __getstate__(self) -> dict[str, Any]:
        """A copy, and a model in another process, goes without the text, which it can be given again."""
        return vars(self) | {"_corpus": None, "_corpus_source": None}

    def _begin_with(self, vocabulary: Vocabulary, seed: int) -> None:
        from kotovec.vectors import KeyedVectors

        self._weights = Weights.initial(len(vocabulary), int(self.vector_size), seed, int(self.workers))
        self._vocabulary, self._saved_outputs = vocabulary, None
        self._wv = KeyedVectors(vocabulary, self._weights.inputs.rows)
        self._part_at_end()

    def _ready_weights(self) -> Weights:
        if self._weights is None:
            if self._wv is None:
                raise TrainingError("there is no vocabulary yet", hint="call build_vocab first")
            if self._saved_outputs is None:
                raise TrainingError(
                    "this model was saved without its output vectors, so it can be asked and not be trained",
                    hint="kotovec train -f native and Word2Vec.save keep them",
                )
            if not self._vocabulary.counts.any():
                raise TrainingError("this model was saved without counts, so it can be asked and not be trained")
            self._check_words()
            self._weights = Weights.of(self._wv.vectors, self._saved_outputs, int(self.workers))
            self._wv.vectors, self._saved_outputs = self._weights.inputs.rows, None
            self._part_at_end()
        return self._weights

    def _part_at_end(self) -> None:
        """When the model goes and `wv` stays, its vectors move to memory of their own, which outputs do not share."""
        if self._weights is not None and self._weights.are_mirrored:
            weakref.finalize(self, _part, weakref.ref(self.wv)).atexit = False

    def _weights_of_wv(self) -> Weights:
        """The weights, with the vectors that `wv` was given since."""
        weights = self._ready_weights()
        self._check_words()
        if not np.may_share_memory(self.wv.vectors, weights.inputs.rows):
            weights.inputs.rows[:] = self.wv.vectors
            self._part_at_end()
        return weights

    def _check_words(self) -> None:
        """TrainingError where `wv` no longer has the words of the model, in their order."""
        words, shape = self.wv.vocabulary, (len(self._vocabulary), self.vector_size)
        same = words is self._vocabulary or same_words(words, self._vocabulary)
        if not same or self.wv.vectors.shape != shape:
            raise TrainingError(
                "the words of wv were changed, and the output vectors were not",
                expected=f"{shape[0]} words of {shape[1]} numbers, as they were counted",
                found=f"{len(words)} words of {self.wv.vector_size}" + ("" if same else ", others or in another order"),
                hint="wv can be saved and asked; build_vocab begins anew",
            )


def _part(reference: weakref.ref[KeyedVectors]) -> None:
    wv, alone = reference(), object()
    if wv is not None and sys.getrefcount(wv) > sys.getrefcount(alone) + 1:  # that of the model, which goes now
        with suppress(MemoryError):
            wv.vectors = np.ascontiguousarray(wv.vectors)


def same_words(one: Vocabulary, other: Vocabulary) -> bool:
    """Whether both have the same words in the same order."""
    (blob, ends), (other_blob, other_ends) = one.utf8, other.utf8
    return np.array_equal(ends, other_ends) and np.array_equal(blob, other_blob)
