"""Word2Vec: gensim 4's face over corpus and trainer. Code written for gensim runs after changing the import."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import Any, TypeAlias, TypeVar

import numpy as np

from kotovec.corpus.encoding import CorpusConfig, EncodedCorpus, encode, find_files
from kotovec.corpus.selection import RULE_DISCARD, RULE_KEEP
from kotovec.corpus.vocabulary import Vocabulary
from kotovec.errors import ConfigError, EmptyCorpusError, FormatError, TrainingError, UnsupportedError
from kotovec.events import EpochEnd, Event, StopTraining
from kotovec.training import model_folder
from kotovec.training.callbacks import Callbacks
from kotovec.training.compiled import compiled_ahead
from kotovec.training.config import CbowUpdate, TrainConfig
from kotovec.training.model_state import ModelState
from kotovec.training.trainer import train

Sentences: TypeAlias = Iterable[Any]  # lists of tokens, or strings; read once is enough
Files: TypeAlias = str | os.PathLike[str]

TrimRule: TypeAlias = Callable[[str, int, int], int]

Self = TypeVar("Self", bound="Word2Vec")

_GENSIM_BATCH_WORDS = 10_000
_GENSIM_PROGRESS_PER = 10_000
_GENSIM_NAMES = {"threads": "workers", "max_vocab": "max_final_vocab"}


class Word2Vec(ModelState):
    """Train word vectors with gensim's parameters and their meanings; what is ours comes last, by keyword only.

    With `sentences` or `corpus_file`, the vocabulary is built and training is done at once; without, call
    `build_vocab` and `train`. The vectors are in `wv`. Threads without locks change shared matrices: `workers=1`
    gives the same bits for the same seed.

    ConfigError for values out of range, UnsupportedError (a ConfigError) for what gensim has and kotovec has not.
    """

    def __init__(
        self,
        sentences: Sentences | None = None,
        corpus_file: Files | None = None,
        vector_size: int = 100,
        alpha: float = 0.025,
        window: int = 5,
        min_count: int = 5,
        max_vocab_size: None = None,
        sample: float = 1e-3,
        seed: int = 1,
        workers: int = 3,
        min_alpha: float = 0.0001,
        sg: int = 0,
        hs: int = 0,
        negative: int = 5,
        ns_exponent: float = 0.75,
        cbow_mean: int = 1,
        hashfxn: Callable[..., int] = hash,
        epochs: int = 5,
        null_word: int = 0,
        trim_rule: TrimRule | None = None,
        sorted_vocab: int = 1,
        batch_words: int = _GENSIM_BATCH_WORDS,
        compute_loss: bool = False,
        callbacks: Iterable[Any] = (),
        comment: str | None = None,
        max_final_vocab: int | None = None,
        shrink_windows: bool = True,
        *,
        cbow_update: CbowUpdate = "historical",
        tokenizer: str = "whitespace",
        stop_words: Iterable[str] = (),
    ) -> None:
        if hs:
            raise UnsupportedError(
                "hs=1 (hierarchical softmax) is coming, and not there yet",
                hint="use negative sampling: hs=0, negative=5",
            )
        _refuse("max_vocab_size", max_vocab_size, None, "counting needs no limit; max_final_vocab sets the size")
        _refuse("hashfxn", hashfxn, hash, "a seed is enough for the same vectors")
        _refuse("null_word", null_word, 0, "nothing is padded")
        _refuse("sorted_vocab", sorted_vocab, 1, "words are always sorted by count")
        _refuse("batch_words", batch_words, _GENSIM_BATCH_WORDS, "threads share out the work by themselves")
        self.vector_size, self.window, self.negative, self.epochs = vector_size, window, negative, epochs
        self.alpha, self.min_alpha, self.sample, self.ns_exponent = alpha, min_alpha, sample, ns_exponent
        self.sg, self.hs, self.cbow_mean, self.shrink_windows = sg, hs, cbow_mean, shrink_windows
        self.cbow_update: CbowUpdate = cbow_update
        self.seed, self.workers = seed, workers
        self.min_count, self.max_final_vocab = min_count, max_final_vocab
        self.tokenizer, self.stop_words = tokenizer, frozenset(stop_words)
        self.compute_loss, self.comment = compute_loss, comment  # the loss is always computed: it costs next to nothing
        self.callbacks, self.trim_rule = tuple(callbacks), trim_rule
        self.train_config(), self.corpus_config()  # refuse now what training would refuse
        Callbacks(self.callbacks, self)
        self.loss_per_epoch: list[float] = []  # of the latest training: mean per (centre, context) pair
        self.total_train_time = 0.0  # seconds
        self.corpus_count = 0  # sentences
        self.corpus_total_words = 0  # tokens, before min_count
        super().__init__()
        self._corpus: EncodedCorpus | None = None
        self._corpus_source: object = None  # what `_corpus` was made from
        if sentences is not None or corpus_file is not None:
            with compiled_ahead(self.train_config()):
                self.build_vocab(sentences, corpus_file)
                self.train(sentences, corpus_file)

    def train_config(self, epochs: int | None = None) -> TrainConfig:
        """The settings as they are now (they may be changed between calls, as in gensim), checked."""
        with _named_as_in_gensim():
            return TrainConfig(
                architecture="skipgram" if self.sg else "cbow",
                vector_size=_plain(self.vector_size),
                window=_plain(self.window),
                negative=_plain(self.negative),
                alpha=_plain(self.alpha),
                min_alpha=_plain(self.min_alpha),
                sample=_plain(self.sample),
                ns_exponent=_plain(self.ns_exponent),
                epochs=_plain(self.epochs if epochs is None else epochs),
                shrink_windows=bool(self.shrink_windows),
                cbow_mean=bool(self.cbow_mean),
                cbow_update=self.cbow_update,
                seed=_plain(self.seed),
                threads=_plain(self.workers),
            )

    def corpus_config(self) -> CorpusConfig:
        """How text becomes words, as set now, checked."""
        with _named_as_in_gensim():
            return CorpusConfig(
                tokenizer=self.tokenizer,
                stop_words=self.stop_words,
                min_count=_plain(self.min_count),
                max_vocab=_plain(self.max_final_vocab),
            )

    @property
    def layer1_size(self) -> int:
        """The same as vector_size."""
        return self.vector_size

    def build_vocab(
        self,
        corpus_iterable: Sentences | None = None,
        corpus_file: Files | None = None,
        update: bool = False,
        progress_per: int = _GENSIM_PROGRESS_PER,
        keep_raw_vocab: bool = False,
        trim_rule: TrimRule | None = None,
    ) -> None:
        """Count words, choose those that stay, and make new vectors for them.

        The text is encoded on the way, so that `train` on the same text need not read it again: an iterable may be
        a generator that can be read only once.
        """
        _refuse("update", update, False, "continuing with new words is coming")
        _refuse("progress_per", progress_per, _GENSIM_PROGRESS_PER, "give train() a callback for progress")
        _refuse("keep_raw_vocab", keep_raw_vocab, False, "only the words that stay are kept")
        source = _one_source(corpus_iterable, corpus_file)
        corpus = self._encode(source, corpus_file is not None, None, trim_rule or self.trim_rule)
        if not len(corpus.vocabulary):
            raise EmptyCorpusError("no word is left in the vocabulary")
        self._begin_with(corpus.vocabulary, _plain(self.seed))
        self._corpus, self._corpus_source = corpus, source
        self.corpus_count, self.corpus_total_words = corpus.n_sentences, corpus.raw_tokens

    def build_vocab_from_freq(
        self,
        word_freq: Mapping[str, int],
        keep_raw_vocab: bool = False,
        corpus_count: int | None = None,
        trim_rule: TrimRule | None = None,
        update: bool = False,
    ) -> None:
        """Take the vocabulary from counts: words below min_count go, the others are sorted by count."""
        _refuse("update", update, False, "continuing with new words is coming")
        _refuse("keep_raw_vocab", keep_raw_vocab, False, "only the words that stay are kept")
        vocabulary = _words_from(word_freq, self.corpus_config(), trim_rule or self.trim_rule)
        self._begin_with(vocabulary, _plain(self.seed))
        self._corpus = self._corpus_source = None
        self.corpus_count, self.corpus_total_words = corpus_count or 0, sum(word_freq.values())

    def train(
        self,
        corpus_iterable: Sentences | None = None,
        corpus_file: Files | None = None,
        total_examples: int | None = None,
        total_words: int | None = None,
        epochs: int | None = None,
        start_alpha: float | None = None,
        end_alpha: float | None = None,
        word_count: int = 0,
        queue_factor: int = 2,
        report_delay: float = 1.0,
        compute_loss: bool = False,
        callbacks: Iterable[Any] = (),
    ) -> tuple[int, int]:
        """Train further, for epochs more, from start_alpha to end_alpha; gives (words trained, words read).

        Text that `build_vocab` has seen (the same object or file name) is not read again; without text, it is that
        one. Words that are not in the vocabulary are left out. total_examples and total_words are not needed, since
        an encoded corpus knows its length. Callbacks are callables that take `kotovec.events`, or objects with
        gensim's `on_epoch_end(model)` and the like; either kind may raise `StopTraining`.
        """
        _refuse("word_count", word_count, 0, "a run begins at its beginning")
        _refuse("queue_factor", queue_factor, 2, "there are no queues")
        _refuse("report_delay", report_delay, 1.0, "give a callback for progress")
        weights = self._weights_of_wv()
        listeners = Callbacks((*self.callbacks, *callbacks), self)
        config = self.train_config(epochs)
        config = replace(
            config,
            alpha=config.alpha if start_alpha is None else _plain(start_alpha),
            min_alpha=config.min_alpha if end_alpha is None else _plain(end_alpha),
        )
        corpus = self._corpus_for(corpus_iterable, corpus_file)
        self.loss_per_epoch = []
        try:
            listeners.begin()
        except StopTraining:
            return 0, 0
        model = train(corpus, config, weights=weights, callback=Callbacks((self._take_in, listeners), self))
        self.wv.vectors = model.input_vectors  # the same memory; norms are computed anew
        self.total_train_time += model.seconds["train"]
        with suppress(StopTraining):  # there is nothing left to stop
            listeners.end()
        return model.words_kept, model.words_trained

    def get_latest_training_loss(self) -> float:
        """Mean loss per (centre, context) pair (CBOW: per centre) of the latest epoch; gensim gives a sum here."""
        return self.loss_per_epoch[-1] if self.loss_per_epoch else 0.0

    def save(self, fname: Files, **gensim: Any) -> None:
        """Write the whole model as a native folder: `load` gives it back, and `kotovec.load` its vectors.

        An empty file at `fname` is replaced. Options of gensim's pickles (`separately`, `sep_limit`, `ignore`,
        `pickle_protocol`) are passed over. OutputError for the disk; TrainingError before there is a vocabulary.
        """
        from kotovec.formats import save

        model_folder.refuse_unknown("save", gensim)
        vectors, outputs = self.wv.vectors, self.syn1neg if self._weights or self._saved_outputs is not None else None
        self._check_words()
        config = model_folder.config_of(self)
        save(fname, self._vocabulary, vectors, format="native", output_vectors=outputs, config=config)

    @classmethod
    def load(cls: type[Self], fname: Files, mmap: str | None = None, *, rethrow: bool = False) -> Self:
        """A model that `save`, or `kotovec train -f native`, wrote; memory-mapped until it is trained further.

        `mmap` and `rethrow` are gensim's, and change nothing. FormatError for a file of vectors (`KeyedVectors.load`
        opens those), for a pickle (never read), and for a folder that is damaged.
        """
        from kotovec.vectors import KeyedVectors

        opened = model_folder.open_model(fname)
        try:
            model = cls(**model_folder.settings_of(opened))
            vars(model).update(model_folder.history_of(opened))
        except (TypeError, ValueError) as error:
            raise FormatError(f"damaged configuration: {error}", path=opened.folder) from error
        model._vocabulary = opened.vocabulary()
        model._wv = KeyedVectors(model._vocabulary, opened.input_vectors, config=opened.config)
        model._saved_outputs = opened.output_vectors
        return model

    def __str__(self) -> str:
        n_words = len(self._wv) if self._wv is not None else 0
        return f"Word2Vec<vocab={n_words}, vector_size={self.vector_size}, alpha={self.alpha}>"

    def _take_in(self, event: Event) -> None:
        """At the end of an epoch, before other callbacks see the model."""
        if isinstance(event, EpochEnd):
            self.loss_per_epoch.append(event.loss)
            self.wv.vectors = self._ready_weights().inputs.rows

    def _corpus_for(self, corpus_iterable: Sentences | None, corpus_file: Files | None) -> EncodedCorpus:
        if corpus_iterable is None and corpus_file is None:
            if self._corpus is None:
                raise TrainingError("there is no text to train on", hint="give sentences or corpus_file")
            return self._corpus
        source = _one_source(corpus_iterable, corpus_file)
        if self._corpus is None or not _same_source(source, self._corpus_source):
            self._corpus = self._encode(source, corpus_file is not None, self.wv.vocabulary, None)
            self._corpus_source = source
        return self._corpus

    def _encode(
        self, source: Any, is_file: bool, vocabulary: Vocabulary | None, trim_rule: TrimRule | None
    ) -> EncodedCorpus:
        return encode(
            find_files(source) if is_file else source,
            self.corpus_config(),
            vocabulary=vocabulary,
            trim_rule=trim_rule,
            threads=_plain(self.workers),
        )


def _words_from(word_freq: Mapping[str, int], config: CorpusConfig, trim_rule: TrimRule | None) -> Vocabulary:
    """What the configuration keeps of these words, by count, the highest first."""

    def stays(word: str, count: int) -> bool:
        answer = trim_rule(word, count, config.min_count) if trim_rule else None
        kept = answer == RULE_KEEP if answer in (RULE_DISCARD, RULE_KEEP) else count >= config.min_count
        return kept and word not in config.stop_words

    chosen = sorted((item for item in word_freq.items() if stays(*item)), key=lambda item: -item[1])[: config.max_vocab]
    if not chosen:
        raise EmptyCorpusError(
            f"no word is left of {len(word_freq):,}",
            expected=f"words that occur at least {config.min_count} times",
            found=f"a highest count of {max(word_freq.values(), default=0)}",
            hint="try a lower min_count",
        )
    return Vocabulary([word for word, _ in chosen], [count for _, count in chosen])


def _one_source(corpus_iterable: Sentences | None, corpus_file: Files | None) -> Any:
    if (corpus_iterable is None) == (corpus_file is None):
        raise ConfigError("one source of text is needed", expected="either sentences or corpus_file")
    if isinstance(corpus_iterable, (str, bytes)):
        raise ConfigError(
            "sentences are lists of tokens, or strings, not one string", hint="use corpus_file= for the name of a file"
        )
    return corpus_file if corpus_iterable is None else corpus_iterable


def _same_source(source: object, known: object) -> bool:
    both_names = isinstance(source, (str, os.PathLike)) and isinstance(known, (str, os.PathLike))
    return source is known or (both_names and source == known)


@contextmanager
def _named_as_in_gensim() -> Iterator[None]:
    """An error names the parameter that the caller knows."""
    try:
        yield
    except ConfigError as error:
        ours, space, rest = error.problem.partition(" ")
        error.problem = _GENSIM_NAMES.get(ours, ours) + space + rest
        raise


def _refuse(name: str, value: object, default: object, reason: str) -> None:
    """What has no meaning here may stand at gensim's default."""
    if value is not default and value != default:
        raise UnsupportedError(f"{name} has no meaning in kotovec: {reason}", expected=repr(default), found=repr(value))


def _plain(value: Any) -> Any:
    """A NumPy number as a Python one."""
    return value.item() if isinstance(value, np.generic) else value
