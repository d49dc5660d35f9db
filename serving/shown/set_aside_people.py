"""Who is not counted in results: bots, resellers, test orders and internal accounts, as the snapshot knows them."""

from __future__ import annotations

import numpy as np

from serving.snapshot import Snapshot
from serving.snapshot_parts.audience.columns import UNKNOWN


def set_aside_people(snapshot: Snapshot) -> frozenset[str]:
    """Ids of those whom the snapshot has set aside."""
    rows = np.flatnonzero(snapshot.audience.columns.values("set_aside") != UNKNOWN)
    return frozenset(map(snapshot.customers.id, rows.tolist()))
