"""What is measured on a vault once, before it is asked: how scores are spread, and what its links are good for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from kotovec.notes.percentiles import LEVELS, distribution

if TYPE_CHECKING:
    from kotovec.notes.ranking import Ranker

_SAMPLED = 24  # notes, whose pairs tell the distribution of scores
_LINKED = 1 << 20  # notes looked at times notes of the vault, for the trust in links
_FEWEST_LINKED, _MOST_LINKED = 24, 200
_FAR = 10.0  # deviations: a link that stands out more says no more
_WORTHLESS, _TRUSTED = 0.4, 1.0  # votes of links against the cosine of texts: where trust begins, and where it is full


class Calibration(NamedTuple):
    """Of one state of a vault; good enough for the next states too."""

    trust: float  # 0 to 1: what the weights of the three features of links are multiplied by
    quantiles: NDArray[np.float32]  # of scores over pairs of notes, at the levels of `percentiles`

    def as_array(self) -> NDArray[np.float32]:
        """Both, for `from_array`."""
        return np.append(np.float32(self.trust), self.quantiles).astype(np.float32)

    @classmethod
    def from_array(cls, numbers: NDArray[Any]) -> Calibration | None:
        """The inverse of `as_array`; None for what cannot be one."""
        if numbers.shape != (1 + len(LEVELS),) or not 0 <= numbers[0] <= 1:
            return None
        return cls(float(numbers[0]), numbers[1:])


def score_quantiles(ranker: Ranker) -> NDArray[np.float32]:
    """The distribution of scores, from those of a sample of notes with all others."""
    n = ranker.arrays.n_notes
    rows = [np.delete(ranker.scores(note), note) for note in _spread(np.arange(n), _SAMPLED)]
    return distribution(np.concatenate([np.zeros(0, np.float32), *rows]))


def trust_in_links(ranker: Ranker) -> float:
    """0 to 1: how well this vault's links tell of further ones.

    In some vaults the notes that link to one note link to the same others; in others, mostly small ones, a link closes
    no triangle, and to rank by links costs more than it brings (measured: a fifth less nDCG). So each link of a sample
    is looked for among the notes that its own note has no link to, by the votes of the other notes' links and by the
    cosine of the texts: the ratio of how far both raise it above the mean, in standard deviations, decides. 1 for a
    vault without links.
    """
    graph, n = ranker.graph, ranker.arrays.n_notes
    linked = np.unique(ranker.arrays.links[:, 0]).astype(np.int64)
    by_links, by_texts, n_links = 0.0, 0.0, 0
    for note in _spread(linked, int(np.clip(_LINKED // max(n, 1), _FEWEST_LINKED, _MOST_LINKED))):
        cosine = ranker.lexical.text.cosine(*ranker.arrays.text.row(note))
        features = np.stack([graph.votes(note, cosine), cosine]).astype(np.float64)
        others = np.ones(n, bool)
        others[note] = others[graph.neighbours(note)] = False
        rest, n_rest = features[:, others], max(int(others.sum()), 1)
        means = rest.sum(axis=1) / n_rest
        deviations = np.sqrt(np.maximum((rest**2).sum(axis=1) / n_rest - means**2, 0))
        targets = graph.linked_from(note)
        raised = (features[:, targets] - means[:, None]) / np.maximum(deviations, 1e-9)[:, None]
        votes, texts = np.clip(raised, -_FAR, _FAR).sum(axis=1)
        by_links, by_texts, n_links = by_links + votes, by_texts + texts, n_links + len(targets)
    if not n_links:
        return 1.0
    worthless, trusted = _WORTHLESS * max(by_texts, 0.0), _TRUSTED * max(by_texts, 0.0)
    return float(np.clip((by_links - worthless) / max(trusted - worthless, 1e-9), 0, 1))


def _spread(numbers: NDArray[Any], most: int) -> list[int]:
    """At most so many of them, evenly spread."""
    places = np.unique(np.linspace(0, len(numbers) - 1, min(most, len(numbers))).astype(np.int64))
    return [int(number) for number in numbers[places]]
