"""A small Japanese text of our own: sentences from templates, in which days and places have company of their own."""

from __future__ import annotations

from pathlib import Path

PLACES = "東京 大阪 京都 名古屋 札幌 福岡".split()
FOODS = "寿司 うどん 蕎麦 天ぷら 豆腐 味噌汁".split()
PEOPLE = "先生 学生 母 父 友達 子供".split()
TEMPLATES = (
    "{person}は{place}へ行った。",
    "{place}の駅で{person}が待っている。",
    "{person}は{food}を食べました。",
    "美味しい{food}を{person}が作る。",
    "{place}から{place2}まで電車で走った。",
    "{food}と{food2}が好きです。",
)


def sentences(n: int = 600) -> list[str]:
    """The same sentences each time."""
    return [
        TEMPLATES[i % len(TEMPLATES)].format(
            person=PEOPLE[i // 7 % 6],
            place=PLACES[i // 5 % 6],
            place2=PLACES[(i // 5 + 1 + i // 30 % 5) % 6],
            food=FOODS[i // 11 % 6],
            food2=FOODS[(i // 11 + 1 + i // 13 % 5) % 6],
        )
        for i in range(n)
    ]


def write_text(path: Path, n: int = 600, encoding: str = "utf-8") -> Path:
    """The sentences as a file, one a line."""
    path.write_bytes(("\n".join(sentences(n)) + "\n").encode(encoding))
    return path
