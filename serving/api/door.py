"""What every request passes first: its name, its size, its key, its limit; and what is noted of it afterwards."""

from __future__ import annotations

import asyncio
import logging
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import quote, unquote_to_bytes

from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Receive, Scope, Send

from features.errors import HuitouError
from serving.access.binding import came_from_here
from serving.access.key_ring import KeyRing, KnownKey
from serving.access.metrics import Metrics
from serving.access.origins import is_preflight, origin_headers, preflight_headers
from serving.access.principal import OPEN, Principal
from serving.access.rate_limit import RateLimit
from serving.access.request_id import RequestIds
from serving.access.request_log import RequestLog
from serving.access.roles import ALLOWED, EVERYONE
from serving.access.routes import Route, Routes
from serving.api import refusals
from serving.api.body import CallerLeft, read_body, replayed
from serving.api.errors import internal, not_found, wrong_method
from serving.api.fast.exchange import FastHandlers, FastRequest
from serving.api.visit import Visit

MOST_IN_FLIGHT = 512
"""So many requests a worker holds at a time; it refuses more before their bodies fill its memory."""

TICK_S = 0.2
"""While requests come, lines of the log are written, and figures taken, so often."""

_PLAIN_PATH = re.compile(rb"[A-Za-z0-9_.~/-]*")
_BODILESS = frozenset({"GET", "HEAD", "OPTIONS"})
_LOG = logging.getLogger("huitou.api")


@dataclass(frozen=True)
class DoorParts:
    """What a door works with."""

    keys: KeyRing
    """Who may come in."""
    limits: RateLimit
    """How often; in memory shared by all workers."""
    metrics: Metrics
    """What is counted."""
    log: RequestLog
    """What is written down."""
    request_ids: RequestIds
    """How requests are named."""
    handlers: FastHandlers = field(default_factory=lambda: FastHandlers({}))
    """What is answered without the application."""
    on_tick: Callable[[], object] = lambda: None
    """Called now and then while requests come, to take figures of this worker."""
    monotonic: Callable[[], float] = time.monotonic
    """A clock that all processes of the machine read alike."""


