"""Reading the body of a request from callers of every kind: large, slow, or gone in the middle."""

from __future__ import annotations

import asyncio

from starlette.types import Message, Receive

from features.errors import HuitouError
from serving.api.refusals import LARGEST_BODY_BYTES, Refusal, too_large

LONGEST_WAIT_S = 20.0
"""A body must have arrived whole after so long, however it trickles."""


class CallerLeft(Exception):  # noqa: N818 - callers may leave
    """The caller went away before the body was whole."""


async def read_body(receive: Receive) -> bytes:
    """The whole body.

    Raises :class:`HuitouError` when it is too large, :class:`Refusal` when it is too slow, and :class:`CallerLeft` when
    the rest never comes.
    """
    try:
        async with asyncio.timeout(LONGEST_WAIT_S):
            return await _read(receive)
    except TimeoutError:
        raise _too_slow() from None


async def _read(receive: Receive) -> bytes:
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise CallerLeft
        part: bytes = message.get("body", b"")
        size += len(part)
        if size > LARGEST_BODY_BYTES:
            raise too_large()
        parts.append(part)
        if not message.get("more_body", False):
            return parts[0] if len(parts) == 1 else b"".join(parts)


def replayed(body: bytes, receive: Receive) -> Receive:
    """A ``receive`` that gives the body once and then waits for the caller to leave."""
    given = False

    async def replay() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replay


def _too_slow() -> Refusal:
    error = HuitouError(
        f"a body must arrive within {LONGEST_WAIT_S:g} seconds. Send it again, or fewer rows at a time.",
        code="too_slow",
        field="body",
    )
    return Refusal(error, {"connection": "close"})
