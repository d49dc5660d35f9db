"""Expected totals beside what came: by hand, and with nobody to compare."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from tests.training.customers.planted import AS_OF, HORIZON_DAYS, planted_shop
from training.customers.ahead.outlook import Outlook
from training.customers.ahead.value import Expected
from training.customers.fitting import training_tables
from training.customers.measuring.value_totals import ValueTold, deciles, own_rate, value_totals
from training.cutoffs import shifted
from training.tables import customer_table, kind_codes

CAME = Expected(np.array([0.0, 2.0, 1.0, 3.0]), np.array([0.0, 40.0, -10.0, 90.0]))
TOLD = Expected(np.array([0.5, 1.0, 1.5, 3.0]), np.array([10.0, 20.0, 30.0, 60.0]))


def test_totals_by_hand() -> None:
    """Totals, ratios, mean errors and rank correlations of everyone and of each kind."""
    report = value_totals(CAME, {"model": TOLD}, np.array([0, 2, 2, 2]))
    everyone, repeat = report["all"], report["repeat"]
    assert (everyone["customers"], everyone["orders"], everyone["net_spend"]) == (4, 6, 120)
    figures = everyone["methods"]["model"]
    assert (figures["orders"], figures["net_spend"]) == (6, 120)
    assert (figures["orders_ratio"], figures["net_spend_ratio"]) == (1, 1)
    assert figures["orders_mean_error"] == pytest.approx((0.5 + 1 + 0.5 + 0) / 4)
    assert figures["net_spend_mean_error"] == pytest.approx((10 + 20 + 40 + 30) / 4)
    assert figures["orders_rank_correlation"] == pytest.approx(0.8)
    assert repeat["methods"]["model"]["orders_ratio"] == pytest.approx(5.5 / 6)
    assert repeat["customers"] == 3


def test_what_cannot_be_told_is_null() -> None:
    """A kind without customers, and one of whom nothing came, have no ratio; the report is plain JSON."""
    report = json.loads(json.dumps(value_totals(CAME, {"model": TOLD}, np.array([0, 2, 2, 2])), allow_nan=False))
    assert report["one_order"]["customers"] == 0
    assert report["one_order"]["methods"]["model"]["orders_mean_error"] is None
    assert report["visitor"]["methods"]["model"]["orders_ratio"] is None
    assert report["visitor"]["methods"]["model"]["orders_rank_correlation"] is None
    none = Expected(np.zeros(0), np.zeros(0))
    assert value_totals(none, {"model": none}, np.zeros(0, dtype=np.int64))["all"]["customers"] == 0


def test_deciles_begin_with_the_most_expected() -> None:
    """Groups of equal size by expected spend, with the means of what was expected and what came."""
    told = Expected(np.arange(40.0), np.arange(40.0))
    came = Expected(np.ones(40), np.arange(40.0)[::-1])
    found = deciles(came, told)
    assert [group["customers"] for group in found] == [4] * 10
    assert found[0] == {
        "customers": 4,
        "expected_orders": 37.5,
        "orders": 1,
        "expected_net_spend": 37.5,
        "net_spend": 1.5,
    }


def test_deciles_of_a_shop_without_prices_are_by_orders() -> None:
    """Where nobody is expected to spend anything, those of whom the most orders are expected come first."""
    told = Expected(np.array([1.0, 3.0, 2.0]), np.zeros(3))
    assert [group["expected_orders"] for group in deciles(told, told)] == [3, 2, 1]


def test_the_model_is_checked_against_a_shop(tmp_path: Path) -> None:
    """What was learned before a cutoff comes near what was ordered and spent after it, nearer than the simple rules."""
    behaviour = planted_shop(tmp_path)
    cutoff = shifted(AS_OF, -HORIZON_DAYS, "UTC")
    outlook = Outlook.fit(behaviour, cutoff, HORIZON_DAYS, training_tables(behaviour, cutoff, HORIZON_DAYS))
    table = customer_table(behaviour, cutoff, HORIZON_DAYS)
    parts = [table.take(np.arange(len(table)) % 2 == rest) for rest in (0, 1)]
    report = ValueTold.joined([ValueTold.of(outlook.value, part) for part in parts]).totals()
    assert report["repeat"]["customers"] == np.count_nonzero(kind_codes(table.features) == 2)
    everyone = report["all"]
    assert everyone["net_spend"] == 5 * everyone["orders"]
    model, own, mean = (everyone["methods"][name] for name in ("model", "own_rate", "kind_mean"))
    for figure in ("orders", "net_spend"):
        assert 0.8 < model[f"{figure}_ratio"] < 1.25
        assert abs(np.log(model[f"{figure}_ratio"])) < abs(np.log(own[f"{figure}_ratio"]))
        assert model[f"{figure}_mean_error"] < 0.8 * min(own[f"{figure}_mean_error"], mean[f"{figure}_mean_error"])
        assert model[f"{figure}_rank_correlation"] > own[f"{figure}_rank_correlation"]
    assert own_rate(table.features, HORIZON_DAYS).orders.min() == 0
