"""What visitors did before they turned out to be a customer, as if the customer had just done it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from features.catalogue import UNKNOWN
from features.events.event import KIND_CODES
from serving.database.people.touch import Touch
from serving.snapshot import Snapshot
from serving.snapshot_parts.id_index import NO_ROW

MOST = 200
"""So many of the newest are looked at; the next snapshot knows them all."""

_KIND_NAMES = {code: name for name, code in KIND_CODES.items()}


def past_touches(snapshot: Snapshot, visitors: Sequence[str]) -> list[Touch]:
    """What the snapshot kept of these visitors (as stored), in order of time.

    It is empty when the snapshot was made after they were merged.
    """
    rows = [row for visitor in visitors if (row := snapshot.customers.row(visitor)) != NO_ROW]
    if not rows:
        return []
    past, boundaries = snapshot.past.of_several(np.array(rows, dtype=np.int64))
    visitor = np.repeat(rows, np.diff(boundaries))
    newest = np.argsort(past.occurred_us, kind="stable")[-MOST:]
    return [
        Touch(
            _KIND_NAMES[int(past.kind[place])],
            snapshot.shelf.ids.id(int(past.item[place])),
            int(past.occurred_us[place]),
            max(int(past.quantity[place]), 1),
            None if np.isnan(past.unit_price[place]) else float(past.unit_price[place]),
            # Numbers of orders are those of one customer, and never the same as the ids of fresh ones.
            None if past.order[place] == UNKNOWN else f"\0{visitor[place]} {past.order[place]}",
        )
        for place in newest
    ]
