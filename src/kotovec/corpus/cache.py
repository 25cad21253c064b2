"""A folder in which encoded corpora are kept, so that unchanged files need not be counted again.

An entry is named after the paths of its files and the settings. What the files were like then, by size and time,
stands in its `corpus.json`: where that has changed, or anything in the entry is not as it should be, it is made
anew. An entry is input: sizes and ids are checked before they are used.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from kotovec.atomic import atomic_folder
from kotovec.corpus.config import CorpusConfig
from kotovec.corpus.encoded import Encoded, EncodedCorpus, count_words
from kotovec.corpus.sources import TextFiles
from kotovec.corpus.vocabulary import Vocabulary
from kotovec.errors import OutputError

_LAYOUT = 1  # of the entries; a new number for every change of what encoding gives
_META, _IDS, _BLOB, _ENDS, _COUNTS = _FILES = ("corpus.json", "ids.i32", "words.utf8", "ends.i64", "counts.i64")
_NUMBERS = ("n_items", "n_tokens", "n_sentences", "raw_tokens", "raw_types", "invalid_bytes")


class CorpusCache:
    """The entry of one list of files and one configuration."""

    def __init__(self, root: Path, files: TextFiles, config: CorpusConfig, vocabulary: Vocabulary | None) -> None:
        settings = {
            "layout": _LAYOUT,
            "byte_order": sys.byteorder,
            "tokenizer": config.tokenizer,
            "unicode": unicodedata.unidata_version,
            "encoding": config.encoding,
            "japanese": _japanese(config) if config.tokenizer == "ja" else None,
            "min_count": config.min_count,
            "max_vocab": config.max_vocab,
            "stop_words": _digest(json.dumps(sorted(config.stop_words)).encode()),
            "vocabulary": None if vocabulary is None else _words_digest(vocabulary),
            "paths": [os.path.abspath(file.path) for file in files.files],
        }
        self._description = {"settings": settings, "stamps": [list(file.stamp or ()) for file in files.files]}
        self.folder = root / _digest(json.dumps(settings).encode())[:16]

    def load(self) -> EncodedCorpus | None:
        """What is kept; None where nothing is, or it does not hold for these files, or is not sound."""
        try:
            meta = json.loads((self.folder / _META).read_bytes())
            if {key: meta.get(key) for key in self._description} != self._description:
                return None
            numbers = {name: meta[name] for name in _NUMBERS}
            if not all(type(number) is int and number >= 0 for number in numbers.values()):
                return None
            return self._checked(numbers)
        except (OSError, ValueError, KeyError, AttributeError, TypeError):  # VocabularyError is a ValueError
            return None

    def _checked(self, numbers: dict[str, int]) -> EncodedCorpus | None:
        vocabulary = Vocabulary.from_utf8(
            np.fromfile(self.folder / _BLOB, np.uint8),
            np.fromfile(self.folder / _ENDS, np.int64),
            np.fromfile(self.folder / _COUNTS, np.int64),
        )
        seconds = {"compile": 0.0, "count": 0.0, "encode": 0.0}
        with open(self.folder / _IDS, "rb") as file:
            if os.fstat(file.fileno()).st_size != 4 * numbers["n_items"]:
                return None
            corpus = EncodedCorpus.from_file(file, Encoded(vocabulary, **numbers, seconds=seconds), cached=True)
        n_tokens = count_words(corpus.ids, len(vocabulary))
        sizes = (n_tokens, len(corpus.ids) - n_tokens)
        return corpus if sizes == (corpus.n_tokens, corpus.n_sentences) else None

    @contextmanager
    def writing(self) -> Iterator[tuple[BinaryIO, Callable[[Encoded], None]]]:
        """A file for the ids, and a function to call when they are in it; then the entry is there, whole.

        Another process may have made the same entry in the meantime: then its entry stays.
        """
        try:
            self.folder.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise OutputError(
                f"the corpus cache cannot be made: {error.strerror or error}", path=self.folder.parent
            ) from error
        complete = False
        try:
            with atomic_folder(self.folder, _FILES) as folder:
                with open(folder / _IDS, "x+b", buffering=0) as file:
                    yield file, lambda encoded: self._write(folder, encoded)
                complete = True
        except OutputError:
            if not complete or self.load() is None:
                raise

    def _write(self, folder: Path, encoded: Encoded) -> None:
        blob, ends = encoded.vocabulary.utf8
        for name, array in ((_BLOB, blob), (_ENDS, ends), (_COUNTS, encoded.vocabulary.counts)):
            array.tofile(folder / name)
        meta: dict[str, Any] = {**self._description, **{name: getattr(encoded, name) for name in _NUMBERS}}
        (folder / _META).write_text(json.dumps(meta))


def _japanese(config: CorpusConfig) -> list[Any]:
    """The settings of Japanese, and what dictionary and id map are like, by size and time."""
    from kotovec.corpus.dictionaries import find_dictionary

    settings, id_map = config.japanese, config.japanese.id_map
    folder = find_dictionary(settings.dictionary, ipadic_first=id_map is not None)
    used = [folder / "sys.dic", *([Path(id_map)] if id_map is not None and os.path.exists(id_map) else [])]
    stamps = [[str(path.resolve()), path.stat().st_size, path.stat().st_mtime_ns] for path in used]
    return [settings.unit, list(settings.pos), settings.nfkc, id_map, stamps]


def _words_digest(vocabulary: Vocabulary) -> str:
    return _digest(*(part.tobytes() for part in (*vocabulary.utf8, vocabulary.counts)))


def _digest(*parts: bytes) -> str:
    digest = hashlib.sha256()
    for part in parts:
        digest.update(len(part).to_bytes(8, "little") + part)
    return digest.hexdigest()
