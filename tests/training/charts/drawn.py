"""What the tests of charts look at: the rows that a chart draws."""

from __future__ import annotations

from typing import Any

import numpy as np

from training.charts import AnyChart

CHANCE = np.linspace(0.01, 0.99, 200)
LEFT = np.random.default_rng(5).random(200) < CHANCE
NOBODY = (np.zeros(0), np.zeros(0, dtype=bool))

LANGUAGES = ("en", "zh")


def rows_with(chart: AnyChart, column: str) -> list[dict[str, Any]]:
    """The rows of the chart's own data that have a column; ``to_dict`` checks the chart against the schema."""
    return [row for rows in chart.to_dict()["datasets"].values() for row in rows if column in row]


def values(chart: AnyChart, column: str) -> list[Any]:
    """The values of a column in the chart's own data."""
    return [row[column] for row in rows_with(chart, column)]


def texts(chart: AnyChart) -> str:
    """Everything that the chart says."""
    return str(chart.to_dict())
