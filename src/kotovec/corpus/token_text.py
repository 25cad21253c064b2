"""Text to text: sentences of tokens with one space between them, a sentence a line."""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator
from contextlib import closing

from kotovec.corpus.config import CorpusConfig
from kotovec.corpus.reading import FileStream
from kotovec.corpus.sources import TextFiles
from kotovec.corpus.utf8 import decode
from kotovec.events import Callback, CorpusProgress

_TELL_EVERY = 0.1  # seconds


class TokenText:
    """The tokens of files, to be iterated over once: pieces of UTF-8 text that end behind a token or a line.

    Lines without tokens are left out. The numbers hold for what was read so far.
    """

    def __init__(
        self, files: TextFiles, config: CorpusConfig, *, threads: int = 1, callback: Callback | None = None
    ) -> None:
        """`min_count`, `max_vocab` and stop words of the configuration have no part in this."""
        self.n_tokens = self.n_sentences = self.invalid_bytes = 0
        self.notices: list[str] = []  # complete after the last piece
        self._files, self._config, self._threads, self._callback = files, config, threads, callback
        self._line_is_open = False

    def __iter__(self) -> Generator[bytes, None, None]:
        """Raises SourceError, and for Japanese what `TokenisedStream` raises."""
        with closing(FileStream(self._files, self._config.encoding)) as stream:
            began = told = time.perf_counter()
            for piece in self._japanese(stream) if self._config.tokenizer == "ja" else self._other(stream):
                if piece:
                    yield self._count(piece)
                now = time.perf_counter()
                if self._callback and now - told >= _TELL_EVERY:
                    told = now
                    self._callback(CorpusProgress("tokenize", stream.done, stream.total, self.n_tokens, now - began))
            self.invalid_bytes += stream.invalid
        if self._line_is_open:
            yield self._count(b"\n")

    def _count(self, piece: bytes) -> bytes:
        sentences = piece.count(b"\n")
        self.n_sentences += sentences
        self.n_tokens += piece.count(b" ") + sentences
        return piece

    def _japanese(self, stream: FileStream) -> Iterator[bytes]:
        from kotovec.corpus.processes import TokenisedStream

        with closing(TokenisedStream(stream, self._config.japanese, self._threads)) as tokens:
            for block in tokens:
                if self._line_is_open or not block.endswith(b"\n") or block.startswith(b"\n") or b"\n\n" in block:
                    yield self._tidy(block)
                else:
                    yield block
            self.invalid_bytes += tokens.invalid_bytes
            self.notices = tokens.notices()

    def _other(self, stream: FileStream) -> Iterator[bytes]:
        from kotovec.corpus.blocks import BlockReader
        from kotovec.corpus.tokenizers import Prepared, tokenizer

        found = tokenizer(self._config.tokenizer)
        reader = BlockReader(stream, found.cuts)
        for block in reader:
            prepared = found.prepare(block.data, block.size) if found.prepare else Prepared(block.data, block.size)
            raw = prepared.data[: prepared.size].tobytes()
            self.invalid_bytes += prepared.invalid_bytes
            if found.prepare is None:
                text, invalid_bytes = decode(raw)
                self.invalid_bytes += invalid_bytes
                raw = text.encode() if invalid_bytes else raw
            reader.give_back(block)
            yield self._tidy(raw)

    def _tidy(self, text: bytes) -> bytes:
        """One space between tokens, no empty lines; a line may go on from piece to piece."""
        parts = []
        for number, line in enumerate(text.split(b"\n")):
            if number and self._line_is_open:
                parts.append(b"\n")
                self._line_is_open = False
            tokens = line.split()
            if tokens:
                parts.append(b" " * self._line_is_open + b" ".join(tokens))
                self._line_is_open = True
        return b"".join(parts)
