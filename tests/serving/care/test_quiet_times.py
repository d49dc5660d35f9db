"""When messages may go out, by the shop's own clock."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.errors import HuitouError
from serving.care.quiet_times import QuietTimes
from serving.care.rules import ContactCare


def times(timezone: str = "Asia/Shanghai", **said: Any) -> QuietTimes:
    """Quiet times by what is said, without quiet hours where none are."""
    return QuietTimes(ContactCare.read(json.dumps({"quiet_hours": None} | said)), timezone)


def local(text: str, timezone: str = "Asia/Shanghai") -> datetime:
    """A moment by the shop's clock."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(timezone))


NIGHT = {"from": "21:00", "until": "08:00"}


@pytest.mark.parametrize(
    ("asked", "allowed"),
    [
        ("2026-03-02T12:00", "2026-03-02T12:00"),
        ("2026-03-02T20:59", "2026-03-02T20:59"),
        ("2026-03-02T21:00", "2026-03-03T08:00"),
        ("2026-03-03T07:59", "2026-03-03T08:00"),
        ("2026-03-06T22:00", "2026-03-09T08:00"),
        ("2026-03-07T12:00", "2026-03-09T08:00"),
        ("2026-03-31T23:00", "2026-04-02T08:00"),
    ],
    ids=["noon", "evening", "night", "morning", "before the weekend", "weekend", "before a date"],
)
def test_hours_and_days(asked: str, allowed: str) -> None:
    """Quiet hours go past midnight, and quiet days are passed over whole."""
    quiet = times(quiet_hours=NIGHT, quiet_weekdays=["saturday", "sunday"], quiet_dates=["2026-04-01"])
    assert quiet.next_allowed(local(asked)) == local(allowed)
    assert quiet.next_allowed(local(asked)).tzinfo is UTC


def test_a_channel_of_its_own() -> None:
    """A channel's own quiet hours hold in place of those of all channels."""
    quiet = times(quiet_hours=NIGHT, channels={"phone": {"quiet_hours": {"from": "18:00", "until": "10:00"}}})
    evening = local("2026-03-02T19:00")
    assert quiet.next_allowed(evening, "email") == quiet.next_allowed(evening) == evening
    assert quiet.next_allowed(evening, "phone") == local("2026-03-03T10:00")


@given(
    at=st.datetimes(min_value=datetime(2025, 1, 1), max_value=datetime(2027, 1, 1)),  # noqa: DTZ001 - any zone
    zone=st.sampled_from(["Asia/Shanghai", "America/New_York", "Europe/Berlin", "Pacific/Apia", "Asia/Kathmandu"]),
    start=st.integers(0, 23),
    end=st.integers(0, 23),
)
def test_the_first_moment_that_is_not_quiet(at: datetime, zone: str, start: int, end: int) -> None:
    """What is given is not quiet, not before what was asked, and a minute before it is quiet; in any zone."""
    quiet = times(zone, quiet_hours={"from": f"{start:02}:00", "until": f"{end:02}:30"}, quiet_weekdays=["sunday"])
    asked = at.replace(tzinfo=UTC)
    found = quiet.next_allowed(asked)
    assert found >= asked
    assert not quiet.is_quiet(found)
    if found - asked > timedelta(minutes=1):
        assert quiet.is_quiet(found - timedelta(minutes=1))


def test_a_year_of_quiet_dates() -> None:
    """Where no day is left within the longest time, the error says which file to mend."""
    first = local("2026-01-01T00:00").date()
    dates = [(first + timedelta(days=days)).isoformat() for days in range(400)]
    with pytest.raises(HuitouError, match=r"^no message may go out within 400 days\. Mend the quiet days"):
        times(quiet_dates=dates, quiet_hours=NIGHT).next_allowed(local("2026-01-01T01:00"))
