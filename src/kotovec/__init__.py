"""Word vectors from your own text, on your own machine, at full speed.

The names are loaded when they are first used: `import kotovec` alone imports neither NumPy nor Numba.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from kotovec._version import __version__

if TYPE_CHECKING:
    from kotovec.corpus.config import CorpusConfig as CorpusConfig
    from kotovec.corpus.encoded import EncodedCorpus as EncodedCorpus
    from kotovec.corpus.encoding import encode as encode
    from kotovec.corpus.japanese_config import JapaneseConfig as JapaneseConfig
    from kotovec.corpus.vocabulary import Vocabulary as Vocabulary
    from kotovec.errors import KotovecError as KotovecError
    from kotovec.events import StopTraining as StopTraining
    from kotovec.formats import load as load
    from kotovec.formats import save as save
    from kotovec.training.config import TrainConfig as TrainConfig
    from kotovec.training.trainer import TrainedModel as TrainedModel
    from kotovec.training.trainer import train as train
    from kotovec.training.word2vec import Word2Vec as Word2Vec
    from kotovec.vectors import KeyedVectors as KeyedVectors
    from kotovec.vectors import Neighbor as Neighbor

_HOMES = {
    "CorpusConfig": "kotovec.corpus.config",
    "EncodedCorpus": "kotovec.corpus.encoded",
    "JapaneseConfig": "kotovec.corpus.japanese_config",
    "KeyedVectors": "kotovec.vectors",
    "KotovecError": "kotovec.errors",
    "Neighbor": "kotovec.vectors",
    "StopTraining": "kotovec.events",
    "TrainConfig": "kotovec.training.config",
    "TrainedModel": "kotovec.training.trainer",
    "Vocabulary": "kotovec.corpus.vocabulary",
    "Word2Vec": "kotovec.training.word2vec",
    "encode": "kotovec.corpus.encoding",
    "load": "kotovec.formats",
    "save": "kotovec.formats",
    "train": "kotovec.training.trainer",
}

__all__ = ["__version__", *_HOMES]  # noqa: PLE0604


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'kotovec' has no attribute {name!r}")
    value = getattr(importlib.import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES})
