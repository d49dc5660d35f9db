"""What every request passes first: ids in paths, the key, the size of the body."""

from __future__ import annotations

import hmac
from ipaddress import ip_address
from urllib.parse import quote, unquote_to_bytes

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from features.errors import HuitouError
from serving.api.errors import error_response

LARGEST_BODY_BYTES = 1_048_576
"""Larger bodies are refused."""

SETTING = "HUITOU_API_KEY"
"""The environment variable that holds the key."""


class Door:
    """ASGI middleware; what it refuses costs no parsing."""

    def __init__(self, app: ASGIApp, api_key: str | None = None) -> None:
        self._app = app
        self._key = api_key.encode() if api_key else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse the request, or hand it on with its path in one form and its body read."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        refusal = self._refusal(scope)
        body = None
        if refusal is None and scope["method"] not in ("GET", "HEAD"):
            body = await _body(receive)
            refusal = TOO_LARGE if body is None else None
        if refusal is not None:
            headers = {"www-authenticate": "Bearer"} if refusal.code == "unauthorized" else {}
            await error_response(refusal, headers)(scope, receive, send)
            return
        scope = {**scope, "path": encoded_path(scope)}
        await self._app(scope, receive if body is None else _replayed(body, receive), send)

    def _refusal(self, scope: Scope) -> HuitouError | None:
        headers = Headers(scope=scope)
        if self._key is not None and scope["path"].startswith("/v1") and not self._holds_key(headers):
            return NO_KEY
        declared = headers.get("content-length", "0")
        if declared.isdecimal() and int(declared[:20]) > LARGEST_BODY_BYTES:
            return TOO_LARGE
        kind = headers.get("content-type", "").split(";")[0].strip().lower()
        if scope["method"] in ("POST", "PUT", "PATCH") and kind != "application/json":
            return HuitouError(
                f"Content-Type must be application/json; got {kind or 'nothing'}.",
                code="not_json",
                field="Content-Type",
                value=kind,
                allowed=["application/json"],
            )
        return None

    def _holds_key(self, headers: Headers) -> bool:
        scheme, _, given = headers.get("authorization", "").partition(" ")
        right = hmac.compare_digest(given.strip().encode("latin-1"), self._key or b"")
        return right and scheme.lower() == "bearer"


NO_KEY = HuitouError(
    "this needs the key of the shop. Send it as Authorization: Bearer <key>.",
    code="unauthorized",
    field="Authorization",
    hint="Authorization: Bearer <key>",
)

TOO_LARGE = HuitouError(
    f"a body may have at most {LARGEST_BODY_BYTES} bytes. Send fewer rows at a time.",
    code="too_large",
    field="body",
    allowed={"max_bytes": LARGEST_BODY_BYTES},
)


def encoded_path(scope: Scope) -> str:
    """The path with every segment percent-encoded in one way.

    ``a%2Fb`` stays one segment, as it was meant.
    """
    raw: bytes = scope.get("raw_path") or quote(scope["path"]).encode()
    return "/".join(quote(unquote_to_bytes(segment), safe="") for segment in raw.split(b"/"))


def check_binding(host: str, api_key: str | None) -> None:
    """Raise :class:`HuitouError` when other machines could reach a service that asks for no key."""
    if not (api_key or "").strip() and not _is_local(host):
        raise HuitouError(
            f"serving on {host} needs a key, because other machines can reach it. "
            f"Set {SETTING}, or serve on 127.0.0.1.",
            code="no_key",
            field="host",
            value=host,
            allowed=["127.0.0.1", "localhost"],
            hint=f"Set {SETTING}.",
        )


def _is_local(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


async def _body(receive: Receive) -> bytes | None:
    """The whole body, None when it is too large."""
    parts: list[bytes] = []
    size, more = 0, True
    while more:
        message = await receive()
        part: bytes = message.get("body", b"")
        size += len(part)
        if size > LARGEST_BODY_BYTES:
            return None
        parts.append(part)
        more = message.get("more_body", False)
    return b"".join(parts)


def _replayed(body: bytes, receive: Receive) -> Receive:
    """A ``receive`` that gives the body once and then waits for the caller to leave."""
    given = False

    async def replay() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replay
