"""What arranging asks of the one who will see an answer, from the snapshot and what they did since."""

from __future__ import annotations

import numpy as np

from features.events.event import KIND_CODES
from features.history import DAY_US
from features.moments import microseconds
from serving.arranging.person import Person
from serving.recommending.offers import Visitor
from serving.snapshot import Snapshot
from serving.snapshot_parts.id_index import NO_ROW
from serving.snapshot_parts.past_files import PastEvents

STRANGER = ("visitor", "visitor")
"""Layer and kind of somebody whom the snapshot does not know."""


def live_person(snapshot: Snapshot, visitor: Visitor, *, with_groups: bool) -> Person:
    """The visitor's own items as of now, and the layer and kind where they are asked for; nobody has neither."""
    past = PastEvents.none() if visitor.row == NO_ROW else snapshot.past.of(visitor.row)
    fresh = [
        (KIND_CODES[touch.kind], code, touch.occurred_us)
        for touch in visitor.touches
        if (code := snapshot.shelf.ids.row(touch.item_id)) != NO_ROW
    ]
    kinds, items, moments = np.array(fresh, dtype=np.int64).reshape(-1, 3).T
    now_us = microseconds(visitor.now)
    occurred_us = np.concatenate([past.occurred_us, moments])
    layer, kind = groups_of(snapshot, visitor.person, visitor.row) if with_groups else (None, None)
    return Person.of(
        np.concatenate([past.kind, kinds]),
        np.concatenate([past.item, items]),
        np.maximum(now_us - occurred_us, 0) / DAY_US,
        layer=layer,
        kind=kind,
    )


def groups_of(snapshot: Snapshot, person: str | None, row: int) -> tuple[str, str] | tuple[None, None]:
    """Layer and kind of the customer of a row, ``NO_ROW`` for who is not known; neither for nobody in particular."""
    if row != NO_ROW:
        return snapshot.customer_groups.of(row)
    return (None, None) if person is None else STRANGER
