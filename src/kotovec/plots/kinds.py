"""What the kinds of plots have in common, and what each says about itself."""

from __future__ import annotations

from typing import TypeAlias

from kotovec.plots.curve import TrainingCurve
from kotovec.plots.heatmap import Heatmap
from kotovec.plots.network import Network
from kotovec.plots.word_map import WordMap

Plot: TypeAlias = WordMap | Network | Heatmap | TrainingCurve
KINDS = ("map", "network", "heatmap", "curve")
_NAMES = {"umap": "UMAP", "tsne": "t-SNE"}


def describe(plot: Plot) -> str:
    """What one sees, in a sentence or two."""
    if isinstance(plot, WordMap):
        return _about_map(plot)
    if isinstance(plot, Network):
        return _about_network(plot)
    if isinstance(plot, Heatmap):
        return f"Cosine similarity of every two of {_count(len(plot.words), 'word')}."
    epochs = len(plot.loss)
    return f"{_count(epochs, 'epoch')} of training{': ' + plot.about if plot.about else ''}."


def _about_map(plot: WordMap) -> str:
    n, dimensions = len(plot.words), plot.positions.shape[1]
    if plot.explained is None:
        what = f"{_count(n, 'word')} by {_NAMES[plot.projection]} in {dimensions} dimensions"
        return f"{what}. Near words are alike; far distances mean little."
    share = 100 * sum(plot.explained)
    return f"{_count(n, 'word')} by PCA in {dimensions} dimensions, which show {share:.0f} % of the variance."


def _about_network(plot: Network) -> str:
    rule = [] if plot.threshold is None else [f"of a similarity of {plot.threshold:g} or more"]
    if plot.nearest is not None:
        rule.append(f"with their {plot.nearest} nearest")
    alone = f" Left out, for want of an edge: {_count(len(plot.alone), 'word')}." if plot.alone else ""
    return f"{_count(len(plot.words), 'word')}, {_count(len(plot.edges), 'edge')}: words {', '.join(rule)}.{alone}"


def _count(n: int, what: str) -> str:
    return f"{n:,} {what}{'' if n == 1 else 's'}"
