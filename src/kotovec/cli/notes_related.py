"""`kotovec notes related`: what is related to a note, or to each, and why."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, cast

from typer import Argument, Option

from kotovec.cli.notes_options import (
    Count,
    DebugFlag,
    IndexFolder,
    JsonFlag,
    VaultFolder,
    check_count,
    open_updated,
)
from kotovec.cli.notes_text import many, note_lines, safe, why_dict, why_lines
from kotovec.cli.output import finite, print_json, print_lines, say
from kotovec.errors import ConfigError

if TYPE_CHECKING:
    from kotovec.notes import Vault
    from kotovec.notes.answers import LinkFilter, RelatedNotes

EXAMPLES = """\b
Examples:
  kotovec notes related ~/notes "Garden plans"
  kotovec notes related ~/notes garden/plans.md -n 5 --filter all --why
  kotovec notes related ~/notes "Garden plans" --write
  kotovec notes related ~/notes --all --json-lines > related.jsonl
"""
FILTERS = ("unlinked", "linked", "all")


@dataclass(frozen=True, slots=True)
class RelatedOptions:
    """Everything that `kotovec notes related` can be told."""

    vault: VaultFolder
    note: Annotated[str | None, Argument(metavar="NOTE", help="a path, a title or an alias")] = None
    count: Count = 10
    filter: Annotated[
        str, Option("--filter", metavar="NAME", help="unlinked: without those that are linked; linked; or all")
    ] = "unlinked"
    why: Annotated[bool, Option("--why", help="show the reasons: words, links, tags, sections")] = False
    all: Annotated[bool, Option("--all", help="for each note of the vault")] = False
    json: JsonFlag = False
    json_lines: Annotated[bool, Option("--json-lines", help="print one JSON object per note, each on a line")] = False
    write: Annotated[
        bool, Option("--write", help="write the links into NOTE, as a block of its own at the end that can be renewed")
    ] = False
    index: IndexFolder = None
    debug: DebugFlag = False


def related(options: RelatedOptions) -> None:
    """Show what is related to a note.

    The score is a percentile: 99 means more alike than 99 % of the pairs of this vault. Notes that are linked
    already are left out, and counted, unless --filter says otherwise.
    """
    filter = _checked(options)
    vault = open_updated(options)
    if options.all:
        _print_all(vault, options, filter)
        return
    note = vault.find(options.note or "")
    answer = vault.related(note, options.count, filter, _wants_why(options))
    if options.json_lines:
        _print_line(vault, note, answer)
    elif options.json:
        print_json(_dict(vault, note, answer, options))
    else:
        print_lines(_lines(vault, answer, options))
    if options.write:
        write_links(vault, note, [item.note for item in answer.items])


def _print_all(vault: Vault, options: RelatedOptions, filter: LinkFilter) -> None:
    dicts = []
    for note, entry in enumerate(vault.entries):
        answer = vault.related(note, options.count, filter, _wants_why(options))
        if options.json_lines:
            _print_line(vault, note, answer)
        elif options.json:
            dicts.append(_dict(vault, note, answer, options))
        else:
            lines = _lines(vault, answer, options, counted=False)
            print_lines([f"{safe(entry.title)}  {safe(entry.path)}", *["  " + line for line in lines], ""])
    if options.json and not options.json_lines:
        print_json({"notes": dicts})


def write_links(vault: Vault, note: int, targets: list[int]) -> None:
    """Write the block of links into a note, and say so."""
    from kotovec.notes.wikilinks import Wikilinks

    entries = vault.entries
    wikilinks = Wikilinks(entry.path for entry in entries)
    changed = vault.write_links(note, [wikilinks.to(entries[to].path, entries[to].title) for to in targets])
    path = safe(entries[note].path)
    say([f"{path}: {many(len(targets), 'link')} written" if changed else f"{path}: nothing to change"])


def _checked(options: RelatedOptions) -> LinkFilter:
    check_count(options.count)
    if options.filter not in FILTERS:
        raise ConfigError("unknown --filter", expected="unlinked, linked or all", found=repr(options.filter))
    if options.all == (options.note is not None):
        raise ConfigError("which note?", expected="NOTE or --all", found="both" if options.all else "neither")
    if options.write and (options.all or options.filter == "linked"):
        raise ConfigError("--write is for one note, and for links that it does not have", hint="name the note")
    return cast("LinkFilter", options.filter)


def _wants_why(options: RelatedOptions) -> bool:
    return options.why or options.json or options.json_lines


def _print_line(vault: Vault, note: int, answer: RelatedNotes) -> None:
    line = {"note": vault.entries[note].path, "related": _dicts(vault, answer)}
    print(json.dumps(finite(line), ensure_ascii=_narrow()))  # noqa: T201


def _dict(vault: Vault, note: int, answer: RelatedNotes, options: RelatedOptions) -> dict[str, Any]:
    entry = vault.entries[note]
    head = {"note": entry.path, "title": entry.title, "filter": options.filter, "hidden": answer.hidden}
    return head | {"related": _dicts(vault, answer)}


def _narrow() -> bool:
    return (sys.stdout.encoding or "").lower().replace("-", "") != "utf8"


def _dicts(vault: Vault, answer: RelatedNotes) -> list[dict[str, Any]]:
    return [
        {
            "note": item.path,
            "title": item.title,
            "score": round(item.score, 2),
            "linked": item.linked,
            "why": why_dict(item.why, vault.entries),
        }
        for item in answer.items
    ]


def _lines(vault: Vault, answer: RelatedNotes, options: RelatedOptions, *, counted: bool = True) -> list[str]:
    rows = [
        (item.score, item.title, item.path, why_lines(item.why, vault.entries) if options.why else [])
        for item in answer.items
    ]
    lines = note_lines(rows) or ["no related notes"]
    if answer.hidden and counted:
        lines.append(f"{many(answer.hidden, 'linked note')} hidden; --filter all shows them")
    return lines
