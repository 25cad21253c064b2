"""`kotovec notes serve`: the local page of a vault."""

from __future__ import annotations

import sys
import threading
from dataclasses import dataclass
from typing import Annotated

from typer import Option

from kotovec.cli.notes_options import DebugFlag, IndexFolder, VaultFolder, open_updated
from kotovec.cli.notes_text import many
from kotovec.cli.output import print_lines, say
from kotovec.errors import MissingExtraError

EXAMPLES = """\b
Examples:
  kotovec notes serve ~/notes --open
  kotovec notes serve ~/notes --port 0
  kotovec notes serve ~/notes --host 0.0.0.0 --token a-long-random-word
"""


@dataclass(frozen=True, slots=True)
class ServeOptions:
    """Everything that `kotovec notes serve` can be told."""

    vault: VaultFolder
    host: Annotated[
        str, Option("--host", metavar="ADDRESS", help="which address to serve; beyond this machine needs --token")
    ] = "127.0.0.1"
    port: Annotated[int, Option("--port", metavar="N", help="0 for any that is free")] = 8765
    token: Annotated[
        str | None, Option("--token", metavar="WORD", help="let in only who has this word; it is part of the address")
    ] = None
    open: Annotated[bool, Option("--open", help="open the page in the browser")] = False
    index: IndexFolder = None
    debug: DebugFlag = False


def serve(options: ServeOptions) -> None:
    """Show a vault on a local page.

    Search, notes with what is related to them and why, a map, and suggested links. The page follows the files as they
    change, and writes nothing. Ctrl-C ends it.
    """
    try:
        from kotovec.web.security import Guard
        from kotovec.web.server import bind
        from kotovec.web.server import serve as serve_page
    except ModuleNotFoundError as error:
        raise MissingExtraError(error.name or "starlette", "web", "notes serve") from error
    import webbrowser

    def ready(address: str) -> None:
        print_lines([address])
        sys.stdout.flush()
        if options.open:
            threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()

    with bind(Guard(options.host, options.port, options.token)) as bound:
        vault = open_updated(options, may_be_empty=True)  # the page waits for the first note
        say([f"{many(len(vault.entries), 'note')} of {vault.name}; Ctrl-C ends the page"])
        serve_page(vault, bound, ready)
