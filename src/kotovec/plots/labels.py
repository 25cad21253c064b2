"""Labels of a picture that cover neither each other nor the points: the important ones first, or not at all."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Places = NDArray[np.float64]


def place_labels(points: Places, sizes: Places, width: float, height: float, gap: float) -> Places:
    """The lower left corners (n, 2) of labels of `sizes` (n, 2) beside `points` (n, 2); NaN where there is no room.

    All in one unit (pixels), in a picture from (0, 0) to (width, height). The first label has the first choice of the
    places right, left, above and below its point.
    """
    corners = np.full(points.shape, np.nan)
    taken = np.empty((len(points), 4))  # left, bottom, right, top
    n_taken = 0
    for i, (point, size) in enumerate(zip(points, sizes, strict=True)):
        for corner in _corners(point, size, gap):
            far = corner + size
            if (corner < 0).any() or far[0] > width or far[1] > height:
                continue
            boxes = taken[:n_taken]
            if _covers(corner, far, boxes) or (((points > corner) & (points < far)).all(axis=1)).any():
                continue
            taken[n_taken] = *corner, *far
            n_taken += 1
            corners[i] = corner
            break
    return corners


def _corners(point: Places, size: Places, gap: float) -> Places:
    (x, y), (w, h) = point, size
    return np.array([(x + gap, y - h / 2), (x - gap - w, y - h / 2), (x - w / 2, y + gap), (x - w / 2, y - gap - h)])


def _covers(corner: Places, far: Places, boxes: Places) -> bool:
    across = (boxes[:, 0] < far[0]) & (boxes[:, 2] > corner[0])
    return bool((across & (boxes[:, 1] < far[1]) & (boxes[:, 3] > corner[1])).any())
