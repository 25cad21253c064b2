"""What notes tools add to Markdown, as rules for markdown-it: each is a few lines, and says whose it is."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from kotovec.notes.link_syntax import BARE_URL, WIKILINK

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.ruler import RuleOptionsType
    from markdown_it.rules_block import StateBlock
    from markdown_it.rules_inline import StateInline

# Obsidian's tags: anything but blanks and punctuation, with `/` between levels, and not a number alone
TAG = re.compile(
    r"#(?P<target>[^\s\u2000-\u206f\u2e00-\u2e7f\u3000-\u3003\u3008-\u3020'!\"#$%&()*+,.:;<=>?@^`{|}~\[\]\\"
    r"\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65]+)"
)
_LOGSEQ_ALIAS = re.compile(r"\[(?P<alias>[^\[\]\n]+)\]\(\[\[(?P<target>[^\[\]\n]+)\]\]\)")
_IN_PARENTHESES = re.compile(r"\([^\s()]*\)")
_MACRO = re.compile(r"\{\{ {0,2}(?:embed {1,2}\[\[(?P<target>[^\[\]\n]+)\]\])?[^{}\n]*\}\}")
_COMMENT = re.compile(r"%%.*?%%", re.DOTALL)
_MATH = re.compile(r"\$\$.+?\$\$|\$(?!\s)(?:[^$\n\\]|\\.)*(?<!\s)\$(?!\w)", re.DOTALL)
_FOOTNOTE = re.compile(r"\[\^[^\[\]\s]+\](?::[ \t]*)?")
_CONTAINER = re.compile(r":{3,}[ \t]*(?:\{[^}\n]*\}|[\w-]+)?(.*)")
_ADMONITION = re.compile(r"(?:!!!|\?\?\?\+?|===)[ \t]+[\w \t-]*(?:\"([^\"\n]*)\"[ \t]*)?$")
_ORG_MARK = re.compile(r"#\+(begin|end)_(\w+)", re.IGNORECASE)
_HIDDEN_BLOCKS = ("src", "example", "query", "export", "comment")


def add_rules(md: MarkdownIt) -> None:
    """Teach `md` the rules of this module; code spans and escapes keep their precedence."""
    for name, rule in (("wikilink", wikilink), ("footnote_mark", footnote_mark), ("tag", tag), ("math", math)):
        md.inline.ruler.before("link", name, rule)
    for name, rule in (("comment", comment), ("bare_url", bare_url), ("macro", macro)):
        md.inline.ruler.before("link", name, rule)
    interrupts: RuleOptionsType = {"alt": ["paragraph", "reference", "blockquote", "list"]}
    md.block.ruler.before("fence", "fenced_comment", fenced_comment)
    md.block.ruler.before("fence", "container_mark", container_mark, interrupts)
    md.block.ruler.before("fence", "admonition", admonition, interrupts)
    md.block.ruler.before("fence", "org_block", org_block, interrupts)
    reference = next(rule.fn for rule in md.block.ruler.__rules__ if rule.name == "reference")

    def reference_to_url(state: StateBlock, start: int, end: int, silent: bool) -> bool:
        """`[^1]: text` is a footnote, and `[key]: [[Note]]` is text: no definitions of references."""
        line = _line(state, start, "[")
        if not line or line.startswith("[^") or "]: [[" in line:
            return False
        return bool(reference(state, start, end, silent))

    md.block.ruler.at("reference", reference_to_url, {"alt": []})


def wikilink(state: StateInline, silent: bool) -> bool:
    """`[[Note|alias]]`, `![[Note]]` (Obsidian, Foam, Zettlr, Logseq) and `[alias]([[Note]])` (Logseq)."""
    source, start = state.src, state.pos
    embed = source.startswith("![[", start)
    if source.startswith("[[", start) or embed:
        match = WIKILINK.match(source, start + embed)
        if match and match.group(1).strip() and not _is_link_text(source, match.end()):
            return _push(state, silent, match, "embed" if embed else "wikilink")
    elif source.startswith("[", start) and "]([[" in source:
        return _push(state, silent, _LOGSEQ_ALIAS.match(source, start), "wikilink")
    return False


def _is_link_text(source: str, end: int) -> bool:
    """Whether a URL or a path in parentheses follows: `[[1]](https://...)`; `[[Note]](aside)` is a wikilink."""
    match = _IN_PARENTHESES.match(source, end)
    return match is not None and any(character in match.group() for character in ":/.#")


def footnote_mark(state: StateInline, silent: bool) -> bool:
    """`[^1]` and the `[^1]:` that opens a footnote."""
    match = _FOOTNOTE.match(state.src, state.pos) if state.src.startswith("[^", state.pos) else None
    return _push(state, silent, match, "nothing")


def tag(state: StateInline, silent: bool) -> bool:
    """`#tag`, `#nested/tag`, and Logseq's `#[[tag of many words]]`, which is a link too."""
    source, start = state.src, state.pos
    if source[start] != "#" or (start and not source[start - 1].isspace() and source[start - 1] not in "(（"):
        return False
    if source.startswith("#[[", start):
        match = WIKILINK.match(source, start + 1)
        return _push(state, silent, match, "linked_tag")
    match = TAG.match(source, start)
    return _push(state, silent, match if match and not match[1].isdigit() else None, "tag")


