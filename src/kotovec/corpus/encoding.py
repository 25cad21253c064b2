"""Text to an EncodedCorpus: int32 word ids and sentence ends, in a memory-mapped file."""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, TypeAlias

from kotovec.corpus.cache import CorpusCache
from kotovec.corpus.config import CorpusConfig
from kotovec.corpus.encoded import EncodedCorpus
from kotovec.corpus.reading import FileStream
from kotovec.corpus.sentences import SentenceStream
from kotovec.corpus.sources import StrPath, TextFiles, find_files
from kotovec.corpus.vocabulary import Vocabulary
from kotovec.errors import ConfigError, OutputError
from kotovec.events import Callback, CompileStarted, CorpusReady, Notice

if TYPE_CHECKING:
    from kotovec.corpus.encoded import Encoded
    from kotovec.corpus.passes import Passes
    from kotovec.corpus.selection import TrimRule

__all__ = ["CorpusConfig", "EncodedCorpus", "encode", "find_files"]

Sources: TypeAlias = "StrPath | TextFiles | Iterable[Any]"


def encode(
    sources: Sources,
    config: CorpusConfig,
    *,
    vocabulary: Vocabulary | None = None,
    trim_rule: TrimRule | None = None,
    threads: int = 1,
    cache_dir: StrPath | None = None,
    callback: Callback | None = None,
) -> EncodedCorpus:
    """Count the words of text, and turn it into their ids.

    `sources`: the name of a file, folder or glob, or `-`; several of them as `find_files` gives them; or an
    iterable of lists of tokens, or of strings, a sentence each. With `vocabulary`, its words are kept instead of
    those that the configuration asks for, and its counts stay as they are. `trim_rule` is gensim's. The result is
    the same for any number of threads.

    With `cache_dir`, ids of files are kept there, and taken from there as long as the files and settings are the
    same. Raises SourceError, EmptyCorpusError, ConfigError, OutputError, and what the callback raises.
    """
    if isinstance(threads, bool) or not isinstance(threads, int) or threads < 1:
        raise ConfigError("threads is out of range", expected="a whole number from 1", found=repr(threads))
    files = _as_files(sources)
    stream = FileStream(files, config.encoding) if files else SentenceStream(sources)  # type: ignore[arg-type]
    job = _Job(stream, config, vocabulary, trim_rule, threads, callback)
    cache = _usable_cache(files, job, cache_dir)
    try:
        corpus = _through_cache(cache, job) if cache else _in_temporary_file(job)
    finally:
        stream.close()
    if callback:
        callback(_ready(corpus))
    return corpus


@dataclass(frozen=True)
class _Job:
    stream: FileStream | SentenceStream
    config: CorpusConfig
    vocabulary: Vocabulary | None
    trim_rule: TrimRule | None
    threads: int
    callback: Callback | None

    def run(self, spool: BinaryIO) -> Encoded:
        """Both passes; the kernels are compiled before, and the time for that is told apart."""
        began = time.perf_counter()
        if self.callback and "kotovec.corpus.passes" not in sys.modules:
            self.callback(CompileStarted())
        from kotovec.corpus.passes import run_passes

        passes = self._passes()
        compiled = time.perf_counter() - began
        if self._is_text and self.config.tokenizer == "ja":
            encoded = self._run_tokenised(spool, passes)
        else:
            encoded = run_passes(self.stream, spool, passes)
        encoded.seconds["compile"] = compiled
        return replace(encoded, invalid_bytes=encoded.invalid_bytes + getattr(self.stream, "invalid", 0))

    def _run_tokenised(self, spool: BinaryIO, passes: Passes) -> Encoded:
        from kotovec.corpus.passes import run_passes
        from kotovec.corpus.processes import TokenisedStream

        with closing(TokenisedStream(self.stream, self.config.japanese, self.threads)) as tokens:
            encoded = run_passes(tokens, spool, passes)
        for text in tokens.notices() if self.callback else []:
            self.callback(Notice(text))  # type: ignore[misc]  # there is one
        return replace(encoded, invalid_bytes=encoded.invalid_bytes + tokens.invalid_bytes)

    @property
    def _is_text(self) -> bool:
        return not isinstance(self.stream, SentenceStream) or self.stream.is_text

    def _passes(self) -> Passes:
        from kotovec.corpus.passes import Passes
        from kotovec.corpus.tokenizers import token_lists, tokenizer

        found = tokenizer(self.config.tokenizer) if self._is_text else token_lists()
        return Passes(self.config, found, self.threads, self.vocabulary, self.trim_rule, self.callback)


def _as_files(sources: Sources) -> TextFiles | None:
    if isinstance(sources, TextFiles):
        return sources
    if isinstance(sources, (str, os.PathLike)):
        return find_files(sources)
    if isinstance(sources, (list, tuple)) and sources:
        if all(isinstance(source, os.PathLike) for source in sources):
            return find_files(*sources)
        if isinstance(sources[0], str) and os.path.exists(sources[0]):
            raise ConfigError(
                "a list of str is a list of sentences, but the first is the name of a file",
                found=repr(sources[0]),
                hint="for files, pass find_files(*names), or a list of pathlib.Path",
            )
    return None


def _usable_cache(files: TextFiles | None, job: _Job, cache_dir: StrPath | None) -> CorpusCache | None:
    if cache_dir is None:
        return None
    if files is None or files.total is None or job.trim_rule:
        what = "a corpus with a trim rule" if files and files.total is not None else "what comes from no file"
        if job.callback:
            job.callback(Notice(f"{what} is not kept in the corpus cache"))
        return None
    return CorpusCache(Path(cache_dir), files, job.config, job.vocabulary)


def _in_temporary_file(job: _Job) -> EncodedCorpus:
    """On Linux and macOS the file has no name: it is gone when it is closed, whatever ends the process."""
    try:
        file = tempfile.TemporaryFile(buffering=0, prefix="kotovec-")
    except OSError as error:
        raise OutputError(
            f"no temporary file for the encoded corpus: {error.strerror or error}",
            hint="let TMPDIR name a folder that can be written",
        ) from error
    with file:
        encoded = job.run(file)
        return EncodedCorpus.from_file(file, encoded)


def _through_cache(cache: CorpusCache, job: _Job) -> EncodedCorpus:
    corpus = cache.load()
    if corpus is None:
        with cache.writing() as (file, keep):
            encoded = job.run(file)
            keep(encoded)
        corpus = cache.load()
        if corpus is None:
            raise OutputError("was changed by another program", path=cache.folder, hint="try again")
        corpus.cached, corpus.seconds = False, encoded.seconds
    return corpus


def _ready(corpus: EncodedCorpus) -> CorpusReady:
    return CorpusReady(
        corpus.n_tokens,
        corpus.n_sentences,
        len(corpus.vocabulary),
        corpus.raw_tokens,
        corpus.raw_types,
        corpus.invalid_bytes,
        corpus.cached,
    )
