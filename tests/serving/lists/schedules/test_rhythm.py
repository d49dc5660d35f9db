"""Rhythms: the hour is that of the shop's clock, also where the clock is changed."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.errors import HuitouError
from serving.lists.schedules.rhythm import Rhythm


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


@pytest.mark.parametrize(
    ("said", "after", "zone", "wanted"),
    [
        ({"every": "day", "hour": 7}, "2025-03-01T12:00Z", "Asia/Shanghai", "2025-03-01T23:00Z"),
        ({"every": "day", "hour": 7}, "2025-03-01T23:00Z", "Asia/Shanghai", "2025-03-02T23:00Z"),
        ({"every": "day"}, "2025-03-01T05:59Z", "UTC", "2025-03-01T06:00Z"),
        ({"every": "week"}, "2025-03-01T12:00Z", "UTC", "2025-03-03T06:00Z"),
        ({"every": "week", "weekday": "saturday", "hour": 0}, "2025-03-01T00:00Z", "UTC", "2025-03-08T00:00Z"),
        ({"every": "month", "day": 31}, "2025-02-01T00:00Z", "UTC", "2025-02-28T06:00Z"),
        ({"every": "month"}, "2025-12-15T00:00Z", "UTC", "2026-01-01T06:00Z"),
        ({"every": "day", "hour": 7}, "2025-03-29T12:00Z", "Europe/Berlin", "2025-03-30T05:00Z"),
        ({"every": "day", "hour": 7}, "2025-03-28T12:00Z", "Europe/Berlin", "2025-03-29T06:00Z"),
        ({"every": "snapshot"}, "2025-03-01T12:00Z", "UTC", "2025-03-01T12:01Z"),
    ],
)
def test_the_next_time(said: dict[str, Any], after: str, zone: str, wanted: str) -> None:
    """It is later than the moment, at the hour of the shop's day, and by its calendar."""
    assert Rhythm.read(said).next_after(moment(after), zone) == moment(wanted)


@given(
    after=st.integers(1_704_067_200, 1_798_761_600).map(lambda seconds: datetime.fromtimestamp(seconds, UTC)),
    hour=st.integers(0, 23),
    every=st.sampled_from(["day", "week", "month"]),
    zone=st.sampled_from(["Asia/Shanghai", "America/New_York", "Pacific/Apia"]),
)
def test_always_later_and_soon_enough(after: datetime, hour: int, every: str, zone: str) -> None:
    """Whatever the moment: later than it, and not later than one round and a day."""
    found = Rhythm.read({"every": every, "hour": hour}).next_after(after, zone)
    assert 0 < (found - after).total_seconds() <= {"day": 2, "week": 8, "month": 32}[every] * 86_400


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"every": "hour"}, "rhythm.every must be one of 'day', 'week', 'month' or 'snapshot'; got \"hour\"."),
        ({}, "rhythm.every must be given; got nothing."),
        ({"every": "day", "hour": 24}, "rhythm.hour must be at most 23; got 24."),
        ({"every": "day", "weekday": "monday"}, "must have a weekday only where every is week"),
        ({"every": "week", "day": 3}, "must have a day only where every is month"),
        ({"every": "snapshot", "hour": 3}, "must have no hour where every is snapshot"),
        ({"every": "day", "minute": 3}, "rhythm.minute is not a field of a rhythm; got 3."),
    ],
)
def test_what_is_no_rhythm(said: dict[str, Any], told: str) -> None:
    """One clear error."""
    with pytest.raises(HuitouError) as raised:
        Rhythm.read(said)
    assert told in raised.value.message
