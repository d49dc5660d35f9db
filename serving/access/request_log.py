"""One line of JSON for each request, and the service's other words in the same form; nothing personal in any."""

from __future__ import annotations

import json
import logging
import traceback
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple

from features.errors import HuitouError

LEVELS = {"info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR, "off": logging.CRITICAL}
"""Which requests are logged: all; what was refused or failed; what failed; none."""

FLUSHED_AT_BYTES = 4_096
"""A pipe takes so many bytes from several processes without mixing their lines."""

Write = Callable[[bytes], object]
"""Takes whole lines."""


@dataclass(frozen=True)
class LogSettings:
    """What the log holds."""

    level: int = logging.INFO
    """One of ``LEVELS``."""
    share: float = 1.0
    """The share of good answers that are logged, 0 to 1; what was refused or failed always is."""


def log_settings(environment: Mapping[str, str]) -> LogSettings:
    """The settings ``HUITOU_LOG_LEVEL`` and ``HUITOU_LOG_SHARE``; raises :class:`HuitouError` for wrong ones."""
    level = environment.get("HUITOU_LOG_LEVEL", "").strip().lower() or "info"
    if level not in LEVELS:
        raise _wrong("HUITOU_LOG_LEVEL", level, f"one of {', '.join(LEVELS)}")
    said = environment.get("HUITOU_LOG_SHARE", "").strip() or "1"
    try:
        share = float(said)
    except ValueError:
        share = -1.0
    if not 0 <= share <= 1:
        raise _wrong("HUITOU_LOG_SHARE", said, "a number between 0 and 1")
    return LogSettings(LEVELS[level], share)


class Answered(NamedTuple):
    """What a line tells of a request. (A named tuple: it is made for each request.)"""

    request_id: str
    method: str
    template: str
    """Its route with names in the place of ids."""
    status: int
    duration_s: float
    key_id: str
    """Whose key it was; empty for strangers."""
    tier: str
    """Where the answer came from, where its handler told."""


class RequestLog:
    """Collects lines and writes some together; to be used from one thread, as the event loop is."""

    def __init__(self, write: Write, clock: Callable[[], datetime], settings: LogSettings = LogSettings()) -> None:
        self._write = write
        self._clock = clock
        self._settings = settings
        self._due = 0.0
        self._lines: list[str] = []
        self._waiting_bytes = 0

    @property
    def is_waiting(self) -> bool:
        """Whether lines wait to be written."""
        return bool(self._lines)

    def add(self, answered: Answered) -> None:
        """Note one request; what failed is written at once."""
        status = answered.status
        if status < 400:
            if self._settings.level > logging.INFO or not self._sampled():
                return
        elif self._settings.level > (logging.ERROR if status >= 500 else logging.WARNING):
            return
        # Every part is made of plain letters by those who made it: there is nothing to escape.
        line = (
            f'{{"time":"{self._clock().isoformat(timespec="milliseconds")}","request_id":"{answered.request_id}",'
            f'"method":"{answered.method}","route":"{answered.template}","status":{status},'
            f'"duration_ms":{answered.duration_s * 1000:.3f},"key_id":"{answered.key_id}","tier":"{answered.tier}"}}\n'
        )
        self._lines.append(line)
        self._waiting_bytes += len(line)
        if status >= 500 or self._waiting_bytes >= FLUSHED_AT_BYTES - 512:
            self.flush()

    def flush(self) -> None:
        """Write what waits."""
        if self._lines:
            lines, self._lines, self._waiting_bytes = self._lines, [], 0
            self._write("".join(lines).encode())

    def _sampled(self) -> bool:
        """Whether the next good answer is logged: evenly, so that the share holds over few requests, too."""
        self._due += self._settings.share
        if self._due < 1:
            return False
        self._due -= 1
        return True


class JsonLines(logging.Formatter):
    """Records of ``logging`` as lines of JSON.

    Of an exception it tells the type and the places in the code, not the message: that may quote what a caller sent.
    """

    def format(self, record: logging.LogRecord) -> str:
        """The record as one line."""
        said: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info is not None and record.exc_info[1] is not None:
            said["stack"] = list(told_fault(record.exc_info[1]))
        return json.dumps(said, ensure_ascii=False)


def told_fault(fault: BaseException) -> Iterator[str]:
    """An exception as lines: each type in the chain of causes, and the places where it passed."""
    cause: BaseException | None = fault
    while cause is not None:
        yield type(cause).__qualname__
        for frame in traceback.extract_tb(cause.__traceback__):
            yield f"  {frame.filename}:{frame.lineno} in {frame.name}"
        cause = cause.__cause__ or (None if cause.__suppress_context__ else cause.__context__)


def _wrong(name: str, value: str, rule: str) -> HuitouError:
    return HuitouError(f"{name} must be {rule}; got {value!r}. Set another value.", field=name, value=value)
