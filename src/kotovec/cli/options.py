"""A command's options as one frozen dataclass, and the help that shows them by topic."""

from __future__ import annotations

import dataclasses
import inspect
from collections.abc import Callable
from typing import Any, TypeVar, get_type_hints

from typer import Typer
from typer.core import TyperCommand

Options = TypeVar("Options")


class TopicCommand(TyperCommand):
    """A command whose help lists the options under their topics (`rich_help_panel`), without importing rich."""

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Write the options to click's `formatter`."""
        topics: dict[str, list[Any]] = {}
        for parameter in self.get_params(ctx):
            record = parameter.get_help_record(ctx)
            if record is not None:
                topics.setdefault(getattr(parameter, "rich_help_panel", None) or "Options", []).append(record)
        for topic, records in topics.items():
            with formatter.section(topic):
                formatter.write_dl(records)


def add_command(app: Typer, run: Callable[[Options], object], options: type[Options], epilog: str) -> None:
    """Register `run` under its own name, `-` for `_`; Typer reads the fields of `options` as its parameters.

    Each field is annotated with `typer.Option` or `typer.Argument`; one without a default is required. The
    docstring of `run` is the help text, its first sentence the summary; `epilog` ends it.
    """
    hints = get_type_hints(options, include_extras=True)

    lists = {field.name for field in dataclasses.fields(options) if _is_list(field)}  # type: ignore[arg-type]

    def command(**values: Any) -> None:
        run(options(**{name: value for name, value in values.items() if value is not None or name not in lists}))

    parameters = [
        inspect.Parameter(
            field.name, inspect.Parameter.KEYWORD_ONLY, default=_default(field), annotation=hints[field.name]
        )
        for field in dataclasses.fields(options)  # type: ignore[arg-type]
    ]
    command.__doc__ = run.__doc__
    command.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    command.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    app.command(run.__name__.replace("_", "-"), cls=TopicCommand, epilog=epilog)(command)


def _is_list(field: dataclasses.Field[Any]) -> bool:
    return field.default_factory is not dataclasses.MISSING


def _default(field: dataclasses.Field[Any]) -> Any:
    """The default of a field, as `inspect` has it: a parameter without one is required.

    None for a list that may be empty: click 8.2 and earlier take no other default for arguments of any number.
    """
    if _is_list(field):
        return None
    return inspect.Parameter.empty if field.default is dataclasses.MISSING else field.default
