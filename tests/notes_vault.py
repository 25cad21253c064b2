"""A small vault for tests of the index and the commands: three subjects, links within them, some odd files."""

from __future__ import annotations

from pathlib import Path

SUBJECTS = {
    "bees": "bees hive honey queen swarm wax comb nectar pollen smoke frames brood winter cluster beekeeper",
    "bread": "bread flour yeast dough oven crust sourdough starter knead proof crumb salt water baker loaf",
    "trains": "train rails engine station signal carriage steam driver platform ticket track freight tunnel whistle",
}
NOTES_PER_SUBJECT = 6


def write_vault(root: Path) -> Path:
    """18 notes in folders by subject; each links to the next of its subject but the last, which is an orphan's kin."""
    for subject, text in SUBJECTS.items():
        words = text.split()
        (root / subject).mkdir(parents=True)
        for number in range(NOTES_PER_SUBJECT):
            own = " ".join(words[(number * step + step) % len(words)] for step in range(1, 40))
            link = f"See [[{subject} {number + 1}]]." if number < NOTES_PER_SUBJECT - 2 else ""
            path = root / subject / f"{subject} {number}.md"
            path.write_text(
                f"# {subject.title()} part {number}\n\n#{subject}\n\n{own}\n\n## Details\n\n{own} {link}\n",
                encoding="utf-8",
            )
    return root


def snapshot(root: Path) -> dict[str, tuple[bytes, int, int]]:
    """Content, time and mode of every file and folder."""
    found = {}
    for path in sorted(root.rglob("*")):
        status = path.lstat()
        data = path.read_bytes() if path.is_file() else b""
        found[str(path.relative_to(root))] = (data, status.st_mtime_ns, status.st_mode)
    return found
