"""From counted types to the vocabulary: which are kept, in what order, and which word id each type gets."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from kotovec.corpus.config import CorpusConfig
from kotovec.corpus.counting import AllTypes, extend_first_seen
from kotovec.corpus.vocabulary import Vocabulary, are_utf8
from kotovec.errors import EmptyCorpusError
from kotovec.kernels.tokens import PADDING
from kotovec.kernels.word_ids import DROPPED

Ints: TypeAlias = NDArray[np.int32]
Longs: TypeAlias = NDArray[np.int64]
TrimRule: TypeAlias = Callable[[str, int, int], int]

_TYPES_AT_ONCE = 1 << 16
RULE_DISCARD, RULE_KEEP = 1, 2  # gensim's; any other answer of a trim rule leaves it to min_count


@dataclass(eq=False)
class Selection:
    """The vocabulary, and the way from types to its words."""

    vocabulary: Vocabulary
    word_ids: Ints  # (n_types,): word id of each type, or DROPPED
    raw_types: int  # distinct tokens before anything was left out
    invalid_bytes: int  # bytes that were no UTF-8, all occurrences together


def select(
    types: AllTypes,
    config: CorpusConfig,
    *,
    stop_words: Collection[bytes] = (),
    empty: bytes | None = None,
    vocabulary: Vocabulary | None = None,
    trim_rule: TrimRule | None = None,
) -> Selection:
    """Keep the words that the configuration asks for, or those of `vocabulary`.

    Order: by count, the highest first, then by first appearance. Types that are no UTF-8 count as what they are
    with U+FFFD; the type `empty` counts as the word without characters. EmptyCorpusError where nothing is kept.
    """
    replaced, invalid_bytes = _replace_invalid(types, empty)
    counts = types.counter.counts
    raw_types = int(np.count_nonzero(counts))
    if not raw_types:
        raise EmptyCorpusError("there is no text: the sources hold nothing but white space")
    if vocabulary is None:
        keep = _kept(types, config, stop_words, trim_rule)
        order = _ordered(types, keep)[: config.max_vocab]
        if not len(order):
            raise _nothing_left(config, raw_types, int(counts.max()))
        vocabulary = _gather(types, order)
    else:
        order = _find_words(types, vocabulary)
        if not types.counter.counts[order].any():
            raise EmptyCorpusError(f"none of the {raw_types:,} distinct words of the text is in the vocabulary given")
    word_ids = np.full(len(types.counter), DROPPED, np.int32)
    word_ids[order] = np.arange(len(order), dtype=np.int32)
    for type_id, replacement in replaced.items():
        word_ids[type_id] = word_ids[replacement]
    return Selection(vocabulary, word_ids, raw_types, invalid_bytes)


def _replace_invalid(types: AllTypes, empty: bytes | None) -> tuple[dict[int, int], int]:
    """Count types that are no UTF-8 as others that are; type id -> type id, and the number of invalid bytes."""
    counter, n_types = types.counter, len(types.counter)
    ends = counter.table.records[2 : 2 * n_types + 2 : 2]
    if are_utf8(counter.table.blob[: ends[-1] if n_types else 0], ends):
        return {}, 0
    from kotovec.kernels.utf8 import mark_invalid  # compiled only where it is needed

    marks = np.empty(n_types, np.uint8)
    mark_invalid(counter.table.records, counter.table.blob, n_types, marks)
    invalid = np.flatnonzero(marks)
    words, counts, invalid_bytes = [], counter.counts[invalid], 0
    for type_id, count in zip(invalid.tolist(), counts.tolist(), strict=True):
        raw = counter.word(type_id)
        if raw == empty:
            words.append(b"")
            continue
        words.append(raw.decode("utf-8", "replace").encode())
        invalid_bytes += count * (len(raw) - len(raw.decode("utf-8", "ignore").encode()))
    counter.counts[invalid] = 0
    ids = counter.merge_words(words, counts)
    seen = extend_first_seen(types.first_seen, len(counter))
    np.minimum.at(seen, ids, seen[invalid])
    types.first_seen = seen
    return dict(zip(invalid.tolist(), ids.tolist(), strict=True)), invalid_bytes


def _kept(
    types: AllTypes, config: CorpusConfig, stop_words: Collection[bytes], trim_rule: TrimRule | None
) -> NDArray[np.bool_]:
    counter = types.counter
    stopped = counter.merge_words(sorted(stop_words))
    types.first_seen = extend_first_seen(types.first_seen, len(counter))
    counts = counter.counts
    keep: NDArray[np.bool_] = counts >= max(config.min_count, 1)
    if trim_rule:
        for type_id in np.flatnonzero(counts).tolist():
            count = int(counts[type_id])
            answer = trim_rule(counter.word(type_id).decode(), count, config.min_count)
            if answer in (RULE_DISCARD, RULE_KEEP):
                keep[type_id] = answer == RULE_KEEP
    keep[stopped] = False
    return keep


def _ordered(types: AllTypes, keep: NDArray[np.bool_]) -> Longs:
    """The kept types by count, then by first appearance."""
    types.counter.free_slots()
    kept = np.flatnonzero(keep)
    return kept[np.lexsort((types.first_seen[kept], -types.counter.counts[kept]))]


def _gather(types: AllTypes, order: Longs) -> Vocabulary:
    """The types in `order`, as a vocabulary; some thousand at a time, for the sake of memory."""
    records, blob, parts = types.counter.table.records, types.counter.table.blob, []
    lengths = records[2 * order + 2] - records[2 * order]
    for first in range(0, len(order), _TYPES_AT_ONCE):
        starts, sizes = records[2 * order[first : first + _TYPES_AT_ONCE]], lengths[first : first + _TYPES_AT_ONCE]
        ends = np.cumsum(sizes)
        parts.append(blob[np.repeat(starts - ends + sizes, sizes) + np.arange(ends[-1])])
    return Vocabulary.from_utf8(np.concatenate(parts), np.cumsum(lengths), types.counter.counts[order])


def _find_words(types: AllTypes, vocabulary: Vocabulary) -> Longs:
    """The type id of each word of the vocabulary; words that the text does not have become types with count 0."""
    blob, ends = vocabulary.utf8
    records = np.zeros(2 * len(ends) + 2, np.int64)
    records[2::2] = ends
    ids = types.counter.merge(records, np.append(blob, np.zeros(PADDING, np.uint8)), len(ends)).astype(np.int64)
    if len(np.unique(ids)) < len(ids):
        _ = vocabulary.word_ids  # says which word occurs twice
    return ids


def _nothing_left(config: CorpusConfig, raw_types: int, highest: int) -> EmptyCorpusError:
    none_left = f"no word is left of {raw_types:,} distinct ones"
    if highest >= config.min_count:
        return EmptyCorpusError(f"{none_left}: all that occur often enough are stop words, or trimmed by the rule")
    return EmptyCorpusError(
        f"{none_left}: the most frequent occurs {highest:,} times, and min_count is {config.min_count}",
        hint="lower min_count, or give more text",
    )
