"""The rules tier: a chance for everyone, however little is known."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from features.customers import CustomerFeatures
from tests.model_checks import ScorerChecks
from tests.small_shop import events, features, moment
from tests.training.customers.planted import odd_features
from training.baselines import Predictor
from training.customers.scorers.rules import ChurnRule, VisitorRate, mean_gap_days
from training.tables import CustomerTable, taken

CUTOFF = moment("2025-03-01T00:00Z")


def bought(*days_ago: float, name: str = "anna") -> CustomerFeatures:
    """A customer who bought so many days before the cutoff."""
    rows = [(name, "purchase", "tea", CUTOFF - timedelta(days=days)) for days in days_ago]
    return features(events(*rows), CUTOFF)


class TestChurnRule(ScorerChecks):
    """The rule keeps the promises of every model."""

    def fit(self, tables: Sequence[CustomerTable]) -> Predictor:
        return ChurnRule.fit(tables, tables[-1].features, tables[-1].horizon_days)


class TestVisitorRate(ScorerChecks):
    """The rate keeps the promises of every model, and knows no differences."""

    planted_auc = 0.5

    def fit(self, tables: Sequence[CustomerTable]) -> Predictor:
        """Buyers are made visitors: the rate counts only those who have not bought."""
        place = tables[0].features.names.index("purchase_day_count")
        copies = []
        for table in tables:
            values = table.features.values.copy()
            values[:, place] = 0
            known = CustomerFeatures(table.features.customer_ids, table.features.names, values)
            copies.append(replace(table, features=known))
        return VisitorRate.fit(copies)


def test_a_customer_worked_out_by_hand() -> None:
    """Three purchase days 20 days apart, the last 40 days ago, in a shop whose gap is 30 days, for 30 days."""
    rule = ChurnRule(horizon_days=30, gap_days=30.0)
    gap = (2 * 20 + 2 * 30) / 4
    chance = (1 - math.exp(-30 / gap)) * 3 / 4 / (1 + 40 / (4 * gap))
    assert rule.order_probability(bought(80, 60, 40))[0] == pytest.approx(chance)


def test_silence_lowers_and_orders_raise_the_chance() -> None:
    """The longer ago the last order the lower, the more orders the higher."""
    rule = ChurnRule(horizon_days=30, gap_days=30.0)
    fresh, stale = bought(31, 1), bought(130, 100)
    assert rule.order_probability(fresh) > rule.order_probability(stale)
    assert rule.order_probability(bought(91, 61, 31, 1)) > rule.order_probability(fresh)


def test_the_level_is_what_was_seen(tables: list[CustomerTable]) -> None:
    """With hundreds of labels the mean chance is nearly the share that ordered."""
    rule = ChurnRule.fit(tables[-1:], tables[-1].features, 20)
    chance = rule.order_probability(tables[-1].features).mean()
    assert chance == pytest.approx(tables[-1].ordered.mean(), abs=0.02)


def test_few_labels_hardly_move_the_level(tables: list[CustomerTable]) -> None:
    """Two customers who ordered do not make everyone a sure buyer."""
    two = tables[-1].take(np.flatnonzero(tables[-1].ordered)[:2])
    rule = ChurnRule.fit([two], tables[-1].features, 20)
    bare = ChurnRule(20, rule.gap_days)
    assert abs(rule.level - bare.level) < 0.6


def test_the_shops_gap_counts_every_gap_once(tables: list[CustomerTable]) -> None:
    """Two gaps of 10 days and one of 40 have a mean of 20; without gaps the usual month or the horizon stands in."""
    both = events(
        *[("anna", "purchase", "tea", CUTOFF - timedelta(days=days)) for days in (30, 20, 10)],
        *[("ben", "purchase", "tea", CUTOFF - timedelta(days=days)) for days in (50, 10)],
    )
    assert mean_gap_days(features(both, CUTOFF), 14) == pytest.approx(20.0)
    assert mean_gap_days(bought(3), 14) == 30.0
    assert mean_gap_days(bought(3), 90) == 90.0


def test_visitors_have_a_small_prior() -> None:
    """Before any visitor was seen to buy, two in a hundred do."""
    assert VisitorRate.fit([]).rate == pytest.approx(0.02)


def test_visitors_that_buy_raise_the_rate(tables: list[CustomerTable]) -> None:
    """Only rows of visitors count, and fifty of them count as much as the prior."""
    assert VisitorRate.fit(tables).rate == pytest.approx(0.02)
    place = tables[-1].features.names.index("purchase_day_count")
    table = tables[-1].take(np.arange(50))
    values = table.features.values.copy()
    values[:, place] = 0
    visitors = CustomerFeatures(table.features.customer_ids, table.features.names, values)
    everyone = replace(table, features=visitors, horizon_days=20, order_count=np.ones(50, dtype=np.int64))
    assert VisitorRate.fit([everyone]).rate == pytest.approx(0.51)


def test_a_rate_says_nothing_of_features() -> None:
    """All of the margin is what does not come from features."""
    people = taken(odd_features(), np.arange(2))
    told = VisitorRate(0.3).contributions(people)
    assert not told[:, :-1].any()
    np.testing.assert_allclose(told[:, -1], np.log(0.3 / 0.7))
