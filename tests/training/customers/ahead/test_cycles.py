"""Cycles of items and categories: worked out by hand, drawn towards what is usual, found where they were planted."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, timedelta

import numpy as np
import pytest

from features.arrays import Floats
from features.catalogue import Catalogue
from features.history import History
from tests.small_shop import EventRow, events, history, items, moment
from training.customers.ahead.cycles import (
    STRENGTH_LIMITS_GAPS,
    USUAL_STRENGTH_GAPS,
    CycleLaw,
    Cycles,
    CycleSums,
    GapSums,
    Usual,
    cycle_sums,
    strength_gaps,
    total_cycle_sums,
)

AS_OF = moment("2025-12-01T00:00Z")
ITEMS = items(("tea", "drinks", 5), ("milk", "drinks", 2), ("soap", "care", 3), ("brush", "care", 9), ("gift", None, 1))


def bought(customer: str, item: str, *days: float) -> list[EventRow]:
    """Purchases on these days of the year."""
    start = moment("2025-01-01T08:00Z")
    return [(customer, "purchase", item, start + timedelta(days=day)) for day in days]


def known(*rows: list[EventRow], described: bool = True) -> History:
    return history(events(*(row for part in rows for row in part)), AS_OF, ITEMS if described else None)


def learned(found: History) -> tuple[CycleLaw, Cycles]:
    sums = cycle_sums(found)
    law = CycleLaw.fit(sums, found.catalogue)
    return law, law.cycles(sums, found.catalogue)


def by_name(values: Floats, names: Sequence[str]) -> dict[str, float]:
    return dict(zip(names, values.tolist(), strict=True))


def planted(cycles: dict[str, float], customers: int, seed: int = 2, spread: float = 0.3) -> History:
    """Customers who each buy two items at these median gaps, about six times."""
    rng = np.random.default_rng(seed)
    rows = []
    for number in range(customers):
        for item, days in cycles.items():
            gaps = days * np.exp(spread * rng.normal(size=6))
            rows.append(bought(f"c{number}", item, *(np.cumsum(gaps) - gaps[0] + rng.uniform(0, 3))))
    return known(*rows)


def test_sums_by_hand() -> None:
    """Gaps run between the days of one customer and one thing; a category's end with any of its items."""
    found = known(
        bought("anna", "tea", 0, 0.2, 10, 40),
        bought("anna", "milk", 20),
        bought("ben", "tea", 5),
        bought("ben", "gift", 0, 8),
    )
    sums = cycle_sums(found)
    codes = {item: code for code, item in enumerate(found.catalogue.ids.to_pylist())}
    counts = {item: sums.items.count[code] for item, code in codes.items()}
    assert counts == {"tea": 2, "milk": 0, "soap": 0, "brush": 0, "gift": 1}
    np.testing.assert_allclose(sums.items.log_sum[codes["tea"]], np.log(10) + np.log(30))
    np.testing.assert_allclose(sums.items.log_square_sum[codes["tea"]], np.log(10) ** 2 + np.log(30) ** 2)
    assert by_name(sums.categories.count, found.catalogue.categories.to_pylist()) == {"care": 0, "drinks": 3}
    np.testing.assert_allclose(sums.categories.log_sum[1], np.log(10) + np.log(10) + np.log(20))


def test_buckets_add_up() -> None:
    """The sums of two groups of customers together are those of all."""
    whole = planted({"tea": 12.0, "soap": 40.0}, 8)
    parts = [cycle_sums(whole.part(0, 3)), cycle_sums(whole.part(3, 8))]
    for found, expected in zip(vars(total_cycle_sums(parts)).values(), vars(cycle_sums(whole)).values(), strict=True):
        for name in GapSums.__dataclass_fields__:
            np.testing.assert_allclose(getattr(found, name), getattr(expected, name), rtol=1e-12)


def test_planted_cycles_are_found() -> None:
    """With many gaps an item's cycle is its planted median, and so is that of the category that it is alone in."""
    found = planted({"tea": 12.0, "soap": 40.0}, 60)
    _, cycles = learned(found)
    item = by_name(cycles.item_cycle_days, found.catalogue.ids.to_pylist())
    category = by_name(cycles.category_cycle_days, found.catalogue.categories.to_pylist())
    for days in (item["tea"], category["drinks"]):
        assert days == pytest.approx(12, rel=0.05)
    for days in (item["soap"], category["care"]):
        assert days == pytest.approx(40, rel=0.05)


def test_few_gaps_are_drawn_towards_the_category() -> None:
    """An item with one gap lies between it and its category, one with none is its category, one outside the shop's."""
    found = known(*[bought(f"c{number}", "tea", 0, 9 + number % 3) for number in range(30)], bought("x", "milk", 0, 50))
    law, cycles = learned(found)
    item = by_name(cycles.item_cycle_days, found.catalogue.ids.to_pylist())
    gaps = by_name(cycles.item_gap_count, found.catalogue.ids.to_pylist())
    assert item["tea"] == pytest.approx(10, rel=0.05)
    assert 10 < item["milk"] < 35
    assert gaps == {"tea": 30, "milk": 1, "soap": 0, "brush": 0, "gift": 0}
    told = by_name(cycles.told_item_cycle_days, found.catalogue.ids.to_pylist())
    assert {name for name, days in told.items() if days == item[name]} == {"tea", "milk"}
    assert item["soap"] == pytest.approx(item["brush"])
    assert item["soap"] == pytest.approx(np.exp(law.item_log_days["care"]))
    assert item["gift"] == pytest.approx(np.exp(law.item.log_days))


