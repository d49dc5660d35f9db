"""Dates beside the days on which customers came: by hand, and on a planted law whose interval is right."""

from __future__ import annotations

import json

import numpy as np
import pytest

from features.arrays import Floats
from training.customers.ahead.timing import CustomerGaps, TimingLaw
from training.customers.measuring.timing_totals import TimingTold

NONE = float("nan")
SPREAD = 0.5
"""Standard deviation of the logarithm of planted gaps."""


def told(came: list[float]) -> TimingTold:
    """Four regulars of whom the third is overdue, one with a single order, and when each came."""
    return TimingTold(
        gap_count=np.array([2.0, 2.0, 1.0, 3.0, 0.0]),
        expected_days=np.array([10.0, 20.0, NONE, 5.0, 8.0]),
        low_days=np.array([5.0, 10.0, NONE, 2.0, 1.0]),
        high_days=np.array([15.0, 40.0, NONE, 9.0, 20.0]),
        inside_share=np.array([0.8, 0.6, NONE, 0.9, 0.7]),
        rule_days=np.array([16.0, -5.0, -9.0, 1.0, NONE]),
        usual_days=np.full(5, 12.0),
        came_days=np.array(came),
    )


def test_figures_by_hand() -> None:
    """Who came is measured; who is overdue has no date, and in the second error is expected at once."""
    report = told([12.0, 4.0, 3.0, NONE, 9.0]).totals()
    repeat = report["repeat"]
    assert [repeat[name] for name in ("buyers", "ordered", "dated", "dated_ordered")] == [4, 3, 3, 2]
    assert repeat["median_error_days"] == {"model": (2 + 16) / 2, "own_mean_gap": (4 + 4) / 2, "one_date": (0 + 8) / 2}
    assert repeat["median_error_overdue_now_days"] == {"model": 3, "own_mean_gap": 4, "one_date": 8}
    assert repeat["later_share"] == 0.5
    assert repeat["rank_correlation"] == {
        "model": pytest.approx(-1),
        "own_mean_gap": pytest.approx(1),
        "one_date": None,
    }
    interval = repeat["interval"]
    assert (interval["share"], interval["seen"], interval["expected"]) == pytest.approx((0.8, 0.5, 0.7))
    assert interval["at_least"] == pytest.approx(1 / 3)
    assert report["all"]["median_error_days"] == {"model": 2, "own_mean_gap": None, "one_date": 3}
    assert report["one_order"]["ordered"] == 1


def test_what_cannot_be_told_is_null() -> None:
    """With nobody seen to order, or nobody at all, there are counts and no errors; the report is plain JSON."""
    for one in (told([NONE] * 5), told([NONE] * 5).take(np.zeros(5, dtype=np.bool_))):
        report = json.loads(json.dumps(one.totals(), allow_nan=False))
        assert report["all"]["dated_ordered"] == 0
        assert report["all"]["median_error_days"] == {"model": None, "own_mean_gap": None, "one_date": None}
        assert report["all"]["interval"]["seen"] is None
    assert told([NONE] * 5).totals()["all"]["interval"]["at_least"] == 0


def test_without_training_tables_there_is_no_date_for_all() -> None:
    """Where nothing was learned the other figures stand."""
    law, gaps, came = planted(60, 60)
    found = TimingTold.of(law, gaps, came, 60, NONE).totals()["repeat"]
    assert found["median_error_days"]["one_date"] is None
    assert found["median_error_days"]["model"] < 40


def planted(customers: int, horizon_days: float) -> tuple[TimingLaw, CustomerGaps, Floats]:
    """Customers with cycles of about 30 days, looked at within a gap, and when they come within the horizon.

    A moment falls into long gaps more often, by their length: log-normal gaps are longer there by their variance.
    """
    rng = np.random.default_rng(4)
    cycle = 30 * np.exp(0.4 * rng.normal(size=customers))
    gaps = cycle[:, None] * np.exp(SPREAD * rng.normal(size=(customers, 12)))
    around = cycle * np.exp(SPREAD**2 + SPREAD * rng.normal(size=customers))
    silence = rng.uniform(0, 1, customers) * around
    found = CustomerGaps(np.repeat(np.arange(customers), 12), gaps.ravel(), silence)
    left = around - silence
    return TimingLaw.fit(found), found, np.where(left < horizon_days, left, np.nan)


@pytest.mark.parametrize("horizon_days", [15, 30, 90])
def test_a_right_interval_is_said_to_be_right(horizon_days: int) -> None:
    """However little of it a horizon shows, as many orders lie inside the interval as the law expects of those seen."""
    law, gaps, came = planted(4000, horizon_days)
    found = TimingTold.of(law, gaps, came, horizon_days, 15.0).totals()["all"]
    interval = found["interval"]
    assert interval["seen"] == pytest.approx(interval["expected"], abs=0.03)
    assert interval["at_least"] < interval["seen"]


def test_the_rule_is_the_own_mean_gap_after_the_last_order() -> None:
    """Gaps of 10 and 20 days and a silence of 4 make 11 days; visitors are left out, one order has no such date."""
    gaps = CustomerGaps(np.array([1, 1]), np.array([10.0, 20.0]), np.array([NONE, 4.0, 2.0]))
    found = TimingTold.of(TimingLaw.fit(gaps), gaps, np.array([NONE, 5.0, 3.0]), 30, 9.0)
    np.testing.assert_array_equal(found.rule_days, [11, NONE])
    np.testing.assert_array_equal(found.gap_count, [2, 0])
    np.testing.assert_array_equal(found.came_days, [5, 3])
