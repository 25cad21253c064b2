"""The words that a reader met: decoded, made distinct, and their rows with them."""

from __future__ import annotations

import warnings

from kotovec.atomic import StrPath
from kotovec.corpus.vocabulary import Vocabulary
from kotovec.errors import FormatError, VocabularyError
from kotovec.formats.files import Floats, Longs, make_vocabulary


def distinct_words(
    blob: bytes,
    ends: Longs,
    rows: Floats,
    path: StrPath,
    *,
    encoding: str = "utf-8",
    unicode_errors: str = "strict",
    known_distinct: bool = False,
) -> tuple[Vocabulary, Floats]:
    """A vocabulary of the words `blob[ends[i - 1] : ends[i]]`, and their rows.

    Of words that occur twice the first stays, as in gensim, with a warning. FormatError where a word cannot be
    decoded; `encoding` and `unicode_errors` are those of `bytes.decode`. `known_distinct` saves the search.
    """
    if encoding.lower().replace("-", "") == "utf8" and unicode_errors == "strict":
        vocabulary = make_vocabulary(blob, ends, path)
        if known_distinct:
            return vocabulary, rows
        try:
            _ = vocabulary.word_ids
        except VocabularyError:
            return _keep_first(vocabulary.words, rows, path)
        return vocabulary, rows
    bounds = ends.tolist()
    try:
        words = [blob[a:b].decode(encoding, unicode_errors) for a, b in zip([0, *bounds], bounds, strict=False)]
    except (UnicodeDecodeError, LookupError) as error:
        raise FormatError(f"a word cannot be decoded: {error}", path=path) from error
    return _keep_first(words, rows, path)


def _keep_first(words: list[str], rows: Floats, path: StrPath) -> tuple[Vocabulary, Floats]:
    first: dict[str, int] = {}
    for row, word in enumerate(words):
        first.setdefault(word, row)
    dropped = len(words) - len(first)
    if dropped:
        again = next(word for row, word in enumerate(words) if first[word] != row)
        text = f"{path}: {dropped} rows dropped whose words occur before, such as {again!r}"
        warnings.warn(text, UserWarning, stacklevel=2)
        for target, source in enumerate(first.values()):  # in place, since a copy would double the memory
            rows[target] = rows[source]
        rows = rows[: len(first)]
    return Vocabulary(first), rows
