"""Reasons: the weightiest concepts, in the direction that matters."""

from __future__ import annotations

import numpy as np
import pytest

from tests.training.customers.planted import no_features, odd_features
from training.customers.concepts import CONCEPTS, membership
from training.customers.propensity import Propensity
from training.customers.reasons import LEAST_LOG_ODDS, reasons
from training.tables import CustomerTable, taken


@pytest.fixture(scope="module")
def propensity(everyone_tables: list[CustomerTable]) -> Propensity:
    """Trained on the planted shop."""
    return Propensity.fit(everyone_tables)


def test_at_most_three_in_the_order_of_their_weight(
    propensity: Propensity, everyone_tables: list[CustomerTable]
) -> None:
    """Each reason is a concept that moves the margin in the told direction, the weightiest first."""
    features = everyone_tables[-1].features
    moved = propensity.contributions(features).values[:, :-1] @ membership(features.names)
    places = {concept: place for place, concept in enumerate(CONCEPTS)}
    told = reasons(propensity, features)
    assert len(told) == len(features)
    assert max(map(len, told)) == 3
    for row, said in enumerate(told):
        weights = [moved[row, places[reason.concept]] * (1 if reason.raises else -1) for reason in said]
        assert weights == sorted(weights, reverse=True)
        assert all(weight >= LEAST_LOG_ODDS for weight in weights)
        assert len({reason.concept for reason in said}) == len(said)


def test_those_who_left_are_told_apart_by_direction(
    propensity: Propensity, everyone_tables: list[CustomerTable]
) -> None:
    """For the least likely buyers reasons say why they are at risk, for the likeliest why they will order."""
    features = everyone_tables[-1].features
    bought = np.flatnonzero(features.column("purchase_day_count") >= 2)
    order = bought[np.argsort(propensity.order_probability(features)[bought])]
    leaving, staying = (reasons(propensity, taken(features, rows)) for rows in (order[:20], order[-20:]))
    assert all(not reason.raises for said in leaving for reason in said)
    assert all(reason.raises for said in staying for reason in said)


def test_the_planted_cause_is_named(propensity: Propensity, everyone_tables: list[CustomerTable]) -> None:
    """Of those whom nobody has seen for long, most are told their silence, with their own days."""
    features = everyone_tables[-1].features
    gone = np.flatnonzero((features.column("days_since_purchase") > 60) & (features.column("purchase_day_count") >= 3))
    told = reasons(propensity, taken(features, gone))
    silent = [reason.en for said in told for reason in said if reason.concept == "silence" and not reason.raises]
    assert len(silent) > 0.8 * len(gone) > 10
    days = [f"{day:,.0f} days" for day in features.column("days_since_purchase")[gone]]
    assert all(any(day in said for day in days) for said in silent)
    assert all(said.startswith("silent for ") for said in silent)


def test_one_alone_has_the_reasons_of_the_crowd(propensity: Propensity, everyone_tables: list[CustomerTable]) -> None:
    """The words for a customer do not depend on who else is asked for."""
    features = everyone_tables[-1].features
    told = reasons(propensity, features)
    for row in range(0, len(features), 37):
        assert reasons(propensity, taken(features, np.array([row]))) == [told[row]]


def test_fewer_can_be_asked_for(propensity: Propensity, everyone_tables: list[CustomerTable]) -> None:
    """With a limit of one each customer has the first reason only."""
    features = everyone_tables[-1].features
    first = [said[:1] for said in reasons(propensity, features)]
    assert reasons(propensity, features, limit=1) == first


def test_odd_customers_and_nobody(propensity: Propensity) -> None:
    """Customers as no shop has them get words or none, and an empty table no rows."""
    assert len(reasons(propensity, odd_features())) == 4
    assert reasons(propensity, no_features()) == []
