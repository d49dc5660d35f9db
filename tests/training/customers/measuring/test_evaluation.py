"""The evaluation of churn probabilities: figures, intervals and groups as plain JSON values."""

from __future__ import annotations

import json

import numpy as np
import pytest

from features.shop_folder import ShopSettings
from training.customers.measuring.evaluation import EvaluationSettings, evaluate

RNG = np.random.default_rng(4)
CHANCE = RNG.random(2000)
LEFT = RNG.random(2000) < CHANCE


def test_every_method_and_group_has_figures() -> None:
    """Each method is told for everyone and for each group, with all metrics of the house."""
    groups = {"one_order": CHANCE < 0.3, "repeat": CHANCE >= 0.3}
    found = evaluate({"model": CHANCE, "base_rate": np.full(2000, 0.5)}, LEFT, groups, worth=np.ones(2000))
    assert set(found) == {"model", "base_rate"}
    assert list(found["model"]) == ["all", "one_order", "repeat"]
    assert found["model"]["one_order"]["customers"] == np.count_nonzero(CHANCE < 0.3)
    assert found["model"]["all"]["base_rate"] == pytest.approx(LEFT.mean())
    wanted = ["roc_auc", "average_precision", "log_loss", "brier", "brier_skill", "ece"]
    wanted += [f"{name}_at_{size}pct" for name in ("lift", "expected_profit") for size in (5, 10, 20)]
    assert set(found["model"]["all"]["metrics"]) == set(wanted)


def test_intervals_hold_the_value_and_repeat() -> None:
    """The value lies in its interval, more customers make it narrower, and the same seed gives the same."""
    many = evaluate({"model": CHANCE}, LEFT)["model"]["all"]["metrics"]
    few = evaluate({"model": CHANCE[:100]}, LEFT[:100])["model"]["all"]["metrics"]
    for name in ("roc_auc", "log_loss", "brier", "lift_at_10pct"):
        assert many[name]["low"] < many[name]["value"] < many[name]["high"]
        assert many[name]["high"] - many[name]["low"] < few[name]["high"] - few[name]["low"]
    assert evaluate({"model": CHANCE}, LEFT)["model"]["all"]["metrics"] == many


def test_profit_is_what_contacts_gain_and_cost() -> None:
    """Of the best 10 %, ten in all of whom eight leave, half are kept at 20 each; ten contacts cost 3 each."""
    chance = np.linspace(1, 0, 100)
    left = np.arange(100) < 8
    settings = EvaluationSettings(contact_cost=3.0, success_rate=0.5)
    metrics = evaluate({"model": chance}, left, None, settings, np.full(100, 20.0))["model"]["all"]["metrics"]
    assert metrics["expected_profit_at_10pct"]["value"] == pytest.approx(8 * 0.5 * 20 - 10 * 3)


def test_without_prices_there_is_no_profit() -> None:
    """Nobody's worth is known: the metrics of money are left out, the others stay."""
    metrics = evaluate({"model": CHANCE}, LEFT)["model"]["all"]["metrics"]
    assert not [name for name in metrics if "profit" in name]
    assert metrics["roc_auc"]["value"] > 0.7


def test_a_shop_says_what_contacts_cost() -> None:
    """Cost and success are those of the shop's settings."""
    settings = EvaluationSettings.of(ShopSettings(contact_cost=2.5, contact_success_rate=0.2))
    assert (settings.contact_cost, settings.success_rate) == (2.5, 0.2)


@pytest.mark.parametrize("left", [np.zeros(3, dtype=bool), np.ones(3, dtype=bool), np.zeros(0, dtype=bool)])
def test_what_has_no_meaning_is_null(left: np.ndarray) -> None:
    """One outcome only, or nobody: the report is JSON without NaN."""
    found = evaluate({"model": np.full(len(left), 0.4)}, left, {"nobody": np.zeros(len(left), dtype=bool)})
    json.dumps(found, allow_nan=False)
    assert found["model"]["nobody"]["customers"] == 0
    if len(left):
        assert found["model"]["all"]["metrics"]["roc_auc"] == {"value": None, "low": None, "high": None}
