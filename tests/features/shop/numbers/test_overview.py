"""The overview of a shop that can be reckoned by hand."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from features.behaviour import Behaviour
from features.shop.numbers.definitions import DEFINITIONS
from features.shop.numbers.overview import OVERVIEW_NAMES, overview
from features.shop.numbers.period import Period
from features.shop.numbers.shop_tables import ShopTables
from tests.features.shop.numbers.told_shop import EVENTS, WEEK, told_shop
from tests.small_shop import shop

COUNTED = {
    # figure: (the week, the week before)
    "members": (5, 2),
    "new_members": (3, 2),
    "active_people": (4, 3),
    "visitors": (2, 1),
    "views": (3, 2),
    "carts": (1, 0),
    "favourites": (1, 0),
    "orders": (3, 2),
    "buyers": (2, 2),
    "new_buyers": (1, 2),
    "returning_buyers": (1, 0),
    "gross_revenue": (36.5, 12.5),
    "returned_value": (4.5, 0.0),
    "net_revenue": (32.0, 12.5),
    "average_order_value": (36.5 / 3, 6.25),
    "repurchase_rate_by_buyers": (0.5, 0.0),
    "repurchase_rate_by_orders": (1 / 3, 0.0),
    "back_purchase_rate": (0.5, None),
}
"""anna signed up on the Monday, after her first order, and ed, who never came; the others joined by coming."""


def test_the_week_in_numbers(tables: ShopTables) -> None:
    """Each figure of the week and of the one before it is what one counts by hand; last year is not known."""
    found = overview(tables, WEEK).figures
    assert {name: found[name].values[:2] for name in COUNTED} == {
        name: pytest.approx(pair) if None not in pair else pair for name, pair in COUNTED.items()
    }
    assert {found[name].last_year for name in COUNTED} == {None}


def test_coverage_is_said(tables: ShopTables) -> None:
    """The week before is known from its third day on, and last year not at all."""
    said = {name: (each.known_days, each.coverage) for name, each in overview(tables, WEEK).scope.periods.items()}
    assert said == {"current": (7, "full"), "previous": (5, "partial"), "last_year": (0, "none")}


def test_changes_are_told(tables: ShopTables) -> None:
    """A change is told in the figure's unit and as a share; without something to compare with there is none."""
    orders = overview(tables, WEEK).figures["orders"]
    assert (orders.change, orders.change_share) == (1, 0.5)
    assert (orders.change_last_year, orders.change_last_year_share) == (None, None)


def test_a_zone_of_its_own(tmp_path: Path) -> None:
    """The days are the shop's: in Shanghai the week begins with cy on the 9th, and ends before the last view."""
    folder = told_shop(tmp_path / "shop", EVENTS, "Asia/Shanghai")
    with ShopTables.on_duckdb(Behaviour.of(folder)) as tables:
        found = overview(tables, WEEK).figures
    assert found["views"].value == 3
    assert found["visitors"].value == 1
    assert found["new_members"].value == 4


def test_a_shop_without_events(tmp_path: Path) -> None:
    """An empty shop has an overview without numbers."""
    with ShopTables.on_duckdb(Behaviour.of(shop(tmp_path / "shop"))) as tables:
        found = overview(tables, WEEK)
    assert {figure.values for figure in found.figures.values()} == {(None, None, None)}
    assert found.repurchase.cycle_days is None


def test_a_period_before_the_first_event(tables: ShopTables) -> None:
    """Where the history does not reach no figure is a zero."""
    found = overview(tables, Period(date(2024, 1, 1), date(2024, 2, 1)))
    assert found.scope.periods["current"].coverage == "none"
    assert {figure.value for figure in found.figures.values()} == {None}


def test_people_set_aside_are_left_out_and_said(tables: ShopTables) -> None:
    """Without anna and the visitor their deeds are not counted, nor anna as a member, and the answer says so."""
    found = overview(tables.without(["anna", "visitor:v1"]), WEEK)
    values = {name: found.figures[name].value for name in ("members", "orders", "views", "net_revenue")}
    assert values == {"members": 4, "orders": 1, "views": 1, "net_revenue": 20.5}
    assert (found.as_dict()["set_aside_left_out"], found.as_dict()["set_aside_people"]) == (True, 2)
    assert overview(tables, WEEK).as_dict()["set_aside_left_out"] is False


def test_everything_is_said_in_plain_types(tables: ShopTables) -> None:
    """The answer is JSON, with a definition in both languages beside each figure."""
    said = json.loads(json.dumps(overview(tables, WEEK).as_dict(), allow_nan=False))
    assert list(said["figures"]) == list(said["definitions"]) == list(OVERVIEW_NAMES)
    assert set(OVERVIEW_NAMES) <= set(DEFINITIONS)
    assert said["figures"]["orders"]["value"] == 3
    assert {"low", "high"} <= set(said["figures"]["second_order_within_30d"])
