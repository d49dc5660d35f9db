"""When customers order next: planted rhythms are found again, and no date lies in the past."""

from __future__ import annotations

from dataclasses import astuple
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from features.arrays import Floats
from features.events.event import EVENT_SCHEMA
from features.events.simulate import simulate
from features.events.simulated.settings import SimulationSettings
from tests.small_shop import events, history, moment
from training.customers.ahead.timing import (
    CustomerGaps,
    Timing,
    TimingLaw,
    customer_gaps,
)

SPREAD = 0.5
"""Standard deviation of the logarithm of the planted gaps."""


def planted(
    window_days: float, customers: int = 1500, seed: int = 5, spread: float = SPREAD
) -> tuple[CustomerGaps, Floats, Floats]:
    """Customers watched for so long, their true cycles, and the days from the end to their next order."""
    rng = np.random.default_rng(seed)
    cycle = 30 * np.exp(0.5 * rng.normal(size=customers))
    gaps = cycle[:, None] * np.exp(spread * rng.normal(size=(customers, 80)))
    # Each was a customer before: the window begins somewhere within a gap.
    times = np.cumsum(gaps, axis=1) - 4 * cycle[:, None] * (1 + rng.random((customers, 1)))
    seen = (times >= 0) & (times < window_days)
    number = seen.sum(axis=1)
    last = np.where(number > 0, np.where(seen, times, -np.inf).max(axis=1), np.nan)
    following = np.where(times >= window_days, times, np.inf).min(axis=1) - window_days
    both = seen[:, 1:] & seen[:, :-1]
    found = CustomerGaps(np.nonzero(both)[0], gaps[:, 1:][both], window_days - last)
    return found, cycle, following


def one(*days: float, silence: float, others: int = 200) -> Timing:
    """The timing of one customer with these gaps among others whose gaps are 20 days, a little more or less."""
    rng = np.random.default_rng(1)
    rest = 20 * np.exp(0.2 * rng.normal(size=4 * others))
    crowd = CustomerGaps(np.repeat(np.arange(others), 4), rest, np.full(others, 5.0))
    law = TimingLaw.fit(crowd)
    return law.timing(CustomerGaps(np.zeros(len(days), dtype=np.int64), np.array(days), np.array([silence])))


def test_gaps_go_from_one_purchase_day_to_the_next() -> None:
    """Two orders of one day are one; views are none; who has not bought has no silence."""
    found = customer_gaps(
        history(
            events(
                ("anna", "purchase", "tea", "2025-03-01T10:00Z"),
                ("anna", "purchase", "cup", "2025-03-01T20:00Z"),
                ("anna", "view", "tea", "2025-03-05T10:00Z"),
                ("anna", "purchase", "tea", "2025-03-11T10:00Z"),
                ("ben", "view", "tea", "2025-03-02T10:00Z"),
                ("cleo", "purchase", "tea", "2025-03-09T22:00Z"),
            ),
            moment("2025-03-13T22:00Z"),
        )
    )
    assert found.customer.tolist() == [0]
    np.testing.assert_allclose(found.days, [10.0])
    np.testing.assert_allclose(found.silence_days, [2.5, np.nan, 4.0])
    assert found.count.tolist() == [1, 0, 0]


def test_planted_cycles_are_found() -> None:
    """Cycles are nearer to the planted medians than the mean gap is, and within a fifth of them."""
    gaps, cycle, _ = planted(365)
    known = gaps.count >= 1
    told = TimingLaw.fit(gaps).timing(gaps).purchase_cycle_days
    mean = np.bincount(gaps.customer, weights=gaps.days, minlength=len(gaps)) / np.maximum(gaps.count, 1)
    error, of_mean = (np.median(np.abs(days - cycle)[known] / cycle[known]) for days in (told, mean))
    assert error < 0.15
    assert error < of_mean - 0.02


