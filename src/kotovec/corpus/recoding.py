"""Text in other encodings than UTF-8: read where it was named, recognised where it was not."""

from __future__ import annotations

import codecs
import re

from kotovec.corpus.compression import Read

_READ = 1 << 16  # bytes at a time
_OLD = {"Shift_JIS": "cp932", "EUC-JP": "euc_jp"}  # name -> Python's codec; cp932 has the characters of Windows too
_JIS = ("ISO-2022-JP", "iso2022_jp")
_KANA = re.compile("[\u3041-\u3096\u30a1-\u30fa\u30fc、。]")
_RARE = re.compile("[\uff61-\uff9f\ufffd\ue000-\uf8ff]|[^\x00-\uffff]")  # what the wrong one of two codecs gives
_ENOUGH = 0.2  # Japanese has 0.6 and more; in the wrong encoding it has less than nothing
_JIS_ESCAPE = re.compile(rb"\x1b\$[@B]")


def is_utf8(encoding: str) -> bool:
    """Whether an encoding needs no recoding."""
    return codecs.lookup(encoding).name in ("utf-8", "ascii", "utf-8-sig")


class Recoded:
    """UTF-8 from bytes in another encoding; what is none becomes U+FFFD, and is counted in `invalid`."""

    def __init__(self, read: Read, encoding: str) -> None:
        self.invalid = 0
        self._read, self._waiting, self._at_end = read, memoryview(b""), False
        self._decoder = codecs.getincrementaldecoder(encoding)(errors="replace")
        self._buffer = bytearray(_READ)

    def readinto(self, buffer: memoryview) -> int:
        """Fill a part of `buffer`; 0 only at the end."""
        while not self._waiting and not self._at_end:
            size = self._read(memoryview(self._buffer))
            self._at_end = not size
            text = self._decoder.decode(bytes(self._buffer[:size]), final=self._at_end)
            self.invalid += text.count("\ufffd")
            self._waiting = memoryview(text.encode("utf-8", "replace"))
        size = min(len(buffer), len(self._waiting))
        buffer[:size], self._waiting = self._waiting[:size], self._waiting[size:]
        return size


def japanese_encoding(head: bytes) -> tuple[str, str] | None:
    """The old Japanese encoding that a text is in, by its beginning: its name, and its name in Python.

    None for UTF-8, for ASCII, and for all that does not look like Japanese.
    """
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)  # which may end inside a character
    except UnicodeDecodeError:
        best = max(_OLD.items(), key=lambda one: _japanese_share(head, one[1]))
        return best if _japanese_share(head, best[1]) > _ENOUGH else None
    return _JIS if _JIS_ESCAPE.search(head) and _japanese_share(head, _JIS[1]) > _ENOUGH else None


def _japanese_share(head: bytes, codec: str) -> float:
    """Kana, less what Japanese hardly has, of all characters that are not ASCII."""
    text = codecs.getincrementaldecoder(codec)(errors="replace").decode(head)
    others = sum(not character.isascii() for character in text)
    return (len(_KANA.findall(text)) - len(_RARE.findall(text))) / max(others, 1)
