"""Charts of probabilities: whether they mean what they say, and how many customers have which."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
import pandas as pd

from features.arrays import Flags, Floats
from training.charts.look import BLUE, DASHES, GREY, HEIGHT, ORANGE, WIDTH, AnyChart
from training.charts.words import told
from training.customers.measuring.curves import SCORE_BINS, score_rows

DOT_AREAS = alt.Scale(range=[25, 300])
"""Areas of dots in square pixels, from few people to many; none is too small to see."""


def reliability_curve(bins: Sequence[Mapping[str, float]], language: str = "en") -> AnyChart:
    """Predicted against seen shares; on the diagonal probabilities mean what they say.

    ``bins`` is the ``reliability`` table of :func:`training.customers.measuring.evaluation.evaluate`.
    """
    table = pd.DataFrame([dict(row) for row in bins], columns=["predicted", "seen", "customers"])
    share = alt.Scale(domain=[0, 1])
    percent = alt.Axis(format="%")
    diagonal = alt.Chart(pd.DataFrame({"predicted": [0.0, 1.0], "seen": [0.0, 1.0]}))
    points = alt.Chart(table).encode(
        x=alt.X("predicted:Q", title=told("predicted share", language), scale=share, axis=percent),
        y=alt.Y("seen:Q", title=told("share seen", language), scale=share, axis=percent),
        tooltip=[
            alt.Tooltip("predicted:Q", title=told("predicted share", language), format=".1%"),
            alt.Tooltip("seen:Q", title=told("share seen", language), format=".1%"),
            alt.Tooltip("customers:Q", title=told("customers", language), format=","),
        ],
    )
    return alt.layer(
        diagonal.mark_line(color=GREY, strokeDash=DASHES).encode(x="predicted:Q", y="seen:Q"),
        points.mark_line(color=BLUE),
        points.mark_circle(color=BLUE, opacity=0.9).encode(size=alt.Size("customers:Q", legend=None, scale=DOT_AREAS)),
    ).properties(width=WIDTH, height=HEIGHT, title=told("Reliability", language))


def score_histogram(chance: Floats, happened: Flags, bins: int = SCORE_BINS, language: str = "en") -> AnyChart:
    """How many customers have each score, by what they did."""
    return score_bars(score_rows(chance, happened, bins), language)


def score_bars(rows: Sequence[Mapping[str, Any]], language: str = "en") -> AnyChart:
    """The same from the rows of :func:`training.customers.measuring.curves.score_rows`."""
    outcomes = [told("left", language), told("ordered", language)]
    table = pd.DataFrame([dict(row) for row in rows], columns=["from", "to", "customers", "happened"])
    table["outcome"] = [outcomes[0] if did else outcomes[1] for did in table.pop("happened")]
    chart: AnyChart = (
        alt.Chart(table)
        .mark_bar()
        .encode(
            x=alt.X("from:Q", title=told("predicted chance of leaving", language), bin="binned", axis=_tenths()),
            x2="to:Q",
            y=alt.Y("customers:Q", title=told("customers", language), stack=True),
            color=alt.Color("outcome:N", title=None, scale=alt.Scale(domain=outcomes, range=[ORANGE, BLUE])),
            tooltip=["outcome:N", alt.Tooltip("customers:Q", title=told("customers", language), format=",")],
        )
        .properties(width=WIDTH, height=HEIGHT, title=told("Chance of leaving", language))
    )
    return chart


def _tenths() -> alt.Axis:
    return alt.Axis(format="%", values=[0, 0.2, 0.4, 0.6, 0.8, 1])
