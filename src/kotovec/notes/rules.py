"""Which files of a vault are notes: defaults, `.kotovecignore` files, and the patterns of the command line.

All patterns are gitignore's; of those that match, the last one counts, in this order: the defaults, the
`.kotovecignore` files from the root down, `exclude`. So `!templates/` in a `.kotovecignore` brings the templates back.
With `include`, only what matches one of its patterns is taken. What lies in a folder that is left out stays out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kotovec.errors import ConfigError, MissingExtraError

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

IGNORE_FILE = ".kotovecignore"
# folded names of folders that hold no notes of the user's own
DEFAULT_EXCLUDED = {
    "node_modules": "packages",
    "__pycache__": "a cache",
    "templates": "templates",
    "_templates": "templates",
    "template": "templates",
}
DEFAULT_EXCLUDED_PATHS = {"logseq/bak": "backups of Logseq"}


@dataclass(frozen=True, slots=True)
class Rules:
    """What a user asks to be taken and left out: gitignore patterns, relative to the root of the vault."""

    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for name, patterns in (("include", self.include), ("exclude", self.exclude)):
            PatternSet.parse(patterns, f"--{name}")


@dataclass(frozen=True, slots=True)
class PatternSet:
    """The patterns of one place, for the paths below `folder` (empty for the root, else with `/` at its end)."""

    spec: GitIgnoreSpec
    lines: tuple[str, ...]
    source: str
    folder: str = ""

    @classmethod
    def parse(cls, lines: Sequence[str], source: str, folder: str = "") -> PatternSet | None:
        """The patterns of `lines`; None if there are none. ConfigError names the line that is no pattern."""
        lines = [line for line in lines if line.strip() and not line.startswith("#")]
        if not lines:
            return None
        try:
            from pathspec import GitIgnoreSpec
        except ImportError as error:
            raise MissingExtraError("pathspec", "notes", "include and exclude patterns") from error
        for line in lines:
            try:
                GitIgnoreSpec.from_lines([line])
            except ValueError as error:
                raise ConfigError("not a gitignore pattern", path=source, found=repr(line)) from error
        return cls(GitIgnoreSpec.from_lines(lines), tuple(lines), source, folder)

    def verdict(self, path: str) -> tuple[bool, str] | None:
        """Whether the last pattern that matches `path` (`/` at the end of folders) leaves it out, and which."""
        result = self.spec.check_file(path[len(self.folder) :])
        if result.include is None or result.index is None:
            return None
        return result.include, f"{self.lines[result.index].strip()} in {self.source}"


def default_reason(path: str, is_folder: bool) -> str | None:
    """Why the file or folder at `path` is left out unless a pattern says otherwise; None if it is not."""
    name = path[path.rfind("/") + 1 :]
    if name[0] == ".":
        return "hidden folder" if is_folder else "hidden file"
    if not is_folder:
        return None
    kind = DEFAULT_EXCLUDED.get(name.lower()) or DEFAULT_EXCLUDED_PATHS.get(path.lower())
    return f"{kind} (left out by default)" if kind else None


class RuleChain:
    """The rules in force in one folder; a folder with a `.kotovecignore` makes a longer chain for what is below."""

    def __init__(self, rules: Rules, ignore_files: tuple[PatternSet, ...] = ()) -> None:
        self._rules = rules
        self._ignore_files = ignore_files
        self._include = PatternSet.parse(rules.include, "--include")
        self._exclude = PatternSet.parse(rules.exclude, "--exclude")
        self._sets = [*ignore_files, *([self._exclude] if self._exclude else [])]

    def below(self, patterns: PatternSet) -> RuleChain:
        """The chain with one more `.kotovecignore`."""
        return RuleChain(self._rules, (*self._ignore_files, patterns))

    def reason(self, path: str, is_folder: bool) -> str | None:
        """Why `path` is left out; None if it is taken (a folder: if it is looked into)."""
        reason = default_reason(path, is_folder)
        if not self._sets and self._include is None:
            return reason
        full = f"{path}/" if is_folder else path
        for patterns in self._sets:
            verdict = patterns.verdict(full)
            if verdict:
                reason = verdict[1] if verdict[0] else None
        if reason is None and self._include and not is_folder and not self._is_included(path):
            reason = "no --include pattern matches"
        return reason

    def _is_included(self, path: str) -> bool:
        verdict = self._include.verdict(path) if self._include else None
        return bool(verdict and verdict[0])
