"""Groups of customers: by orders and by touches, worked out by hand."""

from __future__ import annotations

import numpy as np

from tests.small_shop import events, history, moment
from training.recommend.measuring.customer_groups import GROUPS, TIERS, TOUCH_GROUPS, customer_groups
from training.recommend.people import People

CUTOFF = moment("2025-03-11T00:00Z")


def views(customer: str, count: int) -> list[tuple[str, str, str, str]]:
    return [(customer, "view", f"i{number}", "2025-03-01T00:00Z") for number in range(count)]


def test_groups_by_hand() -> None:
    """Two lines of one order are one order; a touch is any view, favourite, cart or purchase, an uncart is none."""
    rows = [
        *views("a looker", 1),
        *views("b keen", 19),
        ("c once", "purchase", "i1", "2025-03-01T00:00Z", {"order_id": "o1"}),
        ("c once", "purchase", "i2", "2025-03-02T00:00Z", {"order_id": "o1"}),
        *views("d twice", 20),
        ("d twice", "purchase", "i1", "2025-03-01T00:00Z"),
        ("d twice", "purchase", "i1", "2025-03-02T00:00Z"),
        ("e unsure", "uncart", "i1", "2025-03-02T00:00Z"),
    ]
    people = People(history(events(*rows), CUTOFF), 7.0, 50)
    groups = customer_groups(people)
    names = people.history.customer_ids.to_pylist()
    of = {name: [group for group in GROUPS if groups[group][place]] for place, name in enumerate(names)}
    assert of == {
        "a looker": ["visitor", "touches_1"],
        "b keen": ["visitor", "touches_5_to_19"],
        "c once": ["one_order", "touches_2_to_4"],
        "d twice": ["repeat", "touches_20_or_more"],
        "e unsure": ["visitor", "touches_1"],
    }


def test_everyone_is_in_one_group_of_each_kind() -> None:
    """The groups of a kind share the customers out."""
    rows = [row for count in range(1, 30) for row in views(f"c{count}", count)]
    groups = customer_groups(People(history(events(*rows), CUTOFF), 7.0, 50))
    for kind in (TIERS, TOUCH_GROUPS):
        assert np.sum([groups[name] for name in kind], axis=0).tolist() == [1] * 29
