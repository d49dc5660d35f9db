"""Charts: valid Vega-Lite that shows the numbers it was given."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from training.charts import (
    AnyChart,
    gain_curve,
    lift_by_decile,
    recall_bars,
    reliability_curve,
    score_histogram,
)
from training.customers.evaluation import evaluate

CHANCE = np.linspace(0.01, 0.99, 200)
LEFT = np.random.default_rng(5).random(200) < CHANCE
NOBODY = (np.zeros(0), np.zeros(0, dtype=bool))


def values(chart: AnyChart, column: str) -> list[Any]:
    """The values of a column in the chart's own data; ``to_dict`` checks the chart against the schema."""
    data = chart.to_dict()["datasets"].values()
    return [row[column] for rows in data for row in rows if column in row]


def test_reliability_shows_every_bin() -> None:
    """Each bin of the report is a point."""
    bins = evaluate({"model": CHANCE}, LEFT)["model"]["all"]["reliability"]
    assert values(reliability_curve(bins), "customers") == [row["customers"] for row in bins]


def test_lift_falls_from_the_first_tenth() -> None:
    """The riskiest tenth stands first, and the tenths' mean is the usual rate."""
    lift = values(lift_by_decile(CHANCE, LEFT), "lift")[:10]
    assert lift[0] > 1.5 > 0.5 > lift[9]
    assert np.mean(lift) == pytest.approx(1.0)


def test_gain_ends_with_everyone_caught() -> None:
    """The whole list catches all, and a good method more than the diagonal on the way."""
    chart = gain_curve({"model": CHANCE, "worst": -CHANCE}, LEFT, points=10)
    rows = [row for rows in chart.to_dict()["datasets"].values() for row in rows if "method" in row]
    model = [row["caught"] for row in rows if row["method"] == "model"]
    assert model[0] == 0
    assert model[-1] == 1
    assert model[5] > 0.5 > [row["caught"] for row in rows if row["method"] == "worst"][5]


def test_histogram_counts_everyone_once() -> None:
    """The bars together are all customers."""
    assert sum(values(score_histogram(CHANCE, LEFT), "customers")) == 200


def test_recall_bars_name_every_method_that_has_a_number() -> None:
    """A method whose recall is not defined is left out."""
    models: dict[str, dict[str, Any]] = {
        "served": {"recall@10": {"value": 0.4, "low": 0.3, "high": 0.5}},
        "popular": {"recall@10": {"value": 0.1, "low": 0.05, "high": 0.2}},
        "empty": {"recall@10": {"value": None, "low": None, "high": None}},
    }
    assert set(values(recall_bars(models), "method")) == {"served", "popular"}


@pytest.mark.parametrize(
    "chart",
    [
        reliability_curve([]),
        lift_by_decile(*NOBODY),
        gain_curve({"model": NOBODY[0]}, NOBODY[1]),
        score_histogram(*NOBODY),
        recall_bars({}),
    ],
)
def test_an_empty_shop_has_charts(chart: AnyChart) -> None:
    """With nobody to show, every chart is still a valid one."""
    assert "layer" in chart.to_dict() or "mark" in chart.to_dict()
