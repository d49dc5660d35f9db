"""Charts of money: every list of recipients and its best size, and every tenth beside what came."""

from __future__ import annotations

import numpy as np
import pytest

from tests.training.charts.drawn import CHANCE, LANGUAGES, LEFT, rows_with, texts
from training.charts import expected_bars, profit_curve
from training.customers.measuring.evaluation import EvaluationSettings
from training.customers.measuring.profit import LIST_SIZES, profit_by_size

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


TENTHS = [
    {"customers": 5, "expected_orders": 3.0, "orders": 2.0, "expected_net_spend": 30.0, "net_spend": 25.5},
    {"customers": 5, "expected_orders": 1.0, "orders": 1.5, "expected_net_spend": 10.0, "net_spend": -2.0},
]


@pytest.mark.parametrize(("language", "names"), [("en", ["expected", "came"]), ("zh", ["预期", "实际"])])
def test_every_tenth_stands_beside_what_came(language: str, names: list[str]) -> None:
    """Two bars for each tenth, the most expected first; returns may make one negative."""
    rows = rows_with(expected_bars(TENTHS, "元", language), "decile")
    assert [(row["decile"], row["which"], row["value"]) for row in rows] == [
        (1, names[0], 30.0),
        (1, names[1], 25.5),
        (2, names[0], 10.0),
        (2, names[1], -2.0),
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_without_prices_orders_are_shown(language: str) -> None:
    """Of a shop that tells no prices the orders are, and of nobody an empty chart."""
    free = [{**tenth, "expected_net_spend": 0.0, "net_spend": 0.0} for tenth in TENTHS]
    chart = expected_bars(free, "CNY", language)
    assert [row["value"] for row in rows_with(chart, "decile")] == [3.0, 2.0, 1.0, 1.5]
    assert "CNY" not in texts(chart)
    assert rows_with(expected_bars([], "CNY", language), "decile") == []
