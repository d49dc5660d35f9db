"""Concepts: every feature belongs to one."""

from __future__ import annotations

import numpy as np
import pytest

from tests.training.customers.planted import no_features
from training.customers.explaining.concepts import CONCEPTS, REST, concept_of, concept_places, grouped, membership


def test_every_feature_has_one_concept() -> None:
    """No feature is left out of the reasons, and each counts once."""
    names = no_features().names
    assert [name for name in names if concept_of(name) is None] == []
    table = membership(names)
    assert table.shape == (len(names), len(CONCEPTS))
    assert (table.sum(axis=1) == 1).all()
    assert (table.sum(axis=0) > 0).all()


@pytest.mark.parametrize(
    ("feature", "concept"),
    [
        ("days_since_purchase", "silence"),
        ("days_since_first_purchase", "tenure"),
        ("purchase_gap_mean_days", "rhythm"),
        ("purchase_count_30d", "orders"),
        ("purchase_per_cart", "cart"),
        ("purchase_per_view", "browsing"),
        ("return_per_purchase", "returns"),
        ("discount_mean", "price"),
        ("prior_law_margin", "rhythm"),
    ],
)
def test_a_feature_is_where_people_look_for_it(feature: str, concept: str) -> None:
    """The longest beginning decides."""
    assert concept_of(feature) == concept


def test_an_unknown_feature_has_none() -> None:
    """A feature without a concept is said to have none, not put anywhere."""
    assert concept_of("weather_tomorrow") is None
    assert not membership(["weather_tomorrow"]).any()
    assert concept_places(["weather_tomorrow", "days_since_purchase"]).tolist() == [REST, 0]


def test_contributions_add_up_by_concept() -> None:
    """Features add to their concept; those without one, and the last column, to the rest."""
    names = ["days_since_purchase", "churn_factor", "weather_tomorrow", "view_count_7d"]
    found = grouped(np.array([[1.0, 2.0, 4.0, 8.0, 16.0], [0.5, 0.0, 0.0, 0.25, 1.0]]), names)
    assert found.shape == (2, REST + 1)
    places = list(CONCEPTS)
    for concept, expected in (("silence", [3.0, 0.5]), ("browsing", [8.0, 0.25])):
        assert found[:, places.index(concept)].tolist() == expected
    assert found[:, REST].tolist() == [20.0, 1.0]
    assert found.sum(axis=1).tolist() == [31.0, 1.75]
