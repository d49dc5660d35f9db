"""The chart of recommendations."""

from __future__ import annotations

from typing import Any

from tests.training.charts.drawn import rows_with, values
from training.charts import recall_bars

MODELS: dict[str, dict[str, Any]] = {
    "popular": {"recall@10": {"value": 0.1, "low": 0.05, "high": 0.2}},
    "served": {"recall@10": {"value": 0.4, "low": 0.3, "high": 0.5}},
    "empty": {"recall@10": {"value": None, "low": None, "high": None}},
}


def test_recall_bars_name_every_method_that_has_a_number() -> None:
    """The best stands first, and a method whose recall is not defined is left out."""
    assert values(recall_bars(MODELS), "method") == ["served", "popular"]
    assert values(recall_bars(MODELS, language="zh"), "name") == ["线上推荐", "热门"]


def test_an_empty_shop_has_a_chart() -> None:
    """Without methods the chart is still a valid one."""
    assert rows_with(recall_bars({}), "method") == []
