"""Charts of drivers and drift show the weightiest first."""

from __future__ import annotations

import pytest

from tests.training.charts.drawn import LANGUAGES, texts, values
from training.charts import drift_bars, driver_bars

CONCEPTS = [
    {"concept": "silence", "mean_log_odds": 0.9, "share": 0.75},
    {"concept": "cart", "mean_log_odds": 0.3, "share": 0.25},
    {"concept": "hours", "mean_log_odds": 0.0, "share": 0.0},
]
FEATURES = [
    {"feature": "days_since_first", "psi": 0.8, "chance": 0.02, "reading": "shifted"},
    {"feature": "order_count_90d", "psi": 0.2, "chance": 0.02, "reading": "moved"},
    {"feature": "net_spend_all", "psi": 0.01, "chance": 0.02, "reading": "stable"},
]


def test_drivers_have_names_and_none_without_weight() -> None:
    """Concepts are called as people call them, in their order; what moves nothing is left out."""
    chart = driver_bars(CONCEPTS, title="Regulars")
    assert values(chart, "name") == ["time since the last order", "shopping cart"]
    assert "Regulars" in texts(chart)


def test_drift_shows_the_largest_movers() -> None:
    """As many features as asked for, each with its reading."""
    chart = drift_bars(FEATURES, most=2)
    assert values(chart, "feature") == ["days_since_first", "order_count_90d"]
    assert values(chart, "reading") == ["shifted", "moved"]
    assert {0.1, 0.25} <= set(values(chart, "psi"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_empty_shop_has_charts_in_both_languages(language: str) -> None:
    """With nothing to show, every chart is still a valid one."""
    said = texts(driver_bars([], language)) + texts(drift_bars([], language=language))
    assert ("影响因素" in said) == (language == "zh")
