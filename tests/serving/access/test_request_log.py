"""Lines of the log."""

from __future__ import annotations

import json
import logging
import sys
from typing import Any

import pytest

from features.errors import HuitouError
from serving.access.request_log import (
    FLUSHED_AT_BYTES,
    LEVELS,
    Answered,
    JsonLines,
    LogSettings,
    RequestLog,
    log_settings,
)
from tests.serving.published_shop import NOW


class Paper:
    """Takes what is written."""

    def __init__(self) -> None:
        self.writings: list[bytes] = []

    def log(self, **settings: Any) -> RequestLog:
        return RequestLog(self.writings.append, lambda: NOW, LogSettings(**settings))

    @property
    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in b"".join(self.writings).splitlines()]


def answered(status: int = 200, request_id: str = "r-1") -> Answered:
    return Answered(request_id, "GET", "/v1/items/{id}", status, 0.0012345, "0001aabbccdd", "published")


def test_a_line_tells_of_a_request() -> None:
    """A line is JSON with the moment, the route, the status, the time that it took, the key and the tier."""
    paper = Paper()
    log = paper.log()
    log.add(answered())
    waited = log.is_waiting
    log.flush()
    assert (waited, log.is_waiting) == (True, False)
    assert paper.lines == [
        {
            "time": "2025-03-01T12:00:00.000+00:00",
            "request_id": "r-1",
            "method": "GET",
            "route": "/v1/items/{id}",
            "status": 200,
            "duration_ms": 1.234,
            "key_id": "0001aabbccdd",
            "tier": "published",
        }
    ]


@pytest.mark.parametrize(
    ("level", "kept"),
    [("info", [200, 302, 404, 429, 500, 503]), ("warning", [404, 429, 500, 503]), ("error", [500, 503]), ("off", [])],
)
def test_levels(level: str, kept: list[int]) -> None:
    """A higher level leaves out what went well, then what was refused, then everything."""
    paper = Paper()
    log = paper.log(level=LEVELS[level])
    for status in (200, 302, 404, 429, 500, 503):
        log.add(answered(status))
    log.flush()
    assert [line["status"] for line in paper.lines] == kept


def test_a_share_of_good_answers() -> None:
    """Of the good answers an even share is logged, of the others every one."""
    paper = Paper()
    log = paper.log(share=0.25)
    for number in range(40):
        log.add(answered(request_id=f"r-{number}"))
        log.add(answered(404))
    log.flush()
    statuses = [line["status"] for line in paper.lines]
    assert (statuses.count(200), statuses.count(404)) == (10, 40)


def test_faults_are_written_at_once() -> None:
    """What failed does not wait for others."""
    paper = Paper()
    paper.log().add(answered(500))
    assert len(paper.lines) == 1


def test_pieces_fit_into_a_pipe() -> None:
    """Lines are written together, in pieces that no other process's lines can come between."""
    paper = Paper()
    log = paper.log()
    for number in range(1_000):
        log.add(answered(request_id=f"{number:064d}"))
    log.flush()
    assert len(paper.lines) == 1_000
    assert max(map(len, paper.writings)) <= FLUSHED_AT_BYTES
    assert len(paper.writings) < 100
    assert all(piece.endswith(b"}\n") for piece in paper.writings)


def test_settings_come_from_the_environment() -> None:
    """Nothing said means everything; what is said wrongly is told."""
    assert log_settings({}) == LogSettings(logging.INFO, 1.0)
    assert log_settings({"HUITOU_LOG_LEVEL": " Error ", "HUITOU_LOG_SHARE": "0.01"}) == LogSettings(logging.ERROR, 0.01)
    with pytest.raises(HuitouError, match="HUITOU_LOG_LEVEL must be one of info, warning, error, off; got 'loud'."):
        log_settings({"HUITOU_LOG_LEVEL": "loud"})
    for share in ("2", "-1", "half", "nan"):
        with pytest.raises(HuitouError, match=f"HUITOU_LOG_SHARE must be a number between 0 and 1; got '{share}'."):
            log_settings({"HUITOU_LOG_SHARE": share})


def test_an_exception_is_told_without_its_words() -> None:
    """The stack tells types and places, through all causes, and no message: that may quote a customer."""
    try:
        try:
            int("anna@example.com")
        except ValueError as wrong:
            raise LookupError("anna has no such thing") from wrong
    except LookupError:
        record = logging.LogRecord("huitou.api", logging.ERROR, "", 1, "%s failed", ("GET /x",), sys.exc_info())
    line = JsonLines().format(record)
    said = json.loads(line)
    assert "anna" not in line
    assert (said["level"], said["logger"], said["message"]) == ("error", "huitou.api", "GET /x failed")
    assert [place for place in said["stack"] if not place.startswith("  ")] == ["LookupError", "ValueError"]
    assert any("test_request_log.py" in place for place in said["stack"])


def test_other_words_are_lines_too() -> None:
    """What the service says without an exception is one line of JSON."""
    record = logging.LogRecord("huitou.running", logging.INFO, "", 1, "started\nworker", (), None)
    line = JsonLines().format(record)
    assert "\n" not in line
    assert json.loads(line)["message"] == "started\nworker"
    assert "stack" not in json.loads(line)
