"""English that every Python carries: the topics of `help()` and the docstrings of the standard library.

Sources are parsed, never imported and never run. Where some are missing (a stripped installation), the rest is
used; where all are, there is an error that says so.
"""

from __future__ import annotations

import ast
import inspect
import sysconfig
import warnings
from collections.abc import Iterator
from pathlib import Path

from kotovec.errors import EmptyCorpusError

_TOPICS = "pydoc_data/topics.py"
_NO_ENGLISH = frozenset(
    ("site-packages", "dist-packages", "test", "tests", "idlelib", "lib2to3", "encodings", "pydoc_data")
)
_Documented = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


def paragraphs(library: Path | None = None) -> Iterator[str]:
    """The text, one paragraph after the other, each on one line.

    `library` is the folder of the standard library, by default that of the running Python. EmptyCorpusError,
    raised by the first step of the iteration, where it holds no text at all.
    """
    library = library or Path(sysconfig.get_path("stdlib"))
    found = False
    for text in _texts(library):
        for paragraph in text.split("\n\n"):
            line = " ".join(paragraph.split())
            if line:
                found = True
                yield line
    if not found:
        raise EmptyCorpusError(
            "this Python comes without the sources of its standard library",
            path=library,
            hint="try: kotovec train with a text of your own",
        )


def _texts(library: Path) -> Iterator[str]:
    yield from _topics(library / _TOPICS)
    for path in sorted(library.rglob("*.py")):
        if _NO_ENGLISH.isdisjoint(path.relative_to(library).parts):
            module = _parse(path)
            if module is not None:
                yield from _docstrings(module)


def _parse(path: Path) -> ast.Module | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # doubtful escapes in somebody else's literals
            return ast.parse(path.read_bytes())
    except (OSError, SyntaxError, ValueError, RecursionError):
        return None


def _topics(path: Path) -> Iterator[str]:
    """The values of pydoc's one dict literal, name -> text."""
    module = _parse(path)
    for node in ast.walk(module) if module else ():
        for value in node.values if isinstance(node, ast.Dict) else ():
            if isinstance(value, ast.Constant) and isinstance(value.value, str):
                yield value.value


def _docstrings(node: _Documented) -> Iterator[str]:
    text = ast.get_docstring(node, clean=False)
    if text:
        yield inspect.cleandoc(text)
    for child in node.body:
        if isinstance(child, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield from _docstrings(child)
