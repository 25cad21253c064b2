"""Vectors that a file holds in fewer bytes than float32: mapped into memory, and widened where they are asked for."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from kotovec.atomic import StrPath
from kotovec.formats.files import Floats, check_finite


class StoredRows:
    """(n_words, vector_size) float16, or int8 with one scale; any rows of it are float32.

    All of int8 at once would take four times the memory that its file takes on the disk, so nothing is widened when
    a file is opened.
    """

    ndim = 2
    dtype = np.dtype(np.float32)

    def __init__(self, mapped: NDArray[Any], scale: float | None, path: StrPath) -> None:
        self._mapped, self._scale, self._path = mapped, scale, path
        self.shape: tuple[int, ...] = mapped.shape

    def __len__(self) -> int:
        return len(self._mapped)

    def __getitem__(self, rows: Any) -> Floats:
        """Rows by number, slice or array of numbers. FormatError for a number that is not finite."""
        wide: Floats = self._mapped[rows].astype(np.float32)
        if self._scale is not None:
            wide *= np.float32(self._scale)
        check_finite(wide.reshape(-1, self.shape[1]), rows.start or 0 if isinstance(rows, slice) else 0, self._path)
        return wide

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> NDArray[Any]:
        return self[:].astype(dtype or np.float32, copy=False)
