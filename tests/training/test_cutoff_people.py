"""The people of cutoffs beside each other."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.training.conftest import Backtested
from tests.training.customers.planted import HORIZON_DAYS
from training.customers.measuring.backtest import ChurnBacktest, churn_backtest
from training.cutoff_people import CutoffPeople, people_counts
from training.tables import buyers


@pytest.fixture(scope="module")
def found(backtested: Backtested) -> ChurnBacktest:
    """The churn backtest at the newer cutoff."""
    return churn_backtest(backtested.behaviour, backtested.plan.cutoffs[-1], HORIZON_DAYS)


def test_buyers_of_the_test_are_compared_with_those_of_training(backtested: Backtested, found: ChurnBacktest) -> None:
    """With one cutoff the newest training cutoff is the earlier one, and both hold buyers only."""
    tested, trained = CutoffPeople.tested(found, backtested.plan.cutoffs[-1]), CutoffPeople.trained(found)
    assert trained is not None
    assert trained.features is not None
    assert tested.features is not None
    assert buyers(trained.features).all()
    assert buyers(tested.features).all()
    told = trained.against(tested)
    assert told["from"] < told["to"] == backtested.plan.cutoffs[-1].isoformat()
    assert told["customers"] == [len(trained.features), len(tested.features)]
    assert len(told["features"]) == len(tested.features.names)
    assert set(told["score"]) == {"psi", "chance", "reading"}


def test_people_do_not_drift_from_themselves(backtested: Backtested, found: ChurnBacktest) -> None:
    """Compared with itself every feature and the score stand still."""
    people = CutoffPeople.tested(found, backtested.plan.cutoffs[-1])
    told = people.against(people)
    assert told["score"]["psi"] == 0
    assert {row["reading"] for row in told["features"]} == {"stable"}


def test_without_buyers_there_is_nothing_to_compare(backtested: Backtested, found: ChurnBacktest) -> None:
    """Nobody on one side: the comparison is empty."""
    people = CutoffPeople.tested(found, backtested.plan.cutoffs[-1])
    assert people.against(replace(people, features=None))["features"] == []
    untrained = replace(found, training=replace(found.training, tables=()))
    assert CutoffPeople.trained(untrained) is None


def test_people_are_counted_by_kind(backtested: Backtested) -> None:
    """Kinds add up to everyone, with the shares that left or ordered."""
    parts = backtested.report["cutoffs"]
    for told, part in zip(people_counts(parts), parts, strict=True):
        everyone = part["churn"]["methods"]["model"]["all"]
        assert told["one_order"] + told["repeat"] == everyone["customers"]
        assert told["left_rate"] == everyone["base_rate"]
        assert told["visitors"] == part["visitors"]["methods"]["model"]["all"]["customers"]
        assert (told["treated"], told["set_aside"]) == (0, 0)
