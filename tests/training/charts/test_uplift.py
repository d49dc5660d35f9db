"""The Qini chart: the curve with its band, and the line of lots."""

from __future__ import annotations

import pytest

from tests.training.charts.drawn import LANGUAGES, rows_with, texts, values
from training.charts.uplift import qini_lines

ROWS = [
    {"share": share, "value": gain, "low": gain - 0.01, "high": gain + 0.01}
    for share, gain in ((0.0, 0.0), (0.5, 0.04), (1.0, 0.05))
]


@pytest.mark.parametrize("language", LANGUAGES)
def test_curve_band_and_lots(language: str) -> None:
    """Every point is drawn, and lots go straight to the uplift of everybody."""
    chart = qini_lines(ROWS, language)
    assert values(chart, "value") == [0.0, 0.04, 0.05]
    assert values(chart, "lot") == [0.0, 0.05]
    assert len(rows_with(chart, "low")) == 3
    assert ("What a message changes" in texts(chart)) == (language == "en")


def test_nothing_known_is_a_chart() -> None:
    """Points without a figure are left out; without any the chart is a valid one."""
    empty = [{"share": share, "value": None, "low": None, "high": None} for share in (0.0, 1.0)]
    assert values(qini_lines(empty), "value") == []
    assert values(qini_lines([*ROWS, {**empty[0], "share": 0.7}]), "value") == [0.0, 0.04, 0.05]
