"""What exploration showed and how likely that was, kept as JSON lines so that it can be learnt from."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields
from datetime import datetime

from features.errors import HuitouError
from features.shop_folder import ShopFolder

LARGEST_BYTES = 16_000_000
"""A file that would grow beyond this becomes the older one of two, and the older one before it goes: some
120,000 lines are kept at least."""


@dataclass(frozen=True)
class ExploredLine:
    """One little-seen item that was shown."""

    at: datetime
    """When, with its zone."""
    recommendation_id: str
    """The answer; events that follow from it carry this id."""
    item_id: str
    """The item."""
    place: int
    """Where it stood, from 1."""
    placement: str
    """Where the answer was shown."""
    propensity: float
    """The chance that exploration put just this item at just this place."""


class ExplorationLog:
    """Two files in the shop's folder, ``explored.jsonl`` and the older ``explored.1.jsonl``; no person is named."""

    def __init__(self, shop: ShopFolder, largest_bytes: int = LARGEST_BYTES) -> None:
        self.file = shop.path / "explored.jsonl"
        self.older = shop.path / "explored.1.jsonl"
        self._largest_bytes = largest_bytes

    def add(self, line: ExploredLine) -> None:
        """Write a line; when this returns it survives a loss of power. Raises :class:`HuitouError` when it cannot."""
        said = asdict(line) | {"at": line.at.isoformat()}
        text = (json.dumps(said, ensure_ascii=True) + "\n").encode()
        try:
            with open(self.file.with_name(".explored.lock"), "w") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                self._write(text)
        except OSError as error:
            raise HuitouError(
                f"{self.file} must be writable to explore; {error}. Free space, or set exploration to 0.",
                code="exploration_log",
            ) from None

    def lines(self) -> Iterator[ExploredLine]:
        """Everything that is kept, oldest first; a line that a crash cut short is passed over."""
        for file in (self.older, self.file):
            if file.exists():
                with open(file, encoding="utf-8", errors="replace") as handle:
                    yield from filter(None, map(_read, handle))

    def _write(self, text: bytes) -> None:
        handle = os.open(self.file, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o644)
        try:
            size = os.fstat(handle).st_size
            if size + len(text) > self._largest_bytes and size:
                os.replace(self.file, self.older)
                os.close(handle)
                handle = os.open(self.file, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o644)
                size = 0
            # After a crash in the middle of a line the next one begins on its own.
            if size and os.pread(handle, 1, size - 1) != b"\n":
                text = b"\n" + text
            os.write(handle, text)
            os.fdatasync(handle)
        finally:
            os.close(handle)


def _read(text: str) -> ExploredLine | None:
    try:
        said = json.loads(text)
        said["at"] = datetime.fromisoformat(said["at"])
        return ExploredLine(**{field.name: said[field.name] for field in fields(ExploredLine)})
    except (ValueError, KeyError, TypeError):
        return None
