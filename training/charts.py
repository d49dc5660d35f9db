"""Charts of how good the models are; notebooks and the console draw the same ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from features.arrays import Flags, Floats, Ints

WIDTH, HEIGHT = 360, 260
"""Size of every chart, in pixels."""

AnyChart = alt.Chart | alt.LayerChart | alt.FacetChart
"""What a chart function gives: ``show``, ``to_dict`` and ``save`` work on all of them."""

BLUE, GREY, ORANGE = "#2f6690", "#8a8a8a", "#d1495b"


def reliability_curve(bins: Sequence[Mapping[str, float]]) -> AnyChart:
    """Predicted against seen shares; on the diagonal probabilities mean what they say.

    ``bins`` is the ``reliability`` table of :func:`training.customers.evaluation.evaluate`.
    """
    table = pd.DataFrame([dict(row) for row in bins], columns=["predicted", "seen", "customers"])
    share = alt.Scale(domain=[0, 1])
    diagonal = alt.Chart(pd.DataFrame({"predicted": [0.0, 1.0], "seen": [0.0, 1.0]}))
    points = alt.Chart(table).encode(
        x=alt.X("predicted:Q", title="predicted share", scale=share),
        y=alt.Y("seen:Q", title="share seen", scale=share),
        tooltip=[
            alt.Tooltip("predicted:Q", format=".1%"),
            alt.Tooltip("seen:Q", format=".1%"),
            alt.Tooltip("customers:Q", format=","),
        ],
    )
    return alt.layer(
        diagonal.mark_line(color=GREY, strokeDash=[4, 4]).encode(x="predicted:Q", y="seen:Q"),
        points.mark_line(color=BLUE),
        points.mark_circle(color=BLUE, opacity=0.9).encode(size=alt.Size("customers:Q", title="customers")),
    ).properties(width=WIDTH, height=HEIGHT, title="Reliability")


def lift_by_decile(chance: Floats, happened: Flags) -> AnyChart:
    """How many times the usual rate it happened in each tenth of the customers, the highest scores first."""
    decile = np.minimum(_ranks(chance) * 10 // max(len(chance), 1), 9)
    total = np.maximum(np.bincount(decile, minlength=10), 1)
    rate = max(float(np.mean(happened)), 1e-12) if len(happened) else 1.0
    lift = np.bincount(decile, weights=happened, minlength=10) / total / rate
    table = pd.DataFrame({"decile": np.arange(1, 11), "lift": lift})
    bars = alt.Chart(table).mark_bar(color=BLUE)
    usual = alt.Chart(pd.DataFrame({"lift": [1.0]})).mark_rule(color=GREY, strokeDash=[4, 4]).encode(y="lift:Q")
    return alt.layer(
        bars.encode(
            x=alt.X("decile:O", title="tenth of the customers, highest risk first", axis=alt.Axis(labelAngle=0)),
            y=alt.Y("lift:Q", title="times the usual rate"),
            tooltip=["decile:O", alt.Tooltip("lift:Q", format=".2f")],
        ),
        usual,
    ).properties(width=WIDTH, height=HEIGHT, title="Lift by tenth")


def gain_curve(chances: Mapping[str, Floats], happened: Flags, points: int = 100) -> AnyChart:
    """The share of all it happened to that is among the customers with the highest scores, for each method."""
    share = np.linspace(0, 1, points + 1)
    rows = [
        pd.DataFrame({"method": name, "customers": share, "caught": _gain(chance, happened, share)})
        for name, chance in chances.items()
    ]
    lines = alt.Chart(pd.concat(rows, ignore_index=True)).mark_line()
    diagonal = alt.Chart(pd.DataFrame({"customers": [0.0, 1.0], "caught": [0.0, 1.0]}))
    return alt.layer(
        diagonal.mark_line(color=GREY, strokeDash=[4, 4]).encode(x="customers:Q", y="caught:Q"),
        lines.encode(
            x=alt.X("customers:Q", title="share of the customers, highest risk first", axis=alt.Axis(format="%")),
            y=alt.Y("caught:Q", title="share of those who left", axis=alt.Axis(format="%")),
            color=alt.Color("method:N", title="method", sort=list(chances)),
        ),
    ).properties(width=WIDTH, height=HEIGHT, title="Gain")


def score_histogram(chance: Floats, happened: Flags, bins: int = 20) -> AnyChart:
    """How many customers have each score, by what they did."""
    edges = np.linspace(0, 1, bins + 1)
    rows = [
        pd.DataFrame(
            {
                "from": edges[:-1],
                "to": edges[1:],
                "customers": np.histogram(chance[happened == did], edges)[0],
                "outcome": said,
            }
        )
        for did, said in ((True, "left"), (False, "ordered"))
    ]
    chart: AnyChart = (
        alt.Chart(pd.concat(rows, ignore_index=True))
        .mark_bar()
        .encode(
            x=alt.X("from:Q", title="predicted chance of leaving", bin="binned"),
            x2="to:Q",
            y=alt.Y("customers:Q", title="customers", stack=True),
            color=alt.Color("outcome:N", title=None, scale=alt.Scale(domain=["left", "ordered"], range=[ORANGE, BLUE])),
        )
        .properties(width=WIDTH, height=HEIGHT, title="Scores")
    )
    return chart


def recall_bars(models: Mapping[str, Mapping[str, Any]], k: int = 10) -> AnyChart:
    """Recall@k of what serves and of every baseline, the best on top, with intervals.

    ``models`` is the part ``models`` of a recommendation report: ``{name: {"recall@10": {"value", "low", "high"}}}``.
    """
    rows = [
        {"method": name, **{part: measures[f"recall@{k}"].get(part) for part in ("value", "low", "high")}}
        for name, measures in models.items()
        if measures.get(f"recall@{k}", {}).get("value") is not None
    ]
    table = pd.DataFrame(rows, columns=["method", "value", "low", "high"])
    order = table.sort_values("value", ascending=False)["method"].tolist()
    table["color"] = np.where(table["method"] == "served", BLUE, GREY)
    base = alt.Chart(table).encode(y=alt.Y("method:N", sort=order, title=None))
    return alt.layer(
        base.mark_bar().encode(
            x=alt.X("value:Q", title=f"recall@{k}"),
            color=alt.Color("color:N", scale=None),
            tooltip=["method:N", alt.Tooltip("value:Q", format=".3f")],
        ),
        base.mark_rule(color="black").encode(x="low:Q", x2="high:Q"),
    ).properties(width=WIDTH, title=f"Recall@{k}")


def _ranks(chance: Floats) -> Ints:
    """The place of each customer, 0 for the highest score."""
    ranks = np.empty(len(chance), dtype=np.int64)
    ranks[np.argsort(-chance, kind="stable")] = np.arange(len(chance))
    return ranks


def _gain(chance: Floats, happened: Flags, share: Floats) -> Floats:
    caught = np.concatenate([[0.0], np.cumsum(happened[np.argsort(-chance, kind="stable")])])
    rows = np.round(share * len(happened)).astype(np.int64)
    found: Floats = caught[rows] / max(float(caught[-1]), 1.0)
    return found
