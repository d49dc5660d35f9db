"""Histories for live answers: what a snapshot kept of people, with what they did since laid over it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa

from features.arrays import Ints
from features.catalogue import Catalogue
from features.events.event import EPOCH, KIND_CODES
from features.history import DAY_US, History
from features.moments import microseconds, moment_of
from serving.database.people.touch import Touch
from serving.snapshot import Snapshot
from serving.snapshot_parts.id_index import NO_ROW
from serving.snapshot_parts.past_files import TYPES, PastEvents, order_number

_DAY = timedelta(days=1)


def live_history(
    snapshot: Snapshot, person: str, rows: int | Sequence[int], touches: Sequence[Touch], now: datetime
) -> History:
    """The history of one person until ``now``: the snapshot's, where ``rows`` names any, and ``touches``.

    ``rows`` is the person's own row, or that and those of the visitors they were before. Items that the snapshot does
    not know are passed over. Nothing lies in the future: the history ends just after its newest event where that is
    later than ``now``.
    """
    own = [rows] if isinstance(rows, int) else rows
    past = [snapshot.past.of(row) for row in own if row != NO_ROW]
    fresh = [_event(snapshot, touch, code) for touch, code in _known(snapshot, touches)]
    events = PastEvents.in_order_of_time([*past, _as_events(fresh)] if fresh else past)
    return _history([person], events, np.array([0, len(events)]), snapshot.catalogue, now)


def stored_histories(snapshot: Snapshot, rows: Ints) -> History:
    """What the snapshot kept of the customers of some rows, until its own moment."""
    events, boundaries = snapshot.past.of_several(rows)
    ids = [snapshot.customers.id(int(row)) for row in rows]
    return _history(ids, events, boundaries, snapshot.catalogue, snapshot.header.as_of)


def _history(
    ids: Sequence[str], events: PastEvents, boundaries: Ints, catalogue: Catalogue, moment: datetime
) -> History:
    moment_us = microseconds(moment)
    cutoff_us = max(moment_us, int(events.occurred_us.max(initial=0)) + 1)
    return History(
        cutoff=moment_of(cutoff_us),
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
        order_id=events.order,
    )


def _known(snapshot: Snapshot, touches: Sequence[Touch]) -> list[tuple[Touch, int]]:
    coded = [(touch, snapshot.shelf.ids.row(touch.item_id)) for touch in touches]
    return [(touch, code) for touch, code in coded if code != NO_ROW]


def _event(snapshot: Snapshot, touch: Touch, code: int) -> tuple[float, ...]:
    """A fresh event, its numbers in the order of ``TYPES``."""
    price = np.nan if touch.unit_price is None else touch.unit_price
    day, hour = _local(touch.occurred_us, snapshot.header.timezone)
    kind, order = KIND_CODES[touch.kind], order_number(touch.order_id)
    return kind, code, touch.occurred_us, day, hour, touch.quantity, price, order


def _as_events(fresh: Sequence[tuple[float, ...]]) -> PastEvents:
    columns = zip(TYPES.items(), zip(*fresh, strict=True), strict=True)
    return PastEvents(**{name: np.array(column, dtype=dtype) for (name, dtype), column in columns})


def _local(occurred_us: int, timezone: str) -> tuple[int, int]:
    moment = moment_of(occurred_us).astimezone(_zone(timezone))
    return (moment.replace(tzinfo=UTC) - EPOCH) // _DAY, moment.hour


@lru_cache(maxsize=8)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)
