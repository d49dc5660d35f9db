"""Mean and range over cutoffs."""

from __future__ import annotations

from typing import Any

import pytest

from training.report.summary import parts_of, summary


def part(auc: float | None, **more: float) -> dict[str, Any]:
    """The report of a cutoff with one metric, and further methods with theirs."""
    methods = {"model": auc, **more}
    churn = {name: {"all": {"metrics": {"roc_auc": {"value": value}}}} for name, value in methods.items()}
    items = {"served": {"recall@10": {"value": auc}}}
    expected = {"model": {"orders_ratio": auc, "net_spend_ratio": None, "orders": 3}}
    return {
        "churn": {"methods": churn},
        "visitors": {"methods": churn},
        "outlook": {"value": {"all": {"methods": expected}}},
        "recommendations": {"models": items},
    }


def test_mean_and_range_of_every_metric() -> None:
    """Over the cutoffs at which the method was there and the metric had a value."""
    found = summary([part(0.7, rfm=0.6), part(None), part(0.9)])
    wanted = {"mean": pytest.approx(0.8), "least": 0.7, "most": 0.9, "cutoffs": 2}
    assert found["churn"]["model"]["all"]["roc_auc"] == wanted
    assert found["visitors"]["model"]["roc_auc"] == wanted
    assert found["recommendations"]["served"]["recall@10"] == wanted
    assert found["outlook"] == {"model": {"orders_ratio": wanted}}
    assert found["churn"]["rfm"]["all"]["roc_auc"]["cutoffs"] == 1


def test_what_has_no_value_anywhere_is_left_out() -> None:
    """A metric without meaning at every cutoff has no mean."""
    assert summary([part(None), part(None)])["churn"]["model"]["all"] == {}


def test_parts_of_one_and_of_several() -> None:
    """A report at one cutoff is its own only part."""
    alone = part(0.7)
    assert parts_of(alone) == [alone]
    assert parts_of({"cutoffs": [alone, alone]}) == [alone, alone]
