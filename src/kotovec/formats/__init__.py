"""Files of vectors: one module per format, and `load` and `save` over all of them."""

from __future__ import annotations

from kotovec.formats.registry import FORMATS, Format, check_vocabulary, format_for, load, save

__all__ = ["FORMATS", "Format", "check_vocabulary", "format_for", "load", "save"]
