"""Reasons: the weightiest concepts, in the direction that matters."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from features.arrays import Floats
from features.customers import CustomerFeatures
from tests.training.customers.planted import no_features, odd_features
from training.customers.explaining.concepts import CONCEPTS, REST
from training.customers.explaining.reasons import COLUMN_TYPE, LEAST_LOG_ODDS, NONE, REASONS, Explained, likely, reasons
from training.customers.explaining.usual import Usual
from training.customers.propensity import Propensity
from training.tables import KINDS, CustomerTable, kind_codes, taken

SILENCE, ORDERS = list(CONCEPTS).index("silence"), list(CONCEPTS).index("orders")


@pytest.fixture(scope="module")
def propensity(everyone_tables: list[CustomerTable]) -> Propensity:
    """Trained on the planted shop."""
    return Propensity.fit(everyone_tables)


@pytest.fixture(scope="module")
def everyone(everyone_tables: list[CustomerTable]) -> CustomerFeatures:
    """The customers at the newest cutoff."""
    return everyone_tables[-1].features


class Told:
    """A model whose chances and contributions are given."""

    def __init__(self, chance: list[float], added: list[dict[str, float]], usual: Usual | None = None) -> None:
        self.usual = usual or Usual.unknown()
        self.chance = np.array(chance)
        self.added = np.array([[row.get(concept, 0.0) for concept in (*CONCEPTS, "rest")] for row in added])

    def order_probability(self, features: CustomerFeatures) -> Floats:
        return self.chance[: len(features)]

    def concept_contributions(self, features: CustomerFeatures) -> Floats:
        return self.added[: len(features)]


def buyer(**numbers: float) -> CustomerFeatures:
    """A regular with these numbers, the others missing."""
    names = no_features().names
    known = {"purchase_day_count": 5, "order_count_all": 5, "days_since_purchase": 74, "purchase_gap_mean_days": 31}
    known |= {"view_count_all": 9, "view_count_30d": 0, "days_since_any": 40, "return_count_all": 0}
    values = [(known | numbers).get(name, np.nan) for name in names]
    return CustomerFeatures(pa.array(["anna"]), names, np.array([values], dtype=np.float32))


def told(model: Explained, features: CustomerFeatures) -> list[tuple[str, str]]:
    """Concept and English sentence of the first customer's reasons."""
    return [(reason.concept, reason.en) for reason in reasons(model, features).of(0)]


def test_the_weightiest_come_first_and_at_most_three() -> None:
    """By how far they move the margin the way the reasons go; what moves it hardly or against them is left out."""
    added = {"silence": -0.4, "browsing": -0.9, "orders": LEAST_LOG_ODDS / -2, "price": 0.8, "cart": -0.1}
    features = buyer(cart_count_30d=0, order_count_90d=0, discounted_share=1)
    assert told(Told([0.2], [added]), features) == [
        ("browsing", "no views in the last 30 days, last seen 40 days ago"),
        ("silence", "silent for 74 days, usually orders every 31 days"),
        ("cart", "nothing put in the cart in the last 30 days"),
    ]
    added["favorites"] = -2.0
    assert told(Told([0.2], [added]), replace(features))[0][0] == "browsing", "nothing is known of favourites"
    more = buyer(cart_count_30d=0, favorite_count_30d=0)
    assert [concept for concept, _ in told(Told([0.2], [added]), more)] == ["favorites", "browsing", "silence"]


def test_reasons_are_held_against_those_with_the_other_outcome() -> None:
    """Risk against those who ordered, a likely order against those who did not."""
    shape = (len(KINDS), len(CONCEPTS))
    ordered, stayed_away = np.zeros(shape), np.zeros(shape)
    ordered[KINDS.index("repeat"), SILENCE], stayed_away[KINDS.index("repeat"), SILENCE] = 1.0, -1.0
    usual = replace(Usual.unknown(), ordered=ordered, stayed_away=stayed_away)
    silent = "silent for 74 days, usually orders every 31 days"
    assert told(Told([0.4], [{"silence": 0.5}], usual), buyer()) == [("silence", silent)]
    assert told(Told([0.4], [{"silence": 1.5, "spend": -0.5}], usual), buyer(net_spend_all=40)) == [
        ("spend", "spent 40 so far")
    ]
    back = "ordered 74 days ago, usually every 31 days"
    assert told(Told([0.6], [{"silence": -0.5}], usual), buyer()) == [("silence", back)]
    assert told(Told([0.6], [{"silence": -1.5}], usual), buyer()) == []


@pytest.mark.parametrize(
    ("kind", "rate", "chance", "expected"),
    [
        ("repeat", 0.2, 0.4, False),
        ("repeat", 0.2, 0.5, True),
        ("repeat", 0.8, 0.7, False),
        ("repeat", np.nan, 0.6, True),
        ("one_order", 0.1, 0.3, False),
        ("visitor", 0.02, 0.03, True),
        ("visitor", 0.02, 0.01, False),
        ("visitor", np.nan, 0.1, False),
    ],
)
def test_which_way_reasons_go(kind: str, rate: float, chance: float, expected: bool) -> None:
    """A buyer at risk, by half or by what is usual, is told the risk; a visitor is held against other visitors."""
    usual = replace(Usual.unknown(), order_rates=(rate,) * len(KINDS))
    assert likely(np.array([chance]), np.array([KINDS.index(kind)]), usual).tolist() == [expected]


