"""Word vectors from your own text, on your own machine, at full speed."""

from kotovec._version import __version__

__all__ = ["__version__"]
