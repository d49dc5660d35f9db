"""The chart of a shop's clusters: how large each is, and what sets it apart."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
import pandas as pd

from training.charts.look import BLUE, GREY, ORANGE, WIDTH, AnyChart
from training.charts.words import told

BEYOND = 2.0
"""Differences beyond so many usual deviations have the strongest colour."""

SHARES = {
    "customer_share": ("share of the customers", BLUE),
    "order_share": ("share of the orders", GREY),
    "net_spend_share": ("share of net spend", ORANGE),
}
"""Columns of shares, what they are called on the chart, and their colours."""

ROW_HEIGHT, CELL_WIDTH = 42, 32
"""Height of one cluster, and width of one thing that sets it apart, in pixels."""


def cluster_chart(rows: Sequence[Mapping[str, Any]], language: str = "en") -> alt.HConcatChart:
    """Bars of each cluster's customers, orders and net spend, and beside them a map of what sets it apart.

    ``rows`` has one mapping for each thing that sets a cluster apart, with ``cluster``, ``name``, the columns of
    :data:`SHARES`, ``trait``, ``says`` and ``deviations``; the clusters come in the order in which they are drawn.
    """
    columns = ["cluster", "name", *SHARES, "trait", "says", "deviations"]
    table = pd.DataFrame([dict(row) for row in rows], columns=columns)
    table["label"] = [f"{number} · {name}" for number, name in zip(table["cluster"], table["name"], strict=True)]
    order = list(dict.fromkeys(table["label"]))
    height = max(len(order), 1) * ROW_HEIGHT
    bars, apart = _share_bars(table, order, language), _differences(table, order, language)
    return alt.hconcat(
        bars.properties(width=WIDTH, height=height, title=told("Clusters of customers", language)),
        apart.properties(width=alt.Step(CELL_WIDTH), height=height, title=told("What sets each apart", language)),
    ).configure_axis(labelLimit=420)


def chart_page(chart: alt.HConcatChart | AnyChart) -> str:
    """The chart as an HTML page that loads nothing; no text of the shop can end the script that it stands in."""
    return str(chart.to_html(inline=True, json_kwds={"cls": _InScript}))


class _InScript(json.JSONEncoder):
    """JSON in which no text is read as HTML."""

    def encode(self, o: Any) -> str:
        return super().encode(o).replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _share_bars(table: pd.DataFrame, order: list[str], language: str) -> alt.Chart:
    names = {column: told(text, language) for column, (text, _) in SHARES.items()}
    once = table.drop_duplicates("label")[["label", *SHARES]].rename(columns=names)
    long = once.melt(id_vars="label", value_vars=list(names.values()), var_name="of", value_name="share")
    scale = alt.Scale(domain=list(names.values()), range=[color for _, color in SHARES.values()])
    return (
        alt.Chart(long)
        .mark_bar()
        .encode(
            y=alt.Y("label:N", sort=order, title=None),
            yOffset=alt.YOffset("of:N", sort=list(names.values())),
            x=alt.X("share:Q", title=None, axis=alt.Axis(format="%")),
            color=alt.Color("of:N", title=None, scale=scale, legend=alt.Legend(orient="bottom")),
            tooltip=["label:N", "of:N", alt.Tooltip("share:Q", format=".1%")],
        )
    )


def _differences(table: pd.DataFrame, order: list[str], language: str) -> alt.Chart:
    scale = alt.Scale(domain=[-BEYOND, 0, BEYOND], range=[ORANGE, "#f4f5f6", BLUE], clamp=True, interpolate="rgb")
    title = told("difference from all others, in usual deviations", language)
    legend = alt.Legend(orient="bottom", titleLimit=WIDTH)
    return (
        alt.Chart(table)
        .mark_rect()
        .encode(
            y=alt.Y("label:N", sort=order, title=None, axis=None),
            x=alt.X("trait:N", sort=None, title=None, axis=alt.Axis(labelAngle=-45)),
            color=alt.Color("deviations:Q", title=title, scale=scale, legend=legend),
            tooltip=["label:N", "says:N", alt.Tooltip("deviations:Q", title=title, format="+.1f")],
        )
    )
