"""The group `kotovec notes`: its commands are imported when one of them, or the help of the group, is asked for."""

from __future__ import annotations

from typing import Any

import typer
from typer.core import TyperGroup

EPILOG = """\b
Examples:
  kotovec notes demo
  kotovec notes related ~/notes "Garden plans" --why
  kotovec notes suggest ~/notes
  kotovec notes serve ~/notes --open
"""


class NotesGroup(TyperGroup):
    """A group whose commands are made when they are asked for: the help of kotovec itself stays quick."""

    def list_commands(self, ctx: Any) -> list[str]:
        """The names of all commands, in the order of the help."""
        self._load()
        return super().list_commands(ctx)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The command of that name, or None."""
        self._load()
        return super().get_command(ctx, cmd_name)

    def _load(self) -> None:
        if not self.commands:
            from kotovec.cli.notes_commands import notes_commands

            self.commands = notes_commands()


app = typer.Typer(
    cls=NotesGroup,
    epilog=EPILOG,
    invoke_without_command=True,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
)


@app.callback()
def notes(context: typer.Context) -> None:
    """Find what is related to a note, and why, in a folder of Markdown.

    The folder may be a vault of Obsidian, Logseq, Foam or Zettlr, or any other with .md, .markdown, .txt and .org
    files. Nothing leaves this machine, and no note is ever changed unless --write asks for it.
    """
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())
