"""Who is left out of a shop's numbers when bots, resellers, test orders and staff are."""

from __future__ import annotations

from datetime import datetime

import pyarrow as pa

from features.behaviour import Behaviour
from features.history import History
from features.progress import Progress
from features.shop.anomalies import Anomalies


def set_aside_people(behaviour: Behaviour, cutoff: datetime, progress: Progress | None = None) -> pa.Array:
    """Ids of all who are set aside by what was known before ``cutoff``, for ``ShopTables.without``."""
    catalogue = behaviour.catalogue(cutoff)
    anomalies = Anomalies.before(behaviour, cutoff, catalogue)

    def of_bucket(_: int, history: History) -> pa.Array:
        return history.customer_ids.filter(pa.array(anomalies.set_aside(history).flags)).cast(pa.string())

    parts = behaviour.map_histories(of_bucket, cutoff, catalogue, progress=progress)
    return pa.concat_arrays([pa.array([], pa.string()), *parts])
