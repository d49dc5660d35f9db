"""The chart of a promotion."""

from __future__ import annotations

from typing import Any

import pytest

from training.charts.promotion_effect import promotion_effect_chart

EFFECT: dict[str, Any] = {
    "promotion": {
        "names": {"en": "Tea days", "zh": "茶日"},
        "first_day": "2025-03-02",
        "last_day": "2025-03-03",
    },
    "day_by_day": {
        "days": ["2025-03-01", "2025-03-02", "2025-03-03"],
        "orders": [10.0, 30.0, 25.0],
        "expected": [11.0, None, 12.0],
    },
}


@pytest.mark.parametrize(("language", "name"), [("en", "Tea days"), ("zh", "茶日")])
def test_orders_and_what_was_expected(language: str, name: str) -> None:
    """The promotion's days are marked whole, and every day has its orders beside what was to be expected."""
    said = promotion_effect_chart(EFFECT, language).to_dict()
    assert said["title"]["text"] == name
    rows = [row for data in said["datasets"].values() for row in data]
    assert {"day": "2025-03-02", "orders": 30.0, "expected": None} in rows
    assert {"from": "2025-03-02", "until": "2025-03-04T00:00:00"} in rows
    assert [layer["mark"]["type"] for layer in said["layer"]] == ["rect", "line", "line"]
