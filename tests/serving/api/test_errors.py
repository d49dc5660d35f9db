"""Errors in their one shape."""

from __future__ import annotations

import json

import pytest

from features.errors import HuitouError
from serving.api.errors import HEADERS, STATUS, error_response, status_of


@pytest.mark.parametrize(
    ("code", "status", "header"),
    [
        ("unauthorized", 401, ("www-authenticate", "Bearer")),
        ("forbidden", 403, None),
        ("unknown_key", 404, None),
        ("too_slow", 408, None),
        ("erased", 410, None),
        ("too_large", 413, None),
        ("too_many", 429, None),
        ("busy", 503, ("retry-after", "1")),
        ("database", 503, ("retry-after", "2")),
        ("invalid", 422, None),
        ("a code that nobody wrote down", 422, None),
    ],
)
def test_the_status_of_a_code(code: str, status: int, header: tuple[str, str] | None) -> None:
    """The code decides status and headers; a value that was not accepted is 422."""
    error = HuitouError("x must be y; got z.", code=code, field="x", value="z", allowed=["y"], hint="y")
    reply = error_response(error)
    assert reply.status_code == status_of(error) == status
    assert json.loads(bytes(reply.body)) == {
        "error": {
            "code": code,
            "message": "x must be y; got z.",
            "field": "x",
            "value": "z",
            "allowed": ["y"],
            "hint": "y",
        }
    }
    if header is not None:
        assert reply.headers[header[0]] == header[1]


def test_a_header_that_is_given_counts() -> None:
    """What the door knows better than the table replaces what is usual."""
    reply = error_response(HuitouError("x", code="busy"), {"retry-after": "9"})
    assert reply.headers.getlist("retry-after") == ["9"]


def test_headers_belong_to_codes() -> None:
    """Every code with headers of its own has a status of its own, and 503 always says when to come again."""
    assert set(HEADERS) <= set(STATUS)
    assert all("retry-after" in HEADERS[code] for code, status in STATUS.items() if status == 503)
