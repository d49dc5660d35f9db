"""The gap curve: worked out by hand, against slow oracles, and against a planted truth."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.behaviour import Behaviour
from features.catalogue import UNKNOWN
from features.shop.gap_curve import INTERVAL_95, GapCurve, Gaps, category_gaps, last_day_before, order_gaps
from tests.small_shop import events, history, items, moment, random_events, stored

CUTOFF = moment("2025-03-01T00:00Z")
LAST_DAY = last_day_before(CUTOFF, "UTC")
FOUR = events(
    ("anna", "purchase", "tea", "2025-01-01T08:00Z"),
    ("anna", "purchase", "cup", "2025-01-01T20:00Z"),
    ("anna", "view", "tea", "2025-01-05T08:00Z"),
    ("anna", "purchase", "cup", "2025-01-11T23:00Z"),
    ("anna", "purchase", "tea", "2025-01-31T01:00Z"),
    ("ben", "purchase", "odd", "2025-02-28T08:00Z"),
    ("carl", "purchase", "tea", "2025-01-01T08:00Z"),
    ("carl", "purchase", "mug", "2025-01-08T20:00Z"),
    ("dora", "view", "tea", "2025-01-08T20:00Z"),
)
DESCRIBED = items(("tea", "drinks", 5), ("cup", "dishes", 9), ("mug", "dishes", 9), ("odd", None, 1))


def gaps(*said: tuple[int, int, bool]) -> Gaps:
    """Gaps from ``(customer, days, ended)``."""
    customer, days, ended = zip(*said, strict=True)
    numbers = np.array([customer, days], dtype=np.int64)
    return Gaps(numbers[0], np.full(len(said), UNKNOWN), numbers[1], np.array(ended, dtype=np.bool_))


def rows(found: Gaps) -> list[tuple[int, int, bool]]:
    return list(zip(found.customer.tolist(), found.days.tolist(), found.ended.tolist(), strict=True))


def test_each_order_day_begins_a_gap() -> None:
    """Orders of one day are one, views are none, and the last order of everyone begins a gap that is still open."""
    found = order_gaps(history(FOUR, CUTOFF), LAST_DAY)
    assert rows(found) == [(0, 10, True), (0, 20, True), (0, 28, False), (1, 0, False), (2, 7, True), (2, 51, False)]
    assert rows(found.first()) == [(0, 10, True), (1, 0, False), (2, 7, True)]
    assert found.ended_count == 3


def test_gaps_within_a_category() -> None:
    """Only orders of the same category end a gap, and an item without a category begins none."""
    known = history(FOUR, CUTOFF, DESCRIBED)
    found = category_gaps(known, LAST_DAY)
    names = [known.catalogue.categories[code].as_py() for code in found.category.tolist()]
    assert list(zip(names, rows(found), strict=True)) == [
        ("dishes", (0, 10, True)),
        ("dishes", (0, 48, False)),
        ("drinks", (0, 30, True)),
        ("drinks", (0, 28, False)),
        ("dishes", (2, 51, False)),
        ("drinks", (2, 58, False)),
    ]


@pytest.mark.parametrize(
    ("cutoff", "timezone", "day"),
    [
        ("2025-03-01T00:00Z", "UTC", "2025-02-28"),
        ("2025-03-01T00:00:01Z", "UTC", "2025-03-01"),
        ("2025-03-01T00:00Z", "Asia/Shanghai", "2025-03-01"),
        ("2025-02-28T16:00Z", "Asia/Shanghai", "2025-02-28"),
    ],
)
def test_the_last_day_is_the_shops(cutoff: str, timezone: str, day: str) -> None:
    """A cutoff at the shop's midnight sees the day before it as the last one."""
    since = datetime.fromisoformat(day) - datetime(1970, 1, 1)  # noqa: DTZ001 - only the days between them are asked
    assert last_day_before(moment(cutoff), timezone) == since.days


