"""The bytes of a text file as UTF-8, whatever it is written in, compressed or not."""

from __future__ import annotations

import codecs
import gzip
import io
import zlib
from pathlib import Path
from typing import BinaryIO, cast

from features.errors import HuitouError

HEAD_BYTES = 1_048_576
"""How much of a file is looked at to recognise its encoding and its form."""

_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_GZIP = b"\x1f\x8b"


class TextStream(io.RawIOBase):
    """A file decoded and encoded again as UTF-8; bytes that cannot be read become U+FFFD.

    Reading raises :class:`HuitouError` when a compressed file is damaged.
    """

    def __init__(self, path: Path, encoding: str) -> None:
        self.path = path
        self.file = open(path, "rb")  # noqa: SIM115 - closed by close()
        self.source = unpacked(self.file)
        self.decoder = codecs.getincrementaldecoder(encoding)("replace")
        self.waiting = b""
        self.ended = False

    @property
    def bytes_read(self) -> int:
        """How far the file itself, perhaps compressed, has been read."""
        return 0 if self.closed else self.file.tell()

    def readable(self) -> bool:
        """Always."""
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        """Fill the beginning of ``buffer``; return how many bytes, 0 at the end."""
        while not self.waiting and not self.ended:
            piece = read_some(self.source, max(len(buffer), 65_536), self.path)
            self.ended = not piece
            self.waiting = self.decoder.decode(piece, final=self.ended).encode("utf-8", "replace")
        count = min(len(buffer), len(self.waiting))
        buffer[:count] = self.waiting[:count]
        self.waiting = self.waiting[count:]
        return count

    def close(self) -> None:
        """Close the file."""
        self.file.close()
        super().close()


def unpacked(file: BinaryIO) -> BinaryIO:
    """The file's content; gzip is recognised by its first bytes, whatever the file is called."""
    packed = file.read(2) == _GZIP
    file.seek(0)
    return cast(BinaryIO, gzip.GzipFile(fileobj=file)) if packed else file


def read_some(source: BinaryIO, count: int, path: Path) -> bytes:
    """Up to ``count`` bytes; raises :class:`HuitouError` when a compressed file is damaged."""
    try:
        return source.read(count)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise HuitouError(
            f"{path} must be a whole gzip file; it is damaged ({error}). Compress or copy it again.",
            code="damaged_file",
            field="file",
            value=str(path),
        ) from None


def head_of(path: Path) -> bytes:
    """The first megabyte of a file's content; raises :class:`HuitouError` when it cannot be read."""
    with open(path, "rb") as file:
        return read_some(unpacked(file), HEAD_BYTES, path)


def encoding_of(head: bytes, named: str | None = None) -> str:
    """The encoding of a text that begins with ``head``: ``named``, or UTF-8 or GB18030, whichever fits.

    Raises :class:`HuitouError` when ``named`` is no encoding of text.
    """
    if named is not None:
        return _checked(named, head)
    for mark, encoding in _BYTE_ORDER_MARKS:
        if head.startswith(mark):
            return encoding
    text = _decoded(head, "utf-8")
    unreadable, foreign = text.count("\ufffd"), sum(character > "\x7f" for character in text)
    if not unreadable or foreign - unreadable > unreadable:
        return "utf-8"
    return "gb18030" if _is_chinese(_decoded(head, "gb18030")) else "utf-8"


def _checked(named: str, head: bytes) -> str:
    try:
        "".encode(named)
        codecs.getincrementaldecoder(named)
    except (LookupError, ValueError):
        raise HuitouError(
            f"encoding must be the name of one; got {named!r}. Use for example utf-8, gb18030 or latin-1.",
            field="encoding",
            value=named,
        ) from None
    name = codecs.lookup(named).name
    return "utf-8-sig" if name == "utf-8" and head.startswith(codecs.BOM_UTF8) else name


def _decoded(head: bytes, encoding: str) -> str:
    """The text of ``head`` as far as it goes; it may end within a character."""
    return codecs.getincrementaldecoder(encoding)("replace").decode(head)


def _is_chinese(text: str) -> bool:
    """Whether what is not ASCII are nearly all characters in common use in Chinese (those of GB 2312)."""
    foreign = [character for character in text if character > "\x7f"]
    common = sum(len(character.encode("gb2312", "ignore")) == 2 for character in foreign)
    return common > 0.9 * len(foreign)
