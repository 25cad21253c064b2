"""Quality of word vectors: human judgements of word pairs, and analogies."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from corpora import Setting
from figures import Figure
from kotovec.training.trainer import train

RESTRICT = 30_000  # analogies among the most frequent words
PAIRS = {"WordSim-353": "wordsim353.tsv", "SimLex-999": "simlex999.tsv"}
ANALOGIES = "google-analogies.txt"
BOUNDS = {  # must, aim: WordSim-353, SimLex-999, analogies
    "skipgram": ((63.5, 67.0), (30.0, 33.0), (35.0, 39.0)),
    "cbow": ((60.0, 64.0), (28.0, 30.0), (29.0, 36.0)),
}
EPOCHS = 5


def quality(setting: Setting) -> list[Figure]:
    """Both architectures after 5 epochs, with the default learning rates."""
    if setting.evaluation is None:
        return []
    figures = []
    for architecture, bounds in BOUNDS.items():
        model = train(setting.encoded, setting.config(architecture, EPOCHS))
        scores = score(setting.evaluation, model.vocabulary.words, model.input_vectors)
        loss = f"loss {model.loss[-1]:.4f}, alpha {model.config.alpha:g}"
        for (name, (value, used)), (must, aim) in zip(scores.items(), bounds, strict=True):
            figures.append(
                Figure(
                    f"{architecture}, {EPOCHS} epochs: {name}",
                    value,
                    "%" if name == "analogies" else "",
                    setting.must(must),
                    setting.must(aim),
                    detail=f"{used}, {loss}",
                )
            )
    return figures


def score(folder: Path, words: Iterable[str], vectors: NDArray[np.float32]) -> dict[str, tuple[float, str]]:
    """Name to (score, how much was asked): Spearman x 100 of pairs, and the share of right analogies in %."""
    word_ids = {word: word_id for word_id, word in enumerate(words)}
    unit = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
    scores = {name: score_pairs(folder / file, word_ids, unit) for name, file in PAIRS.items()}
    return scores | {"analogies": score_analogies(folder / ANALOGIES, word_ids, unit[:RESTRICT])}


def score_pairs(path: Path, word_ids: Mapping[str, int], unit: NDArray[np.float32]) -> tuple[float, str]:
    """Rank correlation of cosine and judgement, over the pairs whose words are known; lines of word, word, score."""
    lines = [line.lower().split()[:3] for line in _lines(path, "#")]
    known = [line for line in lines if line[0] in word_ids and line[1] in word_ids]
    a, b = (np.array([word_ids[line[i]] for line in known], np.int64) for i in (0, 1))
    judgements = np.array([float(line[2]) for line in known])
    cosines = np.einsum("ij,ij->i", unit[a], unit[b])
    correlation = np.corrcoef(ranks(judgements), ranks(cosines))[0, 1] if len(known) > 1 else 0.0
    return 100 * float(correlation), f"{len(known)} of {len(lines)} pairs"


def score_analogies(path: Path, word_ids: Mapping[str, int], unit: NDArray[np.float32]) -> tuple[float, str]:
    """3CosAdd: a is to b as c is to which word, of all rows but these three? Lines of a, b, c and the answer."""
    lines = [[word_ids.get(word, len(unit)) for word in line.lower().split()] for line in _lines(path, ":")]
    known = np.array([line for line in lines if max(line) < len(unit)], np.int64).reshape(-1, 4)
    right = 0
    for start in range(0, len(known), 500):
        questions = known[start : start + 500]
        a, b, c, answers = questions.T
        similarity = (unit[b] - unit[a] + unit[c]) @ unit.T
        np.put_along_axis(similarity, questions[:, :3], -np.inf, axis=1)
        right += int((similarity.argmax(axis=1) == answers).sum())
    return 100 * right / max(len(known), 1), f"{len(known)} of {len(lines)} questions"


def ranks(values: NDArray[np.floating]) -> NDArray[np.float64]:
    """The rank of each value, equal values sharing the mean of theirs."""
    _, group, sizes = np.unique(values, return_inverse=True, return_counts=True)
    return (np.cumsum(sizes) - (sizes - 1) / 2)[group]


def _lines(path: Path, comment: str) -> list[str]:
    lines = path.read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line.strip() and not line.startswith(comment)]
