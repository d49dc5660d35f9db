"""What the door refuses, and in which words."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from math import ceil

from starlette.types import Scope

from features.errors import HuitouError
from features.findings import cut
from serving.access.rate_limit import Limit

LARGEST_BODY_BYTES = 1_048_576
"""Larger bodies are refused."""

LONGEST_PATH_BYTES = 8_192
"""Longer paths are refused: an id of the greatest length, every letter of it encoded, has a quarter of it."""

LONGEST_QUERY_BYTES = 65_536
"""Longer query strings are refused; what is longer goes into a body."""

_WITH_BODY = frozenset({"POST", "PUT", "PATCH"})


class Refusal(Exception):  # noqa: N818 - nothing is in error but the request
    """A request that is not let in, with headers that the answer has."""

    def __init__(self, error: HuitouError, headers: dict[str, str]) -> None:
        super().__init__(error.message)
        self.error = error
        self.headers = headers


def check_size_and_type(method: str, scope: Scope, headers: Mapping[bytes, bytes]) -> None:
    """Raise when a request says that it is too large, or is not JSON."""
    if len(scope.get("raw_path") or b"") > LONGEST_PATH_BYTES:
        raise too_long("path", LONGEST_PATH_BYTES)
    if len(scope["query_string"]) > LONGEST_QUERY_BYTES:
        raise too_long("query", LONGEST_QUERY_BYTES)
    declared = headers.get(b"content-length")
    if declared is not None and declared.isdigit() and int(declared[:20]) > LARGEST_BODY_BYTES:
        raise too_large()
    if method in _WITH_BODY:
        kind = headers.get(b"content-type", b"")
        if kind != b"application/json":
            _check_type(kind.decode("latin-1").split(";")[0].strip().lower())


def _check_type(kind: str) -> None:
    if kind != "application/json":
        raise HuitouError(
            f"Content-Type must be application/json; got {cut(kind) or 'nothing'}.",
            code="not_json",
            field="Content-Type",
            value=kind,
            allowed=["application/json"],
        )


def too_large() -> HuitouError:
    """The body is too large."""
    return HuitouError(
        f"a body may have at most {LARGEST_BODY_BYTES} bytes. Send fewer rows at a time.",
        code="too_large",
        field="body",
        allowed={"max_bytes": LARGEST_BODY_BYTES},
    )


def too_long(part: str, most: int) -> HuitouError:
    """The path or the query string is too long."""
    return HuitouError(
        f"the {part} may have at most {most} bytes. Send what is longer in a body.",
        code="too_long",
        field=part,
        allowed={"max_bytes": most},
    )


def no_key() -> HuitouError:
    """There is no key, or none that is valid."""
    return HuitouError(
        "this needs a valid key of the shop. Send it as Authorization: Bearer <key>.",
        code="unauthorized",
        field="Authorization",
        hint="Authorization: Bearer <key>",
    )


def wrong_role(role: str, method: str, template: str, roles: Collection[str]) -> HuitouError:
    """The key is valid, but not for this."""
    allowed = sorted(roles)
    return HuitouError(
        f"{method} {template} is for keys of the role {' or '.join(allowed)}; got a key of the role {role}. "
        "Use a key of such a role.",
        code="forbidden",
        field="Authorization",
        value=role,
        allowed=allowed,
    )


def foreign_page(origin: bytes) -> HuitouError:
    """A page of an origin that no key, or not this one, was made for; or one that wants what pages may not do."""
    said = cut(origin.decode("latin-1"))
    return HuitouError(
        f"pages of the origin {said} may not do this. Make a key for them: "
        "huitou keys create --role browser --name pages --origin <origin>; it sends events and gets recommendations.",
        code="forbidden",
        field="Origin",
        value=said,
    )


def too_many(limit: Limit, wait_s: float) -> Refusal:
    """The key asks too often."""
    per_minute = round(60 / limit.interval_s)
    seconds = max(1, ceil(wait_s))
    error = HuitouError(
        f"this key may make {per_minute:,} requests in a minute, and made more. Try again in {seconds} s.",
        code="too_many",
        field="Authorization",
        allowed={"per_minute": per_minute},
        hint=f"Try again in {seconds} s.",
    )
    return Refusal(error, {"retry-after": str(seconds)})


def busy() -> HuitouError:
    """The worker holds as many requests as it can."""
    return HuitouError(
        "the service has more requests than it can answer. Try again in a second.",
        code="busy",
        hint="Try again in a second.",
    )
