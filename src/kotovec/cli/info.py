"""`kotovec info`: what a file of vectors holds."""

from __future__ import annotations

import dataclasses
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kotovec.cli.output import print_json, print_lines, size_text
from kotovec.cli.vectors_file import DebugFlag, FormatName, JsonFlag, SurfacesFile, VectorsFile, open_vectors
from kotovec.errors import FormatError

if TYPE_CHECKING:
    from kotovec.vectors import KeyedVectors

EXAMPLES = """\b
Examples:
  kotovec info vectors.bin
  kotovec info model --json
"""

_FIRST_WORDS = 8


@dataclass(frozen=True, slots=True)
class InfoOptions:
    """Everything that `kotovec info` can be told."""

    file: VectorsFile
    format: FormatName = None
    vocab: SurfacesFile = None
    json: JsonFlag = False
    debug: DebugFlag = False


def info(options: InfoOptions) -> None:
    """Show what a file of vectors holds.

    Format, number of words, vector size, lengths of the vectors, memory, and the configuration where there is one.
    """
    from kotovec.formats.recognise import recognise

    vectors = open_vectors(options)
    facts = file_facts(options.file, options.format or recognise(options.file)) | vector_facts(vectors)
    facts |= index_facts(options.file, vectors)
    if options.json:
        print_json(facts | {"config": vectors.config})
    else:
        print_lines(fact_lines(facts, vectors.config))


def file_facts(path: str, format: str) -> dict[str, Any]:
    """What the file says about itself; sizes in bytes."""
    from kotovec.formats.mcv1 import read_header

    facts: dict[str, Any] = {"file": path, "format": format, "file_bytes": _bytes_of(path)}
    if format == "mcv1":
        facts["dtype"] = read_header(path).dtype
    return facts


def index_facts(path: str, vectors: KeyedVectors) -> dict[str, Any]:
    """What the index beside a file is; nothing where there is none, and why where it cannot be used."""
    from kotovec.vectors.index_file import index_path, read_facts

    if not os.path.exists(index_path(path)):
        return {}
    try:
        facts = read_facts(index_path(path), vectors.vectors)
    except FormatError as error:
        return {"index": {"problem": error.problem}}
    return {"index": dataclasses.asdict(facts) | {"text": facts.text}}


def _bytes_of(path: str) -> int:
    if not os.path.isdir(path):
        return os.stat(path).st_size
    return sum(entry.stat().st_size for entry in os.scandir(path) if entry.is_file())


def vector_facts(vectors: KeyedVectors) -> dict[str, Any]:
    """Sizes, and the lengths of the vectors that are not zero."""
    import numpy as np

    lengths = vectors.norms[vectors.norms > 0]
    quartiles = [0.0, 0.25, 0.5, 0.75, 1.0]
    names = ("lowest", "quarter", "median", "three_quarters", "highest")
    norms = dict(zip(names, np.quantile(lengths, quartiles).tolist(), strict=True)) if len(lengths) else None
    counts = vectors.expandos.get("count")
    return {
        "words": len(vectors),
        "vector_size": vectors.vector_size,
        "memory_bytes": len(vectors) * vectors.vector_size * vectors.dtype.itemsize,
        "zero_rows": len(vectors) - len(lengths),
        "norms": norms,
        "tokens": None if counts is None else int(counts.sum()),
        "first_words": [str(word) for word in vectors.index_to_key[:_FIRST_WORDS]],
    }


def fact_lines(facts: dict[str, Any], config: dict[str, Any] | None) -> list[str]:
    """The same for people."""
    lines = {
        "format": facts["format"] + (f" ({facts['dtype']})" if "dtype" in facts else ""),
        "words": f"{facts['words']:,}" + _counted(facts["tokens"]),
        "vector size": f"{facts['vector_size']}",
        "memory": f"{size_text(facts['memory_bytes'])} ({size_text(facts['file_bytes'])} on disk)",
        "zero rows": f"{facts['zero_rows']:,}",
    }
    if facts["norms"]:
        norms = facts["norms"]
        lines["norms"] = f"{norms['lowest']:.3f} to {norms['highest']:.3f}, median {norms['median']:.3f}"
    if "index" in facts:
        lines["index"] = facts["index"].get("text") or facts["index"]["problem"]
    lines["first words"] = " ".join(facts["first_words"])
    lines |= {f"config {name}": str(value) for name, value in (config or {}).items()}
    width = max(map(len, lines))
    return [f"{name:<{width}}  {value}" for name, value in lines.items()]


def _counted(tokens: int | None) -> str:
    return "" if tokens is None else f", counted {tokens:,} times in all"
