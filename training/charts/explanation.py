"""Charts of what moves the predictions, and of what has changed among the people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
import pandas as pd

from training.charts.look import BLUE, DASHES, GREY, ORANGE, WIDTH, AnyChart
from training.charts.words import concept_name, told
from training.drift import SHIFTED_ABOVE, STABLE_BELOW

READINGS = {"stable": GREY, "moved": BLUE, "shifted": ORANGE}
"""The readings of a drift and their colours."""


def driver_bars(concepts: Sequence[Mapping[str, Any]], language: str = "en", title: str | None = None) -> AnyChart:
    """How much each concept moves the log-odds of an order, the weightiest on top.

    ``concepts`` is what :func:`training.customers.explaining.drivers.drivers` gives for one kind of people, whom
    ``title`` names.
    """
    rows = [{**row, "name": concept_name(row["concept"], language)} for row in concepts if row["mean_log_odds"] > 0]
    table = pd.DataFrame(rows, columns=["name", "mean_log_odds", "share"])
    weight = told("mean weight (log-odds)", language)
    chart: AnyChart = (
        alt.Chart(table)
        .mark_bar(color=BLUE)
        .encode(
            x=alt.X("mean_log_odds:Q", title=weight),
            y=alt.Y("name:N", title=None, sort=None, axis=alt.Axis(labelLimit=220)),
            tooltip=[
                "name:N",
                alt.Tooltip("mean_log_odds:Q", title=weight, format=".3f"),
                alt.Tooltip("share:Q", title=told("share of all weights", language), format=".0%"),
            ],
        )
        .properties(width=WIDTH, title=title or told("Drivers", language))
    )
    return chart


def drift_bars(features: Sequence[Mapping[str, Any]], most: int = 15, language: str = "en") -> AnyChart:
    """The features whose people have changed most, with the usual limits of the stability index.

    ``features`` is the part ``features`` of :func:`training.drift.drift`, the least stable first.
    """
    table = pd.DataFrame([dict(row) for row in features[:most]], columns=["feature", "psi", "chance", "reading"])
    names = [told(reading, language) for reading in READINGS]
    table["reading"] = [told(reading, language) for reading in table["reading"]]
    index = told("population stability index", language)
    limits = alt.Chart(pd.DataFrame({"psi": [STABLE_BELOW, SHIFTED_ABOVE]}))
    bars = alt.Chart(table).encode(y=alt.Y("feature:N", title=None, sort=None, axis=alt.Axis(labelLimit=220)))
    colors = alt.Scale(domain=names, range=list(READINGS.values()))
    return alt.layer(
        bars.mark_bar().encode(
            x=alt.X("psi:Q", title=index),
            color=alt.Color("reading:N", title=None, scale=colors),
            tooltip=[
                alt.Tooltip("feature:N", title=told("feature", language)),
                alt.Tooltip("psi:Q", title=index, format=".3f"),
                alt.Tooltip("chance:Q", title=told("by chance at most", language), format=".3f"),
                alt.Tooltip("reading:N", title=told("reading", language)),
            ],
        ),
        limits.mark_rule(color="black", strokeDash=DASHES).encode(x="psi:Q"),
    ).properties(width=WIDTH, title=told("Drift of features", language))
