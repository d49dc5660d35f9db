"""Value levels by hand, and that everybody who has ordered is in exactly one."""

from __future__ import annotations

import json

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from features.shop.groups.known import Known
from features.shop.groups.named_group import NOBODY
from features.shop.groups.value_levels import VALUE_NAMES, ValueLimits
from tests.features.shop.groups.known_people import anybody, crowd, one, person


def levels(known: Known) -> list[str | None]:
    """The name of everybody's level, with the limits among them."""
    codes = ValueLimits.among(known.buyers).levels(known)
    return [None if code == NOBODY else VALUE_NAMES[code] for code in codes]


def test_ten_customers_by_hand() -> None:
    """The upper fifth is high, the lower half low; a visitor is in none."""
    known = crowd(*(person(orders=1, net_spend=spend) for spend in range(10)), person())
    assert levels(known) == ["low"] * 5 + ["middle"] * 3 + ["high"] * 2 + [None]


def test_who_spent_the_same_is_in_the_same_level() -> None:
    """Ties take the lower level: of ten who share the top value nobody is above four of five."""
    known = crowd(person(orders=1, net_spend=1), *(person(orders=1, net_spend=9) for _ in range(10)))
    assert levels(known) == ["low"] * 11


def test_without_prices_orders_count() -> None:
    """Where nobody's spend is known the levels go by the number of orders."""
    known = crowd(*(person(orders=orders, net_spend=0) for orders in (1, 2, 3, 4, 5)))
    assert levels(known) == ["low", "low", "low", "middle", "high"]


def test_limits_survive_json() -> None:
    """What is written down is what is read."""
    limits = ValueLimits.among(crowd(person(orders=1, net_spend=3), person(orders=2, net_spend=7.25)))
    assert ValueLimits.from_dict(json.loads(json.dumps(limits.as_dict()))) == limits


@given(st.lists(anybody(), min_size=1, max_size=40))
def test_more_spent_is_never_a_lower_level(people: list[dict[str, float]]) -> None:
    """Everybody who has ordered has one level; it rises with net spend, and is the same for one person alone."""
    known = crowd(*people)
    buyers = known.buyers
    limits = ValueLimits.among(buyers)
    found = limits.levels(known)
    np.testing.assert_array_equal(found != NOBODY, known.is_buyer)
    if limits.measure == "net_spend":
        order = np.argsort(buyers.net_spend, kind="stable")
        assert (np.diff(limits.levels(buyers)[order]) >= 0).all()
    assert [limits.levels(one(known, place))[0] for place in range(len(known))] == found.tolist()
