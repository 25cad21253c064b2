"""The two passes that make an encoded corpus: one over the text, and one over the provisional ids that it left."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from typing import BinaryIO, Literal, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from kotovec.corpus.blocks import BLOCK_SIZE, BlockReader, ordered_map
from kotovec.corpus.config import CorpusConfig
from kotovec.corpus.counting import AllTypes, Workers, merge_workers
from kotovec.corpus.encoded import Encoded
from kotovec.corpus.script_check import untokenised
from kotovec.corpus.selection import Selection, TrimRule, select
from kotovec.corpus.sources import ByteStream
from kotovec.corpus.tokenizers import Tokenizer, tokenize
from kotovec.corpus.vocabulary import Vocabulary
from kotovec.errors import OutputError
from kotovec.events import Callback, CorpusProgress, Notice
from kotovec.kernels.tokens import SENTENCE_END
from kotovec.kernels.word_ids import remap

Ints: TypeAlias = NDArray[np.int32]

MOST_WORKERS = 8  # each has a table of the types that it met: more would cost memory, and eight read 2 GB/s
_TELL_EVERY = 0.1  # seconds


@dataclass(frozen=True)
class Passes:
    """All that the two passes depend on, besides the text."""

    config: CorpusConfig
    tokenizer: Tokenizer
    threads: int
    vocabulary: Vocabulary | None = None
    trim_rule: TrimRule | None = None
    callback: Callback | None = None
    block_size: int = BLOCK_SIZE


class _SpoolBlock(NamedTuple):
    n_items: int
    n_tokens: int
    worker: int  # whose type ids the items are


@dataclass
class _Spool:
    """The file of ids: provisional ones in the order of the text, and later, in their place, the final ones."""

    file: BinaryIO
    blocks: list[_SpoolBlock] = field(default_factory=list)
    raw_tokens: int = 0
    invalid_bytes: int = 0
    n_items: int = 0
    n_tokens: int = 0
    n_sentences: int = 0


def run_passes(stream: ByteStream, spool: BinaryIO, passes: Passes) -> Encoded:
    """Encode all text of `stream`; the final ids, int32, are what `spool` (binary, unbuffered, empty) then holds.

    Errors of the stream, of the callback, and OutputError where the spool cannot be written.
    """
    began = time.perf_counter()
    state = _Spool(spool)
    types = _count(stream, state, passes)
    if passes.callback and passes.vocabulary is None and passes.config.tokenizer != "ja":
        if told := untokenised(types.counter):
            passes.callback(Notice(told))
    selection = select(
        types,
        passes.config,
        stop_words=_stop_words(passes.config),
        empty=passes.tokenizer.empty,
        vocabulary=passes.vocabulary,
        trim_rule=passes.trim_rule,
    )
    counted = time.perf_counter()
    type_ids = types.type_ids
    del types
    _encode(state, [selection.word_ids if ids is None else selection.word_ids[ids] for ids in type_ids], passes)
    return _summary(state, selection, {"count": counted - began, "encode": time.perf_counter() - counted})


def _summary(state: _Spool, selection: Selection, seconds: dict[str, float]) -> Encoded:
    return Encoded(
        selection.vocabulary,
        state.n_items,
        state.n_tokens,
        state.n_sentences,
        state.raw_tokens,
        selection.raw_types,
        selection.invalid_bytes + state.invalid_bytes,
        seconds,
    )


def _stop_words(config: CorpusConfig) -> set[bytes]:
    """As the tokenizer writes them; those that it takes for several words, or none, can never occur."""
    if config.tokenizer != "words":
        return {word.encode("utf-8", "replace") for word in config.stop_words}
    tokens = (tokenize(word, config.tokenizer) for word in config.stop_words)
    return {found[0].encode() for found in tokens if len(found) == 1}


def _count(stream: ByteStream, state: _Spool, passes: Passes) -> AllTypes:
    reader = BlockReader(stream, passes.tokenizer.cuts, passes.block_size)
    workers = Workers(passes.tokenizer)
    tell = _Teller(passes.callback, "count")
    with closing(ordered_map(workers.count, enumerate(reader), min(passes.threads, MOST_WORKERS))) as results:
        for counted in results:
            _write(state.file, counted.ids[: counted.n_items])
            state.blocks.append(_SpoolBlock(counted.n_items, counted.n_tokens, counted.worker))
            state.raw_tokens += counted.n_tokens
            state.invalid_bytes += counted.invalid_bytes
            reader.give_back(counted.block)
            tell(stream.done, stream.total, state.raw_tokens)
    return merge_workers(workers.counters)


def _encode(state: _Spool, word_ids: list[Ints], passes: Passes) -> None:
    """Make the ids final, in place: a block's final place never lies behind the place that it was read from."""
    free: list[Ints] = []

    def work(block: tuple[_SpoolBlock, Ints]) -> tuple[_SpoolBlock, Ints, int, int]:
        sizes = np.zeros(2, np.int64)
        remap(block[1], block[0].n_items, word_ids[block[0].worker], sizes)
        return *block, int(sizes[0]), int(sizes[1])

    tell, done, last = _Teller(passes.callback, "encode"), 0, SENTENCE_END
    with closing(ordered_map(work, _read_blocks(state, free), min(passes.threads, MOST_WORKERS))) as results:
        for block, ids, n_items, n_tokens in results:
            first = 1 if n_items and ids[0] == last == SENTENCE_END else 0
            state.file.seek(4 * state.n_items)
            _write(state.file, ids[first:n_items])
            state.n_items += n_items - first
            state.n_tokens += n_tokens
            state.n_sentences += n_items - n_tokens - first
            last = int(ids[n_items - 1]) if n_items else last
            free.append(ids)
            done += block.n_tokens
            tell(done, state.raw_tokens, state.n_tokens)
    state.file.truncate(4 * state.n_items)