def test_an_item_is_told_its_category_but_not_the_shop() -> None:
    """Without a gap of its own an item is told what is usual in its category, and nothing where that has no gap."""
    found = known(bought("anna", "tea", 0, 10), bought("ben", "gift", 0, 30), bought("cleo", "milk", 3))
    law, cycles = learned(found)
    told = by_name(cycles.told_item_cycle_days, found.catalogue.ids.to_pylist())
    kin = by_name(cycles.kin_gap_count, found.catalogue.ids.to_pylist())
    assert kin == {"tea": 1, "milk": 1, "soap": 0, "brush": 0, "gift": 0}
    assert told["milk"] == pytest.approx(np.exp(law.item_log_days["drinks"]))
    assert not np.isnan(told["gift"])
    assert np.isnan([told["soap"], told["brush"]]).all()
    nobody = law.cycles(CycleSums.none(found.catalogue), found.catalogue)
    assert np.isnan(nobody.told_item_cycle_days).all()
    total = (CycleSums.none(found.catalogue) + cycle_sums(found)).items
    np.testing.assert_array_equal(total.log_sum, cycle_sums(found).items.log_sum)


@pytest.mark.parametrize(("between", "least", "most"), [(0.0, 100.0, STRENGTH_LIMITS_GAPS[1]), (0.5, 1.5, 2.6)])
def test_the_strength_is_what_the_data_say(between: float, least: float, most: float) -> None:
    """Groups that are all alike are drawn hard; the strength of others is the variance within over that between."""
    rng = np.random.default_rng(8)
    size, gaps = 400, 12
    logs = (between * rng.normal(size=size))[:, None] + 0.7 * rng.normal(size=(size, gaps))
    sums = GapSums(np.full(size, float(gaps)), logs.sum(axis=1), (logs**2).sum(axis=1))
    assert least <= strength_gaps(sums, np.zeros(size, dtype=np.int64)) <= most
    parents = np.arange(size) % 5
    moved = GapSums(sums.count, sums.log_sum + 3 * parents * gaps, ((logs + 3 * parents[:, None]) ** 2).sum(axis=1))
    assert least <= strength_gaps(moved, parents) <= most


def test_too_few_groups_say_nothing_of_the_strength() -> None:
    """With two groups what is usual counts as a stated number of gaps."""
    sums = GapSums(np.array([3.0, 3.0]), np.array([6.0, 9.0]), np.array([12.5, 27.5]))
    assert Usual.of(sums).strength_gaps == USUAL_STRENGTH_GAPS


def test_a_shop_in_which_nothing_was_bought_again() -> None:
    """Its cycles are not known, and there is no gap behind them; without items there is nothing to tell."""
    for found in (known(bought("anna", "tea", 1)), known(bought("anna", "tea", 1), described=False)):
        law, cycles = learned(found)
        assert np.isnan(cycles.item_cycle_days).all()
        assert np.isnan(cycles.category_cycle_days).all()
        assert cycles.item_gap_count.sum() == 0
        assert CycleLaw.from_dict(json.loads(json.dumps(law.as_dict(), allow_nan=False))).as_dict() == law.as_dict()
    law, cycles = learned(known())
    assert len(cycles.item_cycle_days) == 5


def test_a_later_catalogue_finds_its_categories_by_name() -> None:
    """Items that came later get the cycle of their category, new categories that of the shop."""
    found = planted({"tea": 12.0, "soap": 40.0}, 60)
    law, cycles = learned(found)
    later = Catalogue.before(
        items(("ale", "drinks", 5), ("tea", "drinks", 5), ("new", "arts", 3), ("soap", "care", 3)),
        found.catalogue.ids.slice(0, 0),
        datetime.max.replace(tzinfo=AS_OF.tzinfo),
    )
    nothing = [np.zeros(size) for size in (len(later), len(later.categories))]
    none, no_category = (GapSums(empty, empty, empty) for empty in nothing)
    new = law.cycles(CycleSums(none, no_category), later)
    item = by_name(new.item_cycle_days, later.ids.to_pylist())
    assert item["ale"] == item["tea"]
    assert item["ale"] == pytest.approx(np.exp(law.item_log_days["drinks"]))
    assert item["new"] == pytest.approx(np.exp(law.item.log_days))
    assert 10 < item["ale"] < item["new"] < item["soap"] < 42
    again = CycleLaw.from_dict(json.loads(json.dumps(law.as_dict())))
    np.testing.assert_allclose(again.cycles(cycle_sums(found), found.catalogue).item_cycle_days, cycles.item_cycle_days)
