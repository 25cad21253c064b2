"""`kotovec notes index` and `status`: what is read of a vault, what is not, and why."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Any

from typer import Option

from kotovec.cli.notes_options import (
    DebugFlag,
    IndexFolder,
    JsonFlag,
    VaultFolder,
    open_updated,
    progress,
    update_text,
)
from kotovec.cli.notes_text import many, safe
from kotovec.cli.output import print_json, print_lines, say, size_text
from kotovec.errors import ConfigError

if TYPE_CHECKING:
    from kotovec.notes import Vault
    from kotovec.notes.answers import FileStatus, Status, UpdateReport

INDEX_EXAMPLES = """\b
Examples:
  kotovec notes index ~/notes
  kotovec notes index ~/notes --exclude 'journal/' --exclude '*.draft.md'
  kotovec notes index ~/notes --vectors glove.6B.100d.txt
"""
STATUS_EXAMPLES = """\b
Examples:
  kotovec notes status ~/notes
  kotovec notes status ~/notes --json
"""


@dataclass(frozen=True, slots=True)
class IndexOptions:
    """Everything that `kotovec notes index` can be told."""

    vault: VaultFolder
    index: IndexFolder = None
    include: Annotated[
        list[str], Option("--include", metavar="PATTERN", help="as in .gitignore: only these files; may be repeated")
    ] = field(default_factory=list)
    exclude: Annotated[
        list[str], Option("--exclude", metavar="PATTERN", help="as in .gitignore: not these files; may be repeated")
    ] = field(default_factory=list)
    vectors: Annotated[
        str | None, Option("--vectors", metavar="FILE", help="word vectors from more text, to match near words")
    ] = None
    forget: Annotated[bool, Option("--forget", help="forget --include, --exclude and --vectors of earlier runs")] = (
        False
    )
    rebuild: Annotated[bool, Option("--rebuild", help="read all notes anew")] = False
    processes: Annotated[
        int | None, Option("--processes", metavar="N", help="that read notes at once  [default: as many as pay]")
    ] = None
    json: JsonFlag = False
    debug: DebugFlag = False


@dataclass(frozen=True, slots=True)
class StatusOptions:
    """Everything that `kotovec notes status` can be told."""

    vault: VaultFolder
    files: Annotated[bool, Option("--files", help="list all files, not only those with something to say")] = False
    index: IndexFolder = None
    json: JsonFlag = False
    debug: DebugFlag = False


def index(options: IndexOptions) -> None:
    """Build or update the index of a vault.

    Only notes that changed are read again. Every other command does the same by itself; this one takes rules for
    what is read, which are remembered (--forget drops them), and says what was skipped and why.
    """
    from kotovec.notes import open_vault
    from kotovec.notes.rules import Rules

    if options.processes is not None and options.processes < 1:
        raise ConfigError("--processes is out of range", expected="1 or more", found=options.processes)
    rules = Rules(tuple(options.include), tuple(options.exclude)) if options.include or options.exclude else None
    with progress() as report:
        vault = open_vault(
            options.vault,
            index=options.index,
            rules=rules or (Rules() if options.forget else None),
            vectors=options.vectors or ("" if options.forget else None),
            rebuild=options.rebuild,
            must_keep=True,
            processes=options.processes,
            callback=report,
        )
    vault.check_not_empty()
    if options.json:
        print_json(_update_dict(vault.updated, vault.status()))
    else:
        _tell(vault)


def status(options: StatusOptions) -> None:
    """Show what is in the index of a vault, what is not, and why."""
    vault = open_updated(options, may_be_empty=True)
    found = vault.status()
    if options.json:
        print_json(_status_dict(vault, found))
        return
    shown = [file for file in found.files if options.files or file.reason or file.warnings]
    print_lines([*_summary(found), *_file_lines(shown)])


def _tell(vault: Vault) -> None:
    found = vault.status()
    if vault.updated.notices:
        say(vault.updated.notices)
    lines = [update_text(vault.updated) + f"; {vault.updated.seconds:.1f} s", *_summary(found)]
    print_lines([*lines, *_file_lines([file for file in found.files if file.reason or file.warnings])])


def _summary(status: Status) -> list[str]:
    where = f"in {status.index}, {size_text(status.index_size)}" if status.index else "not kept"
    when = time.strftime("%Y-%m-%d %H:%M", time.localtime(status.indexed_at))
    lines = [
        f"{many(status.n_notes, 'note')}, {many(status.n_words, 'word')}, {size_text(status.text_size)} of text",
        f"index: {where}, of {when}, kotovec {status.version}",
    ]
    if status.vectors:
        lines.append(f"vectors: {status.vectors}")
    if status.tuned:
        lines.append("weights: tuned to this vault")
    return lines


def _file_lines(files: list[FileStatus]) -> list[str]:
    return [
        f"{file.state:8}  {safe(file.path)}" + (f": {safe(said)}" if (said := _said(file)) else "") for file in files
    ]


def _said(file: FileStatus) -> str:
    return "; ".join(filter(None, (file.reason, *file.warnings)))


def _update_dict(report: UpdateReport, status: Status) -> dict[str, Any]:
    names = ("added", "changed", "renamed", "removed", "unchanged")
    return {name: getattr(report, name) for name in names} | {
        "skipped": [{"path": file.path, "reason": file.reason} for file in report.skipped],
        "notices": list(report.notices),
        "seconds": round(report.seconds, 3),
        "notes": status.n_notes,
        "index": status.index,
        "index_bytes": status.index_size,
    }


def _status_dict(vault: Vault, status: Status) -> dict[str, Any]:
    files = [
        {
            "path": file.path,
            "state": file.state,
            "reason": file.reason or None,
            "warnings": list(file.warnings),
            "words": file.n_words,
            "bytes": file.size,
        }
        for file in status.files
    ]
    return {
        "vault": str(vault.root),
        "notes": status.n_notes,
        "words": status.n_words,
        "text_bytes": status.text_size,
        "index": status.index,
        "index_bytes": status.index_size,
        "indexed_at": status.indexed_at,
        "version": status.version,
        "vectors": status.vectors,
        "tuned": status.tuned,
        "files": files,
    }
