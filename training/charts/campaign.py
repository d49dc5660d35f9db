"""The charts of a campaign: who had ordered by each day, and the lifts with their intervals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
import pandas as pd

from training.charts.look import BLUE, DASHES, GREY, HEIGHT, ORANGE, WIDTH, AnyChart
from training.charts.words import told

ARMS = {"treated": ("written to", BLUE), "control": ("control group", GREY)}
"""The arms, what they are called on the chart, and their colours."""

ROW_HEIGHT = 34
"""Height of one lift, in pixels."""


def campaign_chart(results: Mapping[str, Any], language: str = "en") -> alt.HConcatChart:
    """The daily curve beside the lifts; ``results`` are those of one campaign as plain values."""
    return alt.hconcat(
        daily_curve_chart(results["daily_curve"], language), lift_chart(_lifts(results, language), language)
    )


def daily_curve_chart(curve: Mapping[str, Any], language: str = "en") -> AnyChart:
    """Both arms day by day with bands; ``curve`` has for each arm lists of ``conversion``, ``low`` and ``high``."""
    table = pd.DataFrame(
        [
            {"arm": told(name, language), "day": day, "conversion": value, "low": low, "high": high}
            for arm, (name, _) in ARMS.items()
            for day, (value, low, high) in enumerate(
                zip(*(curve[arm][part] for part in ("conversion", "low", "high")), strict=True), start=1
            )
        ],
        columns=["arm", "day", "conversion", "low", "high"],
    )
    names = [told(name, language) for name, _ in ARMS.values()]
    base = alt.Chart(table).encode(
        x=alt.X("day:Q", title=told("day of the campaign", language), axis=alt.Axis(tickMinStep=1, format="d")),
        color=alt.Color(
            "arm:N", title=None, scale=alt.Scale(domain=names, range=[color for _, color in ARMS.values()])
        ),
    )
    title = told("had ordered by then", language)
    y = alt.Y("conversion:Q", title=title, axis=alt.Axis(format="%"))
    parts = ("conversion", "low", "high")
    return alt.layer(
        base.mark_area(opacity=0.18).encode(y=alt.Y("low:Q", title=title), y2="high:Q"),
        base.mark_line(point=True).encode(
            y=y, tooltip=["arm:N", "day:Q", *(alt.Tooltip(f"{part}:Q", format=".2%") for part in parts)]
        ),
    ).properties(width=WIDTH, height=HEIGHT, title=told("Ordered by each day", language))


def lift_chart(rows: Sequence[Mapping[str, Any]], language: str = "en") -> AnyChart:
    """Lifts as points with their intervals; ``rows`` are ``{"name", "value", "low", "high"}``, those without a value
    are left out."""
    known = [row for row in rows if None not in (row["value"], row["low"], row["high"])]
    table = pd.DataFrame([dict(row) for row in known], columns=["name", "value", "low", "high"])
    order = list(table["name"])
    base = alt.Chart(table).encode(y=alt.Y("name:N", sort=order, title=None))
    title = told("absolute lift of conversion", language)
    x = alt.X("value:Q", title=title, axis=alt.Axis(format="+.2%"))
    none = alt.Chart(pd.DataFrame({"value": [0.0]})).mark_rule(color=ORANGE, strokeDash=DASHES).encode(x="value:Q")
    return alt.layer(
        none,
        base.mark_rule(color=BLUE).encode(x=alt.X("low:Q", title=title, axis=alt.Axis(format="+.2%")), x2="high:Q"),
        base.mark_circle(color=BLUE, size=70, opacity=1).encode(
            x=x, tooltip=["name:N", *(alt.Tooltip(f"{part}:Q", format="+.3%") for part in ("value", "low", "high"))]
        ),
    ).properties(width=WIDTH, height=max(len(order), 1) * ROW_HEIGHT, title=told("What it brought", language))


def _lifts(results: Mapping[str, Any], language: str) -> list[dict[str, Any]]:
    """All, the model's and the merchant's list, and each layer."""
    rows = [{"name": told("everybody", language), **results["effects"]["absolute_lift"]}]
    both = results["model_against_merchant"]
    if both is not None:
        rows += [
            {"name": told(name, language), **both[part]["absolute_lift"]}
            for part, name in (("model", "model's list"), ("merchant", "merchant's list"))
        ]
    return rows + [{"name": row["layer"], **row["absolute_lift"]} for row in results["layers"]["rows"]]
