"""The command `kotovec`. It parses, calls and prints; what it calls is in the library."""

import sys
from collections.abc import Sequence

__all__ = ["INTERRUPTED", "main"]

INTERRUPTED = 130  # exit code


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line (of this process by default) and give its exit code: see app.py.

    Ctrl-C while the application loads, which takes 0.2 s, is an interrupt like any other.
    """
    try:
        from kotovec.cli.app import main as run
    except KeyboardInterrupt:
        print("kotovec: interrupted", file=sys.stderr)  # noqa: T201
        return INTERRUPTED
    return run(arguments)
