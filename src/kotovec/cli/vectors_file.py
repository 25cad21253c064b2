"""What all commands that ask vectors have in common: the file, its format, its words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Protocol, TypeAlias

from typer import Argument, Option

if TYPE_CHECKING:
    from kotovec.vectors import KeyedVectors

VectorsFile: TypeAlias = Annotated[str, Argument(metavar="FILE", help="vectors of any format that kotovec knows")]
FormatName: TypeAlias = Annotated[
    str | None, Option("-f", "--format", metavar="NAME", help="the format that is read  [default: by content]")
]
SurfacesFile: TypeAlias = Annotated[
    str | None, Option("--vocab", metavar="FILE", help="for mcv1: lines of word id, tab and word")
]
JsonFlag: TypeAlias = Annotated[bool, Option("--json", help="print one JSON object")]
DebugFlag: TypeAlias = Annotated[bool, Option("--debug", help="show a traceback with an error")]


class FileOptions(Protocol):
    """Options that name a file of vectors."""

    @property
    def file(self) -> str: ...  # noqa: D102
    @property
    def format(self) -> str | None: ...  # noqa: D102
    @property
    def vocab(self) -> str | None: ...  # noqa: D102


def open_vectors(options: FileOptions) -> KeyedVectors:
    """The vectors that the options name."""
    from kotovec.formats import load

    return load(options.file, format=options.format, vocab=options.vocab)
