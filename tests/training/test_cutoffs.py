"""Training cutoffs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.errors import HuitouError
from training.cutoffs import (
    CutoffSettings,
    checked_horizon,
    embargoed,
    local_midnight,
    shifted,
    training_cutoffs,
)

FIRST = datetime(2024, 1, 1, tzinfo=UTC)
ZONES = ("UTC", "Asia/Shanghai", "America/New_York", "Australia/Lord_Howe")


@given(st.integers(0, 900), st.floats(0, 900), st.integers(1, 200), st.sampled_from(ZONES), st.integers(1, 8))
def test_every_cutoff_keeps_the_rules(first_day: int, as_of_day: float, horizon: int, timezone: str, most: int) -> None:
    """For any shop: labels end by then, history comes before, midnights of the shop, rising, at most so many."""
    first, as_of = FIRST + timedelta(days=first_day), FIRST + timedelta(days=as_of_day)
    found = training_cutoffs(first, as_of, horizon, timezone, CutoffSettings(most=most))
    assert len(found) <= most
    assert list(found) == sorted(set(found))
    for cutoff in found:
        assert shifted(cutoff, horizon, timezone) <= as_of
        assert shifted(cutoff, -horizon, timezone) >= first
        assert cutoff == local_midnight(cutoff, timezone)


def test_steps_are_a_third_of_the_horizon() -> None:
    """A year of history and 91 days give cutoffs 31 days apart, the newest one horizon before the end."""
    found = training_cutoffs(FIRST, datetime(2025, 1, 1, tzinfo=UTC), 91, "UTC")
    assert [cutoff.date().isoformat() for cutoff in found] == [
        "2024-04-30",
        "2024-05-31",
        "2024-07-01",
        "2024-08-01",
        "2024-09-01",
        "2024-10-02",
    ]


def test_days_are_the_shops_own() -> None:
    """Across the change of clocks a cutoff stays at the shop's midnight, and a horizon is days of its calendar."""
    as_of = datetime(2024, 3, 20, 15, tzinfo=UTC)
    [cutoff] = training_cutoffs(FIRST, as_of, 14, "America/New_York", CutoffSettings(most=1))
    assert cutoff == datetime(2024, 3, 6, tzinfo=ZoneInfo("America/New_York"))
    assert cutoff.astimezone(UTC) == datetime(2024, 3, 6, 5, tzinfo=UTC)
    assert shifted(cutoff, 14, "America/New_York").astimezone(UTC) == datetime(2024, 3, 20, 4, tzinfo=UTC)


def test_a_short_history_gives_fewer_cutoffs_and_then_none() -> None:
    """Two horizons of history hold one cutoff, a day less holds none, and no events hold none."""
    assert len(training_cutoffs(FIRST, FIRST + timedelta(days=20), 10, "UTC")) == 1
    assert training_cutoffs(FIRST, FIRST + timedelta(days=19), 10, "UTC") == ()
    assert training_cutoffs(None, FIRST, 10, "UTC") == ()


def test_half_a_horizon_of_history_gives_more_cutoffs() -> None:
    """With half the history before the first cutoff there is room for one or two more."""
    whole, half = (
        training_cutoffs(FIRST, FIRST + timedelta(days=60), 20, "UTC", CutoffSettings(history_share=share))
        for share in (1.0, 0.5)
    )
    assert len(half) > len(whole)
    assert set(whole) < set(half)


def test_the_embargo_keeps_what_was_complete() -> None:
    """Of cutoffs a third of a horizon apart, those three steps back were complete before the newest."""
    found = training_cutoffs(FIRST, FIRST + timedelta(days=365), 30, "UTC")
    assert embargoed(found[:-1], found[-1], 30, "UTC") == list(found[:3])


@pytest.mark.parametrize("days", [0, -3, 5000])
def test_a_senseless_horizon_is_refused(days: int) -> None:
    """The message names the value and what is allowed."""
    with pytest.raises(HuitouError, match=f"horizon_days must be between 1 and 3650; got {days}. Leave it out"):
        checked_horizon(days)
