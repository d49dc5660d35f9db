"""The chart of rates with their intervals, such as clicks by placement."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
import pandas as pd

from training.charts.look import BLUE, DASHES, GREY, WIDTH, AnyChart
from training.charts.words import told

ROW_HEIGHT = 28
"""Height of one row, in pixels."""


def rate_chart(rows: Sequence[Mapping[str, Any]], overall: float | None, by: str, language: str = "en") -> AnyChart:
    """A point and its 95 % interval for each row, and a broken line where all of them together lie.

    ``rows`` have ``value``, ``seen_items`` and ``click_rate`` with ``click_rate_low`` and ``click_rate_high``, 0 to 1.
    """
    columns = ["value", "seen_items", "click_rate", "click_rate_low", "click_rate_high"]
    table = pd.DataFrame([dict(row) for row in rows], columns=columns)
    title = told("clicked items by items shown", language)
    base = alt.Chart(table).encode(
        y=alt.Y("value:N", sort=None, title=None),
        tooltip=[
            "value:N",
            alt.Tooltip("click_rate:Q", title=title, format=".2%"),
            alt.Tooltip("seen_items:Q", title=told("shown items", language), format=",.0f"),
        ],
    )
    spread = base.mark_rule(color=BLUE).encode(x="click_rate_low:Q", x2="click_rate_high:Q")
    points = base.mark_point(color=BLUE, filled=True, size=60).encode(
        x=alt.X("click_rate:Q", title=title, axis=alt.Axis(format="%"), scale=alt.Scale(zero=True))
    )
    line = alt.Chart(pd.DataFrame({"all": [overall]})).mark_rule(color=GREY, strokeDash=DASHES).encode(x="all:Q")
    return alt.layer(spread, points, line).properties(
        width=WIDTH, height=max(len(table), 1) * ROW_HEIGHT, title=told("Clicks by {by}", language, by=by)
    )
