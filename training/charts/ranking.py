"""Charts of a ranking: how much is found at its top."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
import pandas as pd

from features.arrays import Flags, Floats
from training.charts.look import BLUE, DASHES, GREY, HEIGHT, WIDTH, AnyChart, method_colors
from training.charts.words import method_name, told
from training.customers.measuring.curves import gain_rows, lift_rows


def lift_by_decile(chance: Floats, happened: Flags, language: str = "en") -> AnyChart:
    """How many times the usual rate it happened in each tenth of the customers, the highest scores first."""
    return lift_bars(lift_rows(chance, happened), language)


def lift_bars(rows: Sequence[Mapping[str, Any]], language: str = "en") -> AnyChart:
    """The same from the rows of :func:`training.customers.measuring.curves.lift_rows`."""
    times = told("times the usual rate", language)
    bars = alt.Chart(pd.DataFrame([dict(row) for row in rows], columns=["decile", "lift"])).mark_bar(color=BLUE)
    usual = alt.Chart(pd.DataFrame({"lift": [1.0]})).mark_rule(color=GREY, strokeDash=DASHES).encode(y="lift:Q")
    tenth = told("tenth of the people, highest chance first", language)
    return alt.layer(
        bars.encode(
            x=alt.X("decile:O", title=tenth, axis=alt.Axis(labelAngle=0)),
            y=alt.Y("lift:Q", title=times),
            tooltip=["decile:O", alt.Tooltip("lift:Q", title=times, format=".2f")],
        ),
        usual,
    ).properties(width=WIDTH, height=HEIGHT, title=told("Lift by tenth", language))


def gain_curve(chances: Mapping[str, Floats], happened: Flags, points: int = 100, language: str = "en") -> AnyChart:
    """The share of all it happened to that is among the customers with the highest scores, for each method."""
    return gain_lines(gain_rows(chances, happened, points), language)


def gain_lines(rows: Sequence[Mapping[str, Any]], language: str = "en") -> AnyChart:
    """The same from the rows of :func:`training.customers.measuring.curves.gain_rows`."""
    table = pd.DataFrame([dict(row) for row in rows], columns=["method", "customers", "caught"])
    table["method"] = [method_name(method, language) for method in table["method"]]
    names = list(dict.fromkeys(table["method"]))
    diagonal = alt.Chart(pd.DataFrame({"customers": [0.0, 1.0], "caught": [0.0, 1.0]}))
    first = told("share of the customers, highest risk first", language)
    return alt.layer(
        diagonal.mark_line(color=GREY, strokeDash=DASHES).encode(x="customers:Q", y="caught:Q"),
        alt.Chart(table)
        .mark_line()
        .encode(
            x=alt.X("customers:Q", title=first, axis=alt.Axis(format="%")),
            y=alt.Y("caught:Q", title=told("share of those who left", language), axis=alt.Axis(format="%")),
            color=alt.Color("method:N", title=None, scale=method_colors(names)),
            tooltip=["method:N", alt.Tooltip("customers:Q", format=".0%"), alt.Tooltip("caught:Q", format=".1%")],
        ),
    ).properties(width=WIDTH, height=HEIGHT, title=told("Gain", language))
