"""The charts of a campaign: every arm, day and lift is on them, in both languages."""

from __future__ import annotations

from typing import Any

from training.charts.campaign import campaign_chart, daily_curve_chart, lift_chart

CURVE = {
    "treated": {"conversion": [0.01, 0.03], "low": [0.008, 0.02], "high": [0.012, 0.04]},
    "control": {"conversion": [0.01, 0.02], "low": [0.005, 0.01], "high": [0.02, 0.03]},
}
LIFT = {"value": 0.01, "low": -0.002, "high": 0.02}
RESULTS: dict[str, Any] = {
    "daily_curve": CURVE,
    "effects": {"absolute_lift": LIFT},
    "model_against_merchant": {"model": {"absolute_lift": LIFT}, "merchant": {"absolute_lift": LIFT}},
    "layers": {"rows": [{"layer": "lost <b>", "absolute_lift": LIFT}]},
}


def rows(chart: Any) -> list[dict[str, Any]]:
    return [row for table in chart.to_dict()["datasets"].values() for row in table]


def test_the_curve_has_both_arms() -> None:
    """A row for each arm and day."""
    found = rows(daily_curve_chart(CURVE))
    assert [(row["arm"], row["day"], row["conversion"]) for row in found] == [
        ("written to", 1, 0.01),
        ("written to", 2, 0.03),
        ("control group", 1, 0.01),
        ("control group", 2, 0.02),
    ]


def test_lifts_without_a_value_are_left_out() -> None:
    """What is not known is not drawn, and an empty chart can be drawn, too."""
    found = rows(lift_chart([{"name": "a", **LIFT}, {"name": "b", "value": None, "low": None, "high": None}]))
    assert [row["name"] for row in found if "name" in row] == ["a"]
    assert lift_chart([]).to_dict()


def test_everything_together_in_chinese() -> None:
    """Everybody, both lists and each layer; the words are Chinese, the shop's own stay."""
    chart = campaign_chart(RESULTS, "zh")
    assert [row["name"] for row in rows(chart) if "name" in row] == ["全部", "模型名单", "商家名单", "lost <b>"]
    assert [part.title for part in chart.hconcat] == ["逐日累计下单率", "活动效果"]
