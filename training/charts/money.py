"""Charts of money: what recall lists earn, and what was expected of customers beside what came."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
import pandas as pd

from training.charts.look import BLUE, DASHES, GREY, HEIGHT, WIDTH, AnyChart, method_colors
from training.charts.words import method_name, told


def profit_curve(lists: Mapping[str, Mapping[str, Any]], currency: str = "", language: str = "en") -> AnyChart:
    """Expected profit of every size of list for each way to rank; intervals for the first, its best size marked.

    ``lists`` is what :func:`training.customers.measuring.profit.profit_by_size` gives.
    """
    names = [method_name(name, language) for name in lists]
    rows = [
        {"method": name, **size} for name, found in zip(names, lists.values(), strict=True) for size in found["sizes"]
    ]
    columns = ["method", "share", "customers", "profit", "low", "high"]
    table = pd.DataFrame(rows, columns=columns)
    best = pd.DataFrame([{"method": names[0], **found["best"]} for found in list(lists.values())[:1]], columns=columns)
    x = alt.X("share:Q", title=told("share of the customers on the list", language), axis=alt.Axis(format="%"))
    title = told("expected profit ({currency})", language, currency=currency)
    y = alt.Y("profit:Q", title=title, axis=alt.Axis(format="~s"))
    color = alt.Color(
        "method:N", title=None, scale=method_colors(names), legend=alt.Legend(symbolOpacity=1, symbolType="stroke")
    )
    tooltip = [
        "method:N",
        alt.Tooltip("share:Q", format=".0%"),
        alt.Tooltip("customers:Q", title=told("customers on the list", language), format=","),
        alt.Tooltip("profit:Q", title=title, format=",.0f"),
    ]
    marked = best.assign(said=told("best size", language))
    point = alt.Chart(marked).encode(x=x, y=y, color=color)
    return alt.layer(
        alt.Chart(pd.DataFrame({"profit": [0.0]})).mark_rule(color=GREY, strokeDash=DASHES).encode(y="profit:Q"),
        alt.Chart(table[table["method"].isin(names[:1])])
        .mark_area(opacity=0.15)
        .encode(x=x, y=alt.Y("low:Q", title=title), y2="high:Q", color=color),
        alt.Chart(table).mark_line().encode(x=x, y=y, color=color, tooltip=tooltip),
        point.mark_circle(size=90).encode(tooltip=tooltip),
        point.mark_text(dy=-12, fontWeight="bold").encode(text="said:N"),
    ).properties(width=WIDTH, height=HEIGHT, title=told("Expected profit by list size", language))


def expected_bars(rows: Sequence[Mapping[str, Any]], currency: str = "", language: str = "en") -> AnyChart:
    """Expected net spend of a customer in each tenth of the people, the most expected first, beside what came.

    ``rows`` are the ``deciles`` of :func:`training.customers.measuring.value_totals.value_totals`. Of a shop without
    prices the orders are shown.
    """
    measure, said = "net_spend", told("net spend of a customer ({currency})", language, currency=currency)
    if not any(row["expected_net_spend"] or row["net_spend"] for row in rows):
        measure, said = "orders", told("orders of a customer", language)
    names = [told("expected", language), told("came", language)]
    table = pd.DataFrame(
        [
            {"decile": place, "which": name, "value": row[column]}
            for place, row in enumerate(rows, start=1)
            for name, column in zip(names, (f"expected_{measure}", measure), strict=True)
        ],
        columns=["decile", "which", "value"],
    )
    tenth = told("tenth of the people, most expected first", language)
    chart: AnyChart = (
        alt.Chart(table)
        .mark_bar()
        .encode(
            x=alt.X("decile:O", title=tenth, axis=alt.Axis(labelAngle=0)),
            xOffset=alt.XOffset("which:N", sort=names),
            y=alt.Y("value:Q", title=said, axis=alt.Axis(format="~s")),
            color=alt.Color("which:N", title=None, scale=alt.Scale(domain=names, range=[BLUE, GREY])),
            tooltip=["decile:O", "which:N", alt.Tooltip("value:Q", title=said, format=",.2f")],
        )
        .properties(width=WIDTH, height=HEIGHT, title=told("Expected and what came", language))
    )
    return chart
