"""The folder of static vectors that model2vec and sentence-transformers open: words, their rows, and a tokenizer.

model.safetensors has one tensor `embeddings` (n_words + 1, vector_size) float32. Row 0 is zeros and stands for all
that is no word: model2vec leaves it out, sentence-transformers takes it into the mean, whose direction it does not
change, and both scale the mean to length 1. The weights of words are folded into their rows, as both can read that.
vocab.tsv is ours: words and counts, so that the folder can be read back.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal, NamedTuple, TypeAlias, get_args

import numpy as np
from numpy.typing import NDArray

from kotovec._version import __version__
from kotovec.atomic import StrPath, atomic_folder
from kotovec.corpus.vocabulary import Vocabulary
from kotovec.errors import ConfigError, FormatError
from kotovec.formats.files import Floats, MatrixRows, check_vector_size, check_words
from kotovec.formats.safetensors import map_matrices, write_tensors
from kotovec.formats.static_tokenizer import (
    Segmenter,
    check_segmenter,
    choose_segmenter,
    frequencies,
    tokenizer_json,
)
from kotovec.formats.word_counts import read_word_counts, write_word_counts

WordWeights: TypeAlias = Literal["sif", "none"]

VECTORS, TOKENIZER, CONFIG, WORDS = "model.safetensors", "tokenizer.json", "config.json", "vocab.tsv"
CONTENTS = (VECTORS, TOKENIZER, CONFIG, WORDS, "modules.json", "README.md")
TENSOR = "embeddings"
_SIF = 1e-3  # Arora, Liang and Ma 2017, algorithm 1: a / (a + p)
_MODULES = [
    {"idx": 0, "name": "0", "path": ".", "type": "sentence_transformers.models.StaticEmbedding"},
    {"idx": 1, "name": "1", "path": "1_Normalize", "type": "sentence_transformers.models.Normalize"},
]
_CARD = """\
---
library_name: model2vec
tags:
- embeddings
- static-embeddings
- sentence-transformers
---

# Static word vectors

{n_words:,} words, {vector_size} numbers each, written by kotovec {version}. The vector of a text is the mean of the
vectors of its words ({weights}), scaled to length 1. Words are found by the segmenter `{segmenter}`.

```python
from model2vec import StaticModel

model = StaticModel.from_pretrained("this/folder")
print(model.encode(["a sentence"]).shape)
```

