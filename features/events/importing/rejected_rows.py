"""The file of rows that were not taken."""

from __future__ import annotations

import json
import os
from collections import Counter
from itertools import count
from pathlib import Path
from typing import Any, TextIO

from features.events.checks import Rejection

_LONGEST_NAME_BYTES = 200


class RejectedRows:
    """Writes rejections as they come, and counts them by reason. The file appears when it is complete."""

    def __init__(self, folder: Path, name: str) -> None:
        """Rejections of the file ``name`` go to ``folder / "<name>-<n>.jsonl"``."""
        self.folder = folder
        self.name = name.encode()[:_LONGEST_NAME_BYTES].decode(errors="ignore")
        self.by_reason: Counter[str] = Counter()
        self._file: TextIO | None = None

    @property
    def total(self) -> int:
        """How many rows were rejected so far."""
        return self.by_reason.total()

    def add(self, rejection: Rejection, raw: Any) -> None:
        """Write one rejection and the row as it stood in the file."""
        self.by_reason[rejection.reason] += 1
        if self._file is None:
            self.folder.mkdir(parents=True, exist_ok=True)
            # Left-overs of an import that was killed are written over.
            self._file = open(self._unfinished, "w", encoding="utf-8", errors="backslashreplace")  # noqa: SIM115
        line = {
            "row": rejection.row,
            "field": rejection.field,
            "value": rejection.value,
            "reason": rejection.reason,
            "message": rejection.message,
            "raw": raw,
        }
        self._file.write(json.dumps(line, ensure_ascii=False, default=str) + "\n")

    def finish(self) -> Path | None:
        """Give the file its name; None when nothing was rejected."""
        if self._file is None:
            return None
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        paths = (self.folder / f"{self.name}-{number}.jsonl" for number in count(1))
        path = next(path for path in paths if not path.exists())
        os.replace(self._unfinished, path)
        return path

    def discard(self) -> None:
        """Remove a file that was not finished."""
        if self._file is not None and not self._file.closed:
            self._file.close()
            self._unfinished.unlink(missing_ok=True)

    @property
    def _unfinished(self) -> Path:
        return self.folder / ".unfinished.jsonl"
