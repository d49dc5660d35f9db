"""A small shop with events in its warehouse, an inbox, a published snapshot and rules."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from features.events.event import ITEM_SCHEMA
from features.events.warehouse import Warehouse
from features.shop_folder import ShopFolder
from serving.absorb import absorb
from serving.backups.shop_files import EDITED_FILES
from serving.database.connection import open_database
from serving.database.inbox import Inbox
from tests.serving.database.fresh_events import RECEIVED, checked
from tests.serving.published_shop import small_shop


@contextmanager
def database(shop: ShopFolder, url: str | None = None) -> Iterator[Engine]:
    """The shop's database, closed at the end."""
    engine = open_database(shop, url)
    try:
        yield engine
    finally:
        engine.dispose()


def stored_shop(folder: Path, url: str | None = None) -> ShopFolder:
    """The shop: e-1 and e-2 are in the warehouse, e-3 waits in the inbox."""
    shop = small_shop(folder)
    for name in EDITED_FILES:
        (shop.path / name).write_text("{}", encoding="utf-8")
    Warehouse.open(shop).put_items(ITEM_SCHEMA.empty_table())
    with database(shop, url) as engine:
        inbox = Inbox(engine)
        put(inbox, {"event_id": "e-1"}, {"event_id": "e-2", "customer_id": "b/o b"})
        absorb(shop, inbox)
        put(inbox, {"event_id": "e-3"})
    return shop


def put(inbox: Inbox, *events: Mapping[str, Any]) -> None:
    """Put events into the inbox; when this returns they are acknowledged."""
    inbox.put(checked(*events), RECEIVED)


def absorbed_ids(shop: ShopFolder, url: str | None = None) -> list[str]:
    """Ids of all events in the warehouse after everything that waits is taken into it, in order; repeats stay."""
    with database(shop, url) as engine:
        absorb(shop, Inbox(engine))
    events = Warehouse.open(shop).reader()
    found: list[str] = []
    for files in events.files.values():
        for file in files:
            found.extend(ids_in(Path(file)))
    return sorted(found)


def ids_in(file: Path) -> list[str]:
    """The event ids in a file of the warehouse."""
    import pyarrow.parquet as pq

    ids: list[str] = pq.read_table(file, columns=["event_id"], partitioning=None)["event_id"].to_pylist()
    return ids
