"""Whether the newest days are all there."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np

from features.shop.alerts.completeness import NO_EVENTS, Completeness

FIRST = date(2025, 1, 1)


def of(hours: list[int], days_later: int = 1) -> Completeness:
    """What last hours of days say, so many days after the newest."""
    newest = FIRST + timedelta(days=len(hours) - 1)
    return Completeness.of(np.array(hours), FIRST, newest + timedelta(days=days_later))


def test_a_day_that_is_over_and_whole_is_judged() -> None:
    """Yesterday with events until night is judged, and nothing is missing."""
    found = of([22, 23, 21, 22] * 8)
    assert found.judged == found.newest
    assert (found.today, found.stopped_days, found.ended_hour, found.lost) == (None, 0, None, ())


def test_today_is_not_judged() -> None:
    """The newest day being today, the day before it is judged; a clock behind the data changes nothing of that."""
    for later in (0, -5):
        found = of([22, 23, 21, 22] * 8, later)
        assert found.today == found.newest
        assert found.judged == found.newest - timedelta(days=1)


def test_an_import_that_stopped() -> None:
    """Two whole days without events where there never was one are told; a shop that rests so often is not."""
    assert of([22, 23, 21, 22] * 8, 3).stopped_days == 2
    assert of([22, 23, NO_EVENTS, NO_EVENTS, 21] * 8, 3).stopped_days == 0


def test_a_day_that_was_cut_off() -> None:
    """A newest day that ends at noon, others going on until evening, is not judged."""
    found = of([22, 23, 21, 22] * 8 + [12])
    assert (found.ended_hour, found.usual_hour) == (12, 21)
    assert found.judged == found.newest - timedelta(days=1)
    assert of([22, 23, 21, 22] * 8 + [19]).ended_hour is None


def test_days_that_are_known_by_their_date_only() -> None:
    """Where all events are at midnight no day ends too early."""
    assert of([0] * 40).ended_hour is None


def test_lost_days() -> None:
    """A recent empty day is told, an empty Sunday of a shop that rests on Sundays is not; neither is an old one."""
    hours = [22] * 40
    hours[35] = hours[10] = NO_EVENTS
    found = of(hours)
    assert found.lost == (FIRST + timedelta(days=35),)
    assert np.flatnonzero(~found.known).tolist() == [10, 35]
    resting = [NO_EVENTS if day % 7 == 4 else 22 for day in range(40)]
    assert of(resting).lost == ()
