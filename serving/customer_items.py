"""What one customer bought, looked at, carted and favourited, from stored and fresh events together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from features.arrays import Floats, Ints
from features.catalogue import Catalogue
from features.events.event import ITEM_SCHEMA, KIND_CODES, bucket_of, with_defaults, with_local_time
from features.events.reader import EMPTY_BUCKET
from features.events.warehouse import Warehouse
from features.history import CART, FAVORITE, PURCHASE, VIEW, History
from features.shop_folder import ShopFolder
from serving.database.inbox import Inbox

SOON = timedelta(microseconds=1)
"""Histories end before their cutoff: what happened this very moment is still told."""


@dataclass(frozen=True)
class TouchedItem:
    """One item and what the customer had to do with it."""

    item_id: str
    """The item."""
    last_at: datetime
    """When it happened last."""
    times: int
    """How often; pieces for purchases."""


def customer_items(shop: ShopFolder, inbox: Inbox, customer_id: str, now: datetime) -> dict[str, list[TouchedItem]]:
    """Items by what was done with them until ``now``, the newest first.

    Empty lists for someone who is not known.
    """
    reader = Warehouse.open(shop).reader()
    stored = reader.customer(bucket_of(customer_id, reader.buckets), customer_id)
    fresh = _as_history(inbox.of_customer(customer_id, reader.version), shop.settings.timezone)
    events = pa.concat_tables([stored.cast(fresh.schema), fresh])
    order = np.lexsort((_kind_order(events), events["occurred_us"].to_numpy()))
    history = _history(events.take(pa.array(order)), now)
    if not len(history):
        return {name: [] for name in ("bought", "viewed", "carted", "favorited", "open_cart", "open_favorites")}
    carts, favorites = history.open_carts, history.open_favorites
    return {
        "bought": _touched(history, history.of(PURCHASE), history.quantity),
        "viewed": _touched(history, history.of(VIEW)),
        "carted": _touched(history, history.of(CART)),
        "favorited": _touched(history, history.of(FAVORITE)),
        "open_cart": _listed(history, carts.item, carts.age_days, np.ones(len(carts.item))),
        "open_favorites": _listed(history, favorites.item, favorites.age_days, np.ones(len(favorites.item))),
    }


def _history(events: pa.Table, now: datetime) -> History:
    seen = pc.unique(events["item_id"])
    seen = seen.combine_chunks() if isinstance(seen, pa.ChunkedArray) else seen
    return History.before(events, now + SOON, Catalogue.before(ITEM_SCHEMA.empty_table(), seen))


def _as_history(events: pa.Table, timezone: str) -> pa.Table:
    """Events of the inbox with the columns of stored ones."""
    complete = with_local_time(with_defaults(events), timezone)
    columns = {
        "customer_id": complete["customer_id"],
        "kind": complete["kind"],
        "item_id": complete["item_id"],
        "occurred_us": complete["occurred_at"].cast(pa.int64()),
        "local_day": complete["local_date"].cast(pa.int32()),
        "local_hour": complete["local_hour"],
        "quantity": complete["quantity"].cast(pa.float32()),
        "unit_price": complete["unit_price"].cast(pa.float32()),
        "order_id": complete["order_id"],
    }
    return pa.table(columns).select(EMPTY_BUCKET.column_names)


def _kind_order(events: pa.Table) -> Ints:
    return np.array([KIND_CODES[kind] for kind in events["kind"].to_pylist()], dtype=np.int64)


def _touched(history: History, rows: Ints, weights: Floats | None = None) -> list[TouchedItem]:
    items, first = np.unique(history.item[rows][::-1], return_index=True)
    newest = history.age_days[rows][::-1][first]
    amount = None if weights is None else weights[rows]
    times = np.bincount(history.item[rows], weights=amount, minlength=len(history.catalogue))[items]
    order = np.argsort(newest, kind="stable")
    return _listed(history, items[order], newest[order], times[order])


def _listed(history: History, items: Ints, ages: Floats, times: Floats | Ints) -> list[TouchedItem]:
    names: Sequence[str] = history.catalogue.ids.take(pa.array(items)).to_pylist()
    return [
        TouchedItem(name, history.cutoff - timedelta(days=float(age)), int(count))
        for name, age, count in zip(names, ages, times, strict=True)
    ]
