"""The profit of lists, worked out by hand."""

from __future__ import annotations

import json

import numpy as np
import pytest

from features.shop_folder import ShopSettings
from training.customers.measuring.evaluation import EvaluationSettings
from training.customers.measuring.profit import LIST_SIZES, profit_by_size, stay_worth

HUNDRED = np.linspace(1, 0, 100)
LEFT = np.arange(100) < 40
COSTS = EvaluationSettings(contact_cost=1.0, success_rate=0.5)


def test_every_size_of_list_has_its_profit() -> None:
    """The first forty leave and are worth 10: each contact gains 4, and after the fortieth each costs 1."""
    found = profit_by_size({"model": HUNDRED}, LEFT, np.full(100, 10.0), COSTS)["model"]
    profits = {row["customers"]: row["profit"] for row in found["sizes"]}
    assert len(profits) == len(LIST_SIZES)
    assert (profits[0], profits[20], profits[40], profits[100]) == pytest.approx((0.0, 80.0, 160.0, 100.0))
    assert (found["best"]["customers"], found["best"]["profit"]) == (40, pytest.approx(160.0))
    assert found["best"]["low"] < 160 <= found["best"]["high"]


def test_a_list_by_lot_is_a_straight_line() -> None:
    """Equal scores: every size earns its share of what everyone would."""
    found = profit_by_size({"by_lot": np.zeros(100)}, LEFT, np.full(100, 10.0), COSTS)["by_lot"]["sizes"]
    assert [row["profit"] for row in found] == pytest.approx([100 * share for share in LIST_SIZES])


def test_where_contacts_cost_too_much_nobody_is_the_best_list() -> None:
    """Each contact costs more than it brings, so the best size is none and its profit zero."""
    dear = EvaluationSettings(contact_cost=6.0, success_rate=0.5)
    best = profit_by_size({"model": HUNDRED}, LEFT, np.full(100, 10.0), dear)["model"]["best"]
    assert (best["customers"], best["profit"]) == (0, 0.0)


def test_who_is_worth_more_pays_more() -> None:
    """Ranked by chance times worth, the small list earns more than ranked by chance."""
    worth = np.where(np.arange(100) % 2, 1.0, 50.0)
    found = profit_by_size({"model": HUNDRED, "by_value": HUNDRED * worth}, LEFT, worth, COSTS)
    by_chance, by_value = (found[name]["sizes"][5]["profit"] for name in ("model", "by_value"))
    assert by_value > by_chance


def test_nobody_has_no_lists() -> None:
    """Without customers there is nothing to tell."""
    assert profit_by_size({"model": np.zeros(0)}, np.zeros(0, dtype=bool), np.zeros(0)) == {}


def test_worth_is_the_margin_of_the_usual_order() -> None:
    """Own mean order value where there is one, that of the others where there is none, never below zero."""
    settings = ShopSettings(order_margin=0.5)
    value = np.array([100.0, np.nan, -20.0, 20.0])
    assert stay_worth(value, settings) == pytest.approx([50.0, 20.0, 0.0, 10.0])
    assert stay_worth(np.array([np.nan, np.nan]), settings) is None
    assert stay_worth(np.zeros(0), settings) is None


def test_profits_are_plain_json() -> None:
    """What is told has no NaN."""
    json.dumps(profit_by_size({"model": HUNDRED}, LEFT, np.full(100, 10.0), COSTS), allow_nan=False)
