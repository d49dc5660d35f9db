"""The service as one ASGI application."""

from __future__ import annotations

import os
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime

from fastapi import FastAPI
from starlette.types import Receive, Scope, Send

from features.shop_folder import ShopFolder
from serving.access.key_ring import KeyRing
from serving.access.metrics import Metrics
from serving.access.rate_limit import RateLimit
from serving.access.request_id import RequestIds
from serving.access.request_log import LEVELS, LogSettings, RequestLog
from serving.api.door import Door, DoorParts
from serving.api.errors import handle_errors
from serving.api.fast.handlers import fast_handlers
from serving.api.openapi import DocumentedApi
from serving.api.routers import ROUTES
from serving.api.service import Service
from serving.arranging.current_rules import CurrentRules
from serving.audiences.fresh_acts import FreshActs
from serving.audiences.previewing.preview import Previews
from serving.care.care import Care
from serving.database.access.audit import Audit
from serving.database.access.keys import ApiKeys
from serving.database.answers.comparisons import Comparisons
from serving.database.answers.responses import Responses
from serving.database.answers.shown import Shown
from serving.database.answers.shown_sample import ShownSample
from serving.database.connection import open_database
from serving.database.described_items import DescribedItems
from serving.database.inbox import Inbox
from serving.database.lag import Lag
from serving.database.people.address_forms import phone_region
from serving.database.people.contact_cipher import ContactCipher
from serving.database.people.contact_details import ContactDetails
from serving.database.people.described import Described
from serving.database.people.merged import Merged
from serving.database.people.person_now import PeopleNow
from serving.database.writer import Writer
from serving.desk.desk import Desk, DeskPlace
from serving.live.current_snapshot import CurrentSnapshot
from serving.live.live_shelves import LiveShelves
from serving.privacy.erasing import Erasing
from serving.random_id import random_id
from serving.shown.comparing.running_comparison import RunningComparison


class Application(DocumentedApi):
    """The routes behind their door."""

    door: Door

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Everything passes the door first."""
        await self.door(scope, receive, send)


def create_app(
    shop: ShopFolder,
    *,
    clock: Callable[[], datetime],
    database_url: str | None = None,
    contact_keys: str | None = None,
    new_id: Callable[[], str] = random_id,
    rate_limit: RateLimit | None = None,
    log: RequestLog | None = None,
    monotonic: Callable[[], float] = time.monotonic,
    look_every_s: float = 0.0,
    desk_apart: bool = False,
) -> Application:
    """The service of one shop.

    ``clock`` tells the moment with its zone; ``contact_keys`` is the value of ``HUITOU_CONTACT_KEY``; ``new_id`` names
    recommendations and events without an id; ``rate_limit`` is made before workers are forked, so that they count
    together; without ``log`` requests are not written down; ``monotonic`` runs alike in all workers;
    ``look_every_s`` is how often at most it looks whether another snapshot or other rules are there; with
    ``desk_apart`` longer work is done by a process of its own. It starts without a snapshot, too, and answers 503
    until one is published.
    """
    engine = open_database(shop, database_url)
    comparisons = Comparisons(engine)
    writer = Writer(engine)
    counted = Metrics()
    desk = Desk(DeskPlace(shop.path, database_url, contact_keys), clock, apart=desk_apart)
    ring = KeyRing(ApiKeys(engine).list, clock)
    written = log or RequestLog(lambda _: None, clock, LogSettings(LEVELS["off"]))

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        writer.close()
        desk.close()
        service.people.close()
        written.flush()
        ring.close()
        engine.dispose()

    # No pages of documentation: they would load scripts from outside. /openapi.json is for tools of one's
    # own.
    app = Application(
        title="Huitou",
        version="1",
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
        # As they are: including routers would build every route anew for each application, at its first request.
        routes=[*ROUTES],
    )
    service = app.state.service = Service(
        shop=shop,
        current=CurrentSnapshot(shop, RunningComparison(comparisons), look_every_s=look_every_s, seconds=monotonic),
        inbox=Inbox(engine),
        described=Described(engine),
        described_items=DescribedItems(engine),
        people=PeopleNow(engine),
        shelves=LiveShelves(DescribedItems(engine).changed_after),
        clock=clock,
        new_id=new_id,
        rules=CurrentRules(shop, look_every_s=look_every_s, seconds=monotonic),
        metrics=counted,
        keys=ApiKeys(engine),
        audit=Audit(engine),
        lag=Lag(engine),
        database=engine,
        contact_details=ContactDetails(engine, ContactCipher(contact_keys), phone_region(shop.settings)),
        merged=Merged(engine),
        erasing=Erasing(shop, engine),
        writer=writer,
        shown=Shown(
            engine,
            writer,
            sample=ShownSample(shop.settings.shown_share, shop.settings.shown_per_second, monotonic),
            on_drop=counted.shown_dropped.inc,
        ),
        responses=Responses(engine),
        comparisons=comparisons,
        desk=desk,
        previews=Previews(shop, engine, Care(shop, engine), FreshActs(engine)),
    )
    handle_errors(app)
    app.door = Door(
        super(Application, app).__call__,
        DoorParts(
            handlers=fast_handlers(service),
            keys=ring,
            limits=rate_limit or RateLimit(),
            metrics=counted,
            log=written,
            on_tick=lambda: counted.writer_queue.set(writer.waiting),
            request_ids=RequestIds(os.urandom),
            monotonic=monotonic,
        ),
    )
    return app
