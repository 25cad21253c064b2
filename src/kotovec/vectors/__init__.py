"""Word vectors and queries over them."""

from __future__ import annotations

from kotovec.vectors.keyed_vectors import KeyedVectors
from kotovec.vectors.neighbors import Neighbor

__all__ = ["KeyedVectors", "Neighbor"]
