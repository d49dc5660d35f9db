"""The charts of recommendations."""

from __future__ import annotations

from typing import Any

from tests.training.charts.drawn import rows_with, values
from training.charts import BLUE, GREY, ORANGE, recall_bars, source_bars

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


def test_source_bars_begin_with_the_greatest_loss() -> None:
    """A sure loss is blue, an unsure one grey, a source without which the answer is better stands out."""
    losses = {"popular": (0.0, -0.1, 0.1), "open_cart": (0.3, 0.2, 0.4), "category": (-0.2, -0.3, -0.1)}
    sources: dict[str, Any] = {
        name: {"lost": {"ndcg@10": {"value": value, "low": low, "high": high}}}
        for name, (value, low, high) in losses.items()
    }
    sources["nothing"] = {"lost": {"ndcg@10": {"value": None, "low": None, "high": None}}}
    chart = source_bars(sources, "zh")
    assert values(chart, "source") == ["open_cart", "popular", "category"]
    assert values(chart, "color") == [BLUE, GREY, ORANGE]
    assert values(chart, "name") == ["购物车", "热门", "类目趋势"]


def test_a_shop_without_buyers_has_a_chart_of_sources() -> None:
    """Without sources the chart is still a valid one."""
    assert rows_with(source_bars({}), "source") == []
