"""Answers that close their connection once the worker is about to end."""

from __future__ import annotations

import asyncio

from serving.running.draining import Draining, Message, Receive, Send


async def _hello(scope: Message, receive: Receive, send: Send) -> None:
    await send({"type": f"{scope['type']}.response.start", "status": 200, "headers": [(b"a", b"b")]})
    await send({"type": f"{scope['type']}.response.body", "body": b"hello"})


def answer(draining: Draining, kind: str = "http") -> list[Message]:
    """What the application sends."""
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    async def receive() -> Message:
        return {}

    asyncio.run(draining({"type": kind}, receive, send))
    return sent


def test_answers_close_when_leaving() -> None:
    """Answers are left alone until the worker leaves, and then say that the connection ends."""
    draining = Draining(_hello)
    usual = answer(draining)
    assert usual[0]["headers"] == [(b"a", b"b")]
    draining.leaving = True
    last = answer(draining)
    assert last[0]["headers"] == [(b"a", b"b"), (b"connection", b"close")]
    assert last[1] == usual[1]


def test_only_requests() -> None:
    """What is no request is handed on as it is."""
    draining = Draining(_hello)
    draining.leaving = True
    assert answer(draining, "lifespan")[0]["headers"] == [(b"a", b"b")]
