"""A process that tokenises blocks of Japanese which come in on its standard input, until that ends.

It is a program of its own, not a fork: the parent has threads, and machine code that such a process has no use for.
"""

from __future__ import annotations

import json
import os
import sys
from dataclasses import asdict
from typing import Any, BinaryIO

from kotovec.corpus.frames import CONFIG, COUNTS, ERROR, TEXT, read_frame, write_frame
from kotovec.corpus.japanese import Analyser
from kotovec.corpus.japanese_config import JapaneseConfig
from kotovec.errors import KotovecError

PROGRAM = (  # the path of the parent comes first, so that no file in the current folder is imported
    "import sys; sys.path[:] = sys.argv[1].split('\\n'); from kotovec.corpus.japanese_worker import main; main()"
)


def main() -> None:
    """Serve the parent through the standard streams; nothing else is written to them."""
    pipe_out = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    try:
        serve(sys.stdin.buffer, pipe_out)
    except BrokenPipeError:  # the parent has ended
        os._exit(0)


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
