"""Pages of other origins."""

from __future__ import annotations

import pytest

from features.errors import HuitouError
from serving.access.origins import checked_origin, preflight_headers
from serving.access.roles import ALLOWED
from serving.access.routes import Routes


@pytest.mark.parametrize(
    ("text", "origin"),
    [
        ("https://shop.example", "https://shop.example"),
        (" HTTPS://Shop.Example/ ", "https://shop.example"),
        ("http://localhost:3000", "http://localhost:3000"),
        ("https://shop.example:443", "https://shop.example"),
        ("http://shop.example:443", "http://shop.example:443"),
        ("http://[::1]:8080", "http://[::1]:8080"),
        ("https://xn--fiqs8s.example", "https://xn--fiqs8s.example"),
    ],
)
def test_origins_have_one_form(text: str, origin: str) -> None:
    """An origin is kept as browsers send it."""
    assert checked_origin(text) == origin


@pytest.mark.parametrize(
    "text",
    [
        "",
        "*",
        "null",
        "shop.example",
        "https://",
        "https://*",
        "https://*.example",
        "https://shop.example/path",
        "https://shop.example?x",
        "https://user@shop.example",
        "ftp://shop.example",
        "https://shop.example:x",
        "https://shop.example:99999",
        "https://shop.example, https://other.example",
        "https://shop.example\r\nx: y",
    ],
)
def test_what_is_no_origin(text: str) -> None:
    """Anything that could allow more than one origin, or none, is refused with what to write."""
    with pytest.raises(HuitouError, match=r"an origin must be scheme, host and port, without a path or \*; got"):
        checked_origin(text)


@pytest.mark.parametrize(
    ("path", "origin", "methods"),
    [
        ("/v1/events", b"https://a.example", b"POST"),
        ("/v1/recommendations", b"https://a.example", b"GET, POST"),
        ("/v1/events", b"https://b.example", None),
        ("/v1/customers/anna", b"https://a.example", None),
        ("/nothing", b"https://a.example", None),
    ],
)
def test_what_a_page_may_send(path: str, origin: bytes, methods: bytes | None) -> None:
    """Pages of allowed origins may send what browser keys are for, and no page may send anything else."""
    found = preflight_headers(origin, {b"https://a.example"}, Routes(ALLOWED).find(path))
    if methods is None:
        assert found is None
    else:
        said = dict(found or [])
        assert said[b"access-control-allow-origin"] == origin
        assert said[b"access-control-allow-methods"] == methods
        assert said[b"access-control-allow-headers"] == b"authorization, content-type, x-request-id"
        assert said[b"access-control-max-age"] == b"7200"
        assert said[b"vary"] == b"origin"
        assert b"*" not in b"".join(said.values())
