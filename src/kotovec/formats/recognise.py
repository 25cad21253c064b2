"""Which format a file is in, from its first bytes; its suffix decides only where those leave it open."""

from __future__ import annotations

import os

from kotovec.atomic import StrPath
from kotovec.errors import FormatError
from kotovec.formats import mcv1, native, npy, projector, static
from kotovec.formats.files import open_input, read_up_to

_SAMPLE = 1 << 16


def recognise(path: StrPath) -> str:
    """The name of the format; FormatError where it is none of them, or cannot be read."""
    if os.path.isdir(path):
        if os.path.isfile(os.path.join(path, native.VECTORS)):
            return "native"
        if os.path.isfile(os.path.join(path, projector.VECTORS)):
            return "projector"
        if os.path.isfile(os.path.join(path, static.VECTORS)):
            return "static"
        raise FormatError(
            "a folder without vectors",
            path=path,
            expected=f"{native.VECTORS}, {projector.VECTORS} or {static.VECTORS} in it",
        )
    with open_input(path) as (stream, _):
        sample = read_up_to(stream, _SAMPLE)
    if sample[:4] in mcv1.MAGICS:
        return "mcv1"
    if sample.startswith(npy.MAGIC):
        return "npy"
    if sample[:1] == b"\x80":
        raise FormatError(
            "a pickle, which could run any program and is never read",
            path=path,
            hint="where it was made with gensim, write it there with save_word2vec_format()",
        )
    line, newline, rest = sample.partition(b"\n")
    fields = line.split()
    if newline and len(fields) == 2 and all(field.isdigit() for field in fields):
        return _text_or_binary(path, int(fields[1][:9]), rest)
    if len(fields) >= 2 and all(map(_is_number, fields[1 : None if newline else -1])):
        return "glove"
    raise FormatError(
        "not a file of vectors that kotovec knows",
        path=path,
        expected="word2vec text or binary, GloVe, MCV1, .npy or a native folder",
        found=repr(sample[:20]) if sample else "an empty file",
    )


def _text_or_binary(path: StrPath, vector_size: int, rows: bytes) -> str:
    """By the first row: text has as many numbers as the header says, up to the line's end or the sample's."""
    if vector_size < 4 and os.fspath(path).removesuffix(".gz").endswith(".bin"):
        return "bin"  # so few bytes may look like digits by chance
    line, newline, _ = rows.lstrip(b"\n").partition(b"\n")
    fields = line.split()[1:]
    if not newline and len(line) > _SAMPLE // 2:
        fields = fields[:-1]  # which the end of the sample may have cut
    is_text = all(map(_is_number, fields)) and (len(fields) == vector_size or not newline)
    return "text" if is_text else "bin"


def _is_number(field: bytes) -> bool:
    try:
        float(field)
    except ValueError:
        return False
    return True