def test_the_dates_of_the_simulated_shop_are_found() -> None:
    """Regulars who are still there are expected a cycle after their last order, within 17 % of the true cycle."""
    shop = simulate(SimulationSettings(customers=2000, events_per_customer=60))
    told = pa.concat_tables(shop.event_chunks())
    orders = told.filter(pc.equal(told["kind"].cast(pa.string()), "purchase"))
    fields = [orders[one.name] if one.name in orders.schema.names else pa.nulls(len(orders)) for one in EVENT_SCHEMA]
    found = history(
        pa.table(fields, names=EVENT_SCHEMA.names).cast(EVENT_SCHEMA),
        moment("2026-01-01T00:00+08:00"),
        timezone=shop.settings.timezone,
    )
    gaps = customer_gaps(found)
    place = pc.index_in(found.customer_ids, value_set=shop.truth.customers["customer_id"].combine_chunks())
    truth = shop.truth.customers.select(["cycle_days", "leaving_at"]).take(place)
    cycle = truth["cycle_days"].to_numpy()
    here = (gaps.count > 0) & np.isnan(truth["leaving_at"].cast(pa.int64()).to_numpy()) & (gaps.silence_days <= cycle)
    date = gaps.silence_days + TimingLaw.fit(gaps).timing(gaps).next_order_days
    error = (np.abs(date - cycle) / cycle)[here & ~np.isnan(date)]
    assert len(error) > 200
    assert np.median(error) < 0.17


def test_a_short_history_does_not_make_everyone_quick() -> None:
    """Gaps that are still open count: the shop's usual cycle is not the median of the gaps that happened to end."""
    gaps, cycle, _ = planted(90)
    usual = TimingLaw.fit(gaps).usual_days
    known = gaps.count > 0
    assert abs(np.log(usual / np.median(cycle[known]))) < 0.15
    assert np.log(np.median(gaps.days) / np.median(cycle[known])) < -0.3


def test_a_short_history_does_not_make_everyone_alike() -> None:
    """Where gaps are few and irregular, cycles are still not drawn much too near to each other."""
    gaps, cycle, _ = planted(90, customers=3000, spread=0.7)
    known = gaps.count > 0
    told = np.log(TimingLaw.fit(gaps).timing(gaps).purchase_cycle_days[known])
    slope, _ = np.polyfit(told, np.log(cycle[known]), 1)
    assert 1.0 < slope < 1.75


def test_four_of_five_next_orders_lie_in_the_interval() -> None:
    """Of customers who are still there 80 % come within it; its end is where nine of ten have come."""
    gaps, _, following = planted(365, customers=3000)
    told = TimingLaw.fit(gaps).timing(gaps)
    due = (gaps.count > 0) & (told.overdue_days == 0)
    early, late = following < told.next_order_low_days, following > told.next_order_high_days
    assert 0.77 < 1 - (early | late)[due].mean() < 0.86
    assert 0.07 < late[due].mean() < 0.13


def test_no_date_lies_in_the_past() -> None:
    """Dates are in order and never before today; who is past the usual day has none, but the days it is over."""
    gaps, _, _ = planted(200)
    told = TimingLaw.fit(gaps).timing(gaps)
    overdue = told.overdue_days > 0
    assert 0.1 < overdue.mean() < 0.9
    for dates in (told.next_order_low_days, told.next_order_days, told.next_order_high_days):
        assert np.isnan(dates[overdue]).all()
    due = ~overdue & ~np.isnan(gaps.silence_days)
    low, middle, high = (
        days[due] for days in (told.next_order_low_days, told.next_order_days, told.next_order_high_days)
    )
    assert (low >= 0).all()
    assert (low <= middle).all()
    assert (middle <= high).all()
    np.testing.assert_allclose(
        told.overdue_days[overdue], (gaps.silence_days - told.purchase_cycle_days)[overdue], rtol=1e-12
    )


def test_the_date_stays_while_the_customer_is_silent() -> None:
    """The expected day does not move from one day to the next; when it has passed the days since are told."""
    soon, later, over = (one(20, 20, 20, silence=silence) for silence in (2.0, 15.0, 60.0))
    assert 17 < soon.next_order_days[0] < 19
    assert abs(later.next_order_days[0] + 15 - soon.next_order_days[0] - 2) < 0.5
    assert soon.next_order_high_days[0] + 2 < later.next_order_high_days[0] + 15
    assert np.isnan(over.next_order_days[0])
    assert 35 < over.overdue_days[0] < 40


def test_a_forgotten_thing_bought_the_next_day_changes_little() -> None:
    """One gap far from the others weighs less than they do."""
    steady = one(30, 31, 29, 30, 30, silence=3).purchase_cycle_days[0]
    slipped = one(30, 31, 29, 30, 1, 30, silence=3).purchase_cycle_days[0]
    geometric = float(np.exp(np.log([30, 31, 29, 30, 1, 30]).mean()))
    assert geometric < 0.65 * steady
    assert slipped > 0.85 * steady


def test_few_gaps_are_drawn_towards_the_shop() -> None:
    """One gap says less than ten of the same length."""
    once, often = (one(*[60.0] * count, silence=1.0).purchase_cycle_days[0] for count in (1, 10))
    assert 20 < once < often < 61


