"""An index beside its vectors: the graph as usearch writes it, and a JSON file that says whose it is.

What could go wrong: usearch reads whatever it is given in machine code, and believes it. So nothing is read that has
not the very bytes that kotovec wrote, for the very vectors at hand: digests of both stand in the JSON file. They tell
damage and mix-ups, not malice: who gives you both files can forge both.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kotovec.atomic import StrPath, atomic_write, check_writable
from kotovec.errors import FormatError, MissingFileError, OutputError, StaleIndexError
from kotovec.vectors.hnsw import HnswIndex, IndexFacts, new_graph
from kotovec.vectors.lookup import Matrix

_KIND, _VERSION = "kotovec hnsw", 1
_BLOCK = 1 << 22  # bytes


def index_path(vectors_path: StrPath) -> str:
    """Where the index of a file or folder of vectors is kept: beside it, with `.hnsw` behind its name."""
    return f"{os.fspath(vectors_path).rstrip(os.sep)}.hnsw"


def facts_path(path: StrPath) -> str:
    """The JSON file that belongs to an index."""
    return f"{os.fspath(path)}.json"


def check_index_path(path: StrPath) -> None:
    """OutputError where an index cannot be written, or would replace a file that is none."""
    if os.path.exists(path) and not os.path.exists(facts_path(path)):
        raise OutputError("is a file that kotovec did not write, and is left alone", path=path, hint="name another")
    check_writable(path)
    check_writable(facts_path(path))


def write_index(path: StrPath, index: HnswIndex, vectors: Matrix) -> None:
    """Write the graph, then the JSON file; after a failure between them the index is stale, and refused."""
    check_index_path(path)
    with atomic_write(path) as file:
        index.graph.save(file.name)
        digest = _digest(file.name, index.facts)
    content = {"kind": _KIND, "version": _VERSION, "facts": dataclasses.asdict(index.facts)}
    content |= {"index_sha256": digest, "vectors_sha256": vectors_digest(vectors)}
    with atomic_write(facts_path(path)) as file:
        file.write(json.dumps(content, indent=2).encode() + b"\n")


def read_index(path: StrPath, vectors: Matrix, norms: NDArray[Any]) -> HnswIndex:
    """The index, memory-mapped. MissingFileError where there is none, FormatError where it is not ours or damaged.

    StaleIndexError where it was built for other vectors than these.
    """
    facts = read_facts(path, vectors)
    content = _read_json(path)
    if _digest(path, facts) != content["index_sha256"]:
        raise FormatError("is not the index that kotovec wrote", path=path, hint="delete it, and build it anew")
    graph = new_graph(facts.vector_size, facts.connectivity, facts.expansion_add)
    try:
        graph.view(os.fspath(path))
    except Exception as error:  # usearch raises whatever its C++ threw
        raise FormatError(f"usearch cannot read the index: {error}", path=path, hint="build it anew") from error
    if len(graph) != facts.n_vectors or graph.ndim != facts.vector_size:
        raise FormatError("the index has another size", path=path, expected=facts.n_vectors, found=len(graph))
    graph.expansion_search = facts.expansion
    return HnswIndex(graph, facts, vectors, norms)


def read_facts(path: StrPath, vectors: Matrix) -> IndexFacts:
    """What an index is, without reading it; errors as for `read_index`, but for those of the graph itself."""
    content = _read_json(path)
    if content["vectors_sha256"] != vectors_digest(vectors):
        raise StaleIndexError("the index was built for other vectors", path=path, hint="build it anew")
    return _checked(content["facts"], path)


def _read_json(path: StrPath) -> dict[str, Any]:
    for name in (path, facts_path(path)):
        if not os.path.isfile(name):
            raise MissingFileError("there is no index", path=name, hint="build_index() makes one, or --index hnsw")
    try:
        with open(facts_path(path), "rb") as file:
            content = json.loads(file.read(1 << 16))
    except (OSError, ValueError, RecursionError) as error:
        raise FormatError(f"damaged facts of an index: {error}", path=facts_path(path)) from error
    if not isinstance(content, dict) or content.get("kind") != _KIND or content.get("version") != _VERSION:
        raise FormatError("no facts of an index that kotovec wrote", path=facts_path(path), hint="delete both files")
    if not {"facts", "index_sha256", "vectors_sha256"} <= set(content):
        raise FormatError("damaged facts of an index", path=facts_path(path), hint="delete both files")
    return content


def _checked(facts: Any, path: StrPath) -> IndexFacts:
    """Facts of the right types."""
    fields = dataclasses.fields(IndexFacts)
    whole = {field.name for field in fields if field.type == "int"}
    good = isinstance(facts, dict) and set(facts) == {field.name for field in fields}
    if not good or not all(
        type(value) is int and 0 < value < 2**62
        if name in whole
        else type(value) in (int, float) and 0 <= value <= (1 if name == "recall" else 1e12)
        for name, value in facts.items()
    ):
        raise FormatError("damaged facts of an index", path=facts_path(path), hint="delete both files")
    return IndexFacts(**facts)


def vectors_digest(vectors: Matrix) -> str:
    """SHA-256 of shape, type and all numbers, row by row."""
    digest = hashlib.sha256(f"{vectors.shape} {vectors.dtype.str}\n".encode())
    step = max(1, _BLOCK // max(1, vectors.shape[1] * vectors.itemsize))
    for first in range(0, len(vectors), step):
        digest.update(np.ascontiguousarray(vectors[first : first + step]).data)
    return digest.hexdigest()


def _digest(path: StrPath, facts: IndexFacts) -> str:
    """SHA-256 of the facts and the graph."""
    digest = hashlib.sha256(json.dumps(dataclasses.asdict(facts)).encode())
    try:
        with open(path, "rb", buffering=0) as file:
            while block := file.read(_BLOCK):
                digest.update(block)
    except OSError as error:
        raise FormatError(f"cannot read: {error.strerror or error}", path=path) from error
    return digest.hexdigest()
