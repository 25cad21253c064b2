"""Building, saving and opening an approximate index, for `most_similar(index="hnsw")`."""

from __future__ import annotations

import logging

import numpy as np
from numpy.typing import NDArray

from kotovec.atomic import StrPath
from kotovec.errors import ConfigError
from kotovec.vectors.batch import BatchSearch
from kotovec.vectors.hnsw import IndexFacts, build
from kotovec.vectors.index_file import check_index_path, read_index, write_index

log = logging.getLogger(__name__)


class WordIndex(BatchSearch):
    """Vectors that may have an index; every change of them drops it."""

    def build_index(
        self,
        kind: str = "hnsw",
        *,
        path: StrPath | None = None,
        recall: float = 0.95,
        connectivity: int = 16,
        expansion_add: int = 128,
        threads: int | None = None,
    ) -> IndexFacts:
        """Build an index of all words whose vector is not zero, measure it, and save it at `path` where one is given.

        `recall`: the share, 0 to 1, of the 10 nearest words that searches shall find; they look at as many nodes as
        that takes on a sample of words, and the result has the recall measured on another sample. More `connectivity`
        and `expansion_add` take longer to build, and find more. ConfigError for numbers out of range,
        MissingExtraError without usearch, OutputError for the disk.
        """
        if kind != "hnsw":
            raise ConfigError("unknown index", expected="hnsw", found=repr(kind))
        if path is not None:
            check_index_path(path)

        def exact(word_ids: NDArray[np.int64], n: int) -> NDArray[np.int64]:
            return self.nearest(self.vectors[word_ids], n, own=word_ids, threads=threads)[0]

        self._index = build(
            self.vectors, self.norms, exact,
            recall=recall, connectivity=connectivity, expansion_add=expansion_add, threads=threads,
        )  # fmt: skip
        log.info("index of %d vectors: %s", self._index.facts.n_vectors, self._index.facts.text)
        if path is not None:
            write_index(path, self._index, self.vectors)
        return self._index.facts

    def load_index(self, path: StrPath) -> IndexFacts:
        """Open an index that `build_index` saved, memory-mapped.

        MissingFileError where there is none, StaleIndexError where it is of other vectors, FormatError where it is
        not byte for byte what kotovec wrote.
        """
        self._index = read_index(path, self.vectors, self.norms)
        return self._index.facts

    @property
    def index_facts(self) -> IndexFacts | None:
        """What the index is and how well it does, or None where there is none."""
        return None if self._index is None else self._index.facts
