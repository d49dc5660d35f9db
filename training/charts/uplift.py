"""The Qini chart: what writing to the top of a ranking brings, beside lots."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
import pandas as pd

from training.charts.look import BLUE, DASHES, GREY, HEIGHT, WIDTH, AnyChart
from training.charts.words import told


def qini_lines(rows: Sequence[Mapping[str, Any]], language: str = "en") -> AnyChart:
    """The curve with its 95 % band, and the line of a ranking by lot.

    ``rows`` are those of ``curve`` in :meth:`training.uplift.qini.QiniFigures.as_dict`, from a share of 0 to 1:
    ``{"share", "value", "low", "high"}``; rows without a value are left out.
    """
    table = pd.DataFrame([dict(row) for row in rows], columns=["share", "value", "low", "high"]).dropna(subset="value")
    ends = pd.DataFrame({"share": [0.0, 1.0], "lot": [0.0, float(table["value"].iloc[-1]) if len(table) else 0.0]})
    gain = alt.Y("value:Q", title=told("orders more per head of all people", language))
    x = alt.X(
        "share:Q",
        title=told("share of the people written to, highest uplift first", language),
        axis=alt.Axis(format="%"),
    )
    tooltip = [alt.Tooltip("share:Q", format=".0%"), *(alt.Tooltip(f"{name}:Q", format=".4f") for name in table)][:4]
    base = alt.Chart(table).encode(x=x)
    return alt.layer(
        base.mark_area(color=BLUE, opacity=0.2).encode(y=alt.Y("low:Q"), y2="high:Q"),
        alt.Chart(ends).mark_line(color=GREY, strokeDash=DASHES).encode(x="share:Q", y="lot:Q"),
        base.mark_line(color=BLUE).encode(y=gain, tooltip=tooltip),
    ).properties(width=WIDTH, height=HEIGHT, title=told("What a message changes (Qini)", language))