`sentence_transformers.SentenceTransformer("this/folder")` opens it, too.
"""


class Static(NamedTuple):
    """What a folder of static vectors holds."""

    vocabulary: Callable[[], Vocabulary]
    vectors: Floats  # (n_words, vector_size), without the weights; memory-mapped where there were none
    config: dict[str, Any] | None  # of the training


class StaticChoice(NamedTuple):
    """How text becomes tokens, and what they weigh."""

    segmenter: Segmenter
    weights: WordWeights
    nfkc: bool  # text is normalised to NFKC before `unigram`


def static_choice(
    vocabulary: Vocabulary, config: dict[str, Any] | None, segmenter: str | None, weights: str | None
) -> StaticChoice:
    """What was asked for, or what suits these words; ConfigError for names that there are not.

    ConfigError, too, for vectors of forms with a part of speech behind them, which stand in no text.
    """
    check_segmenter(segmenter)
    if weights not in (None, *get_args(WordWeights)):
        raise ConfigError("unknown weights", expected=" or ".join(get_args(WordWeights)), found=repr(weights))
    if (config or {}).get("unit") == "base+pos":
        raise ConfigError(
            "words with a part of speech, which no tokenizer.json finds in text",
            expected="vectors of surfaces",
            hint="train with --unit surface",
        )
    chosen: Any = segmenter or choose_segmenter(vocabulary, config)
    return StaticChoice(chosen, "none" if weights == "none" else "sif", bool((config or {}).get("nfkc")))


def word_weights(vocabulary: Vocabulary, weights: WordWeights) -> Floats | None:
    """(n_words,) what each row is multiplied with: smooth inverse frequency, 0 to 1; None for none."""
    if weights == "none":
        return None
    return _sif(vocabulary, _SIF)


def _sif(vocabulary: Vocabulary, smoothing: float) -> Floats:
    return (smoothing / (smoothing + frequencies(vocabulary))).astype(np.float32)


class _Rows:
    """A row of zeros, then the weighted rows of a matrix, made when they are asked for."""

    def __init__(self, vectors: MatrixRows, weights: Floats | None) -> None:
        self.vectors, self.weights = vectors, weights
        self.shape: tuple[int, ...] = (len(vectors) + 1, vectors.shape[1])

    def __len__(self) -> int:
        return self.shape[0]

    def __getitem__(self, rows: slice, /) -> NDArray[Any]:
        first, last, _ = rows.indices(len(self))
        taken = np.asarray(self.vectors[max(first - 1, 0) : max(last - 1, 0)], np.float32)
        if self.weights is not None:
            taken = taken * self.weights[max(first - 1, 0) : max(last - 1, 0), np.newaxis]
        return np.concatenate([np.zeros((1, self.shape[1]), np.float32), taken]) if first == 0 else taken


def write_static(
    path: StrPath,
    vocabulary: Vocabulary,
    vectors: MatrixRows,
    *,
    segmenter: str | None = None,
    weights: str | None = None,
    config: dict[str, Any] | None = None,
) -> StaticChoice:
    """Write a folder, in blocks of rows; one that kotovec wrote before is replaced, another is not.

    `segmenter`: whitespace, words or unigram; None: what suits the words. `weights`: sif (the default) or none.
    `config` is kept. FormatError for an empty word, one with a tab or line end, and for numbers that are not finite;
    ConfigError for the options; OutputError for the disk.
    """
    check_words(vocabulary, b"\t\n\r", "static", empty=False)
    choice = static_choice(vocabulary, config, segmenter, weights)
    rows = _Rows(vectors, word_weights(vocabulary, choice.weights))
    facts = {"n_words": len(vocabulary), "vector_size": vectors.shape[1]} | choice._asdict()
    with atomic_folder(path, CONTENTS) as folder:
        with open(folder / VECTORS, "wb") as file:
            write_tensors(file, {TENSOR: rows}, path)
        with open(folder / TOKENIZER, "wb") as file:
            file.writelines(piece.encode() for piece in tokenizer_json(vocabulary, choice.segmenter, nfkc=choice.nfkc))
        with open(folder / WORDS, "wb") as file:
            write_word_counts(file, vocabulary)
        (folder / CONFIG).write_bytes(_json(_config(choice, rows, config)))
        (folder / "modules.json").write_bytes(_json(_MODULES))
        (folder / "README.md").write_bytes(_CARD.format(version=__version__, **facts).encode())
    return choice


def _config(choice: StaticChoice, rows: MatrixRows, config: dict[str, Any] | None) -> dict[str, Any]:
    ours = {"version": __version__} | choice._asdict() | {"sif": _SIF if choice.weights == "sif" else None}
    return {
        "model_type": "model2vec",
        "architectures": ["StaticModel"],
        "normalize": True,
        "max_length": None,
        "hidden_dim": rows.shape[1],
        "embedding_dtype": "float32",
        "kotovec": ours | {"training": config},
    }


def _json(value: Any) -> bytes:
    return json.dumps(value, indent=2, ensure_ascii=False).encode() + b"\n"


def open_static(path: StrPath) -> Static:
    """Read a folder that kotovec wrote; FormatError for one of another program, or where it is damaged."""
    folder = Path(path)
    facts = _read_facts(folder / CONFIG)
    matrices = map_matrices(folder / VECTORS)
    if set(matrices) != {TENSOR} or not len(matrices[TENSOR]):
        raise FormatError(f"no tensor {TENSOR} alone", path=folder / VECTORS, found=", ".join(matrices) or "none")
    vectors = matrices[TENSOR][1:]
    check_vector_size(vectors.shape[1], folder / VECTORS)
    if not (folder / WORDS).is_file():
        raise FormatError("the words are missing", path=folder / WORDS, expected="lines of the form: word<TAB>count")
    if facts["weights"] == "none":
        return Static(lambda: read_word_counts(folder / WORDS, len(vectors)), vectors, facts["training"])
    vocabulary = read_word_counts(folder / WORDS, len(vectors))
    return Static(lambda: vocabulary, _unweighted(vectors, vocabulary, facts["sif"]), facts["training"])


def _unweighted(vectors: Floats, vocabulary: Vocabulary, smoothing: float) -> Floats:
    """The rows as they were before they were weighted, but for the last bit."""
    factors = 1 / _sif(vocabulary, smoothing)
    rows = np.empty(vectors.shape, np.float32)
    np.multiply(vectors, factors[:, np.newaxis], out=rows)
    return rows


def _read_facts(path: Path) -> dict[str, Any]:
    """What kotovec wrote about itself."""
    try:
        config = json.loads(path.read_bytes())
    except FileNotFoundError:
        raise FormatError("the configuration is missing", path=path) from None
    except (OSError, ValueError, RecursionError) as error:
        raise FormatError(f"damaged configuration: {error}", path=path) from error
    facts = config.get("kotovec") if isinstance(config, dict) else None
    if not isinstance(facts, dict):
        raise FormatError(
            "static vectors that kotovec did not write",
            path=path,
            expected="an object kotovec in it",
            hint="kotovec reads only its own; model2vec or sentence-transformers open these",
        )
    smoothing, training = facts.get("sif"), facts.get("training")
    known = facts.get("weights") in get_args(WordWeights) and (training is None or isinstance(training, dict))
    if not known or (facts["weights"] == "sif" and not (isinstance(smoothing, float) and 1e-12 < smoothing < 1)):
        raise FormatError("damaged configuration", path=path, expected="what kotovec writes", found=str(facts)[:80])
    return facts | {"training": training}
