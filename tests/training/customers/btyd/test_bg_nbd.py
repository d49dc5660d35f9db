"""BG/NBD against published figures, hand computations and simulated customers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

import duckdb
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import gamma

from features.arrays import Floats
from features.errors import HuitouError
from tests.model_checks import PredictorChecks
from tests.small_shop import events, features, moment
from training.baselines import BgNbdBaseline, Predictor
from training.customers.btyd import BgNbd, log_likelihoods, purchase_times
from training.tables import CustomerTable

PUBLISHED = BgNbd(r=0.243, alpha=4.414, a=0.793, b=2.426, log_likelihood=-9582.4)
SAMPLE_SQL = """
    with days as (
        select distinct customer_id, ts::date as day from read_parquet($file)
        where in_fader_hardie_sample and ts < timestamp '1997-10-01'
    )
    select count(*) - 1 as frequency, (max(day) - min(day)) / 7.0 as recency,
           (date '1997-09-30' - min(day)) / 7.0 as age
    from days group by customer_id
"""


@pytest.mark.real_data
def test_the_published_fit_is_reproduced(real_data: Path) -> None:
    """Of the Fader-Hardie sample all four parameters and the likelihood come out to three digits."""
    with duckdb.connect() as connection:
        file = str(real_data / "cdnow" / "transactions.parquet")
        rows = connection.sql(SAMPLE_SQL, params={"file": file}).to_arrow_table()
    frequency, recency, age = (rows[name].to_numpy().astype(np.float64) for name in rows.column_names)
    assert len(frequency) == 2357
    found = BgNbd.fit(frequency, recency, age)
    assert found.log_likelihood == pytest.approx(-9582.4, abs=0.05)
    assert [found.r, found.alpha, found.a, found.b] == pytest.approx([0.2426, 4.414, 0.793, 2.426], rel=5e-4)


def simulated(seed: int, size: int, leaving: tuple[float, float]) -> tuple[Floats, Floats, Floats, Floats]:
    """Frequency, recency and age after 100 days, and orders in the 50 days after, of customers as BG/NBD has them."""
    rng = np.random.default_rng(seed)
    rows = []
    for rate, chance in zip(rng.gamma(0.8, 1 / 12.0, size), rng.beta(*leaving, size), strict=True):
        age, day, days = rng.uniform(50, 100), 0.0, []
        while (day := day + rng.exponential(1 / max(rate, 1e-9))) < age + 50:
            days.append(day)
            if rng.random() < chance:
                break
        seen = [day for day in days if day < age]
        rows.append((len(seen), seen[-1] if seen else 0.0, age, len(days) - len(seen)))
    frequency, recency, age_days, later = np.array(rows, dtype=np.float64).T
    return frequency, recency, age_days, later


def test_planted_parameters_and_orders_are_found() -> None:
    """Fitted on simulated customers, it finds how they leave and how many of them order again."""
    frequency, recency, age, later = simulated(1, 4000, (1.0, 4.0))
    found = BgNbd.fit(frequency, recency, age)
    assert found.r == pytest.approx(0.8, rel=0.15)
    assert found.alpha == pytest.approx(12.0, rel=0.2)
    assert found.leaving == pytest.approx(0.2, abs=0.04)
    chance = found.order_probability(frequency, recency, age, 50)
    assert chance.mean() == pytest.approx((later > 0).mean(), abs=0.02)


def test_customers_who_never_leave_make_the_fit_degenerate() -> None:
    """Without leaving the likelihood has no maximum inside: the error says so and gives the parameters."""
    frequency, recency, age, _ = simulated(2, 1500, (1.0, 1e6))
    with pytest.raises(HuitouError, match=r"BG/NBD must have a maximum likelihood fit; its parameters run away"):
        BgNbd.fit(frequency, recency, age)


@pytest.mark.parametrize(("customers", "repeated"), [(0, 0), (49, 49), (500, 24)])
def test_too_few_customers_are_not_fitted(customers: int, repeated: int) -> None:
    """Four parameters need fifty customers and half as many who came back."""
    frequency = (np.arange(customers) < repeated).astype(np.float64)
    with pytest.raises(HuitouError, match=f"{customers} customers, {repeated} with a repeat order, are too few"):
        BgNbd.fit(frequency, frequency * 3, np.full(customers, 10.0))


@given(st.integers(0, 8), st.floats(0.1, 0.9), st.floats(1.0, 30.0))
def test_the_likelihood_is_the_formula_of_the_paper(frequency: int, share: float, age: float) -> None:
    """Equation (6) written out with gamma functions gives the same number."""
    r, alpha, a, b = 0.6, 5.0, 0.9, 2.0
    recency = share * age if frequency else 0.0
    first = gamma(r + frequency) * alpha**r / gamma(r)
    second = gamma(a + b) * gamma(b + frequency) / (gamma(b) * gamma(a + b + frequency))
    third = (1 / (alpha + age)) ** (r + frequency)
    fourth = a / (b + frequency - 1) / (alpha + recency) ** (r + frequency) if frequency else 0.0
    wanted = math.log(first * second * (third + fourth))
    x, seen, total = (np.array([float(value)]) for value in (frequency, recency, age))
    assert log_likelihoods(x, seen, total, r, alpha, a, b)[0] == pytest.approx(wanted)


def test_one_order_customers_are_alive_with_certainty() -> None:
    """The model's known weakness: who bought once cannot have left."""
    once = PUBLISHED.alive_probability(np.zeros(2), np.zeros(2), np.array([1.0, 1000.0]))
    assert once.tolist() == [1.0, 1.0]


def test_no_time_brings_no_order() -> None:
    """Within no time nobody orders; within more time more do, up to who is alive."""
    x, seen, age = np.array([0.0, 3.0]), np.array([0.0, 20.0]), np.array([30.0, 38.0])
    chances = [PUBLISHED.order_probability(x, seen, age, horizon) for horizon in (0.0, 10.0, 1e9)]
    assert chances[0].tolist() == [0.0, 0.0]
    assert np.all(chances[1] < chances[2])
    np.testing.assert_allclose(chances[2], PUBLISHED.alive_probability(x, seen, age), atol=0.02)


def test_times_come_from_purchase_days() -> None:
    """Repeat days, first to last, and since the first; orders of one day are one."""
    found = features(
        events(
            ("anna", "purchase", "tea", "2025-01-01T00:00Z"),
            ("anna", "purchase", "tea", "2025-01-01T12:00Z"),
            ("anna", "purchase", "tea", "2025-01-11T00:00Z"),
            ("ben", "purchase", "tea", "2025-01-21T00:00Z"),
        ),
        moment("2025-01-31T00:00Z"),
    )
    frequency, recency, age = purchase_times(found)
    assert frequency.tolist() == [1.0, 0.0]
    assert recency.tolist() == [10.0, 0.0]
    assert age.tolist() == [30.0, 10.0]


class TestBgNbdBaseline(PredictorChecks):
    """BG/NBD as a baseline; it is fitted on order dates, so other labels change nothing."""

    planted_auc = 0.8

    def fit(self, tables: Sequence[CustomerTable]) -> Predictor:
        return BgNbdBaseline.fit(tables[-1].features, tables[-1].horizon_days)

    def test_a_second_fit_forgets_the_first(self, fitted: Predictor, tables: list[CustomerTable]) -> None:
        """Fitted on an earlier cutoff, it no longer says the same."""
        features = tables[0].features
        earlier = self.fit(tables[:1]).order_probability(features)
        assert np.abs(fitted.order_probability(features) - earlier).max() > 0.01
