"""JSON Lines: one object on each line."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Mapping
from copy import copy
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np

from features.events.checks import Rejection
from features.events.reading.batch import Broken, ObjectBatch
from features.events.reading.text_stream import TextStream
from features.events.values.objects import number_of, text_of

LONGEST_LINE_BYTES = 4_194_304
"""Longer lines are broken lines."""

MOST_LINES = 65_536
"""Objects take more memory than columns: batches are at most this long."""

_SAMPLED_LINES = 1_000
_BUFFER_BYTES = 1_048_576
_DECODER = json.JSONDecoder(parse_int=str, parse_float=number_of)


class JsonLinesReader:
    """A file of JSON objects, one on each line. Row 1 is the first line."""

    headed = True

    def __init__(self, path: Path, encoding: str, batch_rows: int) -> None:
        self.path = path
        self.encoding = encoding
        self.batch_rows = min(batch_rows, MOST_LINES)
        self.done = 0
        self.names: tuple[str, ...] = ()
        self.sample: tuple[str | None, ...] = ()
        first = next(self._batches(_SAMPLED_LINES), None)
        if first is not None and first.rows:
            self.names = first.names
            self.sample = tuple(text_of(first.rows[0].get(name)) for name in first.names)

    @property
    def total(self) -> int:
        """The length of the file in bytes."""
        return self.path.stat().st_size

    def renamed(self, names: tuple[str, ...]) -> JsonLinesReader:
        """The same file, known to have these names."""
        same = copy(self)
        same.names = names
        return same

    def batches(self) -> Iterator[ObjectBatch]:
        """All objects; empty lines are passed over, lines that are no object are broken."""
        return self._batches(self.batch_rows)

    def _batches(self, batch_rows: int) -> Iterator[ObjectBatch]:
        with TextStream(self.path, self.encoding) as stream:
            lines = io.BufferedReader(stream, _BUFFER_BYTES)
            part = _Part()
            for number in count(1):
                line = lines.readline(LONGEST_LINE_BYTES)
                if not line:
                    break
                whole = line.endswith(b"\n") or _skip_line(lines) == 0
                part.take(number, line, whole)
                if part.lines == batch_rows:
                    self.done = stream.bytes_read
                    yield part.batch()
                    part = _Part()
            self.done = stream.bytes_read
            if part.lines:
                yield part.batch()


class _Part:
    """A batch while it is read."""

    def __init__(self) -> None:
        self.lines = 0
        self.rows: list[Mapping[str, Any]] = []
        self.texts: list[str] = []
        self.numbers: list[int] = []
        self.names: dict[str, None] = {}
        self.broken: list[Broken] = []

    def take(self, number: int, line: bytes, whole: bool) -> None:
        """Add one line; ``whole`` is false when it is too long to be read to its end."""
        self.lines += 1
        text = line.decode("utf-8", "replace").strip()
        if not whole:
            self._break(number, text, "row too long", f"row must be at most {LONGEST_LINE_BYTES} bytes long")
        elif text:
            self._parse(number, text)

    def _parse(self, number: int, text: str) -> None:
        try:
            row = _DECODER.decode(text)
        except (ValueError, RecursionError):
            self._break(number, text, "row not JSON", "row must be a JSON object on a line of its own")
            return
        if not isinstance(row, dict):
            self._break(number, text, "row not an object", "row must be a JSON object")
            return
        self.rows.append(row)
        self.texts.append(text)
        self.numbers.append(number)
        self.names.update(dict.fromkeys(row))

    def _break(self, number: int, text: str, reason: str, rule: str) -> None:
        message = f"{rule}; got {text[:60]!r} in line {number}."
        self.broken.append(Broken(Rejection(number, "row", text[:60], reason, message), text))

    def batch(self) -> ObjectBatch:
        """What has been read."""
        return ObjectBatch(self.rows, self.texts, tuple(self.names), np.array(self.numbers, np.int64), self.broken)


def _skip_line(lines: io.BufferedReader[TextStream]) -> int:
    """Read on to the end of a line; return how many bytes that were."""
    skipped = 0
    while piece := lines.readline(LONGEST_LINE_BYTES):
        skipped += len(piece)
        if piece.endswith(b"\n"):
            break
    return skipped
