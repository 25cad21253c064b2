"""A process that reads the notes whose paths come in on its standard input, until that ends.

It is a program of its own, not a fork: the parent may have threads, and other systems have no fork.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import BinaryIO

from kotovec.corpus.frames import CONFIG, TEXT, read_frame, write_frame

PROGRAM = (  # the path of the parent comes first, so that no file in the current folder is imported
    "import sys; sys.path[:] = sys.argv[1].split('\\n'); from kotovec.notes.reader_process import main; main()"
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
