"""The commands of `kotovec notes`, made when the group is asked for."""

from __future__ import annotations

from typing import Any

import typer

from kotovec.cli import notes_demo, notes_find, notes_index, notes_measure, notes_related, notes_serve
from kotovec.cli.options import add_command


def notes_commands() -> dict[str, Any]:
    """All of them by name, in the order of the help."""
    app = typer.Typer(rich_markup_mode=None)
    add_command(app, notes_related.related, notes_related.RelatedOptions, notes_related.EXAMPLES)
    add_command(app, notes_find.search, notes_find.SearchOptions, notes_find.SEARCH_EXAMPLES)
    add_command(app, notes_find.suggest, notes_find.SuggestOptions, notes_find.SUGGEST_EXAMPLES)
    add_command(app, notes_find.orphans, notes_find.OrphansOptions, notes_find.ORPHANS_EXAMPLES)
    add_command(app, notes_find.duplicates, notes_find.DuplicatesOptions, notes_find.DUPLICATES_EXAMPLES)
    add_command(app, notes_index.index, notes_index.IndexOptions, notes_index.INDEX_EXAMPLES)
    add_command(app, notes_index.status, notes_index.StatusOptions, notes_index.STATUS_EXAMPLES)
    add_command(app, notes_measure.eval, notes_measure.EvalOptions, notes_measure.EVAL_EXAMPLES)
    add_command(app, notes_measure.tune, notes_measure.TuneOptions, notes_measure.TUNE_EXAMPLES)
    add_command(app, notes_serve.serve, notes_serve.ServeOptions, notes_serve.EXAMPLES)
    add_command(app, notes_demo.demo, notes_demo.DemoOptions, notes_demo.EXAMPLES)
    return dict(typer.main.get_group(app).commands)
