"""The chart that explains a shop's horizon: how soon orders are followed by another."""

from __future__ import annotations

from typing import Literal

import altair as alt
import numpy as np
import pandas as pd

from training.charts.look import BLUE, DASHES, GREY, HEIGHT, ORANGE, WIDTH, AnyChart
from training.charts.words import told
from training.horizon import ShopHorizon


def gap_curve_chart(horizon: ShopHorizon, language: str = "en") -> AnyChart:
    """The share of orders that are followed by another within so many days, and the recommended horizon as a line."""
    curve = horizon.curve
    days = np.arange(curve.observed_days + 1)
    table = pd.DataFrame(
        {"days": days, "followed": curve.followed, "low": curve.low, "high": curve.high, "at_risk": curve.at_risk}
    )
    scale = alt.Scale(domain=[0, max(curve.observed_days, horizon.recommended_days)], nice=False)
    shares = alt.Chart(table).encode(x=alt.X("days:Q", title=told("days since an order", language), scale=scale))
    followed = told("followed by another order", language)
    level = alt.Chart(pd.DataFrame({"level": [curve.level]}))
    return alt.layer(
        level.mark_rule(color=GREY, strokeDash=DASHES).encode(y="level:Q"),
        shares.mark_area(color=BLUE, opacity=0.25, interpolate="step-after").encode(y="low:Q", y2="high:Q"),
        shares.mark_line(color=BLUE, interpolate="step-after").encode(
            y=alt.Y("followed:Q", title=followed, axis=alt.Axis(format="%"), scale=alt.Scale(domain=[0, 1])),
            tooltip=[
                alt.Tooltip("days:Q", title=told("days since an order", language)),
                alt.Tooltip("followed:Q", title=followed, format=".1%"),
                alt.Tooltip("low:Q", title=told("95 % interval", language), format=".1%"),
                alt.Tooltip("high:Q", title=" ", format=".1%"),
                alt.Tooltip("at_risk:Q", title=told("orders observed so long", language), format=","),
            ],
        ),
        *_recommended(horizon, language),
    ).properties(width=WIDTH, height=HEIGHT, title=told("How soon an order is followed by another", language))


def _recommended(horizon: ShopHorizon, language: str) -> tuple[alt.Chart, alt.Chart]:
    """The line at the horizon and its words, on the side where there is room."""
    days = horizon.recommended_days
    said = told("recommended horizon: {days} d", language, days=days)
    mark = alt.Chart(pd.DataFrame({"days": [days], "said": [said]})).encode(x="days:Q")
    early = days <= horizon.curve.observed_days / 2
    align: Literal["left", "right"] = "left" if early else "right"
    text = mark.mark_text(color=ORANGE, align=align, dx=5 if early else -5, y=HEIGHT - 8).encode(text="said:N")
    return mark.mark_rule(color=ORANGE, size=2), text
