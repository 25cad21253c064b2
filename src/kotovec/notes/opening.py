"""Opening a vault: where its index is, and what was told to it before."""

from __future__ import annotations

from pathlib import Path

from kotovec.atomic import StrPath
from kotovec.errors import FormatError, MissingFileError
from kotovec.events import Callback
from kotovec.notes.index import VaultIndex
from kotovec.notes.places import index_folder, vault_folder
from kotovec.notes.rules import Rules
from kotovec.notes.settings import Settings, absolute, read_settings
from kotovec.notes.vault import Vault


def open_vault(
    root: StrPath,
    *,
    index: StrPath | None = None,
    rules: Rules | None = None,
    vectors: StrPath | None = None,
    update: bool = True,
    rebuild: bool = False,
    must_keep: bool = False,
    processes: int | None = None,
    callback: Callback | None = None,
) -> Vault:
    """The vault in the folder `root`, with an index of what its files are now.

    `index`: the folder of the index, by default one in the user's cache folder. `rules` and `vectors` (a file of word
    vectors; "" for none) are remembered there, and hold until others are given. `update=False` takes the index as it
    is; `rebuild` reads all notes anew; `processes` is how many read at once. Where the index cannot be written, that
    is a notice, or with `must_keep` an OutputError. SourceError where `root` is no folder; NoteError where `rules`
    leave no notes.
    """
    path = vault_folder(root)
    folder = index_folder(path, index)
    opened = VaultIndex(path, folder, Settings(), processes)
    old = _known(opened)
    settings = Settings(
        old.rules if rules is None else rules, old.vectors if vectors is None else absolute(vectors), old.weights
    )
    if vectors and not Path(vectors).exists():
        raise MissingFileError("no such file", path=vectors, expected="word vectors, of any format that kotovec knows")
    opened.settings = settings
    opened.strict = bool(vectors)
    vault = Vault(opened, opened.load(), must_keep=must_keep)
    if update or rebuild:
        vault.update(callback, anew=rebuild or settings.vectors != old.vectors)
    if settings != old:  # only now: what fails is not remembered
        if rules is not None:
            vault.check_not_empty()
        vault.remember(settings)
    return vault


def _known(opened: VaultIndex) -> Settings:
    if opened.folder is None:
        return Settings()
    try:
        return read_settings(opened.folder)
    except FormatError as error:
        opened.notice(f"what was told before is forgotten: {error}")
        return Settings()
