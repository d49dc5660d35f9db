"""Expected orders: the rule by hand, the regression against what came, and shops with little to learn from."""

from __future__ import annotations

import json
from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pytest

from features.arrays import Floats, Ints
from features.customers import CustomerFeatures
from tests.small_shop import events, features, moment
from tests.training.customers.planted import HORIZON_DAYS, no_features, odd_features
from training.customers.ahead.order_counts import VISITOR_ORDERS, OrderCounts, OrderRule
from training.customers.measuring.value_totals import own_rate
from training.tables import CustomerTable, kind_codes, taken

AS_OF = moment("2025-04-11T10:00Z")


@pytest.fixture(scope="module")
def counts(everyone_tables: list[CustomerTable]) -> OrderCounts:
    """Learned from all cutoffs but the newest two, whose labels were complete before the newest."""
    return OrderCounts.fit(everyone_tables[:-2], everyone_tables[-2].features, HORIZON_DAYS)


def deviance(came: Ints, told: Floats) -> float:
    """Twice the loss of Poisson's likelihood against knowing what came, the mean over customers."""
    logs = np.log(np.maximum(came, 1) / told)
    return float(2 * np.mean(np.where(came > 0, came * logs, 0.0) - (came - told)))


def three_customers() -> CustomerFeatures:
    """Anna with three orders in 100 days and silent for 10, Ben with one 40 days ago, Cleo who only looked."""
    return features(
        events(
            *(("anna", "purchase", "tea", f"2025-0{day}T10:00Z") for day in ("1-01", "2-10", "4-01")),
            ("ben", "purchase", "tea", "2025-03-02T10:00Z"),
            ("cleo", "view", "tea", "2025-03-02T10:00Z"),
        ),
        AS_OF,
    )


def test_the_rule_by_hand() -> None:
    """Rates are drawn towards the shop's and fade with silence; the shop's begins at one order in half a year."""
    found = three_customers()
    rule = OrderRule.fit(found, 30)
    assert rule.rate_per_day == pytest.approx((2 + 1) / (100 + 40 + 180), rel=1e-5)
    wait = 320 / 3
    anna, ben = (2 + 1) / (100 + wait), (0 + 1) / (40 + wait)
    expected = [30 * anna / (1 + 10 * anna / 4), 30 * ben / (1 + 40 * ben / 4), VISITOR_ORDERS]
    np.testing.assert_allclose(rule.expected(found), expected, rtol=1e-5)


def test_totals_are_near_what_came(counts: OrderCounts, everyone_tables: Sequence[CustomerTable]) -> None:
    """At a cutoff that it has not seen the orders of each kind come out within a quarter."""
    newest = everyone_tables[-1]
    told, kinds = counts.expected(newest.features), kind_codes(newest.features)
    for code in np.unique(kinds):
        came = newest.order_count[kinds == code].sum()
        assert came / 1.25 - 5 < told[kinds == code].sum() < came * 1.25 + 5


def test_it_beats_the_simple_rules(counts: OrderCounts, everyone_tables: Sequence[CustomerTable]) -> None:
    """Its deviance is below that of the own rate, the mean of the kind, and the rule that it corrects."""
    newest = everyone_tables[-1]
    told = counts.expected(newest.features)
    means = np.array(counts.mean_orders)[kind_codes(newest.features)]
    for other in (own_rate(newest.features, HORIZON_DAYS).orders, means, counts.rule.expected(newest.features)):
        assert deviance(newest.order_count, told) < 0.95 * deviance(newest.order_count, np.maximum(other, 1e-3))


def test_few_orders_move_the_level_only(everyone_tables: Sequence[CustomerTable]) -> None:
    """What was learned from a dozen customers is a factor that is the same for all of a kind, towards what came."""
    newest = everyone_tables[-1]
    few = newest.take(np.arange(len(newest)) % 40 == 7)
    found = OrderCounts.fit([few], newest.features, HORIZON_DAYS)
    assert 0 < sum(found.orders_seen) < 20
    kinds = kind_codes(few.features)
    for code, correction in enumerate(found.corrections):
        came = few.order_count[kinds == code].sum()
        told = found.rule.expected(few.features)[kinds == code].sum()
        np.testing.assert_allclose(correction.margin(newest.features), np.log((came + 20) / (told + 20)), rtol=1e-9)


def test_without_labels_the_rule_stands() -> None:
    """A shop that is younger than a horizon gets the rule of the customers that it knows, and no mean."""
    known = three_customers()
    found = OrderCounts.fit([], known, 30)
    np.testing.assert_allclose(found.expected(known), found.rule.expected(known), rtol=1e-12)
    assert np.isnan(found.mean_orders).all()
    nobody = no_features()
    assert OrderCounts.fit([], nobody, 30).expected(nobody).shape == (0,)


def test_odd_customers_get_possible_numbers(counts: OrderCounts) -> None:
    """Whatever the features hold, nobody is expected to order less than nothing or more than anybody did."""
    told = counts.expected(odd_features())
    assert np.isfinite(told).all()
    assert (told > 0).all()
    assert (told <= counts.most).all()


def test_alone_equals_in_the_crowd(counts: OrderCounts, everyone_tables: Sequence[CustomerTable]) -> None:
    """One customer's number does not depend on who else is asked about."""
    people = taken(everyone_tables[-1].features, np.arange(25))
    alone = [counts.expected(taken(people, np.array([place])))[0] for place in range(25)]
    np.testing.assert_allclose(alone, counts.expected(people), rtol=1e-12)


def test_other_columns_change_nothing(counts: OrderCounts, everyone_tables: Sequence[CustomerTable]) -> None:
    """Features are found by name: their order does not matter."""
    people = taken(everyone_tables[-1].features, np.arange(25))
    turned = CustomerFeatures(pa.array(people.customer_ids), people.names[::-1], people.values[:, ::-1].copy())
    np.testing.assert_array_equal(counts.expected(turned), counts.expected(people))


def test_what_is_written_says_the_same(counts: OrderCounts, everyone_tables: Sequence[CustomerTable]) -> None:
    """Through JSON without NaN and back the numbers are equal, with labels and without."""
    people = everyone_tables[-1].features
    for found in (counts, OrderCounts.fit([], people, HORIZON_DAYS)):
        again = OrderCounts.from_dict(json.loads(json.dumps(found.as_dict(), allow_nan=False)))
        np.testing.assert_array_equal(again.expected(people), found.expected(people))
        np.testing.assert_array_equal(again.mean_orders, found.mean_orders)
