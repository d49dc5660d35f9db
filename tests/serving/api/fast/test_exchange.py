"""Which handler answers what."""

from __future__ import annotations

import pytest

from serving.api.fast.exchange import FastAnswer, FastHandlers, FastRequest


async def exact(_: FastRequest) -> FastAnswer | None:
    return FastAnswer(200, b"exact")


async def between(_: FastRequest) -> FastAnswer | None:
    return FastAnswer(200, b"between")


HANDLERS = FastHandlers({("GET", "/v1/a"): exact}, {("GET", "/v1/items/", "/related"): between})


@pytest.mark.parametrize(
    ("method", "path", "handler"),
    [
        ("GET", "/v1/a", exact),
        ("POST", "/v1/a", None),
        ("GET", "/v1/a/", None),
        ("GET", "/v1/items/x/related", between),
        ("GET", "/v1/items/a%2Fb/related", between),
        ("GET", "/v1/items/a/b/related", None),
        ("GET", "/v1/items//related", None),
        ("GET", "/v1/items/related", None),
        ("POST", "/v1/items/x/related", None),
        ("GET", "/v1/items/x/bundles", None),
    ],
)
def test_handlers_are_found(method: str, path: str, handler: object) -> None:
    """By method and path; one encoded id may stand between a beginning and an end, and a slash ends it."""
    assert HANDLERS.find(method, path) is handler


def test_headers_of_a_request() -> None:
    """The first header of a name is given, None where there is none."""
    request = FastRequest("GET", "/", b"", [(b"a", b"1"), (b"a", b"2")], b"")
    assert (request.header(b"a"), request.header(b"b")) == ("1", None)
