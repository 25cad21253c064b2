"""`kotovec notes search`, `suggest`, `orphans` and `duplicates`: questions to the whole vault."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

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
from kotovec.cli.notes_related import write_links
from kotovec.cli.notes_text import note_lines, safe, why_dict, why_lines
from kotovec.cli.output import print_json, print_lines
from kotovec.errors import ConfigError

if TYPE_CHECKING:
    from kotovec.notes import Vault

SEARCH_EXAMPLES = """\b
Examples:
  kotovec notes search ~/notes "keeping bees in winter"
"""
SUGGEST_EXAMPLES = """\b
Examples:
  kotovec notes suggest ~/notes -n 50 --why
  kotovec notes suggest ~/notes --write "Garden plans"
"""
ORPHANS_EXAMPLES = """\b
Examples:
  kotovec notes orphans ~/notes
"""
DUPLICATES_EXAMPLES = """\b
Examples:
  kotovec notes duplicates ~/notes --threshold 0.9
"""


@dataclass(frozen=True, slots=True)
class SearchOptions:
    """Everything that `kotovec notes search` can be told."""

    vault: VaultFolder
    words: Annotated[list[str], Argument(metavar="WORDS...", help="a few words, or a sentence")]
    count: Count = 20
    index: IndexFolder = None
    json: JsonFlag = False
    debug: DebugFlag = False


@dataclass(frozen=True, slots=True)
class SuggestOptions:
    """Everything that `kotovec notes suggest` can be told."""

    vault: VaultFolder
    count: Count = 20
    why: Annotated[bool, Option("--why", help="show the reasons: words, links, tags, sections")] = False
    write: Annotated[
        str | None, Option("--write", metavar="NOTE", help="write into NOTE the suggested links that it is part of")
    ] = None
    index: IndexFolder = None
    json: JsonFlag = False
    debug: DebugFlag = False


@dataclass(frozen=True, slots=True)
class OrphansOptions:
    """Everything that `kotovec notes orphans` can be told."""

    vault: VaultFolder
    index: IndexFolder = None
    json: JsonFlag = False
    debug: DebugFlag = False


@dataclass(frozen=True, slots=True)
class DuplicatesOptions:
    """Everything that `kotovec notes duplicates` can be told."""

    vault: VaultFolder
    threshold: Annotated[
        float, Option("--threshold", metavar="SHARE", help="of the words that both have in common, 0.5 to 1")
    ] = 0.8
    index: IndexFolder = None
    json: JsonFlag = False
    debug: DebugFlag = False


def search(options: SearchOptions) -> None:
    """Find notes by word and by meaning."""
    check_count(options.count)
    text = " ".join(options.words)
    if not text.strip():
        raise ConfigError("nothing to search for", expected="a few words")
    vault = open_updated(options)
    found = vault.search(text + " ", options.count)  # the last word is whole: nobody is typing it
    if options.json:
        names = ("path", "title", "score", "snippet", "terms")
        hits = [{name: getattr(hit, name) for name in names} for hit in found]
        print_json({"search": text, "found": hits})
    else:
        rows = [(hit.score, hit.title, hit.path, [safe(hit.snippet)] if hit.snippet else []) for hit in found]
        print_lines(note_lines(rows) or ["nothing found"])


def suggest(options: SuggestOptions) -> None:
    """Show the pairs of notes that most deserve a link.

    Over the whole vault, the best first; pairs that are linked already are left out.
    """
    check_count(options.count)
    vault = open_updated(options)
    pairs = vault.suggest(options.count, why=options.why or options.json)
    entries = vault.entries
    if options.json:
        dicts = [
            {
                "notes": [entries[pair.a].path, entries[pair.b].path],
                "titles": [entries[pair.a].title, entries[pair.b].title],
                "score": round(pair.score, 2),
                "why": why_dict(pair.why, entries),
            }
            for pair in pairs
        ]
        print_json({"suggestions": dicts})
    else:
        rows = [(pair.score, *_both(vault, pair.a, pair.b, options, pair.why)) for pair in pairs]
        print_lines(note_lines(rows) or ["nothing to suggest"])
    if options.write is not None:
        note = vault.find(options.write)
        ends = [(pair.a, pair.b) for pair in pairs if note in (pair.a, pair.b)]
        write_links(vault, note, [b if a == note else a for a, b in ends])


def _both(vault: Vault, a: int, b: int, options: SuggestOptions, why: Any) -> tuple[str, str, list[str]]:
    """Title and path of one, and lines with those of the other and the reasons."""
    first, second = vault.entries[a], vault.entries[b]
    more = [f"{safe(second.title)}  {safe(second.path)}"]
    return first.title, first.path, more + (why_lines(why, vault.entries) if options.why else [])


def orphans(options: OrphansOptions) -> None:
    """List the notes that no link leads to or from."""
    vault = open_updated(options)
    found = [vault.entries[note] for note in vault.orphans()]
    if options.json:
        print_json({"orphans": [{"path": entry.path, "title": entry.title} for entry in found]})
    else:
        print_lines(note_lines([(None, entry.title, entry.path, []) for entry in found]) or ["no orphans"])


def duplicates(options: DuplicatesOptions) -> None:
    """List pairs of notes with nearly the same text.

    The similarity is the share of their words that both have, found by MinHash. Nothing is merged.
    """
    if not 0.5 <= options.threshold <= 1:
        raise ConfigError("--threshold is out of range", expected="0.5 to 1", found=options.threshold)
    vault = open_updated(options)
    found = vault.duplicates(options.threshold)
    entries = vault.entries
    if options.json:
        pairs = [
            {"notes": [entries[pair.a].path, entries[pair.b].path], "similarity": round(pair.similarity, 4)}
            for pair in found
        ]
        print_json({"threshold": options.threshold, "duplicates": pairs})
    else:
        lines = [
            f"{pair.similarity:5.2f}  {safe(entries[pair.a].path)}  {safe(entries[pair.b].path)}" for pair in found
        ]
        print_lines(lines or ["no duplicates"])
