"""One scorer for each kind of people, asked as one."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest

from features.customers import CustomerFeatures
from tests.small_shop import events, features, moment
from tests.training.customers.planted import no_features
from training.calibration import log_odds
from training.customers.explaining.concepts import CONCEPTS
from training.customers.scorers.by_kind import ByKind
from training.customers.scorers.rules import ChurnRule, VisitorRate
from training.tables import KINDS, taken

CUTOFF = moment("2025-03-01T00:00Z")
RATES = ByKind({"visitor": VisitorRate(0.1), "one_order": VisitorRate(0.2), "repeat": VisitorRate(0.3)})


def bought(name: str, *days_ago: int) -> list[tuple[str, str, str, object]]:
    return [(name, "purchase", "tea", CUTOFF - timedelta(days=days)) for days in days_ago]


@pytest.fixture(scope="module")
def people() -> CustomerFeatures:
    """Of each kind, in no order: anna has ordered on three days, ben once, cleo has only looked, dan once."""
    seen = (("cleo", "view", "tea", CUTOFF - timedelta(days=2)), *bought("anna", 60, 30, 9))
    return features(events(*seen, *bought("ben", 5), *bought("dan", 50)), CUTOFF)


def test_each_kind_is_answered_by_its_own(people: CustomerFeatures) -> None:
    """Chance, margin and what they are made of come from the scorer of the kind, in the order of the customers."""
    assert people.customer_ids.to_pylist() == ["anna", "ben", "cleo", "dan"]
    wanted = np.array([0.3, 0.2, 0.1, 0.2])
    np.testing.assert_allclose(RATES.order_probability(people), wanted)
    np.testing.assert_allclose(RATES.margin(people), log_odds(wanted))
    np.testing.assert_allclose(RATES.contributions(people)[:, -1], log_odds(wanted))
    np.testing.assert_allclose(RATES.concept_contributions(people)[:, -1], log_odds(wanted))


def test_parts_are_the_rows_of_each_kind(people: CustomerFeatures) -> None:
    """Every customer is in one part, with the features of that customer; kinds that nobody is of have no part."""
    parts = RATES.parts(people)
    assert [part.customer_ids.to_pylist() for _, _, part in parts] == [["cleo"], ["ben", "dan"], ["anna"]]
    assert np.sum([rows for rows, _, _ in parts], axis=0).tolist() == [1, 1, 1, 1]
    assert [scorer for _, scorer, _ in parts] == [RATES.scorers[kind] for kind in KINDS]
    assert len(RATES.parts(taken(people, np.array([1, 3])))) == 1


def test_contributions_add_up_across_kinds(people: CustomerFeatures) -> None:
    """Rules for buyers and a rate for visitors: each row is made of what answers for it."""
    rule = ChurnRule(horizon_days=30, gap_days=30.0)
    mixed = ByKind({"visitor": VisitorRate(0.05), "one_order": rule, "repeat": rule})
    for told in (mixed.contributions(people), mixed.concept_contributions(people)):
        np.testing.assert_allclose(told.sum(axis=1), mixed.margin(people), atol=1e-9)
    np.testing.assert_allclose(mixed.margin(people)[[0, 1, 3]], rule.margin(people)[[0, 1, 3]])


def test_kinds_that_nothing_answers_for_have_no_chance(people: CustomerFeatures) -> None:
    """Where only buyers are scored, a visitor gets no number at all, not one that happens to be there."""
    buyers = ByKind({kind: RATES.scorers[kind] for kind in KINDS[1:]})
    for told in (buyers.order_probability(people), buyers.margin(people)):
        assert np.isnan(told).tolist() == [False, False, True, False]


def test_nobody_gets_nothing() -> None:
    """Of an empty table all answers are empty, in their shapes."""
    nobody = no_features()
    assert RATES.order_probability(nobody).shape == RATES.margin(nobody).shape == (0,)
    assert RATES.contributions(nobody).shape == (0, len(nobody.names) + 1)
    assert RATES.concept_contributions(nobody).shape == (0, len(CONCEPTS) + 1)
