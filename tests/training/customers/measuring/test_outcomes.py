"""What methods said of people, and what they did."""

from __future__ import annotations

import numpy as np
import pytest

from training.baselines import BaseRate
from training.customers.measuring.outcomes import Outcomes, split
from training.tables import CustomerTable, buyers

METHODS = {"low": BaseRate(0.2), "sure": BaseRate(1.0)}


@pytest.fixture(scope="module")
def newest(everyone_tables: list[CustomerTable]) -> CustomerTable:
    """Everyone at the newest cutoff of the planted shop."""
    return everyone_tables[-1]


def test_buyers_and_visitors_are_told_apart(newest: CustomerTable) -> None:
    """Everyone is in one of both parts, with their own labels."""
    bought, visited = split(newest)
    assert buyers(bought.features).all()
    assert not buyers(visited.features).any()
    assert len(bought) + len(visited) == len(newest)
    assert bought.ordered.sum() + visited.ordered.sum() == newest.ordered.sum()


def test_chances_stay_inside(newest: CustomerTable) -> None:
    """Both chances add up to one and none is 0 or 1, however sure a method is."""
    found = Outcomes.of(newest, METHODS)
    assert found.order_chances["low"] == pytest.approx(np.full(len(newest), 0.2))
    for order, churn in zip(found.order_chances.values(), found.churn_chances.values(), strict=True):
        assert (order + churn == 1).all()
        assert ((order > 0) & (order < 1)).all()


def test_parts_are_joined_in_order(newest: CustomerTable) -> None:
    """Bucket after bucket, as one table of everyone gives; an empty bucket adds nobody."""
    whole = Outcomes.of(newest, METHODS)
    pieces = (np.arange(0, 100), np.arange(0), np.arange(100, len(newest)))
    joined = Outcomes.joined(Outcomes.of(newest.take(rows), METHODS) for rows in pieces)
    assert joined.frame.equals(whole.frame)
    assert joined.methods == ("low", "sure")


def test_groups_are_made_from_features(newest: CustomerTable) -> None:
    """One order and several are apart, and together all buyers; those silent for long are lost."""
    bought, _ = split(newest)
    groups = Outcomes.of(bought, METHODS).groups(lost_after_days=10)
    assert (groups["one_order"] ^ groups["repeat"]).all()
    assert groups["high_value"].sum() >= 0.2 * len(bought)
    silence = bought.features.column("days_since_purchase")
    assert groups["not_lost"].tolist() == (silence < 10).tolist()
