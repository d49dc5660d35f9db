"""The chart of a metric over cutoffs."""

from __future__ import annotations

from typing import Any

import pytest

from tests.training.charts.drawn import LANGUAGES, rows_with
from training.charts import metric_over_cutoffs
from training.charts.words import method_name

ROWS: list[dict[str, Any]] = [
    {"cutoff": "2025-06-01", "method": "model", "value": 0.8, "low": 0.7, "high": 0.9},
    {"cutoff": "2025-07-01", "method": "model", "value": None, "low": None, "high": None},
    {"cutoff": "2025-07-01", "method": "rfm", "value": 0.7, "low": 0.6, "high": 0.8},
]


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_cutoff_with_a_value_is_a_point_with_its_interval(language: str) -> None:
    """A metric that has no meaning at a cutoff is left out there; methods are called as people call them."""
    drawn = rows_with(metric_over_cutoffs(ROWS, "ROC-AUC", language), "method")
    assert [(row["cutoff"], row["method"], row["low"], row["high"]) for row in drawn] == [
        ("2025-06-01", method_name("model", language), 0.7, 0.9),
        ("2025-07-01", method_name("rfm", language), 0.6, 0.8),
    ]


def test_nothing_measured_is_an_empty_chart() -> None:
    """Without a value the chart is still a valid one."""
    assert rows_with(metric_over_cutoffs([], "ROC-AUC"), "method") == []
