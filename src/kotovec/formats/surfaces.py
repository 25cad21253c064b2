"""The TSV `word_id<TAB>surface` that gives the rows of an MCV1 file their words; a line with `#` is a comment."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from kotovec.atomic import StrPath, atomic_write
from kotovec.corpus.vocabulary import Vocabulary
from kotovec.errors import FormatError
from kotovec.formats.files import check_words, open_input, read_up_to
from kotovec.formats.mcv1 import LARGEST_ID, decimal_words


def words_for(path: StrPath, vocab: StrPath | None, n_words: int) -> Callable[[], Vocabulary]:
    """How to make the words of an MCV1 file: from `vocab`, from the .tsv beside it, else from its ids."""
    beside = vocab if vocab is not None else Path(path).with_suffix(".tsv")
    if vocab is not None or os.path.isfile(beside):
        return partial(read_surfaces, beside, n_words)
    return partial(decimal_words, n_words)


def read_surfaces(path: StrPath, n_words: int) -> Vocabulary:
    """Words for the ids 0 to n_words - 1: a surface, or the id itself where the file has none for it.

    A surface that belongs to several ids, as homonyms of an analyser do, stays with the first in the file; the
    others become `surface#id`. FormatError names the first bad line, an id that is too large, or comes twice.
    """
    words: dict[int, str] = {}
    taken: set[str] = set()
    for number, line in enumerate(_lines(path), 1):
        if line and not line.startswith("#"):
            word_id, surface = _parse(line, path, number, n_words)
            if word_id in words:
                raise FormatError(f"the id {word_id} comes twice", path=path, place=f"line {number}")
            words[word_id] = surface if surface not in taken else f"{surface}#{word_id}"
            taken.add(words[word_id])
    for word_id in range(n_words):
        if word_id not in words:
            words[word_id] = str(word_id) if str(word_id) not in taken else f"#{word_id}"
    try:
        return Vocabulary([words[word_id] for word_id in range(n_words)])
    except ValueError as error:
        raise FormatError(str(error), path=path) from error


def read_ids(path: StrPath) -> list[tuple[int, str]]:
    """All (word id, surface) of a file, in its order; FormatError for a bad line, or an id that comes twice."""
    lines = [(number, line) for number, line in enumerate(_lines(path), 1) if line and not line.startswith("#")]
    found = [_parse(line, path, number, LARGEST_ID + 1) for number, line in lines]
    if len({word_id for word_id, _ in found}) < len(found):
        raise FormatError("an id comes twice", path=path, expected="each word_id once")
    return found


def write_surfaces(path: StrPath, vocabulary: Vocabulary) -> None:
    """Write all words with their word ids; FormatError for a word with a tab or line end."""
    check_words(vocabulary, b"\t\n\r", "TSV", empty=True)
    with atomic_write(path) as file:
        file.write(b"# word_id\tsurface\n")
        for word_id in range(len(vocabulary)):
            file.write(b"%d\t%s\n" % (word_id, vocabulary.word_bytes(word_id)))


def _lines(path: StrPath) -> Iterator[str]:
    with open_input(path) as (stream, size):
        raw = read_up_to(stream, 1 << 40 if size is None else size)
    try:
        yield from (line.removesuffix("\r") for line in raw.decode("utf-8-sig").split("\n"))
    except UnicodeDecodeError as error:
        raise FormatError(f"no UTF-8: {error.reason}", path=path, place=f"byte {error.start}") from error


def _parse(line: str, path: StrPath, number: int, n_words: int) -> tuple[int, str]:
    fields = line.split("\t")
    if len(fields) < 2 or not (fields[0].isascii() and fields[0].isdigit()) or len(fields[0]) > 10:
        raise FormatError(
            "no line of surfaces",
            path=path,
            place=f"line {number}",
            expected="word_id<TAB>surface",
            found=repr(line[:40]),
        )
    if int(fields[0]) >= n_words:
        raise FormatError(
            "an id without a row",
            path=path,
            place=f"line {number}",
            expected=f"below {n_words}",
            found=fields[0],
            hint="--max-word-id writes a row for every id",
        )
    return int(fields[0]), fields[1]