def test_a_curve_by_hand() -> None:
    """Of six gaps two end on day 2, one on day 3 beside an open one, and one of the last two on day 5."""
    curve = GapCurve.of(gaps((0, 2, True), (1, 2, True), (2, 3, True), (3, 3, False), (4, 5, True), (5, 6, False)))
    assert curve.at_risk.tolist() == [6, 6, 6, 4, 2, 2, 1]
    silent = [1, 1, 4 / 6, 4 / 6 * 3 / 4, 1 / 2, 1 / 4, 1 / 4]
    np.testing.assert_allclose(1 - curve.followed, silent)
    assert (curve.ended_count, curve.open_count, curve.observed_days) == (4, 2, 6)
    assert curve.level == pytest.approx(0.75)
    assert [curve.day_of(share) for share in (0.4, 0.5, 0.8, 1.0)] == [2, 3, 5, 5]
    share = curve.within(3)
    assert share is not None
    deviation = math.sqrt(2 / (6 * 4) + 1 / (4 * 3))
    width = math.exp(INTERVAL_95 * deviation / math.log(2))
    assert (share.value, share.low, share.high) == pytest.approx((0.5, 1 - 0.5 ** (1 / width), 1 - 0.5**width))
    assert curve.within(7) is None


def test_nobody_and_everybody() -> None:
    """Without gaps nothing is known; where nobody came again there is no day; where all did there is no interval."""
    nobody = GapCurve.of(Gaps.joined([]))
    assert (nobody.observed_days, nobody.level, nobody.day_of(0.8)) == (0, 0.0, None)
    silent = GapCurve.of(gaps((0, 9, False), (1, 9, False)))
    assert (silent.observed_days, silent.level, silent.day_of(0.8)) == (9, 0.0, None)
    assert (silent.low[9], silent.high[9]) == (0.0, 0.0)
    weekly = GapCurve.of(gaps((0, 7, True), (0, 7, True), (0, 3, False)))
    assert (weekly.level, weekly.day_of(0.8)) == (1.0, 7)
    assert np.isnan([weekly.low[7], weekly.high[7]]).all()


def test_the_curve_ends_where_little_is_known() -> None:
    """Of 1,000 gaps the last 29 say nothing more; of 100 gaps the last 9."""
    many = [(number, 5, number % 2 == 0) for number in range(971)]
    curve = GapCurve.of(gaps(*many, *((number, 80, True) for number in range(971, 1000))))
    assert curve.observed_days == 5
    few = [(number, 5, True) for number in range(91)]
    curve = GapCurve.of(gaps(*few, *((number, 80, True) for number in range(91, 100))))
    assert curve.observed_days == 5
    assert curve.level == pytest.approx(0.91)


def slow_curve(said: list[tuple[int, int, bool]]) -> tuple[list[float], list[float]]:
    """Share still silent and the variance of its logarithm by day, customer by customer in plain Python."""
    silent, variance, left_share, moves = [], [], 1.0, {customer: 0.0 for customer, _, _ in said}
    for day in range(max(days for _, days, _ in said) + 1):
        risky = [row for row in said if row[1] >= day]
        ended = [row for row in risky if row[1] == day and row[2]]
        left = len(risky) - len(ended)
        if left == 0:
            break
        for customer, days, did_end in risky:
            moves[customer] += (len(ended) / len(risky) - (days == day and did_end)) / left
        left_share *= left / len(risky)
        silent.append(left_share)
        variance.append(sum(move**2 for move in moves.values()))
    return silent, variance


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 12), st.booleans()), min_size=1, max_size=40))
def test_the_curve_is_what_a_slow_oracle_says(said: list[tuple[int, int, bool]]) -> None:
    """Whatever the gaps: the shares and their intervals are those of plain Python."""
    said = sorted(said)
    curve = GapCurve.of(gaps(*said))
    silent, variance = slow_curve(said)
    size = min(len(silent), len(curve.followed))
    np.testing.assert_allclose(1 - curve.followed[:size], silent[:size])
    for day in range(size):
        if silent[day] < 1:
            width = math.exp(INTERVAL_95 * math.sqrt(variance[day]) / -math.log(silent[day]))
            assert curve.high[day] == pytest.approx(1 - silent[day] ** width)
            assert curve.low[day] == pytest.approx(1 - silent[day] ** (1 / width))


