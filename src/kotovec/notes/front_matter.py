"""The front matter of a note: what it says about title, aliases, tags and links, and whether it opts out.

YAML between `---` lines, TOML between `+++` lines, or Logseq's `key:: value` lines. Values stay as they are written
(`1.10`, `2021-01-01`, `no`), and nothing is ever constructed from them.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

from kotovec.notes.link_syntax import WIKILINK, Target, is_note_target, split_wikilink
from kotovec.notes.yaml_values import BrokenYamlError, Value, read_yaml

MAX_CHARACTERS = 65_536
TAG_KEYS = ("tags", "tag", "keywords")
ALIAS_KEYS = ("aliases", "alias")
OPT_OUT = {"kotovec": False, "noindex": True, "exclude": True}  # a key, and the value that leaves the note out
_FALSE = ("false", "no", "off", "0", "exclude", "ignore")
_TRUE = ("true", "yes", "on", "1")

_FENCED = re.compile(r"(---|\+\+\+)[ \t]*\n(.*?)(?:\n|(?<=\n))(?:\1|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_PROPERTY = re.compile(r"(?:- )?([A-Za-z][\w./-]*)::(?:[ \t]+(.*)|$)", re.MULTILINE)

Values: TypeAlias = dict[str, Value]


@dataclass(slots=True)
class FrontMatter:
    """What stands before the text, read; `body` is the rest."""

    body: str
    title: str | None = None
    aliases: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    links: tuple[Target, ...] = ()
    excluded: bool = False
    properties: dict[str, str] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()


def read_front_matter(text: str) -> FrontMatter:
    """Part `text` into front matter and body. What cannot be read is kept as body, with a warning."""
    match = _FENCED.match(text) if text.startswith(("---", "+++")) else None
    if match is None:
        return _page_properties(text)
    marker, inner = match.group(1, 2)
    try:
        values = _read_fenced(marker, inner)
    except BrokenYamlError as error:
        warning = f"front matter cannot be read and counts as text: {error}"
        return FrontMatter(f"{inner}\n\n{text[match.end() :]}", warnings=(warning,))
    return _interpret(values, text[match.end() :])


def _read_fenced(marker: str, inner: str) -> Values:
    if len(inner) > MAX_CHARACTERS:
        raise BrokenYamlError(f"it has {len(inner):,} characters, the limit is {MAX_CHARACTERS:,}")
    values = read_yaml(inner) if marker == "---" else _read_toml(inner)
    if values is None or values == "":
        return {}
    if not isinstance(values, dict):
        raise BrokenYamlError("expected lines of the form key: value")
    return {key.strip().casefold(): value for key, value in values.items()}


def _read_toml(inner: str) -> Value:
    """TOML, where Python brings a reader (3.11 and later); BrokenYamlError if it is none."""
    try:
        tomllib = importlib.import_module("tomllib")
    except ModuleNotFoundError as error:
        raise BrokenYamlError("TOML needs Python 3.11 or later") from error
    try:
        return _plain(tomllib.loads(inner))
    except (ValueError, RecursionError) as error:
        raise BrokenYamlError(str(error)) from error


def _plain(value: object) -> Value:
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return str(value).lower() if isinstance(value, bool) else str(value)


def _page_properties(text: str) -> FrontMatter:
    """Logseq: the `key:: value` lines that open a page. The values stay in the text, save for names and opt-out."""
    values: Values = {}
    position = 0
    kept: list[str] = []
    while match := _PROPERTY.match(text, position):
        key, value = match.group(1).casefold(), (match.group(2) or "").strip()
        values[key] = value
        if key not in ("title", *TAG_KEYS, *ALIAS_KEYS, *OPT_OUT):
            kept.append(value + "\n")
        position = match.end() + 1
    if not values:
        return FrontMatter(text)
    body = "".join(kept) + "\n" + text[position:]
    front = _interpret({key: _comma_list(key, value) for key, value in values.items()}, body)
    front.links = tuple(_links({key: value for key, value in values.items() if key in TAG_KEYS}))  # others stay in text
    return front


def _comma_list(key: str, value: Value) -> Value:
    if key in (*TAG_KEYS, *ALIAS_KEYS) and isinstance(value, str):
        return [part.strip() for part in value.split(",")]
    return value


def _interpret(values: Values, body: str) -> FrontMatter:
    known = {"title", *TAG_KEYS, *ALIAS_KEYS}
    title = values.get("title")
    return FrontMatter(
        body,
        title=_unlinked(title) or None if isinstance(title, str) else None,
        aliases=tuple(name for key in ALIAS_KEYS for name in _names(values.get(key))),
        tags=tuple(name for key in TAG_KEYS for name in _tags(key, values.get(key))),
        links=tuple(_links(values)),
        excluded=any(_opts_out(key, values.get(key)) for key in OPT_OUT),
        properties={key: _joined(value) for key, value in values.items() if key not in known},
    )


def _opts_out(key: str, value: Value) -> bool:
    written = value.strip().casefold() if isinstance(value, str) else None
    return written in (_TRUE if OPT_OUT[key] else _FALSE)


def _names(value: Value) -> list[str]:
    """A list of names: a YAML list, or one string with commas."""
    parts = value.split(",") if isinstance(value, str) else [part for part in _strings(value)]
    return [name for name in (_unlinked(part) for part in parts) if name]


def _tags(key: str, value: Value) -> list[str]:
    """As `_names`; a string without commas is parted at blanks, save for keywords, which may be of many words."""
    if isinstance(value, str) and "," not in value and "[[" not in value and key != "keywords":
        value = list(value.split())
    parts = (part.strip("# ") for name in _names(value) for part in re.split(r"\s#", name))
    return [part for part in parts if part]


def _unlinked(text: str) -> str:
    """`[[X]]` as X, or its alias."""
    return WIKILINK.sub(lambda match: match.group(2) or match.group(1), text).strip()


def _strings(value: Value, depth: int = 0) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from _strings(item, depth + 1)
    elif isinstance(value, dict):
        for item in value.values():
            yield from _strings(item, depth + 1)


def _joined(value: Value) -> str:
    return ", ".join(_unlinked(part) for part in _strings(value) if part)


def _links(values: Values) -> Iterator[Target]:
    """`[[X]]` in any value, quoted or not: without quotes, YAML reads a list in a list."""
    for key, value in values.items():
        if key in ("title", *ALIAS_KEYS):
            continue
        texts = list(_strings(value)) + [f"[[{name}]]" for name in _bare_links(value)]
        for match in (match for text in texts for match in WIKILINK.finditer(text)):
            target = split_wikilink(match.group(1))
            if is_note_target(target.name):
                yield target


def _bare_links(value: Value) -> Iterator[str]:
    if not isinstance(value, list):
        return
    if len(value) == 1 and isinstance(value[0], list) and len(value[0]) == 1 and isinstance(value[0][0], str):
        yield value[0][0]
        return
    for item in value:
        yield from _bare_links(item)