def _read_blocks(state: _Spool, free: list[Ints]) -> Iterator[tuple[_SpoolBlock, Ints]]:
    """The provisional ids, block by block, in arrays taken from `free` where they fit."""
    offset = 0
    for block in state.blocks:
        ids = free.pop() if free else np.empty(0, np.int32)
        if len(ids) < block.n_items:
            ids = np.empty(block.n_items + block.n_items // 4, np.int32)
        state.file.seek(4 * offset)
        _read(state.file, ids[: block.n_items])
        offset += block.n_items
        yield block, ids


def _write(file: BinaryIO, ids: Ints) -> None:
    """All of `ids` at the file's position; OutputError where there is no room."""
    data = memoryview(ids.data).cast("B") if len(ids) else memoryview(b"")
    try:
        while data:
            data = data[file.write(data) :]
    except OSError as error:
        raise OutputError(
            f"the encoded corpus cannot be written: {error.strerror or error}",
            hint="name a folder with more room: TMPDIR, or the corpus cache",
        ) from error


def _read(file: BinaryIO, ids: Ints) -> None:
    data = memoryview(ids.data).cast("B") if len(ids) else memoryview(b"")
    while data:
        size = file.readinto(data)  # type: ignore[attr-defined]
        if not size:
            raise OutputError("the temporary file of the encoded corpus has been cut short by another program")
        data = data[size:]


class _Teller:
    """Hands progress events to a callback, a few times a second."""

    def __init__(self, callback: Callback | None, phase: Literal["count", "encode"]) -> None:
        self._callback, self._phase = callback, phase
        self._began = self._told = time.perf_counter()

    def __call__(self, done: int, total: int | None, tokens: int) -> None:
        now = time.perf_counter()
        if self._callback and now - self._told >= _TELL_EVERY:
            self._told = now
            self._callback(CorpusProgress(self._phase, done, total, tokens, now - self._began))
