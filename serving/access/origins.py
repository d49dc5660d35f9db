"""Pages of other origins: which may read answers, as the Fetch standard (CORS) has it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from urllib.parse import urlsplit

from features.errors import HuitouError
from serving.access.routes import Route

MAX_AGE_S = 7_200
"""How long a browser may remember what it was allowed: the most that all of them keep to."""

Headers = list[tuple[bytes, bytes]]

_HOST = re.compile(r"[a-z0-9.-]+|\[[0-9a-f:.]+\]")
_SENT = b"authorization, content-type, x-request-id"
_READABLE = b"x-request-id, retry-after"


def checked_origin(text: str) -> str:
    """An origin as browsers send it, such as ``https://shop.example``; raises :class:`HuitouError` for others."""
    found = text.strip().lower().removesuffix("/")
    try:
        parts = urlsplit(found)
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    host = parts.netloc.rpartition(":")[0] if port is not None else parts.netloc
    if (
        parts.scheme not in ("http", "https")
        or not _HOST.fullmatch(host)
        or found != f"{parts.scheme}://{parts.netloc}"
    ):
        raise HuitouError(
            f"an origin must be scheme, host and port, without a path or *; got {text!r}. "
            "Give it as the browser tells it: https://www.shop.example",
            field="origin",
            value=text,
        )
    # Browsers leave out the port that the scheme implies.
    return f"{parts.scheme}://{host}" if port == {"http": 80, "https": 443}[parts.scheme] else found


def origin_headers(origin: bytes) -> Headers:
    """What lets a page of an allowed origin read the answer."""
    return [
        (b"access-control-allow-origin", origin),
        (b"access-control-expose-headers", _READABLE),
        (b"vary", b"origin"),
    ]


def is_preflight(method: str, headers: Mapping[bytes, bytes]) -> bool:
    """Whether a browser asks what a page may send."""
    return method == "OPTIONS" and b"origin" in headers and b"access-control-request-method" in headers


def preflight_headers(origin: bytes, allowed: Iterable[bytes], route: Route | None) -> Headers | None:
    """What a page of ``origin`` may send to a route; None where it may send nothing."""
    methods = browser_methods(route)
    if origin not in allowed or not methods:
        return None
    return [
        *origin_headers(origin),
        (b"access-control-allow-methods", ", ".join(methods).encode()),
        (b"access-control-allow-headers", _SENT),
        (b"access-control-max-age", str(MAX_AGE_S).encode()),
    ]


def browser_methods(route: Route | None) -> list[str]:
    """The methods of a route that keys for pages may use."""
    return [] if route is None else sorted(method for method, roles in route.roles.items() if "browser" in roles)
