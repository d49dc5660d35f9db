"""The chart of profit shows every list, and marks the best size."""

from __future__ import annotations

import numpy as np
import pytest

from tests.training.charts.drawn import CHANCE, LANGUAGES, LEFT, rows_with, texts
from training.charts import profit_curve
from training.customers.evaluation import EvaluationSettings
from training.customers.profit import LIST_SIZES, profit_by_size

LISTS = profit_by_size(
    {"model": CHANCE, "by_lot": np.zeros(200)},
    LEFT,
    np.full(200, 10.0),
    EvaluationSettings(contact_cost=2.0, success_rate=0.5),
)


def test_every_list_is_a_line_and_the_best_size_is_marked() -> None:
    """Both ways to rank have all sizes; the first has its best size and its interval."""
    chart = profit_curve(LISTS, "CNY")
    lines = rows_with(chart, "share")
    best = [row for row in lines if "said" in row]
    assert len(lines) == 3 * len(LIST_SIZES) + 1
    assert [(row["profit"], row["said"]) for row in best] == [(LISTS["model"]["best"]["profit"], "best size")]
    assert "expected profit (CNY)" in texts(chart)


@pytest.mark.parametrize("language", LANGUAGES)
def test_without_lists_the_chart_is_empty(language: str) -> None:
    """A shop without prices has a chart without lines."""
    assert rows_with(profit_curve({}, "元", language), "share") == []


def test_a_currency_is_only_text() -> None:
    """Braces in what a shop calls its currency fill nothing."""
    assert "expected profit ({currency} {0})" in texts(profit_curve(LISTS, "{currency} {0}"))
