"""A whole model in a native folder: both matrices, words with counts, and the settings that training depends on."""

from __future__ import annotations

import math
import warnings
from typing import TYPE_CHECKING, Any

from kotovec._version import __version__
from kotovec.atomic import StrPath
from kotovec.corpus.stop_words import LANGUAGES, stop_words
from kotovec.errors import FormatError

if TYPE_CHECKING:
    from kotovec.formats.native import Native
    from kotovec.training.word2vec import Word2Vec

_AS_IN_CONFIG = (
    "window", "negative", "alpha", "min_alpha", "sample", "ns_exponent", "epochs", "shrink_windows", "cbow_mean",
    "cbow_update", "seed", "min_count", "tokenizer",
)  # fmt: skip
_RENAMED = {"max_final_vocab": "max_vocab", "workers": "threads"}
_IGNORED = {"separately", "sep_limit", "ignore", "pickle_protocol", "compress", "subname"}


def refuse_unknown(method: str, options: dict[str, Any]) -> None:
    """TypeError for options that are not those of gensim's pickles, which have no meaning here."""
    for name in options:
        if name not in _IGNORED:
            raise TypeError(f"{method}() got an unexpected keyword argument {name!r}")


def config_of(model: Word2Vec) -> dict[str, Any]:
    """What `config.json` says of a model, with the names that `kotovec train` gives them."""
    corpus = {"n_sentences": model.corpus_count, "raw_tokens": model.corpus_total_words}
    return {
        "version": __version__,
        "tokenizer": model.tokenizer,
        "stop_words": sorted(model.stop_words) or None,
        "min_count": model.min_count,
        "max_vocab": model.max_final_vocab,
        **model.train_config().as_dict(),
        "corpus": corpus,
        "loss": [None if math.isnan(loss) else loss for loss in model.loss_per_epoch],  # JSON has no nan
        "seconds": model.total_train_time,
        "comment": model.comment,
    }


def open_model(path: StrPath) -> Native:
    """The folder of a model, memory-mapped. FormatError for anything else, a file of vectors too."""
    from kotovec.formats.native import open_native
    from kotovec.formats.recognise import recognise

    form = recognise(path)
    if form != "native":
        raise FormatError(
            f"holds vectors in the format {form}, and no model",
            path=path,
            expected="a folder that Word2Vec.save or kotovec train -f native wrote",
            hint="KeyedVectors.load opens it",
        )
    return open_native(path)


def settings_of(native: Native) -> dict[str, Any]:
    """Keyword arguments of Word2Vec, from the configuration of a folder; what it does not say has its default."""
    config = native.config or {}
    settings = {name: config[name] for name in _AS_IN_CONFIG if name in config}
    settings |= {ours: config[name] for ours, name in _RENAMED.items() if name in config}
    if "architecture" in config:
        settings["sg"] = int(config["architecture"] == "skipgram")
    settings["stop_words"] = _stop_words(config.get("stop_words"), native)
    return settings | {"vector_size": native.input_vectors.shape[1], "comment": config.get("comment")}


def _stop_words(value: Any, native: Native) -> Any:
    """A list as `Word2Vec.save` writes it, or the language or file that `kotovec train` was given."""
    if not isinstance(value, str):
        return value or ()
    if value in LANGUAGES:
        return stop_words(value)
    warnings.warn(f"{native.folder}: the stop words of the file {value!r} are not taken over", stacklevel=4)
    return ()


def history_of(native: Native) -> dict[str, Any]:
    """Attributes of Word2Vec that tell of the training so far."""
    config = native.config or {}
    corpus = config.get("corpus")
    corpus = corpus if isinstance(corpus, dict) else {}
    return {
        "loss_per_epoch": [math.nan if loss is None else float(loss) for loss in config.get("loss") or []],
        "total_train_time": float(config.get("seconds") or 0.0),
        "corpus_count": int(corpus.get("n_sentences", 0)),
        "corpus_total_words": int(corpus.get("raw_tokens", 0)),
    }
