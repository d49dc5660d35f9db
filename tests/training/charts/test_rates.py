"""The chart of rates with their intervals."""

from __future__ import annotations

import pytest

from tests.training.charts.drawn import LANGUAGES, rows_with, texts, values
from training.charts.rates import rate_chart

ROW = {"value": "home", "seen_items": 900.0, "click_rate": 0.05, "click_rate_low": 0.04, "click_rate_high": 0.06}


def test_every_row_is_drawn_with_its_interval() -> None:
    """In the order given, and a line where all of them together lie."""
    chart = rate_chart([ROW, ROW | {"value": "cart"}], 0.045, "placement")
    drawn = rows_with(chart, "value")
    assert [row["value"] for row in drawn] == ["home", "cart"]
    assert (drawn[0]["click_rate_low"], drawn[0]["click_rate_high"]) == (0.04, 0.06)
    assert values(chart, "all") == [0.045]


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_shown_is_a_chart_as_well(language: str) -> None:
    """Without rows it is still a valid chart, in both languages."""
    said = texts(rate_chart([], None, "source", language))
    assert ("点击率" in said) == (language == "zh")
