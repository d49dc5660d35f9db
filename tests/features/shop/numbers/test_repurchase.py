"""Both repurchase rates are told apart, and what they are made of."""

from __future__ import annotations

from pathlib import Path

from features.behaviour import Behaviour
from features.shop.numbers.period import Period
from features.shop.numbers.repurchase import repurchase
from features.shop.numbers.shop_tables import ShopTables
from tests.features.shop.numbers.told_shop import WEEK
from tests.small_shop import events, stored


def test_a_hundred_orders(tmp_path: Path) -> None:
    """Of 100 orders by 70 people, 20 of whom bought a second time and 10 a third, 30 repeat: 30 % and 20 of 70."""
    rows = [
        (f"c{person}", "purchase", "tea", f"2025-03-01T10:0{time}Z", {"order_id": f"o{time}"})
        for person in range(70)
        for time in range(3 if person < 10 else 2 if person < 20 else 1)
    ]
    with ShopTables.on_duckdb(Behaviour.of(stored(tmp_path / "shop", events(*rows)))) as tables:
        found = repurchase(tables, Period.parse("2025-03-01", "2025-03-02")).figures
    told = {name: figure.value for name, figure in found.items()}
    assert (told["orders"], told["buyers"], told["repeat_orders"], told["repeat_buyers"]) == (100, 70, 30, 20)
    assert told["repurchase_rate_by_orders"] == 0.3
    assert told["repurchase_rate_by_buyers"] == 20 / 70


def test_back_purchase_says_its_window(tables: ShopTables) -> None:
    """The window 1 of the week is the week before, of which five days are known."""
    found = repurchase(tables, WEEK)
    assert found.earlier["current"].as_dict() == {
        **WEEK.previous.as_dict(),
        "known_days": 5,
        "coverage": "partial",
    }
    figures = found.figures
    counted = [figures[name].value for name in ("earlier_buyers", "earlier_buyers_back", "back_purchase_rate")]
    assert counted == [2, 1, 0.5]


def test_a_short_window_is_said(tmp_path: Path) -> None:
    """Where half of those who come again take ten days, a week is too short to see it, and two weeks are not."""
    rows = [
        (f"c{person}", "purchase", "tea", f"2025-03-{day:02}T10:00Z") for person in range(40) for day in (1, 11, 21)
    ]
    with ShopTables.on_duckdb(Behaviour.of(stored(tmp_path / "shop", events(*rows)))) as tables:
        week, fortnight = (
            repurchase(tables, Period.parse(first, "2025-03-22")) for first in ("2025-03-15", "2025-03-08")
        )
    assert (week.cycle_days, week.window_is_short) == (10, True)
    assert (fortnight.cycle_days, fortnight.window_is_short) == (10, False)


def test_without_buyers_there_is_no_rate(tables: ShopTables) -> None:
    """A period of looks alone has no buyers and no rates, which is not a rate of 0."""
    found = repurchase(tables, Period.parse("2025-03-15", "2025-03-17")).figures
    rates = ("repurchase_rate_by_buyers", "repurchase_rate_by_orders")
    assert found["buyers"].value == 0
    assert [found[name].value for name in rates] == [None, None]