def math(state: StateInline, silent: bool) -> bool:
    """`$x$` and `$$x$$`; `$5 and $6` are prices."""
    match = _MATH.match(state.src, state.pos) if state.src[state.pos] == "$" else None
    return _push(state, silent, match, "nothing")


def comment(state: StateInline, silent: bool) -> bool:
    """Obsidian's `%%comment%%`."""
    match = _COMMENT.match(state.src, state.pos) if state.src.startswith("%%", state.pos) else None
    return _push(state, silent, match, "nothing")


def macro(state: StateInline, silent: bool) -> bool:
    """`{{embed [[Note]]}}` of Logseq; other macros and template variables are nothing to read."""
    match = _MACRO.match(state.src, state.pos) if state.src.startswith("{{", state.pos) else None
    return _push(state, silent, match, "embed" if match and match.group(1) else "nothing")


def bare_url(state: StateInline, silent: bool) -> bool:
    """`https://...` in running text: the rule stands at the colon, and takes back the scheme before it."""
    if not state.src.startswith("://", state.pos):
        return False
    scheme = re.search(r"[A-Za-z][A-Za-z0-9.+-]{1,11}$", state.src[max(0, state.pos - 12) : state.pos])
    match = BARE_URL.match(state.src, state.pos - len(scheme.group())) if scheme else None
    if scheme is None or match is None:
        return False
    if not silent and state.pending.endswith(scheme.group()):
        state.pending = state.pending[: -len(scheme.group())]
    return _push(state, silent, match, "nothing")


def _push(state: StateInline, silent: bool, match: re.Match[str] | None, kind: str) -> bool:
    if match is None or match.end() > state.posMax:
        return False
    if not silent and kind != "nothing":
        named = match.groupdict()
        state.push(kind, "", 0).meta = {"target": named["target"], "alias": named.get("alias")}
    state.pos = match.end()
    return True


def fenced_comment(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """`%%` or `$$` at the start of a block, up to the line that holds the next one: comment, mathematics.

    It does not interrupt a paragraph: there the line is more likely to close what the paragraph opened.
    """
    line = _line(state, start, "%$")
    fence = line[:2]
    if fence not in ("%%", "$$") or fence in line[2:]:
        return False
    last = _find_line(state, start, end, fence)
    if last is None:
        return False
    if not silent:
        state.line = last + 1
    return True


def org_block(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """`#+BEGIN_SRC` to `#+END_SRC`, which Logseq reads in Markdown too; of a note or a quote only the marks go."""
    match = _ORG_MARK.match(_line(state, start, "#"))
    if match is None:
        return False
    if not silent:
        kind = match.group(2).lower()
        hidden = match.group(1).lower() == "begin" and kind in _HIDDEN_BLOCKS
        last = _find_line(state, start, end, f"#+end_{kind}") if hidden else None
        state.line = (last or start) + 1
    return True


def _find_line(state: StateBlock, start: int, end: int, mark: str) -> int | None:
    """The first line after `start`, in the same list item or quote, that holds `mark` (in small letters)."""
    searched = state.env.setdefault("searched", {})  # mark -> the line up to which it is known to be absent
    if start < searched.get(mark, -1):
        return None
    last = start + 1
    while last < end and (state.sCount[last] >= state.blkIndent or state.isEmpty(last)):
        if mark in state.src[state.bMarks[last] : state.eMarks[last]].lower():
            return last
        last += 1
    searched[mark] = last
    return None


def container_mark(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """`:::note Title` and `:::` (Docusaurus, Pandoc): the title is text, what stands between them is read as usual."""
    match = _CONTAINER.match(_line(state, start, ":"))
    if match is None:
        return False
    if not silent:
        _push_title(state, start, match.group(1).strip(" \t[]"))
        state.line = start + 1
    return True


def admonition(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """`!!! note "Title"` (MkDocs): the lines below, indented by 4, are text and not code."""
    match = _ADMONITION.match(_line(state, start, "!?="))
    if match is None or start + 1 >= end or state.sCount[start + 1] < state.blkIndent + 4:
        return False
    if silent:
        return True
    _push_title(state, start, match.group(1) or "")
    last = start + 1
    while last < end and (state.isEmpty(last) or state.sCount[last] >= state.blkIndent + 4):
        last += 1
    indent, state.blkIndent = state.blkIndent, state.blkIndent + 4
    line_max, state.lineMax = state.lineMax, last
    state.md.block.tokenize(state, start + 1, last)
    state.blkIndent, state.lineMax, state.line = indent, line_max, last
    return True


def _push_title(state: StateBlock, line: int, title: str) -> None:
    if title:
        token = state.push("inline", "", 0)
        token.content, token.children, token.map = title, [], [line, line + 1]


def _line(state: StateBlock, line: int, opening: str) -> str:
    """The line without its indent, if it begins with one of the characters of `opening` and is not code; else empty."""
    start = state.bMarks[line] + state.tShift[line]
    if state.src[start : start + 1] not in opening or state.is_code_block(line):
        return ""
    return state.src[start : state.eMarks[line]]
