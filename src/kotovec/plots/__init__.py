"""Pictures of word vectors: maps, networks, heatmaps and training curves, as pages that open offline and as files."""

from __future__ import annotations

from kotovec.plots.clusters import Clusters
from kotovec.plots.curve import TrainingCurve, training_curve
from kotovec.plots.files import write_plot
from kotovec.plots.heatmap import Heatmap, similarity_heatmap
from kotovec.plots.html import plot_html
from kotovec.plots.network import Network, similarity_network
from kotovec.plots.picture import plot_picture
from kotovec.plots.projection import Projection, pca, project
from kotovec.plots.word_map import WordMap, map_words

__all__ = [
    "Clusters",
    "Heatmap",
    "Network",
    "Projection",
    "TrainingCurve",
    "WordMap",
    "similarity_heatmap",
    "map_words",
    "pca",
    "plot_picture",
    "plot_html",
    "project",
    "similarity_network",
    "training_curve",
    "write_plot",
]
