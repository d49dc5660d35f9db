"""Histories for live answers: what a snapshot kept of people, with what they did since laid over it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa

from features.arrays import Ints
from features.catalogue import UNKNOWN, Catalogue
from features.events.event import EPOCH, KIND_CODES
from features.history import DAY_US, History
from serving.database.inbox import Touch
from serving.snapshot import Snapshot
from serving.snapshot_parts.id_index import NO_ROW
from serving.snapshot_parts.past_files import TYPES, PastEvents

_DAY = timedelta(days=1)


def live_history(snapshot: Snapshot, person: str, row: int, touches: Sequence[Touch], now: datetime) -> History:
    """The history of one person until ``now``: the snapshot's, where ``row`` names one, and ``touches``.

    Items that the snapshot does not know are passed over. Nothing lies in the future: the history ends just after its
    newest event where that is later than ``now``.
    """
    past = PastEvents.none() if row == NO_ROW else snapshot.past.of(row)
    events = _together(past, _as_events(snapshot, touches, past))
    return _history([person], events, np.array([0, len(events)]), snapshot.catalogue, now)


def stored_histories(snapshot: Snapshot, rows: Ints) -> History:
    """What the snapshot kept of the customers of some rows, until its own moment."""
    events, boundaries = snapshot.past.of_several(rows)
    ids = [snapshot.customers.id(int(row)) for row in rows]
    return _history(ids, events, boundaries, snapshot.catalogue, snapshot.header.as_of)


def _history(
    ids: Sequence[str], events: PastEvents, boundaries: Ints, catalogue: Catalogue, moment: datetime
) -> History:
    moment_us = (moment - EPOCH) // timedelta(microseconds=1)
    cutoff_us = max(moment_us, int(events.occurred_us.max(initial=0)) + 1)
    numbers = events.order.tolist()
    return History(
        cutoff=EPOCH + timedelta(microseconds=cutoff_us),
        catalogue=catalogue,
        customer_ids=pa.array(ids, pa.string()),
        boundaries=boundaries,
        kind=events.kind,
        item=events.item,
        age_days=(cutoff_us - events.occurred_us) / DAY_US,
        local_day=events.local_day,
        local_hour=events.local_hour,
        quantity=events.quantity,
        unit_price=events.unit_price,
        order_id=pa.array([None if number == UNKNOWN else str(number) for number in numbers], pa.string()),
    )


def _as_events(snapshot: Snapshot, touches: Sequence[Touch], past: PastEvents) -> PastEvents:
    """Fresh events as arrays, their orders numbered after those of the past."""
    coded = [(touch, snapshot.shelf.ids.row(touch.item_id)) for touch in touches]
    known = [(touch, code) for touch, code in coded if code != NO_ROW]
    first = int(past.order.max(initial=UNKNOWN)) + 1
    orders: dict[str, int] = {}
    local = [_local(touch.occurred_us, snapshot.header.timezone) for touch, _ in known]
    columns = {
        "kind": [KIND_CODES[touch.kind] for touch, _ in known],
        "item": [code for _, code in known],
        "occurred_us": [touch.occurred_us for touch, _ in known],
        "local_day": [day for day, _ in local],
        "local_hour": [hour for _, hour in local],
        "quantity": [touch.quantity for touch, _ in known],
        "unit_price": [np.nan if touch.unit_price is None else touch.unit_price for touch, _ in known],
        "order": [
            UNKNOWN if touch.order_id is None else orders.setdefault(touch.order_id, first + len(orders))
            for touch, _ in known
        ],
    }
    return PastEvents(**{name: np.array(column, dtype=TYPES[name]) for name, column in columns.items()})


def _together(past: PastEvents, fresh: PastEvents) -> PastEvents:
    """Both in order of time; at one moment in the order of the kinds, as in the warehouse."""
    if not len(fresh):
        return past
    columns = {name: np.concatenate([getattr(past, name), getattr(fresh, name)]) for name in TYPES}
    order = np.lexsort((columns["kind"], columns["occurred_us"]))
    return PastEvents(**{name: column[order] for name, column in columns.items()})


def _local(occurred_us: int, timezone: str) -> tuple[int, int]:
    moment = (EPOCH + timedelta(microseconds=occurred_us)).astimezone(_zone(timezone))
    return (moment.replace(tzinfo=UTC) - EPOCH) // _DAY, moment.hour


@lru_cache(maxsize=8)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)
