"""Vaults for measuring: notes of Zipfian words with headings, tags and wikilinks, in folders of a few hundred."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from kotovec.corpus.stop_words import stop_words

N_TYPES = 60_000  # words of the whole language
N_WORDS = 280  # of a note, on average: about 2 kB
TOPIC_SHARE = 0.3  # of a note's words that are of its topic
WORDS_OF_TOPIC = 150
LINKS = 6  # of a note, on average; most of them within its topic
PER_FOLDER = 250


def write_vault(root: Path, n_notes: int, seed: int = 1) -> int:
    """Write a vault of `n_notes` notes; gives the bytes of its text."""
    random = np.random.default_rng(seed)
    n_topics = max(1, n_notes // 40)
    topics = random.integers(0, n_topics, n_notes)
    cumulative = np.cumsum(1 / (np.arange(N_TYPES) + 2.7))
    cumulative /= cumulative[-1]
    of_topic = random.integers(300, N_TYPES, (n_topics, WORDS_OF_TOPIC))
    members: dict[int, list[int]] = {}
    for note, topic in enumerate(topics):
        members.setdefault(int(topic), []).append(note)
    words = language()
    size = 0
    for note in range(n_notes):
        text = _note(random, note, int(topics[note]), cumulative, of_topic, members, n_notes, words)
        path = root / f"folder {note // PER_FOLDER}" / f"{name_of(note)}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        size += path.write_bytes(text.encode())
    return size


def name_of(note: int) -> str:
    """The file's stem, by which others link to it."""
    return f"note {note}"


def _note(
    random: np.random.Generator, note: int, topic: int, cumulative: np.ndarray, of_topic: np.ndarray,
    members: dict[int, list[int]], n_notes: int, words: list[str],
) -> str:  # fmt: skip
    n_words = 20 + int(random.exponential(N_WORDS - 20))
    ranks = np.searchsorted(cumulative, random.random(n_words))
    topical = random.random(n_words) < TOPIC_SHARE
    ranks[topical] = random.choice(of_topic[topic], int(topical.sum()))
    own = [words[rank] for rank in ranks]
    for _ in range(random.poisson(LINKS)):
        near = random.random() < 0.7
        target = int(random.choice(members[topic])) if near else int(random.integers(n_notes))
        own[int(random.integers(n_words))] = f"[[{name_of(target)}]]"
    lines = [f"# {' '.join(words[rank] for rank in of_topic[topic][:2])} {note}", "", f"#topic{topic}", ""]
    for start in range(0, n_words, 60):
        if start and start % 180 == 0:
            lines += [f"## {words[int(ranks[start])]}", ""]
        lines += [" ".join(own[start : start + 60]) + ".", ""]
    return "\n".join(lines)


def language() -> list[str]:
    """N_TYPES words by rank; as in English, the most frequent ones are its stop words."""
    frequent = sorted(stop_words("en"), key=lambda word: (len(word), word))
    others = [word for rank in range(N_TYPES) if (word := spelled(rank)) not in frequent]
    return (frequent + others)[:N_TYPES]


def spelled(rank: int) -> str:
    """Another word for every rank, as long as English words are: 3 letters for the 95 most frequent, then 5, then 7."""
    syllables = [consonant + vowel for consonant in "bdfghjklmnprstvwxyz" for vowel in "aeiou"]
    letters, rest = "", rank
    while rest >= 0:
        letters = syllables[rest % len(syllables)] + letters
        rest = rest // len(syllables) - 1
    return letters + "nrlt"[rank % 4]
