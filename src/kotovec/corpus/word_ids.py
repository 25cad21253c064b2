"""Word ids for words as they come, and the file `word_id<TAB>surface` that keeps them."""

from __future__ import annotations

import os
from pathlib import Path

from kotovec.atomic import atomic_write
from kotovec.corpus.id_map import LARGEST_ID, read_pairs, read_words
from kotovec.errors import VocabularyError

_TITLE = b"# word_id\tsurface\n"


class WordIds:
    """Gives each new word the next id. A file that is there already keeps its lines, and new words are added to it."""

    def __init__(self, path: str | os.PathLike[str]) -> None:
        """FormatError for a file that is not what `write` gives."""
        self.path = path
        self._known = Path(path).read_bytes() if os.path.isfile(path) else _TITLE
        self._ids = _NextIds()
        self._n_known = 0
        if os.path.isfile(path):
            for word_id, text in read_pairs(path):
                surface = text.partition("\t")[0].encode()
                self._ids.next_id = max(self._ids.next_id, int(word_id) + 1)
                if surface not in self._ids:  # homonyms: the first has its word
                    self._ids[surface] = word_id.encode()
                    self._n_known += 1

    def __len__(self) -> int:
        return len(self._ids) - 1

    @property
    def n_new(self) -> int:
        """Words that were not in the file."""
        return len(self) - self._n_known

    def translate(self, text: bytes) -> bytes:
        """Ids instead of words, which have one space between them. VocabularyError where there are too many."""
        ids = self._ids
        translated = b"\n".join([b" ".join([ids[word] for word in line.split(b" ")]) for line in text.split(b"\n")])
        if ids.next_id > LARGEST_ID + 1:
            raise VocabularyError("too many words", path=self.path, expected=f"ids up to {LARGEST_ID}")
        return translated

    def write(self) -> None:
        """The lines that were there, then a line for each new word; OutputError where nothing can be written."""
        known, new = self._known, list(self._ids.items())[1 + self._n_known :]
        with atomic_write(self.path) as file:
            file.write(known if known.endswith(b"\n") or not known else known + b"\n")
            for first in range(0, len(new), 1 << 14):
                file.write(b"".join(b"%s\t%s\n" % (i, word) for word, i in new[first : first + (1 << 14)]))


class _NextIds(dict[bytes, bytes]):
    """Word -> id in decimal; what stands between two spaces, or at a line's end, and is no word, stays nothing."""

    def __init__(self) -> None:
        super().__init__({b"": b""})
        self.next_id = 0

    def __missing__(self, word: bytes) -> bytes:
        word_id = self[word] = b"%d" % self.next_id
        self.next_id += 1
        return word_id


def write_id_map_words(id_map: str | os.PathLike[str], path: str | os.PathLike[str]) -> int:
    """The words of an id map as `word_id<TAB>surface`, in the order of the map; how many there are."""
    n_words = 0
    with atomic_write(path) as file:
        file.write(_TITLE)
        for word_id, word in read_words(id_map):
            file.write(f"{word_id}\t{word}\n".encode())
            n_words += 1
    return n_words
