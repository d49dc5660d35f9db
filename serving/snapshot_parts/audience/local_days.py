"""The shop's days as numbers."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from features.arrays import Ints

_UTC = pa.timestamp("us", tz="UTC")


def local_days(moments_us: Ints, timezone: str) -> Ints:
    """The shop's day of each moment (UTC microseconds since 1970), as a number since 1970-01-01; shape ``(n,)``."""
    local = pc.local_timestamp(pa.array(moments_us, pa.int64()).cast(_UTC).cast(pa.timestamp("us", tz=timezone)))
    days: Ints = pc.floor_temporal(local, unit="day").cast(pa.timestamp("s")).cast(pa.int64()).to_numpy() // 86_400
    return days
