"""Whether the effect of a campaign could be seen."""

from __future__ import annotations

import pytest

from serving.audiences.previewing.power import told_power
from training.campaigns.power import power


def test_enough_people() -> None:
    """At 2 % a fifth more takes some 42,000 people at 50/50, so that many show it and no less of one."""
    found = told_power(42_000, 840.0, 0.5)
    assert found is not None
    assert found.smallest_lift is not None
    assert found.needed_people == pytest.approx(42_000, rel=0.02)
    assert found.smallest_lift == pytest.approx(0.2, abs=0.01)
    assert power(42_000, 0.02, found.smallest_lift, 0.5) == pytest.approx(0.8, abs=0.001)
    assert found.sentence()["en"] == (
        f"a campaign to them would show a lift of 20% or more; to see one of 20% takes {found.needed_people:,} people"
    )
    assert found.sentence()["zh"].startswith("对这些人的活动可看出20%及以上的提升")


def test_too_few_people() -> None:
    """Ten people show nothing that a message could do, and the sentence says how many would."""
    for orders in (0.2, 6.0):  # one would be thirty times as many orders, the other more than all
        found = told_power(10, orders, 0.1)
        assert found is not None
        assert found.smallest_lift is None or found.smallest_lift > 20
        assert found.sentence()["en"] == (
            f"too few people to see an effect; to see a lift of 20% takes {found.needed_people:,}"
        )
        assert "人数太少" in found.sentence()["zh"]


@pytest.mark.parametrize(
    ("people", "orders", "control"), [(0, 0.0, 0.1), (10, 0.0, 0.1), (10, 10.0, 0.1), (10, 2.0, 0.0)]
)
def test_nothing_to_compare(people: int, orders: float, control: float) -> None:
    """Without people, without a control group, or where all or none order anyway, there is nothing to tell."""
    assert told_power(people, orders, control) is None


def test_where_nearly_all_order_anyway() -> None:
    """A lift can lead no further than to everybody."""
    found = told_power(1_000, 950.0, 0.1)
    assert found is not None
    assert found.needed_people > 0