def test_one_order_customers_are_told_the_shops_rhythm() -> None:
    """Their cycle is the shop's, with no gap of their own behind it; visitors are told nothing."""
    gaps, _, _ = planted(365)
    law = TimingLaw.fit(gaps)
    told = law.timing(CustomerGaps(np.zeros(0, dtype=np.int64), np.zeros(0), np.array([3.0, 300.0, np.nan])))
    np.testing.assert_allclose(told.purchase_cycle_days, [law.usual_days, law.usual_days, np.nan])
    np.testing.assert_array_equal(told.purchase_cycle_gap_count, [0, 0, np.nan])
    np.testing.assert_allclose(told.next_order_days, [law.usual_days - 3, np.nan, np.nan])
    np.testing.assert_allclose(told.overdue_days, [0, 300 - law.usual_days, np.nan])
    assert all(np.isnan(column[2]) for column in astuple(told))


def test_a_shop_to_which_nobody_came_again() -> None:
    """Nothing is made up: there is no cycle and no date, but the gaps' count is known."""
    gaps = CustomerGaps(np.zeros(0, dtype=np.int64), np.zeros(0), np.array([3.0, np.nan]))
    law = TimingLaw.fit(gaps)
    told = law.timing(gaps)
    assert np.isnan(law.usual_days)
    np.testing.assert_array_equal(told.purchase_cycle_gap_count, [0, np.nan])
    for column in (told.purchase_cycle_days, told.next_order_days, told.overdue_days):
        assert np.isnan(column).all()
    nobody = CustomerGaps.joined([gaps, gaps]).of(np.zeros(4, dtype=bool))
    assert len(law.timing(nobody).next_order_days) == 0


def test_two_gaps_are_enough_for_a_cautious_answer() -> None:
    """With one customer's two gaps the cycle is near them and the interval wide."""
    gaps = CustomerGaps(np.zeros(2, dtype=np.int64), np.array([10.0, 14.0]), np.array([2.0]))
    told = TimingLaw.fit(gaps).timing(gaps)
    assert 9 < told.purchase_cycle_days[0] < 14
    assert told.next_order_high_days[0] - told.next_order_low_days[0] > 12


def test_the_interval_holds_its_share_of_the_futures() -> None:
    """Of the futures with an order nine of ten end before the interval does; none ends at once, all do in the end."""
    gaps, _, _ = planted(200, customers=60)
    law = TimingLaw.fit(gaps)
    told = law.timing(gaps)
    days = np.stack([np.zeros(60), told.next_order_high_days, np.full(60, 1e9)])
    shares = law.share_within(gaps, days)
    dated = ~np.isnan(told.next_order_days)
    np.testing.assert_allclose(shares[:, dated], np.repeat([[0], [0.9], [1]], dated.sum(), axis=1), atol=1e-4)
    assert np.isnan(law.share_within(gaps, np.ones(60))[np.isnan(gaps.silence_days)]).all()


def test_alone_equals_in_the_crowd() -> None:
    """A customer's answer does not depend on whose bucket it is in."""
    gaps, _, _ = planted(200, customers=60)
    law = TimingLaw.fit(gaps)
    crowd = np.column_stack(astuple(law.timing(gaps)))
    alone = [np.column_stack(astuple(law.timing(gaps.of(np.arange(60) == place)))) for place in range(60)]
    np.testing.assert_allclose(np.vstack(alone), crowd, rtol=1e-9)


def test_buckets_are_joined_in_order() -> None:
    """The fit on two halves put together is the fit on all."""
    gaps, _, _ = planted(200, customers=60)
    first = np.arange(60) < 25
    together = CustomerGaps.joined([gaps.of(first), gaps.of(~first)])
    np.testing.assert_array_equal(together.customer, gaps.customer)
    assert TimingLaw.fit(together) == TimingLaw.fit(gaps)


@pytest.mark.parametrize("returned", [True, False])
def test_a_saved_law_says_the_same(tmp_path: Path, *, returned: bool) -> None:
    """The law that is read again gives the same numbers, also that of a shop to which nobody came again."""
    gaps, _, _ = planted(200, customers=60)
    law = TimingLaw.fit(gaps if returned else gaps.of(gaps.count == 0))
    law.save(tmp_path / "timing")
    again = TimingLaw.load(tmp_path / "timing")
    for column, other in zip(astuple(law.timing(gaps)), astuple(again.timing(gaps)), strict=True):
        np.testing.assert_allclose(column, other, rtol=1e-9)
