"""The chart of the gap curve: it shows the curve and the horizon that was recommended."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from features.behaviour import Behaviour
from tests.small_shop import events, stored
from training.charts.gap_curve import gap_curve_chart
from training.charts.look import AnyChart
from training.horizon import shop_horizon

FIRST = datetime(2024, 1, 1, 12, tzinfo=UTC)
YEAR = datetime(2025, 1, 1, tzinfo=UTC)


def values(chart: AnyChart, column: str) -> list[Any]:
    """The values of a column in the chart's own data; ``to_dict`` checks the chart against the schema."""
    data = chart.to_dict()["datasets"].values()
    return [row[column] for rows in data for row in rows if column in row]


def test_the_curve_and_the_horizon_are_shown(tmp_path: Path) -> None:
    """Every day of the curve is there with its interval, the level it reaches, and the recommended days in words."""
    told = [(f"c{n}", "purchase", "tea", FIRST + timedelta(days=n % 9 + gap)) for n in range(80) for gap in (0, 20 + n)]
    found = shop_horizon(Behaviour.of(stored(tmp_path / "shop", events(*told))), YEAR)
    chart = gap_curve_chart(found)
    assert values(chart, "followed") == pytest.approx(found.curve.followed.tolist())
    assert values(chart, "low")[1] <= values(chart, "followed")[1] <= values(chart, "high")[1]
    assert values(chart, "level") == [found.curve.level]
    assert values(chart, "said") == [f"recommended horizon: {found.recommended_days} d"]
    assert values(gap_curve_chart(found, "zh"), "said") == [f"推荐预测期：{found.recommended_days}天"]


def test_an_empty_shop_has_a_chart(tmp_path: Path) -> None:
    """Without an order the chart is still a valid one, with the horizon on it."""
    found = shop_horizon(Behaviour.of(stored(tmp_path / "shop", events())), YEAR)
    assert values(gap_curve_chart(found), "said") == ["recommended horizon: 1 d"]
