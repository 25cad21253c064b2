"""Which words a plot shows, and their vectors."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kotovec.errors import ConfigError
from kotovec.vectors import KeyedVectors

_NAMED = 10  # words without a direction that an error names


@dataclass(frozen=True, slots=True, eq=False)
class Selection:
    """Words with their vectors scaled to length 1."""

    words: list[str]
    word_ids: NDArray[np.int64]  # (n,)
    rows: NDArray[np.float32]  # (n, vector_size)
    counts: list[int] | None  # how often each word occurs, where that is known


def select_words(vectors: KeyedVectors, words: Iterable[Any] | None, top: int, *, fewest: int = 1) -> Selection:
    """The given words in their order, each once; without any, the `top` most frequent ones.

    Vectors without counts are taken to stand in the order of frequency, as all formats have them. Among the most
    frequent, words whose vector is zero or not finite are passed over; given ones are a ConfigError, for they are
    similar to nothing. MissingWordError names all unknown words; ConfigError for fewer than `fewest` words.
    """
    if words is None:
        word_ids = _most_frequent(vectors, top)
    else:
        word_ids = np.array(list(dict.fromkeys(vectors.get_indices(words).tolist())), np.int64)
        _check_direction(vectors, word_ids)
    if len(word_ids) < fewest:
        raise ConfigError("too few words to plot", expected=f"{fewest} or more", found=len(word_ids))
    rows = np.asarray(vectors.vectors[word_ids], np.float32)
    rows = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    counts = vectors.expandos["count"][word_ids].tolist() if "count" in vectors.expandos else None
    return Selection([str(vectors.index_to_key[i]) for i in word_ids.tolist()], word_ids, rows, counts)


def _most_frequent(vectors: KeyedVectors, top: int) -> NDArray[np.int64]:
    if top < 1:
        raise ConfigError("top is out of range", expected="1 or more", found=top)
    usable = np.flatnonzero(_has_direction(vectors.norms))
    if "count" in vectors.expandos:
        usable = usable[np.argsort(-vectors.expandos["count"][usable].astype(np.int64), kind="stable")]
    return usable[:top]


def _has_direction(norms: NDArray[np.float32]) -> NDArray[np.bool_]:
    return np.isfinite(norms) & (norms > 0)


def _check_direction(vectors: KeyedVectors, word_ids: NDArray[np.int64]) -> None:
    useless = word_ids[~_has_direction(vectors.norms[word_ids])]
    if len(useless):
        named = ", ".join(repr(vectors.index_to_key[i]) for i in useless[:_NAMED].tolist())
        more = f" and {len(useless) - _NAMED} more" if len(useless) > _NAMED else ""
        raise ConfigError(f"the vector is zero or not finite: {named}{more}", hint="leave these words out")


def similarity_matrix(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    """(n, n) cosine similarities of rows of length 1, exactly symmetric, within -1 to 1, with 1 on the diagonal."""
    products: NDArray[np.float32] = rows @ rows.T
    products = np.clip((products + products.T) / 2, -1, 1)
    np.fill_diagonal(products, 1)
    return products


def check_choice(name: str, value: object, choices: Sequence[object]) -> None:
    """ConfigError for a value that is none of the choices."""
    if value not in choices:
        raise ConfigError(f"{name} is none of its choices", expected=" or ".join(map(str, choices)), found=repr(value))
