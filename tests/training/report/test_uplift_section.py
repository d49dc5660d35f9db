"""The chapter about uplift."""

from __future__ import annotations

from typing import Any

import pytest

from training.report.uplift_section import uplift_section
from training.report.words import Words
from training.uplift.qini import GRID

CAMPAIGN = {
    "campaign": "<b>春",
    "begins": "2025-03-01T10:00:00+00:00",
    "treated": 1_000,
    "treated_orders": 150,
    "treated_net_spend_per_head": 3.0,
    "control": 500,
    "control_orders": 50,
    "control_net_spend_per_head": 2.0,
}
FIGURE = {"value": 0.0123, "low": 0.001, "high": 0.02}
METHOD = {
    "people": 1_500,
    **dict.fromkeys(("qini", "auuc", "overall", "top_10pct", "top_20pct", "top_30pct"), FIGURE),
    "curve": [{"share": share, **FIGURE} for share in GRID],
}
HELD_OUT = {
    "campaign": "<b>春",
    "learner": "s_trees",
    "cross_fitted_qini": {"s_trees": 0.01},
    "methods": {"model": METHOD, "random": METHOD},
    "tenths": [{"tenth": 1, "people": 150, "foretold": 0.1, "seen": None}],
}
ROLLING = [{"campaign": "冬", "learner": "x_trees", **{name: METHOD[name] for name in METHOD if name != "curve"}}]


def report(**more: Any) -> dict[str, Any]:
    """What is told of a model that serves."""
    return {"serves": True, "why": {"en": "it passed", "zh": "通过"}, "campaigns": [CAMPAIGN], **more}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_everything_is_told(language: str) -> None:
    """The verdict, the chart, the rankings with their intervals, tenths, and campaigns with what came of both arms."""
    [section] = uplift_section(report(held_out=HELD_OUT, rolling=ROLLING), Words(language))
    assert ("it passed" if language == "en" else "通过") in section.sentences[0]
    assert [figure.name for figure in section.figures] == ["uplift-qini"]
    methods, rolling, by_tenth, campaigns = section.tables
    assert [cell.text for cell in rolling.rows[0][:2]] == ["冬", "0.0123"]
    assert [row[0].strong for row in methods.rows] == [True, False]
    assert (methods.rows[0][1].text, methods.rows[0][1].small) == ("0.0123", "0.0010 … 0.0200")
    assert [cell.text for cell in by_tenth.rows[0]] == ["1", "150", "0.1000", "–"]
    assert [(cell.text, cell.small) for cell in campaigns.rows[0][2:]] == [("1,000", "15.0 %"), ("500", "10.0 %")]
    assert dict(section.notes)["held-out campaign" if language == "en" else "留出活动"] == "<b>春"


def test_campaigns_without_a_model_are_told() -> None:
    """Where nothing was held out the campaigns stand alone, with the reason."""
    [section] = uplift_section(report() | {"serves": False}, Words("en"))
    assert section.sentences == ["There is no uplift model: it passed."]
    assert len(section.tables) == 1
    assert not section.figures


def test_without_campaigns_there_is_no_chapter() -> None:
    """A shop that never left anybody alone on purpose reads nothing of it, nor does an older report."""
    assert uplift_section(None, Words("en")) == []
    assert uplift_section(report() | {"campaigns": []}, Words("en")) == []
