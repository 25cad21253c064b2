"""Where the index of a vault lives: the user's cache folder, or where the user says; by itself never in the vault."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from kotovec.errors import ConfigError, SourceError
from kotovec.kernels.folders import cache_roots

_SHOWN = 40  # characters of the vault's name in the name of its folder


def vault_folder(root: str | os.PathLike[str]) -> Path:
    """The vault as an absolute path without links; SourceError where it is no folder that can be listed."""
    path = Path(root)
    try:
        real = path.resolve(strict=True)
        os.scandir(real).close()
    except FileNotFoundError:
        raise SourceError("there is no such folder", path=root, expected="a folder of notes") from None
    except NotADirectoryError:
        raise SourceError(
            "is a file", path=root, expected="a folder of notes", hint="name the folder it is in"
        ) from None
    except (OSError, RuntimeError) as error:  # RuntimeError: a loop of links, before Python 3.13
        raise SourceError(f"cannot be listed: {getattr(error, 'strerror', None) or error}", path=root) from error
    return real


def index_folder(root: Path, index: str | os.PathLike[str] | None) -> Path | None:
    """The folder for the index of the vault `root`, which need not exist; None where the user has no cache folder.

    Without `index`: in the user's cache folder, named after the vault and a hash of its path.
    """
    if index is not None:
        path = Path(os.path.abspath(index))
        if path == root:
            raise ConfigError("the index cannot be the vault itself", expected="another folder", found=path)
        return path
    digest = hashlib.blake2b(os.fsencode(root), digest_size=8).hexdigest()
    name = "".join(letter if letter.isalnum() else "_" for letter in root.name[:_SHOWN])
    return next((folder / "notes" / f"{name}-{digest}" for folder in cache_roots("KOTOVEC_CACHE_DIR")), None)
