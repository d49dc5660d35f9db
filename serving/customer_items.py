"""What one customer bought, looked at, carted and favourited: what the snapshot keeps, and what happened since."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
import pyarrow as pa

from features.arrays import Floats, Ints
from features.catalogue import Catalogue
from features.events.event import ITEM_SCHEMA, KIND_CODES
from features.history import CART, DAY_US, FAVORITE, PURCHASE, VIEW, History
from features.moments import microseconds, moment_of
from serving.database.people.touch import Touch
from serving.snapshot import Snapshot
from serving.snapshot_parts.id_index import NO_ROW
from serving.snapshot_parts.past_files import MOST_EVENTS, PastEvents

LISTS = ("bought", "viewed", "carted", "favorited", "open_cart", "open_favorites")
"""What is told of a customer's items."""


@dataclass(frozen=True)
class TouchedItem:
    """One item and what the customer had to do with it."""

    item_id: str
    """The item."""
    last_at: datetime
    """When it happened last."""
    times: int
    """How often; pieces for purchases."""


@dataclass(frozen=True)
class CustomerItems:
    """The items of one customer."""

    by_act: dict[str, list[TouchedItem]]
    """Items by what was done with them (``LISTS``), the newest first."""
    is_complete: bool
    """Whether it is everything the customer ever did; False where the snapshot keeps only the newest events."""
    is_known: bool
    """Whether anything is known of the customer at all."""


def customer_items(snapshot: Snapshot, people: Sequence[str], touches: Sequence[Touch], now: datetime) -> CustomerItems:
    """The items of a customer until ``now``.

    ``people`` are the customer and the visitors merged into it, ``touches`` what they did since the snapshot.
    """
    rows = [row for person in people if (row := snapshot.customers.row(person)) != NO_ROW]
    pasts = [snapshot.past.of(row) for row in rows]
    acts = [*(act for past in pasts for act in _acts_of(snapshot, past)), *map(_act, touches)]
    history = _history(sorted(act for act in acts if act.occurred_us <= microseconds(now)), now)
    return CustomerItems(
        _lists(history),
        is_complete=all(len(past) < MOST_EVENTS for past in pasts),
        is_known=bool(rows or len(history.kind)),
    )


@dataclass(frozen=True, order=True)
class _Act:
    """One event, in order of time and, at one moment, of the kinds."""

    occurred_us: int
    kind: int
    item_id: str
    quantity: float


def _acts_of(snapshot: Snapshot, past: PastEvents) -> list[_Act]:
    ids = [snapshot.shelf.ids.id(code) for code in past.item.tolist()]
    columns = (past.occurred_us.tolist(), past.kind.tolist(), ids, past.quantity.tolist())
    return [_Act(*values) for values in zip(*columns, strict=True)]


def _act(touch: Touch) -> _Act:
    return _Act(touch.occurred_us, KIND_CODES[touch.kind], touch.item_id, touch.quantity)


def _history(acts: Sequence[_Act], now: datetime) -> History:
    """The acts as the history of one customer; items that the snapshot does not know are in it as well."""
    # It ends before its cutoff: what happened this very moment is still told.
    cutoff_us = microseconds(now) + 1
    catalogue = Catalogue.before(ITEM_SCHEMA.empty_table(), pa.array({act.item_id for act in acts}, pa.string()))
    count = len(acts)
    return History(
        cutoff=moment_of(cutoff_us),
        catalogue=catalogue,
        customer_ids=pa.array([""]),
        boundaries=np.array([0, count]),
        kind=np.array([act.kind for act in acts], dtype=np.uint8),
        item=catalogue.codes(pa.array([act.item_id for act in acts], pa.string())),
        age_days=np.array([(cutoff_us - act.occurred_us) / DAY_US for act in acts], dtype=np.float64),
        local_day=np.zeros(count, dtype=np.int32),
        local_hour=np.zeros(count, dtype=np.int8),
        quantity=np.array([act.quantity for act in acts], dtype=np.float32),
        unit_price=np.full(count, np.nan, dtype=np.float32),
        order_id=pa.nulls(count, pa.string()),
    )


def _lists(history: History) -> dict[str, list[TouchedItem]]:
    carts, favorites = history.open_carts, history.open_favorites
    found = (
        _touched(history, history.of(PURCHASE), history.quantity),
        _touched(history, history.of(VIEW)),
        _touched(history, history.of(CART)),
        _touched(history, history.of(FAVORITE)),
        _listed(history, carts.item, carts.age_days, np.ones(len(carts.item))),
        _listed(history, favorites.item, favorites.age_days, np.ones(len(favorites.item))),
    )
    return dict(zip(LISTS, found, strict=True))


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