@given(st.lists(st.tuples(st.integers(1, 30), st.booleans()), min_size=10, max_size=60))
def test_more_of_the_same_customers_says_no_more(said: list[tuple[int, bool]]) -> None:
    """When every gap of a customer comes three times, the interval is as wide as with one; with others, it is not."""
    once = [(number, days, ended) for number, (days, ended) in enumerate(said)]
    one = GapCurve.of(gaps(*once))
    same = GapCurve.of(gaps(*(row for row in once for _ in range(3))))
    thrice = [(3 * number + copy, days, ended) for number, days, ended in once for copy in range(3)]
    others = GapCurve.of(gaps(*thrice))
    size = min(len(curve.followed) for curve in (one, same, others))
    np.testing.assert_allclose(same.high[:size], one.high[:size], atol=1e-9)
    inner = ~np.isnan(one.high[:size]) & (one.followed[:size] > 0)
    assert np.all((others.high - others.low)[:size][inner] < (one.high - one.low)[:size][inner])


@pytest.mark.parametrize("seed", [1, 2])
def test_one_bucket_or_eight(tmp_path: Path, seed: int) -> None:
    """Split into buckets and put together again, the gaps make the same curve, all, first and by category."""
    table, cutoff = random_events(seed, 600), moment("2025-01-10T00:00Z")
    described = items(*((f"i{number}", f"category {number % 3}", 5) for number in range(7)))
    last_day = last_day_before(cutoff, "UTC")

    def curves(buckets: int) -> list[GapCurve]:
        shop = Behaviour.of(stored(tmp_path / str(buckets), table, buckets=buckets, described=described))
        catalogue = shop.catalogue(cutoff)
        known = [shop.history(bucket, cutoff, catalogue) for bucket in shop.buckets]
        every = Gaps.joined([order_gaps(part, last_day) for part in known])
        by_category = Gaps.joined([category_gaps(part, last_day) for part in known])
        named = [by_category.take(by_category.category == code) for code in range(3)]
        return [GapCurve.of(found) for found in (every, every.first(), *named)]

    for one, eight in zip(curves(1), curves(8), strict=True):
        assert one.ended_count == eight.ended_count > 0
        assert one.open_count == eight.open_count
        for name in ("at_risk", "followed", "low", "high"):
            np.testing.assert_allclose(getattr(one, name), getattr(eight, name), err_msg=name)


def test_a_planted_rhythm_is_found_in_spite_of_open_gaps() -> None:
    """With one order in 40 followed each day and three in ten never, the curve is right; ended gaps alone mislead."""
    rng = np.random.default_rng(4)
    first = datetime(2024, 1, 1, 12, tzinfo=UTC)
    told = []
    for number in range(3_000):
        day = int(rng.integers(0, 100))
        while day < 180:
            told.append((f"c{number}", "purchase", "tea", first + timedelta(days=day)))
            if rng.random() < 0.3:
                break
            day += int(rng.geometric(1 / 40))
    cutoff = datetime(2024, 1, 1, tzinfo=UTC) + timedelta(days=180)
    found = order_gaps(history(events(*told), cutoff), last_day_before(cutoff, "UTC"))
    curve = GapCurve.of(found)
    for days in (7, 30, 60, 120):
        truth = 0.7 * (1 - (1 - 1 / 40) ** days)
        share = curve.within(days)
        assert share is not None
        assert share.value == pytest.approx(truth, abs=0.02)
        assert share.high - share.low < 0.06
    seen = found.days[found.ended]
    assert np.mean(seen <= 30) > 1.1 * (curve.followed[30] / 0.7)


def test_days_that_lie_wrong_are_not_negative() -> None:
    """When the last day lies before the last order, as after a change of the time zone, the gap has no days."""
    assert order_gaps(history(FOUR, CUTOFF), LAST_DAY - 1).days.min() == 0
