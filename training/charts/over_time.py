"""The chart of one metric over several cutoffs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
import pandas as pd

from training.charts.look import HEIGHT, WIDTH, AnyChart, method_colors
from training.charts.words import method_name, told


def metric_over_cutoffs(rows: Sequence[Mapping[str, Any]], metric: str, language: str = "en") -> AnyChart:
    """A metric of several methods at each cutoff, with intervals; ``metric`` is its title.

    ``rows`` are ``{"cutoff", "method", "value", "low", "high"}``, the cutoff as a date such as ``2025-06-01``; rows
    without a value are left out.
    """
    known = [{**row, "method": method_name(row["method"], language)} for row in rows if row["value"] is not None]
    table = pd.DataFrame(known, columns=["cutoff", "method", "value", "low", "high"])
    names = list(dict.fromkeys(table["method"]))
    base = alt.Chart(table).encode(
        x=alt.X("cutoff:O", title=told("cutoff", language), axis=alt.Axis(labelAngle=0)),
        xOffset=alt.XOffset("method:N", sort=names),
        color=alt.Color("method:N", title=None, scale=method_colors(names)),
    )
    y = alt.Y("value:Q", title=metric, scale=alt.Scale(zero=False))
    return alt.layer(
        base.mark_rule().encode(y=alt.Y("low:Q", title=metric, scale=alt.Scale(zero=False)), y2="high:Q"),
        base.mark_circle(size=60, opacity=1).encode(
            y=y, tooltip=["cutoff:O", "method:N", *(_interval(part) for part in ("value", "low", "high"))]
        ),
    ).properties(width=WIDTH, height=HEIGHT, title=metric)


def _interval(part: str) -> alt.Tooltip:
    return alt.Tooltip(f"{part}:Q", format=".3f")
