"""The chart of a promotion: the orders of the days around it, and what was to be expected without it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import altair as alt
import pandas as pd

from features.shop.numbers.definitions import definition
from training.charts.look import BLUE, DASHES, GREY, HEIGHT, ORANGE, WIDTH, AnyChart
from training.charts.words import told


def promotion_effect_chart(effect: Mapping[str, Any], language: str = "en") -> AnyChart:
    """The orders of each day and the expected ones as a broken line; the promotion's own days are marked.

    ``effect`` is what :meth:`features.shop.promotions.effects.effect.PromotionEffect.as_dict` gives.
    """
    curve, promotion = effect["day_by_day"], effect["promotion"]
    table = pd.DataFrame({"day": curve["days"], "orders": curve["orders"], "expected": curve["expected"]})
    day = alt.X("day:T", title=None, axis=alt.Axis(format="%Y-%m-%d", labelAngle=-45))
    orders, expected = definition("orders").title[language], told("expected without it", language)
    tooltip = [
        alt.Tooltip("day:T", title=told("day", language), format="%Y-%m-%d"),
        alt.Tooltip("orders:Q", title=orders, format=","),
        alt.Tooltip("expected:Q", title=expected, format=",.1f"),
    ]
    base = alt.Chart(table).encode(x=day, tooltip=tooltip)
    # Its last day belongs to it whole.
    ends = (pd.Timestamp(promotion["last_day"]) + pd.Timedelta(days=1)).isoformat()
    band = alt.Chart(pd.DataFrame({"from": [promotion["first_day"]], "until": [ends]}))
    return alt.layer(
        band.mark_rect(color=ORANGE, opacity=0.2).encode(x=alt.X("from:T", title=None), x2="until:T"),
        base.mark_line(color=GREY, strokeDash=DASHES).encode(y=alt.Y("expected:Q", title=orders)),
        base.mark_line(color=BLUE, point=True).encode(y=alt.Y("orders:Q", title=orders)),
    ).properties(
        width=WIDTH * 2,
        height=HEIGHT,
        title=alt.Title(promotion["names"][language], subtitle=told("broken line: expected without it", language)),
    )
