"""Programs of ours that run in processes of their own and talk through pipes: how they start, serve and end.

Each is a program of its own, not a fork: the parent may have threads, and other systems have no fork. They end by
themselves when their input ends, and are in a session of their own, so Ctrl-C in a terminal is the parent's affair.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Any, BinaryIO


def program_of(module: str) -> str:
    """The program that runs `main()` of a module of ours, for `start`.

    The path of the parent comes first, so that no file in the current folder is imported.
    """
    return f"import sys; sys.path[:] = sys.argv[1].split('\\n'); from {module} import main; main()"


def start(program: str) -> subprocess.Popen[bytes]:
    """Run a program by our own Python, with a pipe to it and one from it."""
    own_session: dict[str, Any] = {"start_new_session": True}
    if os.name == "nt":
        own_session = {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP}  # type: ignore[attr-defined,unused-ignore]
    return subprocess.Popen(  # noqa: S603  (our own program, run by our own Python)
        [sys.executable, "-c", program, "\n".join(map(str, sys.path))],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        **own_session,
    )


def end(process: subprocess.Popen[bytes]) -> None:
    """End a process at once, and free what it holds."""
    process.kill()
    process.wait()
    for pipe in (process.stdin, process.stdout):
        if pipe:
            with suppress(OSError):
                pipe.close()


def serve_parent(serve: Callable[[BinaryIO, BinaryIO], None]) -> None:
    """In the child: serve(pipe in, pipe out) on the standard streams; nothing else is written to them."""
    pipe_out = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    try:
        serve(sys.stdin.buffer, pipe_out)
    except BrokenPipeError:  # the parent has ended
        os._exit(0)
