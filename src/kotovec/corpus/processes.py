"""Tokenising in several processes: blocks of text go out, and tokens come back in the order of the text."""

from __future__ import annotations

from collections.abc import Iterator

from kotovec.corpus.blocks import ordered_map
from kotovec.corpus.crew import Crew
from kotovec.corpus.japanese import Tokenised, check_installed
from kotovec.corpus.japanese_config import JapaneseConfig
from kotovec.corpus.sources import ByteStream
from kotovec.errors import EmptyCorpusError

MOST_PROCESSES = 64
_BLOCK_SIZE = 1 << 18  # bytes of text, which take MeCab 50 ms
_LONGEST_LINE = 1 << 22  # bytes; a longer line is sent in parts, and stays one line
_SENTENCE_ENDS = tuple(mark.encode() for mark in "。！？　 ")


class TokenisedStream:
    """The tokens of a stream of Japanese, as UTF-8 lines with a space between them. It is a ByteStream itself."""

    def __init__(self, text: ByteStream, config: JapaneseConfig, processes: int) -> None:
        """ConfigError and MissingExtraError for what is not there; no process is started yet."""
        check_installed(config)
        self.invalid_bytes = 0
        self._text, self._config = text, config
        self._crew = Crew(config)
        blocks = _blocks(text)
        self._results = ordered_map(self._crew.tokenize, blocks, min(processes, MOST_PROCESSES))
        self._tokens = iter(self)
        self._waiting = memoryview(b"")
        self._seen = Tokenised(b"")

    @property
    def done(self) -> int:
        """Bytes of text read so far, as they are stored."""
        return self._text.done

    @property
    def total(self) -> int | None:
        """All bytes of text, None where unknown."""
        return self._text.total

    def __iter__(self) -> Iterator[bytes]:
        """The tokens of a block at a time; a line that goes on in the next block ends with a space."""
        for result in self._results:
            self._add(result)
            yield result.data
        self._check_kept()

    def readinto(self, buffer: memoryview) -> int:
        """Fill a part of `buffer`; 0 only at the end. Raises what the text and the processes raise.

        EmptyCorpusError where tokens were found and none was kept.
        """
        while not self._waiting:
            block = next(self._tokens, None)
            if block is None:
                return 0
            self._waiting = memoryview(block)
        size = min(len(buffer), len(self._waiting))
        buffer[:size], self._waiting = self._waiting[:size], self._waiting[size:]
        return size

    def close(self) -> None:
        """End the processes, at once; the stream of text stays open."""
        self._crew.kill()
        self._results.close()
        self._crew.kill()  # one that was just being started

    def notices(self) -> list[str]:
        """What the user should know after the end of the text."""
        seen = self._seen
        if not seen.n_without_id:
            return []
        return [
            f"{seen.n_without_id:,} of {seen.n_tokens:,} tokens have no id in {self._config.id_map} "
            f"and are left out, such as {' '.join(seen.examples)}"
        ]

    def _add(self, result: Tokenised) -> None:
        seen = self._seen
        self.invalid_bytes += result.invalid_bytes
        seen.n_tokens += result.n_tokens
        seen.n_kept += result.n_kept
        seen.n_without_id += result.n_without_id
        seen.examples = list(dict.fromkeys(seen.examples + result.examples))[:5]

    def _check_kept(self) -> None:
        seen, config = self._seen, self._config
        if seen.n_tokens == 0 or seen.n_kept:
            return
        if seen.n_without_id:
            raise EmptyCorpusError(
                f"none of {seen.n_tokens:,} tokens has an id, such as {' '.join(seen.examples)}",
                path=config.id_map,
                hint="name the dictionary that the ids are from with --dictionary",
            )
        raise EmptyCorpusError(
            f"none of {seen.n_tokens:,} tokens is of the parts of speech {', '.join(config.pos)}",
            found=", ".join(seen.examples) or None,
        )


def _blocks(text: ByteStream) -> Iterator[bytes]:
    """Text in blocks that end with a line, or where a very long line may be cut."""
    buffer, rest, at_end = bytearray(_BLOCK_SIZE), b"", False
    while not at_end:
        size = 0
        while size < _BLOCK_SIZE and not at_end:
            read = text.readinto(memoryview(buffer)[size:])
            size += read
            at_end = not read
        data = rest + buffer[:size]
        cut = len(data) if at_end else data.rfind(b"\n") + 1 or _cut_long(data)
        if cut:
            yield data[:cut]
        rest = data[cut:]


def _cut_long(line: bytes) -> int:
    """One behind the last end of a sentence in a line that is too long to wait for its end; 0 for other lines."""
    if len(line) < _LONGEST_LINE:
        return 0
    ends = [place + len(mark) for mark in _SENTENCE_ENDS if (place := line.rfind(mark)) >= 0]
    if ends:
        return max(ends)
    cut = len(line) - 1
    while cut and line[cut] & 0xC0 == 0x80:  # not inside a character
        cut -= 1
    return cut or len(line)
