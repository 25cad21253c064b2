"""What an analyser dumps of a compiled MeCab dictionary: `word_id<TAB>feature`, ids in the order of its sys.dic."""

from __future__ import annotations

import struct
from pathlib import Path

_HEADER = struct.Struct("<10I32s")
_TOKEN = struct.Struct("<HHHhII")


def features(folder: Path) -> list[str]:
    """The feature of each word id."""
    data = (folder / "sys.dic").read_bytes()
    *_, trie_size, tokens_size, _features_size, _unused, _charset = _HEADER.unpack_from(data)
    tokens = _HEADER.size + trie_size
    text = tokens + tokens_size
    found = []
    for at in range(tokens, text, _TOKEN.size):
        start = text + _TOKEN.unpack_from(data, at)[4]
        found.append(data[start : data.index(0, start)].decode())
    return found


def write_dump(folder: Path, path: Path) -> list[str]:
    """The whole dump; gives the features."""
    found = features(folder)
    path.write_text("".join(f"{i}\t{feature}\n" for i, feature in enumerate(found)), encoding="utf-8")
    return found
