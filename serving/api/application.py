"""The service as one ASGI application."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from uuid import uuid4

from fastapi import Depends, FastAPI
from fastapi.security import HTTPBearer

from features.shop_folder import ShopFolder
from serving.api import bundles, clusters, customers, described, events, health, interested, items, recommendations
from serving.api.door import Door
from serving.api.errors import handle_errors
from serving.api.service import Service
from serving.arranging.current_rules import CurrentRules
from serving.arranging.exploration_log import ExplorationLog
from serving.current_snapshot import CurrentSnapshot
from serving.database.connection import open_database
from serving.database.described import Described
from serving.database.inbox import Inbox


def _random_id() -> str:
    return uuid4().hex


def create_app(
    shop: ShopFolder,
    *,
    clock: Callable[[], datetime],
    api_key: str | None = None,
    database_url: str | None = None,
    new_id: Callable[[], str] = _random_id,
) -> FastAPI:
    """The service of one shop.

    ``clock`` tells the moment with its zone; ``api_key`` is asked for by every request under ``/v1`` when
    it is given (see :func:`serving.api.door.check_binding`); ``new_id`` names recommendations and events
    without an id. It starts without a snapshot, too, and answers 503 until one is published.
    """
    engine = open_database(shop, database_url)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        engine.dispose()

    # No pages of documentation: they would load scripts from outside. /openapi.json is for tools of one's
    # own.
    app = FastAPI(
        title="Huitou",
        version="1",
        description="Who is about to stop buying, what each customer wants next, and events as they happen.",
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
        dependencies=[Depends(HTTPBearer(auto_error=False, description="The key of the shop, where one is set."))],
    )
    app.state.service = Service(
        shop=shop,
        current=CurrentSnapshot(shop),
        inbox=Inbox(engine),
        described=Described(engine),
        clock=clock,
        new_id=new_id,
        rules=CurrentRules(shop),
        explored=ExplorationLog(shop),
    )
    for part in (recommendations, customers, described, clusters, interested, bundles, items, events, health):
        app.include_router(part.router)
    app.add_middleware(Door, api_key=api_key)
    handle_errors(app)
    return app