def test_one_fact_is_one_reason() -> None:
    """With one order, its age is tenure and rhythm as well; who never looked was only seen ordering."""
    added = {"tenure": -0.3, "rhythm": -0.3, "browsing": -0.3, "returns": -0.5}
    once = buyer(purchase_day_count=1, order_count_all=1, view_count_all=0, return_count_all=2, days_since_first=74)
    assert told(Told([0.2], [added]), once) == [
        ("silence", "bought once, 74 days ago"),
        ("returns", "2 returns so far"),
        ("orders", "only one order so far"),
    ]


def test_one_order_is_a_reason_of_risk_in_itself() -> None:
    """Also when nothing else sets someone apart; of the others it is told how long ago they ordered."""
    assert told(Told([0.2], [{}]), buyer(purchase_day_count=1, order_count_all=1)) == [
        ("orders", "only one order so far")
    ]
    assert told(Told([0.2], [{}]), buyer()) == [("silence", "silent for 74 days, usually orders every 31 days")]


def test_those_who_left_are_told_apart_by_direction(propensity: Propensity, everyone: CustomerFeatures) -> None:
    """For the least likely buyers reasons say why they are at risk, for the likeliest why they will order."""
    bought = np.flatnonzero(everyone.column("purchase_day_count") >= 2)
    order = bought[np.argsort(propensity.order_probability(everyone)[bought])]
    leaving, staying = (reasons(propensity, taken(everyone, rows)) for rows in (order[:20], order[-20:]))
    assert all(said and not reason.raises for said in leaving for reason in said)
    assert all(said and reason.raises for said in staying for reason in said)


def test_the_planted_cause_is_named(propensity: Propensity, everyone: CustomerFeatures) -> None:
    """Of those whom nobody has seen for long, most are told their silence, with their own days."""
    gone = np.flatnonzero((everyone.column("days_since_purchase") > 60) & (everyone.column("purchase_day_count") >= 3))
    assert len(gone) > 10
    found = reasons(propensity, taken(everyone, gone))
    assert (found.concepts == SILENCE).any(axis=1).mean() > 0.8
    for row, days in enumerate(everyone.column("days_since_purchase")[gone]):
        for reason in found.of(row):
            if reason.concept == "silence":
                assert reason.en.startswith(f"silent for {days:,.0f} days, usually orders every ")
                assert reason.zh.startswith(f"已沉默{days:,.0f}天，通常每")


def test_one_alone_has_the_reasons_of_the_crowd(propensity: Propensity, everyone: CustomerFeatures) -> None:
    """The words for a customer do not depend on who else is asked for, nor on whether the chance was known."""
    together = list(reasons(propensity, everyone, propensity.order_probability(everyone)))
    for row in range(0, len(everyone), 29):
        assert list(reasons(propensity, taken(everyone, np.array([row])))) == [together[row]]


def test_what_is_stored(propensity: Propensity, everyone: CustomerFeatures, tmp_path: Path) -> None:
    """A column of lists that Parquet keeps, with the same words as customer by customer."""
    found = reasons(propensity, everyone)
    assert found.concepts.shape == (len(everyone), REASONS)
    assert found.concepts.dtype == np.int8
    count = np.count_nonzero(found.concepts != NONE, axis=1)
    assert set(count) <= set(range(REASONS + 1))
    path = tmp_path / "reasons.parquet"
    pq.write_table(pa.table({"reasons": found.column()}), path)
    assert found.column().type == COLUMN_TYPE == pq.read_table(path).schema.field("reasons").type
    stored = pq.read_table(path)["reasons"].to_pylist()
    assert stored == [[vars(reason) for reason in said] for said in found]
    assert [len(said) for said in stored] == count.tolist()


def test_rules_that_know_nothing_usual_have_a_reason_for_every_risk(everyone: CustomerFeatures) -> None:
    """Without any label there is nothing to compare with; how long ago the last order was is told all the same."""
    rules = Propensity.fit([], known=everyone, horizon_days=14)
    found = reasons(rules, everyone)
    said = np.count_nonzero(found.concepts != NONE, axis=1)
    at_risk = (kind_codes(everyone) > 0) & ~found.raises
    assert np.count_nonzero(at_risk) > 50
    assert np.all(said[at_risk] >= 1)


def test_strange_customers_and_nobody(propensity: Propensity) -> None:
    """Impossible numbers do no harm, and no customers are no reasons."""
    assert len(list(reasons(propensity, odd_features()))) == 4
    assert reasons(propensity, no_features()).column().to_pylist() == []


def test_contributions_add_up_to_the_margin(propensity: Propensity, everyone: CustomerFeatures) -> None:
    """What the concepts add, and the rest, is the margin, for every kind of people."""
    told = propensity.concept_contributions(everyone)
    assert told.shape == (len(everyone), REST + 1)
    assert len(set(kind_codes(everyone).tolist())) == len(KINDS)
    np.testing.assert_allclose(told.sum(axis=1), propensity.margin(everyone), rtol=0, atol=1e-6)
