"""How orders thin out: counted by hand, planted laws found, and a year told from a month."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest

from features.arrays import Floats
from features.history import History
from tests.small_shop import EventRow, events, history, moment
from training.customers.ahead.persistence import (
    CARRIED_SHARE,
    SCALE_DAYS,
    PastMoments,
    Persistence,
    fit_persistence,
    total_counted,
)

AS_OF = moment("2025-12-01T00:00Z")


def seen(**ages: tuple[float, ...]) -> History:
    """Customers with orders so many days ago; a negative age is a view that long ago."""
    rows: list[EventRow] = [
        (name, "purchase" if age > 0 else "view", "tea", AS_OF - timedelta(days=abs(age)))
        for name, days in ages.items()
        for age in days
    ]
    return history(events(*rows), AS_OF)


def falling(scale_days: float, moments: PastMoments, level: float = 5000.0) -> Floats:
    """Counts that fall by the law after every moment, without chance."""
    edges = np.arange(moments.whole().shape[1] + 1) * moments.step_days
    total = scale_days * np.log1p(edges / scale_days)
    return np.round(level * moments.whole() * np.diff(total) / moments.step_days)


def test_orders_are_counted_by_what_people_were_then() -> None:
    """Before the first order somebody is a visitor, afterwards a buyer, before the first visit nobody."""
    moments = PastMoments((10.0, 20.0), 5.0)
    found = seen(anna=(25.0, 12.0, 7.0, 1.0), ben=(-15.0, 3.0), cleo=(8.0, 4.0))
    visitor, buyer = moments.counted(found)
    # Ten days ago Anna was a buyer who ordered 3 and 9 days later, Ben a visitor who ordered 7 days later.
    assert buyer[0].tolist() == [1, 1, 0, 0]
    assert visitor[0].tolist() == [0, 1, 0, 0]
    # Twenty days ago only Anna was there: her orders came 8, 13 and 19 days later.
    assert buyer[1].tolist() == [0, 1, 1, 1]
    assert visitor[1].tolist() == [0, 0, 0, 0]
    assert moments.whole().tolist() == [[1, 1, 0, 0], [1, 1, 1, 1]]


def test_steps_that_had_not_ended_hold_nothing() -> None:
    """A step counts only if all of it had passed."""
    moments = PastMoments((12.0,), 5.0)
    _, buyer = moments.counted(seen(anna=(30.0, 11.0, 6.0, 1.5)))
    assert buyer.tolist() == [[1, 1]]


def test_counts_of_buckets_add_up() -> None:
    """Two groups of customers together give what all give."""
    found = seen(anna=(25.0, 12.0, 7.0), ben=(40.0, 3.0), cleo=(-38.0, 4.0))
    moments = PastMoments.laid(60, 15)
    parts = [moments.counted(found.part(0, 1)), moments.counted(found.part(1, 3))]
    np.testing.assert_array_equal(total_counted(parts), moments.counted(found))
    assert total_counted(parts).sum() > 0


def test_moments_are_laid_within_the_history() -> None:
    """The newest lies a horizon back, the oldest leaves half a horizon before it; a short history has none."""
    moments = PastMoments.laid(365, 30)
    assert moments.ages_days[0] == 30
    assert moments.ages_days[-1] == moments.observed_days
    assert 330 < moments.observed_days < 350
    assert len(moments.ages_days) <= 36
    none = PastMoments.laid(20, 30)
    assert none.ages_days == ()
    assert none.counted(seen(anna=(5.0,))).shape == (2, 0, 0)


@pytest.mark.parametrize("scale_days", [20.0, 150.0])
def test_a_planted_fall_is_found(scale_days: float) -> None:
    """Counts that fall by the law give its scale, whatever the level of each moment."""
    moments = PastMoments.laid(365, 30)
    counted = falling(scale_days, moments) * np.arange(1, len(moments.ages_days) + 1)[:, None]
    found = Persistence.fit(counted, moments, 1.0)
    assert found.scale_days == pytest.approx(scale_days, rel=0.03)
    whole = scale_days * np.log1p(np.array([30.0, 330.0]) / scale_days)
    assert found.extension(30, 330) == pytest.approx(whole[1] / whole[0], rel=0.02)


def test_steady_orders_go_on() -> None:
    """Where orders do not thin out, a year holds nearly as many months of them as it has."""
    moments = PastMoments.laid(365, 30)
    found = fit_persistence(np.stack([moments.whole() * 900] * 2), moments)
    for persistence in found.values():
        assert persistence.extension(30, 365) == pytest.approx(365 / 30, rel=0.02)


def test_a_part_of_the_fall_is_expected_of_the_future() -> None:
    """Buyers are taken to slow down less than was seen, visitors as much."""
    moments = PastMoments.laid(365, 30)
    found = fit_persistence(np.stack([falling(40.0, moments)] * 2), moments)
    flat, visitor, buyer = 365 / 30, found["visitor"].extension(30, 365), found["buyer"].extension(30, 365)
    assert visitor < buyer < flat
    assert np.log(buyer / flat) == pytest.approx(CARRIED_SHARE["buyer"] * np.log(visitor / flat))


def test_beyond_what_was_observed_the_rate_stays() -> None:
    """Each further day adds as much as the last that was followed."""
    found = Persistence(scale_days=30.0, observed_days=90.0, orders=1, carried_share=1.0)
    first, second = (
        found.extension(30, 200) - found.extension(30, 100),
        found.extension(30, 300) - found.extension(30, 200),
    )
    assert first == pytest.approx(second)
    assert found.extension(30, 91) - found.extension(30, 90) == pytest.approx(first / 100, rel=0.01)


@pytest.mark.parametrize("horizon_days", [1, 30, 365, 3650])
def test_longer_is_more(horizon_days: int) -> None:
    """A longer time never holds fewer orders, the same time as many, also beyond a year."""
    found = Persistence(scale_days=50.0, observed_days=120.0, orders=1, carried_share=1 / 3)
    told = [found.extension(horizon_days, days) for days in (7, 30, 365, 1000)]
    assert told == sorted(told)
    assert found.extension(horizon_days, horizon_days) == pytest.approx(1)


def test_without_orders_the_usual_stands() -> None:
    """A shop that is too young to have been followed gets the scale of any shop."""
    none = PastMoments.laid(3, 30)
    for found in fit_persistence(none.counted(seen(anna=(2.0,))), none).values():
        assert found.scale_days == pytest.approx(SCALE_DAYS, rel=0.01)
        assert found.observed_days == 0
        assert 1 < found.extension(30, 365) < 365 / 30