class Door:
    """An ASGI application around another one. What it refuses costs no parsing."""

    def __init__(self, application: ASGIApp, parts: DoorParts) -> None:
        self._application = application
        self._parts = parts
        self._routes = Routes(ALLOWED)
        self._in_flight = 0
        self._tick_is_due = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, whatever happens."""
        if scope["type"] != "http":
            await self._application(scope, receive, send)
            return
        headers = dict(scope["headers"])
        visit = Visit(scope, send, headers, self._parts.request_ids.name(headers.get(b"x-request-id")))
        self._in_flight += 1
        try:
            await self._answer(visit, scope, receive)
        except refusals.Refusal as refusal:
            await visit.tell(refusal.error, refusal.headers)
        except HuitouError as error:
            await visit.tell(error)
        except (CallerLeft, ClientDisconnect):
            pass  # Nobody is there to be told.
        except Exception as fault:  # noqa: BLE001 - whatever it is, the caller gets an answer and the log the fault
            _LOG.error("%s %s failed, request %s", scope["method"], visit.template, visit.request_id, exc_info=fault)
            await visit.tell(internal())
        finally:
            self._in_flight -= 1
            self._note(visit)

    async def _answer(self, visit: Visit, scope: Scope, receive: Receive) -> None:
        method, headers = scope["method"], visit.headers
        refusals.check_size_and_type(method, scope, headers)
        route = self._routes.plain.get(scope.get("raw_path", b""))
        if route is None:
            scope["path"] = encoded_path(scope)
            route = self._routes.find(scope["path"])
        path = scope["path"]
        if route is not None:
            visit.template = route.template
        if self._in_flight > MOST_IN_FLIGHT and not _is_for_everyone(route):
            raise refusals.busy()
        now_s = self._parts.monotonic()
        if now_s >= self._parts.keys.due_s:
            await self._refresh(now_s, route)
        origin = headers.get(b"origin")
        if origin is not None and is_preflight(method, headers):
            await self._preflight(visit, origin, route)
            return
        principal = self._admitted(visit, scope, route, origin, now_s)
        body = b"" if method in _BODILESS else await read_body(receive)
        handler = self._parts.handlers.find(method, path)
        if handler is not None:
            asked = FastRequest(method, path, scope["query_string"], scope["headers"], body, principal)
            answer = await handler(asked)
            if answer is not None:
                await visit.answer(answer)
                return
        scope.setdefault("state", {})["principal"] = principal
        await self._application(scope, receive if method in _BODILESS else replayed(body, receive), visit.send)

    async def _refresh(self, now_s: float, route: Route | None) -> None:
        try:
            await self._parts.keys.refresh(now_s)
        except HuitouError:
            # Without any keys nobody comes in; but whether it lives and is ready can always be asked.
            if not _is_for_everyone(route):
                raise

    async def _preflight(self, visit: Visit, origin: bytes, route: Route | None) -> None:
        allowed = preflight_headers(origin, self._parts.keys.origins, route)
        if allowed is None:
            raise refusals.foreign_page(origin)
        await visit.respond(204, allowed)

    def _admitted(
        self, visit: Visit, scope: Scope, route: Route | None, origin: bytes | None, now_s: float
    ) -> Principal | None:
        """Whose request it is, None for strangers where they may come; raises when it may not go on."""
        keys, method = self._parts.keys, scope["method"]
        known = keys.find(visit.headers.get(b"authorization"))
        if origin is not None and origin in keys.origins and (known is None or known.principal.role == "browser"):
            visit.added.extend(origin_headers(origin))
        if known is not None:
            visit.key_id = known.principal.key_id
            self._check_use(known, origin, now_s)
        principal = known.principal if known is not None else self._stranger(scope, visit)
        roles = None if route is None else route.roles.get(method)
        if principal is None:
            if roles is EVERYONE:
                return None
            raise refusals.no_key()
        if route is None:
            raise not_found(scope["path"])
        if roles is None:
            raise refusals.Refusal(wrong_method(scope["path"], method, route.methods), {"allow": route.methods})
        if roles is not EVERYONE and principal.role not in roles:
            raise refusals.wrong_role(principal.role, method, route.template, roles)
        return principal

    def _check_use(self, known: KnownKey, origin: bytes | None, now_s: float) -> None:
        """Raise when a key is used by a page that it was not made for, or too often."""
        role = known.principal.role
        if role == "browser" and origin is not None and origin not in known.origins:
            raise refusals.foreign_page(origin)
        wait_s = self._parts.limits.wait_s(known.limit, now_s)
        if wait_s > 0:
            self._parts.metrics.count_limited(role)
            raise refusals.too_many(known.limit, wait_s)

    def _stranger(self, scope: Scope, visit: Visit) -> Principal | None:
        """Somebody without a valid key: welcome on the service's own machine as long as no key was made."""
        if self._parts.keys.any_made or not came_from_here(scope.get("server"), visit.headers):
            return None
        return OPEN

    def _note(self, visit: Visit) -> None:
        answered = visit.answered()
        self._parts.metrics.finished(
            answered.template, answered.method, answered.status, answered.tier, answered.duration_s
        )
        self._parts.log.add(answered)
        if not self._tick_is_due:
            self._tick_is_due = True
            asyncio.get_running_loop().call_later(TICK_S, self._tick)

    def _tick(self) -> None:
        self._tick_is_due = False
        self._parts.log.flush()
        self._parts.on_tick()


def _is_for_everyone(route: Route | None) -> bool:
    """Whether a route asks for no key, as health does."""
    return route is not None and EVERYONE in route.roles.values()


def encoded_path(scope: Scope) -> str:
    """The path with every segment percent-encoded in one way.

    ``a%2Fb`` stays one segment, as it was meant.
    """
    raw: bytes = scope.get("raw_path") or quote(scope["path"]).encode()
    if _PLAIN_PATH.fullmatch(raw):
        return raw.decode("ascii")
    return "/".join(quote(unquote_to_bytes(segment), safe="") for segment in raw.split(b"/"))
