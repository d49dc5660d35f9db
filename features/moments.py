"""Moments and days as numbers, both counted from the beginning of 1970, and the days of a shop's own clock."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.compute as pc

from features.arrays import Ints
from features.events.event import EPOCH

_FIRST = EPOCH.date()
_MICROSECOND = timedelta(microseconds=1)
_UTC = pa.timestamp("us", tz="UTC")


def microseconds(moment: datetime) -> int:
    """UTC microseconds since 1970; exact, where a float would miss some by one."""
    return (moment - EPOCH) // _MICROSECOND


def moment_of(us: int) -> datetime:
    """The moment of some UTC microseconds since 1970."""
    return EPOCH + timedelta(microseconds=us)


def local_date(moment: datetime, timezone: str) -> date:
    """The date of a moment by a shop's own clock."""
    return moment.astimezone(ZoneInfo(timezone)).date()


def day_number(day: date) -> int:
    """The number of a day since 1970-01-01."""
    return (day - _FIRST).days


def day_of(number: int) -> date:
    """The day of a number since 1970-01-01."""
    return _FIRST + timedelta(days=number)


def local_days(moments_us: Ints, timezone: str) -> Ints:
    """The shop's day of each moment (UTC microseconds since 1970), as a number since 1970-01-01; shape ``(n,)``."""
    local = pc.local_timestamp(pa.array(moments_us, pa.int64()).cast(_UTC).cast(pa.timestamp("us", tz=timezone)))
    days: Ints = pc.floor_temporal(local, unit="day").cast(pa.timestamp("s")).cast(pa.int64()).to_numpy() // 86_400
    return days
