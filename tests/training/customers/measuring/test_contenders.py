"""What a backtest compares: names, order, and what is left where nothing was trained."""

from __future__ import annotations

import pytest

from training.baselines import BASELINES
from training.charts.words import METHOD_NAMES
from training.customers.fitting import PropensityTraining
from training.customers.measuring.contenders import MODEL, TRAINED, Contenders
from training.customers.methods import BUYER_METHODS, VISITOR_METHODS
from training.customers.propensity import Propensity
from training.tables import CustomerTable


@pytest.fixture(scope="module")
def training(everyone_tables: list[CustomerTable]) -> PropensityTraining:
    """The training of the planted shop."""
    known = everyone_tables[-1].features
    return PropensityTraining(Propensity.fit(everyone_tables), tuple(everyone_tables), known)


def test_tiers_and_baselines_stand_beside_what_serves(training: PropensityTraining) -> None:
    """What serves comes first, then every method of the tiers and every baseline, each fitted or dropped with why."""
    found = Contenders.of(training)
    assert next(iter(found.buyers)) == next(iter(found.visitors)) == MODEL
    assert {*found.buyers, *found.dropped} == {MODEL, *BUYER_METHODS, *BASELINES}
    assert list(found.visitors) == [MODEL, "one_rate"]
    assert set(TRAINED) <= set(found.buyers)
    features = training.known
    for method in found.buyers.values():
        chance = method.order_probability(features)
        assert chance.shape == (len(features),)


def test_without_tables_only_what_serves_is_left(training: PropensityTraining) -> None:
    """Where nothing could be trained there is nothing to compare with."""
    found = Contenders.of(PropensityTraining(training.propensity, (), training.known))
    assert (list(found.buyers), list(found.visitors), found.dropped) == ([MODEL], [MODEL], {})


def test_every_method_has_a_name() -> None:
    """People read names of methods, in both languages."""
    assert {MODEL, "one_rate", "by_lot", "model_by_value", *BUYER_METHODS, *VISITOR_METHODS, *BASELINES} <= set(
        METHOD_NAMES
    )
