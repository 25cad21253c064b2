"""A process that tokenises blocks of Japanese which come in on its standard input, until that ends."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any, BinaryIO

from kotovec.children import program_of, serve_parent
from kotovec.corpus.frames import CONFIG, COUNTS, ERROR, TEXT, read_frame, write_frame
from kotovec.corpus.japanese import Analyser
from kotovec.corpus.japanese_config import JapaneseConfig
from kotovec.errors import KotovecError

PROGRAM = program_of("kotovec.corpus.japanese_worker")


def main() -> None:
    """Serve the parent until it ends."""
    serve_parent(serve)


def serve(pipe_in: BinaryIO, pipe_out: BinaryIO) -> None:
    """Answer the first message, CONFIG, with CONFIG, and each TEXT with COUNTS and TEXT; what fails with ERROR."""
    analyser = None
    while frame := read_frame(pipe_in):
        data = frame[1]
        try:
            if analyser is None:
                analyser = Analyser(JapaneseConfig(**json.loads(data)))
                write_frame(pipe_out, CONFIG, b"")
            else:
                result = analyser.tokenize(data)
                counts = asdict(result) | {"data": None}
                write_frame(pipe_out, COUNTS, json.dumps(counts).encode())
                write_frame(pipe_out, TEXT, result.data)
        except Exception as error:  # the parent tells it, whatever it is
            write_frame(pipe_out, ERROR, json.dumps(_described(error)).encode())


def _described(error: Exception) -> dict[str, Any]:
    if not isinstance(error, KotovecError):
        return {"class": "KotovecError", "problem": f"tokenising failed: {type(error).__name__}: {error}".rstrip(": ")}
    parts = {name: getattr(error, name) for name in ("problem", "path", "place", "expected", "found", "hint")}
    return {"class": type(error).__name__} | {name: value and str(value) for name, value in parts.items()}
