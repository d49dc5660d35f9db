"""A figure in three periods, and how much of each is known."""

from __future__ import annotations

import pytest

from features.shop.numbers.counting.figure import Figure, Scope, ratio, told
from features.shop.numbers.shop_tables import ShopTables
from tests.features.shop.numbers.told_shop import WEEK


def test_changes() -> None:
    """A change is in the figure's unit, and a share of what was."""
    figure = Figure(12.0, 10.0, 8.0)
    assert (figure.change, figure.change_share) == (2.0, 0.2)
    assert (figure.change_last_year, figure.change_last_year_share) == (4.0, 0.5)


@pytest.mark.parametrize("figure", [Figure(None, 1.0, 1.0), Figure(3.0, None, None)])
def test_nothing_is_told_of_the_unknown(figure: Figure) -> None:
    """Where either is not known there is no change."""
    assert (figure.change, figure.change_share, figure.change_last_year_share) == (None, None, None)


def test_a_rise_from_nothing_has_no_share() -> None:
    """From 0 everything is an endless rise, which says nothing; below 0 a rise is a rise."""
    assert Figure(3.0, 0.0, -2.0).change_share is None
    assert Figure(3.0, 0.0, -2.0).change_last_year_share == 2.5


def test_figures_are_reckoned_period_by_period() -> None:
    """One figure over another, and less another, in each period that both have."""
    assert Figure(6.0, 1.0, None).over(Figure(3.0, 0.0, 2.0)) == Figure(2.0, None, None)
    assert Figure(6.0, 1.0, None).less(Figure(3.0, 0.0, 2.0)) == Figure(3.0, 1.0, None)


def test_values_by_period() -> None:
    """A figure takes its values from those of each period; a period or name that is missing is unknown."""
    assert Figure.of("orders", {"current": {"orders": 3}, "previous": {}}) == Figure(3, None, None)


def test_how_numbers_are_told() -> None:
    """Counts are whole, money is not, and NaN is unknown."""
    assert [told("orders", 3.0), told("gross_revenue", 3.0), told("orders_per_day", 1.5)] == [3, 3.0, 1.5]
    assert isinstance(told("orders", 3.0), int)
    assert isinstance(told("gross_revenue", 3.0), float)
    assert told("average_order_value", float("nan")) is None


def test_a_ratio_of_nothing() -> None:
    """A share of nothing is not known."""
    assert (ratio(1, 4), ratio(1, 0), ratio(None, 4), ratio(0, 4)) == (0.25, None, None, 0.0)


def test_the_scope_of_an_answer(tables: ShopTables) -> None:
    """The periods are told with their days and with how many of them are known."""
    scope = Scope.of(tables, WEEK)
    assert set(scope.reached) == {"current", "previous"}
    assert scope.as_dict()["periods"]["previous"] == {
        **WEEK.previous.as_dict(),
        "known_days": 5,
        "coverage": "partial",
    }
    assert scope.period == WEEK
