"""The command `kotovec`. It parses, calls and prints; what it calls is in the library."""

from kotovec.cli.app import main

__all__ = ["main"]
