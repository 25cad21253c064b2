"""A process that reads the notes whose paths come in on its standard input, until that ends."""

from __future__ import annotations

import json
from pathlib import Path
from typing import BinaryIO

from kotovec.children import program_of, serve_parent
from kotovec.corpus.frames import CONFIG, TEXT, read_frame, write_frame

PROGRAM = program_of("kotovec.notes.reader_process")


def main() -> None:
    """Serve the parent until it ends."""
    serve_parent(serve)


def serve(pipe_in: BinaryIO, pipe_out: BinaryIO) -> None:
    """Answer CONFIG, the first message, which names the vault; then each TEXT, a list of paths, with what is known."""
    from kotovec.notes.batch import Intake, to_bytes

    intake = None
    while frame := read_frame(pipe_in):
        message = json.loads(frame[1])
        if intake is None:
            intake = Intake(Path(message))
            write_frame(pipe_out, CONFIG, b"")
        else:
            write_frame(pipe_out, TEXT, to_bytes(intake.read(message)))
